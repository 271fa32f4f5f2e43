"""Triggers: what happens by itself on an event or at a time, and what would have happened."""
