"""Readers of ticketing exports: one module per system, pure, rows in and rows out."""
