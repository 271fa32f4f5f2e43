"""Coordinates: geocoding with a cache."""
