"""Calendar feeds and files."""
