"""Draft plans: what an optimisation would change, before somebody publishes it; and undo."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fieldsvc.core.db import Base


class DraftPlan(Base):
    """The result of one optimisation of one day: changes by intervention, with what they save."""

    __tablename__ = "draft_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"), index=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    day_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="computing")
    changes: Mapped[list[Any]] = mapped_column(default=list)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class LearnedTravel(Base):
    """What a unit's closed visits tell about its drives, as `travel.factors` reads it.

    `legs` is from how many drives: with 0 of them nothing could be learned and the settings hold.
    """

    __tablename__ = "learned_travel"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"), unique=True)
    learned_at: Mapped[datetime]
    legs: Mapped[int]
    fixed_minutes: Mapped[float]
    minutes_per_km: Mapped[float]
    slowness: Mapped[dict[str, Any]] = mapped_column(default=dict)
    speeds: Mapped[list[Any]] = mapped_column(default=list)
