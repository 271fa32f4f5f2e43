"""What a unit offers: skills, forms, activity types, what a client may do with them, and triggers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base
from fieldsvc.domain.catalogue.activity_kinds import INTERVENTION, KINDS, PRIVATE
from fieldsvc.domain.catalogue.fields import Field, read_fields


class Skill(Base):
    """What a technician can do and an activity type needs, at levels 1 to 5."""

    __tablename__ = "skill"
    __table_args__ = (UniqueConstraint("unit_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    code: Mapped[str]
    name: Mapped[dict[str, str]]


class Form(Base):
    """Questions asked at one moment.

    `kind` is `intake` (before a booking), `action` (a portal action asks them), `closing` (at the end of the work) or
    `questionnaire` (the client's opinion). `draft` are the fields as they are being written; a published version
    never changes, so that answers keep the questions they were given to.
    """

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("unit_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    code: Mapped[str]
    kind: Mapped[str]
    title: Mapped[dict[str, str]]
    draft: Mapped[list[Any]] = mapped_column(default=list)
    published_number: Mapped[int | None]
    is_archived: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)

    versions: Mapped[list["FormVersion"]] = relationship(
        order_by="FormVersion.number", back_populates="form", cascade="all, delete-orphan"
    )
    published: Mapped["FormVersion | None"] = relationship(
        primaryjoin="and_(Form.id == foreign(FormVersion.form_id), FormVersion.number == Form.published_number)",
        viewonly=True,
        uselist=False,
    )

    @property
    def fields(self) -> list[Field]:
        """The questions of the published version; none before the first."""
        return self.published.questions if self.published else []


class FormVersion(Base):
    """The fields of a form as they were published; see `fields.py` for their keys."""

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    number: Mapped[int]
    fields: Mapped[list[Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(default="")

    form: Mapped[Form] = relationship(back_populates="versions")

    @property
    def questions(self) -> list[Field]:
        """The fields in their order."""
        return read_fields(self.fields)


SHOWN_TO_CLIENTS = ("status", "technician", "arrival_window", "answers", "report", "price")


class ActivityType(Base):
    """The template of an intervention."""

    __tablename__ = "activity_type"
    __table_args__ = (
        UniqueConstraint("unit_id", "reference"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("arrival_window_minutes > 0", name="arrival_window_minutes"),
        CheckConstraint("crew_size > 0", name="crew_size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    reference: Mapped[str]
    kind: Mapped[str] = mapped_column(default=INTERVENTION)
    """One of `activity_kinds.CODES`; an intervention keeps the kind that it was created with."""
    visibility: Mapped[str] = mapped_column(default=PRIVATE)
    """What other units see of it: `private` or `shared`."""
    title: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    help: Mapped[dict[str, str]] = mapped_column(default=dict)
    icon: Mapped[str] = mapped_column(default="tool")
    minutes: Mapped[int]
    crew_size: Mapped[int] = mapped_column(default=1)
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    arrival_window_minutes: Mapped[int] = mapped_column(default=120)
    arrival_windows: Mapped[list[Any]] = mapped_column(default=list)
    """Named windows, `{"name": {locale: text}, "begins_minute", "ends_minute"}`, in place of a grid of equal ones."""
    booking_notice_hours: Mapped[int] = mapped_column(default=24)
    reschedule_notice_hours: Mapped[int] = mapped_column(default=0)
    cancel_notice_hours: Mapped[int] = mapped_column(default=0)
    booking_horizon_days: Mapped[int] = mapped_column(default=28)
    lowest_band: Mapped[str] = mapped_column(default="red")
    due_days: Mapped[int | None]
    price_cents: Mapped[int | None]
    is_price_shown: Mapped[bool] = mapped_column(default=True)
    shown: Mapped[list[str]] = mapped_column(default=lambda: list(SHOWN_TO_CLIENTS))
    """What of an intervention its client sees, of `SHOWN_TO_CLIENTS`."""
    history_days: Mapped[int | None]
    """How long a finished intervention stays on the portal; None is for ever."""
    checklist: Mapped[list[Any]] = mapped_column(default=list)
    """The steps of the work, each `{locale: text}`."""
    priority: Mapped[int] = mapped_column(default=5)
    position: Mapped[int] = mapped_column(default=0)
    is_on_portal: Mapped[bool] = mapped_column(default=True)
    is_archived: Mapped[bool] = mapped_column(default=False)
    intake_form_id: Mapped[int | None] = mapped_column(ForeignKey("form.id"))
    closing_form_id: Mapped[int | None] = mapped_column(ForeignKey("form.id"))
    questionnaire_id: Mapped[int | None] = mapped_column(ForeignKey("form.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)

    skills: Mapped[list["ActivityTypeSkill"]] = relationship(
        order_by="ActivityTypeSkill.id", cascade="all, delete-orphan"
    )
    actions: Mapped[list["PortalAction"]] = relationship(
        order_by="(PortalAction.position, PortalAction.id)",
        foreign_keys="PortalAction.activity_type_id",
        back_populates="activity_type",
        cascade="all, delete-orphan",
    )
    intake_form: Mapped[Form | None] = relationship(foreign_keys=[intake_form_id])
    closing_form: Mapped[Form | None] = relationship(foreign_keys=[closing_form_id])
    questionnaire: Mapped[Form | None] = relationship(foreign_keys=[questionnaire_id])

    @property
    def has_place(self) -> bool:
        """Whether it happens at a site of the client."""
        return KINDS[self.kind].has_place


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
    """Something a client may do with an intervention of an activity type, or for the unit before there is one.

    `conditions` is a tree of the condition language (the package `conditions`); what the product always asks of a kind,
    such as its notice, is added where actions are judged (`booking/actions.py`).
    """

    __tablename__ = "portal_action"
    __table_args__ = (Index("ix_portal_action_activity_type_id", "activity_type_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    kind: Mapped[str]
    label: Mapped[dict[str, str]] = mapped_column(default=dict)
    help: Mapped[dict[str, str]] = mapped_column(default=dict)
    icon: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    is_on: Mapped[bool] = mapped_column(default=True)
    is_for_unit: Mapped[bool] = mapped_column(default=False)
    """Offered on the portal's first page, without an intervention."""
    form_id: Mapped[int | None] = mapped_column(ForeignKey("form.id"))
    new_activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_type.id"))
    lowest_band: Mapped[str] = mapped_column(default="")
    counts_as_confirmed: Mapped[bool] = mapped_column(default=False)
    notice_hours: Mapped[int | None]
    most_times: Mapped[int | None]
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_archived: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)

    form: Mapped[Form | None] = relationship()
    activity_type: Mapped[ActivityType] = relationship(foreign_keys=[activity_type_id], back_populates="actions")
    new_activity_type: Mapped[ActivityType | None] = relationship(foreign_keys=[new_activity_type_id])


class Trigger(Base):
    """Something that happens by itself: on an event, or at a time relative to a date of an intervention.

    `event` is the name of an audited action such as `intervention.scheduled`; else `relative_to` names an instant
    (`window`, `created`, `closed`) and `offset_minutes` how long before (negative) or after it. `repeats` is `once`,
    `each` time, or `again` when the conditions hold again.
    """

    __tablename__ = "trigger"
    __table_args__ = (Index("ix_trigger_unit_id_event", "unit_id", "event"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    name: Mapped[str]
    is_on: Mapped[bool] = mapped_column(default=False)
    is_archived: Mapped[bool] = mapped_column(default=False)
    event: Mapped[str] = mapped_column(default="")
    relative_to: Mapped[str] = mapped_column(default="")
    offset_minutes: Mapped[int] = mapped_column(default=0)
    activity_type_id: Mapped[int | None] = mapped_column(ForeignKey("activity_type.id"))
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    repeats: Mapped[str] = mapped_column(default="once")
    action: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    switched_on_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)
