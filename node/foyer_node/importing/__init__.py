"""From an institution's own export to the canonical store."""
