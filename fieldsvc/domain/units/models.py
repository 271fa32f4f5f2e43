"""Business units and the days they are closed."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fieldsvc.core.db import Base


class BusinessUnit(Base):
    """A company or division with its own portal, zone, locale, team and settings: the tenant boundary."""

    __tablename__ = "business_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    zone: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class BlackoutDay(Base):
    """A local day on which the whole unit is closed."""

    __tablename__ = "blackout_day"
    __table_args__ = (UniqueConstraint("unit_id", "day_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    day_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
