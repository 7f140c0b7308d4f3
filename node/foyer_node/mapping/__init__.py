"""Which column of an unknown file is which: proposed, explained, kept as a file, compared."""
