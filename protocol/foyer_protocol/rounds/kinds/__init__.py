"""What a round is about: each kind is one module of pure functions."""
