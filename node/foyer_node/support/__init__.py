"""The doctor's commands, and a bundle for whoever helps, with nothing about a visitor in it."""
