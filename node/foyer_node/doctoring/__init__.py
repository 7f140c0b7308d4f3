"""What a doctor's finding is, and the verdicts: each a pure function of what was seen."""
