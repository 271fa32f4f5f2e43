"""Interventions, their visits, and what clients answered about them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Asset, Client, Contact, Site
from fieldsvc.domain.teams.models import Technician


class Intervention(Base):
    """The work to do for a client at a site. A hold is an intervention nobody has confirmed yet."""

    __tablename__ = "intervention"
    __table_args__ = (
        UniqueConstraint("unit_id", "reference"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("window_begins_at <= window_ends_at", name="window"),
        CheckConstraint("(status = 'held') = (held_until IS NOT NULL)", name="held_until"),
        Index("ix_intervention_unit_id_status", "unit_id", "status"),
        Index("ix_intervention_unit_id_window_begins_at", "unit_id", "window_begins_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    reference: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"))
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    status: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int]
    priority: Mapped[int] = mapped_column(default=5)
    due_on: Mapped[date | None]
    notes: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    window_begins_at: Mapped[datetime | None]
    window_ends_at: Mapped[datetime | None]
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
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)

    client: Mapped[Client] = relationship()
    contact: Mapped[Contact | None] = relationship()
    site: Mapped[Site] = relationship()
    asset: Mapped[Asset | None] = relationship()
    activity_type: Mapped[ActivityType] = relationship()
    visits: Mapped[list["Visit"]] = relationship(back_populates="intervention", order_by="Visit.id")

    @property
    def planned(self) -> "Visit | None":
        """The visit that takes somebody's time (the first of a crew's)."""
        return next((visit for visit in self.visits if visit.is_occupying), None)


class Visit(Base):
    """One planned stop of one technician. Two that occupy may not overlap: the database says no as well."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("begins_at < ends_at", name="interval"),
        Index("ix_visit_technician_id_begins_at", "technician_id", "begins_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), index=True)
    technician_id: Mapped[int] = mapped_column(ForeignKey("technician.id"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_occupying: Mapped[bool] = mapped_column(default=True)

    intervention: Mapped[Intervention] = relationship(back_populates="visits")
    technician: Mapped[Technician] = relationship()


class QuestionnaireResponse(Base):
    """The client's opinion of one intervention, given once, by a secret link."""

    __tablename__ = "questionnaire_response"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"), index=True)
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"), unique=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"))
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    nps: Mapped[int | None]
    rating: Mapped[int | None]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]

    intervention: Mapped[Intervention] = relationship()
