"""Floor 4: the actors and the schedule."""
