"""Where third parties enter: each module implements one of our ports."""
