"""Pieces of forms that several pages share."""
