"""Renewing this node's helper key, as a person asks for it."""
