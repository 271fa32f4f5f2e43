"""What a unit offers: skills, forms, activity types and what a client may do with them."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base


class Skill(Base):
    """What a technician can do and an activity type needs, at levels 1 to 5."""

    __tablename__ = "skill"
    __table_args__ = (UniqueConstraint("unit_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    code: Mapped[str]
    name: Mapped[dict[str, str]]


class Form(Base):
    """Questions asked at one moment: `intake` before a booking, or a `questionnaire` after the work."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("unit_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    code: Mapped[str]
    kind: Mapped[str]
    title: Mapped[dict[str, str]]
    fields: Mapped[list["FormField"]] = relationship(
        order_by="FormField.position", back_populates="form", cascade="all, delete-orphan"
    )


class FormField(Base):
    """One question; `options` are `{"code", "label"}` of a choice."""

    __tablename__ = "form_field"
    __table_args__ = (UniqueConstraint("form_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    code: Mapped[str]
    kind: Mapped[str]
    label: Mapped[dict[str, str]]
    help: Mapped[dict[str, str]] = mapped_column(default=dict)
    options: Mapped[list[Any]] = mapped_column(default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    form: Mapped[Form] = relationship(back_populates="fields")


class ActivityType(Base):
    """The template of an intervention."""

    __tablename__ = "activity_type"
    __table_args__ = (
        UniqueConstraint("unit_id", "reference"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("arrival_window_minutes > 0", name="arrival_window_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    reference: Mapped[str]
    title: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    icon: Mapped[str] = mapped_column(default="tool")
    minutes: Mapped[int]
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    arrival_window_minutes: Mapped[int] = mapped_column(default=120)
    booking_notice_hours: Mapped[int] = mapped_column(default=24)
    booking_horizon_days: Mapped[int] = mapped_column(default=28)
    price_cents: Mapped[int | None]
    priority: Mapped[int] = mapped_column(default=5)
    position: Mapped[int] = mapped_column(default=0)
    is_on_portal: Mapped[bool] = mapped_column(default=True)
    is_archived: Mapped[bool] = mapped_column(default=False)
    intake_form_id: Mapped[int | None] = mapped_column(ForeignKey("form.id"))
    questionnaire_id: Mapped[int | None] = mapped_column(ForeignKey("form.id"))

    skills: Mapped[list["ActivityTypeSkill"]] = relationship(
        order_by="ActivityTypeSkill.id", cascade="all, delete-orphan"
    )
    actions: Mapped[list["PortalAction"]] = relationship(order_by="PortalAction.position", cascade="all, delete-orphan")
    intake_form: Mapped[Form | None] = relationship(foreign_keys=[intake_form_id])
    questionnaire: Mapped[Form | None] = relationship(foreign_keys=[questionnaire_id])


class ActivityTypeSkill(Base):
    """A skill and the level an activity type needs."""

    __tablename__ = "activity_type_skill"
    __table_args__ = (
        UniqueConstraint("activity_type_id", "skill_id"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id"))
    level: Mapped[int] = mapped_column(default=1)
    skill: Mapped[Skill] = relationship()


class PortalAction(Base):
    """Something a client may do; `conditions` is a tree of the condition language (see `conditions.py`)."""

    __tablename__ = "portal_action"
    __table_args__ = (UniqueConstraint("activity_type_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    kind: Mapped[str]
    label: Mapped[dict[str, str]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
