"""Interventions, their visits, what was said and answered about them, and the links that lead to them."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base
from fieldsvc.domain.catalogue.activity_kinds import INTERVENTION, where
from fieldsvc.domain.catalogue.models import ActivityType, FormVersion
from fieldsvc.domain.clients.models import Asset, Client, Contact, Site
from fieldsvc.domain.teams.models import Technician

LONGEST_VISIT = timedelta(days=2)


class Intervention(Base):
    """The work to do for a client, at a site or without one. A hold is an intervention nobody has confirmed yet."""

    __tablename__ = "intervention"
    __table_args__ = (
        UniqueConstraint("unit_id", "reference"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("(kind = 'intervention') = (site_id IS NOT NULL)", name="place"),
        CheckConstraint("window_begins_at <= window_ends_at", name="window"),
        CheckConstraint("(status = 'held') = (held_until IS NOT NULL)", name="held_until"),
        Index("ix_intervention_unit_id_status", "unit_id", "status"),
        Index("ix_intervention_unit_id_window_begins_at", "unit_id", "window_begins_at"),
        Index("ix_intervention_client_id_window_begins_at", "client_id", "window_begins_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    reference: Mapped[str]
    kind: Mapped[str] = mapped_column(default=INTERVENTION)
    """The kind of its activity type when it was created (`catalogue/activity_kinds.py`)."""
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"))
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    status: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int]
    priority: Mapped[int] = mapped_column(default=5)
    due_on: Mapped[date | None]
    notes: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("form_version.id"))
    """The version of the intake form that `answers` were given to."""
    wanted_on: Mapped[date | None]
    """The day a client asked for, without a promise."""
    wanted_part: Mapped[str] = mapped_column(default="")
    window_begins_at: Mapped[datetime | None]
    window_ends_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """When the client said that the time suits him."""
    times_moved: Mapped[int] = mapped_column(default=0)
    """How often the client has changed the time himself."""
    is_locked: Mapped[bool] = mapped_column(default=False)
    held_until: Mapped[datetime | None] = mapped_column(index=True)
    is_hold_extended: Mapped[bool] = mapped_column(default=False)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))
    marginal_cost: Mapped[dict[str, Any]] = mapped_column(default=dict)
    band: Mapped[str] = mapped_column(default="")
    calendar_sequence: Mapped[int] = mapped_column(default=0)
    cancel_reason: Mapped[str] = mapped_column(default="")
    actual_begins_at: Mapped[datetime | None]
    actual_ends_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    outcome_comment: Mapped[str] = mapped_column(default="")
    checked: Mapped[list[Any]] = mapped_column(default=list)
    """The numbers of the checklist's steps that were done."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)

    client: Mapped[Client] = relationship()
    contact: Mapped[Contact | None] = relationship()
    site: Mapped[Site | None] = relationship()
    asset: Mapped[Asset | None] = relationship()
    activity_type: Mapped[ActivityType] = relationship()
    form_version: Mapped[FormVersion | None] = relationship()
    visits: Mapped[list["Visit"]] = relationship(back_populates="intervention", order_by="Visit.id")

    @property
    def place_words(self) -> str:
        """Where it is: the address on one line, or what stands in its place."""
        return where(self.kind, self.site.full_address if self.site else "")

    @property
    def has_known_place(self) -> bool:
        """Whether nothing about its place keeps it from being planned: it needs none, or it is on the map."""
        return self.site is None or self.site.is_located

    @property
    def planned(self) -> "Visit | None":
        """The visit that takes somebody's time (the first of a crew's)."""
        return next((visit for visit in self.visits if visit.is_occupying), None)

    @property
    def crew(self) -> list[Technician]:
        """Who comes: one technician, or several together."""
        return [visit.technician for visit in self.visits if visit.is_occupying]


class Visit(Base):
    """One planned stop of one technician. Two that occupy may not overlap: the database says no as well."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("begins_at < ends_at", name="interval"),
        Index("ix_visit_technician_id_begins_at", "technician_id", "begins_at"),
        Index("ix_visit_begins_at", "begins_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), index=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_occupying: Mapped[bool] = mapped_column(default=True)

    intervention: Mapped[Intervention] = relationship(back_populates="visits")
    technician: Mapped[Technician] = relationship()

    @classmethod
    def during(cls, begins_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
        """The visits that take some of the time between two instants.

        No visit is longer than a shift, and no shift than a day: the lower bound lets an index pass over the past.
        """
        return and_(cls.begins_at < ends_at, cls.ends_at > begins_at, cls.begins_at > begins_at - LONGEST_VISIT)


class QuestionnaireResponse(Base):
    """The client's opinion of one intervention, given once, by a secret link."""

    __tablename__ = "questionnaire_response"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"), index=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), unique=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    reminder_hash: Mapped[str | None] = mapped_column(unique=True)
    """The link in the reminder, beside the one that was sent first."""
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    nps: Mapped[int | None]
    rating: Mapped[int | None]
    sent_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]

    intervention: Mapped[Intervention] = relationship()
    form_version: Mapped[FormVersion] = relationship()


class FormAnswer(Base):
    """What somebody answered to a form of a portal action, or to the closing form of an intervention."""

    __tablename__ = "form_answer"
    __table_args__ = (Index("ix_form_answer_form_version_id", "form_version_id", "answered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    intervention_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("portal_action.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_at: Mapped[datetime]
    answered_by: Mapped[str] = mapped_column(default="")

    form_version: Mapped[FormVersion] = relationship()
    intervention: Mapped[Intervention | None] = relationship()


class Message(Base):
    """One entry of the conversation about an intervention; an `is_internal` one is for staff only."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_intervention_id", "intervention_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"))
    author_kind: Mapped[str]
    author_id: Mapped[int | None]
    author_name: Mapped[str]
    text: Mapped[str]
    is_internal: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """When somebody of the other side saw it."""


class Document(Base):
    """Something the client approves or declines, such as a quote."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_intervention_id", "intervention_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str]
    amount_cents: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="waiting")
    decision_note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")


class VisitLink(Base):
    """A secret address of one intervention for one contact: to see, confirm or move it without signing in."""

    __tablename__ = "visit_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    """When it opened a session of the portal, which it does once."""
    revoked_at: Mapped[datetime | None]

    intervention: Mapped[Intervention] = relationship()
    contact: Mapped[Contact] = relationship()
