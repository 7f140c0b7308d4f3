"""The catalogue of statistics: what may be asked, in one folder a steward can read."""
