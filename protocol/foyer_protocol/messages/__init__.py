"""Every message that crosses a wall, with its one canonical byte form."""
