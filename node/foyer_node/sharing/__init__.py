"""What the institution's people decide about sharing, and what they take away."""
