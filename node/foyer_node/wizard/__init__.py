"""Importing an unknown file by questions: what it is, what is open, what it would give, load."""
