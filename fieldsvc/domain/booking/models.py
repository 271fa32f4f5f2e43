"""A booking on its way, what was offered for it, and the waiting list."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base
from fieldsvc.domain.catalogue.activity_kinds import KINDS, where
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Contact, Site
from fieldsvc.domain.interventions.models import Intervention


class BookingDraft(Base):
    """What → where → questions → when → confirm; kept so that nothing typed is ever lost."""

    __tablename__ = "booking_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    form_version_id: Mapped[int | None] = mapped_column(ForeignKey("form_version.id"))
    is_answered: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(default="")
    action_id: Mapped[int | None] = mapped_column(ForeignKey("portal_action.id"))
    """The portal action that began it, with its minimum band and whether it counts as confirmed."""
    reschedules_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))
    wanted_window: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    result_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))

    activity_type: Mapped[ActivityType] = relationship()
    site: Mapped[Site | None] = relationship()
    reschedules: Mapped[Intervention | None] = relationship(foreign_keys=[reschedules_id])
    hold: Mapped[Intervention | None] = relationship(foreign_keys=[hold_id])

    @property
    def given(self) -> dict[str, Any]:
        """The answers about its work; those about work that was chosen before are only kept to be found again."""
        return dict(self.answers) if self.is_answered else {}

    @property
    def kind(self) -> str:
        """The kind of the work: that of the visit whose time is chosen, else that of the activity type."""
        return self.reschedules.kind if self.reschedules else self.activity_type.kind

    @property
    def needs_site(self) -> bool:
        """Whether it has to be said where the work is."""
        return KINDS[self.kind].has_place

    @property
    def place_words(self) -> str:
        """Where the work is: the address on one line, or what stands in its place."""
        return where(self.kind, self.site.full_address if self.site else "")

    @property
    def has_known_place(self) -> bool:
        """Whether times can be proposed: it needs no site, or its site is on the map."""
        return not self.needs_site or (self.site is not None and self.site.is_located)


class Offer(Base):
    """The slots one person was shown at one instant, what each would have cost, and what became of them.

    `slots` are `[begins, ends, technician_id, planned, cost, travel minutes, km, band]`, `refused` `[code, count]`.
    `outcome` is `open`, `taken` or `lost` (with the reason why); an open one that is old was left.
    """

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_unit_id_shown_at", "unit_id", "shown_at"),
        Index("ix_offer_draft_id", "draft_id"),
        Index("ix_offer_result_id", "result_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    source: Mapped[str]
    """`portal`, `assistant` (a dispatcher asked) or `waiting_list`."""
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("booking_draft.id"))
    shown_at: Mapped[datetime]
    slots: Mapped[list[Any]] = mapped_column(default=list)
    refused: Mapped[list[Any]] = mapped_column(default=list)
    digest: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="open")
    why: Mapped[str] = mapped_column(default="")
    taken: Mapped[list[Any]] = mapped_column(default=list)
    result_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))
    decided_at: Mapped[datetime | None]


class WaitingEntry(Base):
    """Somebody who waits for a slot that fits; `state` is `waiting`, `offered`, `taken` or `left`.

    `weekdays` (0 = Monday) and `parts` (`morning`, `afternoon`) are what suits him; empty ones mean that all do.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (Index("ix_waiting_entry_unit_id_state", "unit_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("booking_draft.id"), unique=True)
    weekdays: Mapped[list[Any]] = mapped_column(default=list)
    parts: Mapped[list[str]] = mapped_column(default=list)
    channel: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="waiting")
    offers: Mapped[int] = mapped_column(default=0)
    offered_until: Mapped[datetime | None]
    passed_over: Mapped[list[Any]] = mapped_column(default=list)
    """The windows he was offered and did not take, so that they go to the next."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    draft: Mapped[BookingDraft] = relationship()
    contact: Mapped[Contact] = relationship()
