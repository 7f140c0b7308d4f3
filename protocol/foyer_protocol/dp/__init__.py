"""Differential privacy: bounds, noise, accounting, and the interval beside a number."""
