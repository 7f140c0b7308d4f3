"""The steps of a private sum, as pure functions of state and event."""
