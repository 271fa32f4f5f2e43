"""Technicians, their weekly hours and absences."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base
from fieldsvc.domain.catalogue.models import Skill


class Technician(Base):
    """A person who works in the field; his tour begins and ends at his home."""

    __tablename__ = "technician"
    __table_args__ = (
        UniqueConstraint("unit_id", "reference"),
        CheckConstraint("home_latitude BETWEEN -90 AND 90", name="home_latitude"),
        CheckConstraint("home_longitude BETWEEN -180 AND 180", name="home_longitude"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), unique=True)
    reference: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    home_address: Mapped[str] = mapped_column(default="")
    home_latitude: Mapped[float]
    home_longitude: Mapped[float]
    is_active: Mapped[bool] = mapped_column(default=True)

    skills: Mapped[list["TechnicianSkill"]] = relationship(order_by="TechnicianSkill.id", cascade="all, delete-orphan")
    weekly_hours: Mapped[list["WeeklyHours"]] = relationship(
        order_by="WeeklyHours.weekday", cascade="all, delete-orphan"
    )


class TechnicianSkill(Base):
    """A skill and the level a technician has."""

    __tablename__ = "technician_skill"
    __table_args__ = (
        UniqueConstraint("technician_id", "skill_id"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"))
    level: Mapped[int] = mapped_column(default=1)
    skill: Mapped[Skill] = relationship()


class WeeklyHours(Base):
    """The working interval of one weekday (0 = Monday), in minutes of local wall time."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        UniqueConstraint("technician_id", "weekday"),
        CheckConstraint("0 <= begins_minute AND begins_minute < ends_minute AND ends_minute <= 1440", name="interval"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    weekday: Mapped[int]
    begins_minute: Mapped[int]
    ends_minute: Mapped[int]
    breaks: Mapped[list["WeeklyBreak"]] = relationship(
        order_by="WeeklyBreak.earliest_minute", cascade="all, delete-orphan"
    )


class WeeklyBreak(Base):
    """A break that begins between two minutes of local wall time and lasts `minutes`."""

    __tablename__ = "weekly_break"
    __table_args__ = (CheckConstraint("earliest_minute <= latest_minute AND minutes > 0", name="interval"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    weekly_hours_id: Mapped[int] = mapped_column(ForeignKey("weekly_hours.id"), index=True)
    earliest_minute: Mapped[int]
    latest_minute: Mapped[int]
    minutes: Mapped[int]


class Absence(Base):
    """A time a technician is away, with its reason."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("begins_at < ends_at", name="interval"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"), index=True)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
