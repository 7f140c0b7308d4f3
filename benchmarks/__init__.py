"""Measured against floors, never timed by a test: `python -m benchmarks [NAME]`."""
