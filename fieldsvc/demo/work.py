"""Writes the story down: interventions and visits, what became of them, and who did what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Text, cast, literal, select, update
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor, AuditEntry
from fieldsvc.core.dates import local_day
from fieldsvc.demo import read
from fieldsvc.demo.company import Company
from fieldsvc.demo.diary import Planned
from fieldsvc.demo.story import Booking
from fieldsvc.domain.clients.models import Asset
from fieldsvc.domain.interventions.lifecycle import FIRST_REFERENCE
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning.marginal_cost import marginal_cost

MINUTE = timedelta(minutes=1)
BY_THE_CLIENT = 0.7


@dataclass(frozen=True, slots=True)
class Written:
    """An intervention of the story with the booking it comes from."""

    booking: Booking
    planned: Planned
    intervention: Intervention


def write(
    session: Session,
    company: Company,
    bookings: Sequence[Booking],
    plan: dict[str, Planned],
    chance: Random,
    *,
    now: datetime,
) -> list[Written]:
    """Add an intervention with its visit for every booking, with the end of those that are over.

    They are added in bulk in the status they have today: to move each through its life would take as many
    transactions as the real life did.
    """
    scribe = _Scribe(company, chance, now)
    written = [Written(b, plan[b.name], scribe.intervention(b, plan[b.name])) for b in bookings]
    written.sort(key=lambda one: one.intervention.created_at)
    _lock_some(written, chance)
    session.add_all(one.intervention for one in written)
    session.flush()
    _give_references(session, company.unit.id)
    session.add_all(entry for one in written for entry in _history(company, one, chance))
    session.flush()
    return written


class _Scribe:
    """Makes one row after the other."""

    def __init__(self, company: Company, chance: Random, now: datetime) -> None:
        self._company, self._chance, self._now = company, chance, now
        self._today = local_day(now, company.unit.zone)
        self._mishaps: dict[str, Any] = read.settings("opinions.toml")["mishaps"]
        self._work = read.kinds_of_work()

    def intervention(self, booking: Booking, planned: Planned) -> Intervention:
        """The row of a booking, as it is at this instant."""
        offer, address, activity_type = booking.offer, booking.address, booking.activity_type
        created_at = self._created_at(booking)
        asset = self._asset(booking)
        intervention = Intervention(
            unit_id=self._company.unit.id,
            reference=f"demo-{booking.name}",
            client_id=address.client.id,
            contact_id=address.contact.id,
            site_id=address.site.id,
            asset_id=asset.id if asset else None,
            activity_type_id=activity_type.id,
            activity_type=activity_type,
            status=self._status(booking, planned),
            minutes=activity_type.minutes,
            priority=activity_type.priority,
            answers=booking.answers,
            form_version=activity_type.intake_form.published if activity_type.intake_form else None,
            window_begins_at=offer.window[0],
            window_ends_at=offer.window[1],
            marginal_cost=marginal_cost(offer.candidate),
            band=offer.candidate.band,
            created_at=created_at,
            changed_at=created_at,
        )
        intervention.visits = [
            Visit(
                technician_id=planned.technician.id,
                begins_at=planned.begins_at,
                ends_at=planned.ends_at,
                is_occupying=intervention.status != "cancelled",
            )
        ]
        if intervention.status == "cancelled":
            self._cancel(intervention, planned)
        elif intervention.status in {"in_progress", "completed"}:
            self._do(intervention, booking, planned)
        return intervention

    def _created_at(self, booking: Booking) -> datetime:
        """Some days before the visit, as early as the notice asks for, and never in the future."""
        notice = timedelta(hours=booking.activity_type.booking_notice_hours)
        latest = min(self._now, booking.offer.window[0] - notice)
        return latest - self._chance.randint(10, 12 * 24 * 60) * MINUTE

    def _asset(self, booking: Booking) -> Asset | None:
        wanted = self._work[booking.activity_type.reference]["assets"]
        return next((asset for asset in booking.address.assets if asset.kind in wanted), None)

    def _status(self, booking: Booking, planned: Planned) -> str:
        if planned.ends_at <= self._now:
            return "cancelled" if self._has_mishap(booking, "cancelled") else "completed"
        if planned.begins_at <= self._now:
            return "in_progress"
        return "dispatched" if booking.offer.day == self._today else "scheduled"

    def _cancel(self, intervention: Intervention, planned: Planned) -> None:
        intervention.cancel_reason = self._chance.choice(self._mishaps["cancelled"])
        early = self._chance.randint(60, 24 * 60) * MINUTE
        intervention.changed_at = max(intervention.created_at, planned.begins_at - early)

    def _do(self, intervention: Intervention, booking: Booking, planned: Planned) -> None:
        begins_at = planned.begins_at + self._chance.randint(-2, 9) * MINUTE
        intervention.actual_begins_at = intervention.changed_at = min(begins_at, self._now)
        if intervention.status == "in_progress":
            return
        took = max(10, round(intervention.minutes * self._chance.uniform(0.85, 1.1)))
        intervention.actual_ends_at = intervention.changed_at = min(begins_at + took * MINUTE, self._now)
        is_failed = self._has_mishap(booking, "failed")
        notes = self._mishaps["failed"] if is_failed else self._work[booking.activity_type.reference]["outcome"]
        intervention.outcome = "not_ok" if is_failed else "ok"
        intervention.outcome_comment = self._chance.choice(notes)

    def _has_mishap(self, booking: Booking, kind: str) -> bool:
        is_due = self._chance.random() * 100 < self._mishaps[f"{kind}_share"]
        return is_due and not booking.is_told


def _lock_some(written: Sequence[Written], chance: Random) -> None:
    free = [one.intervention for one in written if one.intervention.status == "scheduled" and not one.booking.is_told]
    for intervention in chance.sample(free, min(len(free), read.settings("story.toml")["locked"])):
        intervention.is_locked = True


def _give_references(session: Session, unit_id: int) -> None:
    """The reference that `lifecycle.begin` gives, for all of them at once."""
    number = cast(Intervention.id + FIRST_REFERENCE, Text)
    session.execute(
        update(Intervention)
        .where(Intervention.unit_id == unit_id)
        .values(reference=literal("I-") + number)
        .execution_options(synchronize_session=False)
    )
    # The objects still hold what they were added with.
    session.execute(select(Intervention).execution_options(populate_existing=True)).all()


def _history(company: Company, written: Written, chance: Random) -> Iterator[AuditEntry]:
    intervention, contact = written.intervention, written.booking.address.contact
    client = Actor("contact", contact.id, contact.name)
    dispatcher = Actor("staff", company.dispatcher.id, company.dispatcher.name)
    technician = Actor("staff", written.planned.technician.staff_id, written.planned.technician.name)
    booker = client if written.booking.is_told or chance.random() < BY_THE_CLIENT else dispatcher
    yield _entry(intervention, "scheduled", booker, intervention.created_at, is_new=True)
    if intervention.status == "cancelled":
        yield _entry(intervention, "cancelled", dispatcher, intervention.changed_at, before="scheduled")
    if intervention.actual_begins_at:
        yield _entry(intervention, "in_progress", technician, intervention.actual_begins_at, before="scheduled")
    if intervention.actual_ends_at:
        outcome = intervention.outcome
        at = intervention.actual_ends_at
        yield _entry(intervention, "completed", technician, at, before="in_progress", outcome=outcome)


def _entry(intervention: Intervention, status: str, actor: Actor, at: datetime, **data: Any) -> AuditEntry:
    return AuditEntry(
        unit_id=intervention.unit_id,
        at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        action=f"intervention.{status}",
        object_kind=intervention.__tablename__,
        object_id=intervention.id,
        data=data,
    )
