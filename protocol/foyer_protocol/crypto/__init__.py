"""Primitives, all from the `cryptography` library; nothing here knows what a round is."""
