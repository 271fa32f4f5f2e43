"""Answers of the geocoder, kept so that one address is asked once."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from fieldsvc.core.db import Base


class GeocodedAddress(Base):
    """What a provider answered for one normalised address; no coordinates means it was not found."""

    __tablename__ = "geocoded_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(unique=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    asked_at: Mapped[datetime]
