"""The offer log: which slots somebody was shown, when, at what cost, and what became of them.

`open` until it is known what became of it, then `taken`, `lost` (a chosen slot was gone, see `offers_lost.py`) or
`replaced` (the same person looked again). An open one that is old was left.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from fieldsvc.domain.booking.models import BookingDraft, Offer
from fieldsvc.domain.booking.slots import Slot
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.assistant import Refused, Suggestion, Suggestions
from fieldsvc.domain.planning.windows import Window

PORTAL, ASSISTANT, WAITING_LIST = SOURCES = ("portal", "assistant", "waiting_list")
LEFT_AFTER = timedelta(days=1)
KEPT_FOR = timedelta(days=400)
SWEPT_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """Who was shown which slots, the cheapest first: plain values, to be written when the page has been sent."""

    unit_id: int
    source: str
    client_id: int
    contact_id: int | None
    activity_type_id: int
    site_id: int | None
    draft_id: int | None
    intervention_id: int | None
    slots: tuple[Suggestion, ...]

    @property
    def digest(self) -> str:
        """The same for the same slots with the same technicians at the same cost."""
        return hashlib.sha256(json.dumps([_row(slot) for slot in self.slots]).encode()).hexdigest()


def of_draft(draft: BookingDraft, client_id: int, slots: Sequence[Slot], source: str = PORTAL) -> Shown:
    """What the owner of a draft is shown, the cheapest first."""
    return Shown(
        unit_id=draft.unit_id,
        source=source,
        client_id=client_id,
        contact_id=draft.contact_id,
        activity_type_id=draft.activity_type_id,
        site_id=draft.site_id,
        draft_id=draft.id,
        intervention_id=None,
        slots=tuple(slot.best for slot in slots),
    )


def of_intervention(intervention: Intervention, found: Suggestions) -> Shown:
    """What the assistant shows a dispatcher for an intervention, the cheapest first."""
    return Shown(
        unit_id=intervention.unit_id,
        source=ASSISTANT,
        client_id=intervention.client_id,
        contact_id=intervention.contact_id,
        activity_type_id=intervention.activity_type_id,
        site_id=intervention.site_id,
        draft_id=None,
        intervention_id=intervention.id,
        slots=tuple(sorted(found.found, key=lambda one: one.cost)),
    )


def is_new(session: Session, shown: Shown) -> bool:
    """Whether this is not what the same person was shown last and has not decided about."""
    last = session.execute(
        select(Offer.digest, Offer.outcome).where(*_same(shown)).order_by(Offer.id.desc()).limit(1)
    ).first()
    return last is None or (last.digest, last.outcome) != (shown.digest, "open")


def shown(session: Session, what: Shown, refused: Iterable[Refused], *, now: datetime) -> Offer:
    """Write what somebody was shown; what he had been shown before is replaced by it."""
    session.execute(update(Offer).where(*_same(what), Offer.outcome == "open").values(outcome="replaced"))
    codes = Counter(one.code for one in refused)
    row = Offer(
        unit_id=what.unit_id,
        source=what.source,
        client_id=what.client_id,
        contact_id=what.contact_id,
        activity_type_id=what.activity_type_id,
        site_id=what.site_id,
        draft_id=what.draft_id,
        shown_at=now,
        slots=[_row(slot) for slot in what.slots],
        refused=[[code, count] for code, count in sorted(codes.items(), key=lambda one: (-one[1], one[0]))],
        digest=what.digest,
        result_id=what.intervention_id,
    )
    session.add(row)
    session.flush()
    return row


def taken(session: Session, draft: BookingDraft, intervention: Intervention, window: Window, *, now: datetime) -> None:
    """The owner of the draft has confirmed a slot; nothing when the log does not know that he was shown it."""
    for offer in _of_draft(session, draft.id):
        rank = rank_of(offer, lambda slot: slot[:2] == _key(window))
        if rank is not None:
            _take(offer, rank, intervention.id, now)
            return


def taken_by_staff(
    session: Session, unit_id: int, intervention_id: int, technician_id: int, begins_at: datetime, *, now: datetime
) -> None:
    """A dispatcher has chosen a candidate of the assistant."""
    wanted = [technician_id, begins_at.astimezone(UTC).isoformat()]
    mine = (Offer.unit_id == unit_id, Offer.result_id == intervention_id, Offer.source == ASSISTANT)
    rows = select(Offer).where(*mine, Offer.outcome == "open")
    for offer in session.scalars(rows.order_by(Offer.id.desc())):
        rank = rank_of(offer, lambda slot: slot[2:4] == wanted)
        if rank is not None:
            _take(offer, rank, intervention_id, now)
            return


def open_with(session: Session, draft_id: int, window: Window) -> tuple[Offer, list[Any]] | None:
    """The newest open offer of a draft that had this slot, and the slot."""
    for offer in _of_draft(session, draft_id):
        rank = rank_of(offer, lambda slot: slot[:2] == _key(window))
        if rank is not None and offer.outcome == "open":
            return offer, offer.slots[rank]
    return None


def sweep(session: Session, *, now: datetime) -> bool:
    """Forget some offers that are older than 400 days; False when there are no more."""
    old = select(Offer.id).where(Offer.shown_at < now - KEPT_FOR).limit(SWEPT_AT_ONCE)
    found = list(session.scalars(old))
    session.execute(delete(Offer).where(Offer.id.in_(found)))
    return len(found) == SWEPT_AT_ONCE


def rank_of(offer: Offer, is_it: Callable[[list[Any]], bool]) -> int | None:
    """The place of a slot among those of an offer, from 0."""
    return next((rank for rank, slot in enumerate(offer.slots) if is_it(slot)), None)


def _take(offer: Offer, rank: int, intervention_id: int, now: datetime) -> None:
    offer.outcome, offer.decided_at, offer.result_id = "taken", now, intervention_id
    offer.taken = [rank + 1, *offer.slots[rank]]


def _of_draft(session: Session, draft_id: int) -> Sequence[Offer]:
    return session.scalars(select(Offer).where(Offer.draft_id == draft_id).order_by(Offer.id.desc())).all()


def _same(shown: Shown) -> tuple[ColumnElement[bool], ...]:
    if shown.draft_id is not None:
        return (Offer.draft_id == shown.draft_id,)
    return Offer.result_id == shown.intervention_id, Offer.source == shown.source


def _key(window: Window) -> list[str]:
    return [at.astimezone(UTC).isoformat() for at in window]


def _row(slot: Suggestion) -> list[Any]:
    return [
        *_key(slot.window),
        slot.technician_id,
        slot.begins_at.isoformat(),
        round(slot.cost, 2),
        slot.cost_minutes,
        slot.cost_km,
        slot.band,
    ]
