"""One writer per kind of export. Each writes a book as its vendor would, quirks included."""
