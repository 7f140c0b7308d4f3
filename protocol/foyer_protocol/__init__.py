"""The Foyer protocol: private sums over institutions, pure and readable in an afternoon.

No clock, disk, network, thread or framework. Entropy comes in by one door
(`crypto.randomness`); time, bytes and identities are arguments.
"""
