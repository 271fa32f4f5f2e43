"""Answers of the geocoder and of the road service, kept so that each thing is asked once."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary
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


class RoadSource(Base):
    """The road service that plans are made with, and since when it has not answered; one row, or none without one.

    `version` is the one whose drives are used: another one takes its place when all of its drives are known.
    """

    __tablename__ = "road_source"

    provider: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    silent_since: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")


class DrivesFrom(Base):
    """Every drive that a road service knows from one cell; `drives` are packed by `drives.DrivesFromCell`."""

    __tablename__ = "drives_from"

    provider: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    origin_cell: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    drives: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
