"""Coordinates of an address, asked once and kept; a place that is not found is never put at zero."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.geo.models import GeocodedAddress


class Geocoder(Protocol):
    """Something that knows where addresses are."""

    def locate(self, address: str) -> tuple[float, float] | None:
        """Latitude and longitude; None when the address is not found. Raises `OSError` when it cannot be asked."""
        ...


def locate(session: Session, geocoder: Geocoder | None, address: str, *, now: datetime) -> tuple[float, float] | None:
    """The coordinates of `address` from the cache or the geocoder; None when they cannot be had now."""
    query = " ".join(address.casefold().split())
    kept = session.scalar(select(GeocodedAddress).where(GeocodedAddress.query == query))
    if kept is not None:
        return None if kept.latitude is None or kept.longitude is None else (kept.latitude, kept.longitude)
    if geocoder is None:
        return None
    try:
        found = geocoder.locate(address)
    except OSError:
        return None
    latitude, longitude = found if found else (None, None)
    session.add(GeocodedAddress(query=query, latitude=latitude, longitude=longitude, asked_at=now))
    return found
