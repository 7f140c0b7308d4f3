"""What a house learns about itself: computed here, shown here, sent nowhere."""
