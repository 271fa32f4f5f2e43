"""Floor 3: the outside world, each behind a Protocol that the domain declares."""
