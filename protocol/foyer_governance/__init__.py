"""For the holders of governance keys: read a roster and sign it, on a machine of one's own."""
