"""One module for each step. A step that has been released never changes."""
