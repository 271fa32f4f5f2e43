"""Who of those who wait is offered freed time first.

Everybody is asked for his best slot: of those that suit him, that he was not offered before and that begin after the
time to answer, the cheapest that comes in time for his due date, else the cheapest of all. The least

    marginal cost of the slot + 2 x days left until his due date (at most 28, and 28 without one)

comes first: a day less is worth a detour of two minutes. Equals go by how long they wait. The same calendar and the
same list give the same order.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsvc.core.dates import local_day
from fieldsvc.domain.booking import holds
from fieldsvc.domain.booking.models import WaitingEntry
from fieldsvc.domain.booking.slots import Slot, Slots
from fieldsvc.domain.booking.waiting_wishes import Wishes
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

DAY_IS_WORTH = 2.0
MOST_DAYS = 28

Rank = tuple[float, datetime, int]


@dataclass(frozen=True, slots=True)
class Best:
    """The slot somebody would be offered, and his place among those who wait; the least is first."""

    slot: Slot
    rank: Rank


def best_of(session: Session, unit: BusinessUnit, entry: WaitingEntry, *, now: datetime) -> Best | None:
    """What the person of an entry would be offered now; None when nothing fits."""
    fitting = fitting_slots(session, unit, entry, now=now)
    if not fitting:
        return None
    in_time = [slot for slot in fitting if entry.due_on is None or slot.best.day <= entry.due_on]
    slot = (in_time or fitting)[0]
    return Best(slot, rank_of(entry, slot.best.cost, local_day(now, unit.zone)))


def rank_of(entry: WaitingEntry, cost: float, today: date) -> Rank:
    """The place of an entry whose best slot costs so much."""
    left = MOST_DAYS if entry.due_on is None else (entry.due_on - today).days
    return cost + DAY_IS_WORTH * min(max(left, 0), MOST_DAYS), entry.created_at, entry.id


def fitting_slots(session: Session, unit: BusinessUnit, entry: WaitingEntry, *, now: datetime) -> list[Slot]:
    """The slots that may be offered to the person of an entry, the cheapest first."""
    found = holds.slots_for(session, unit, entry.draft, now=now)
    answered_by = now + timedelta(minutes=settings_of(unit).waiting_hold_minutes)
    return [slot for slot in suiting(found, Wishes.of(entry), unit.zone) if is_open(slot, entry, answered_by)]


def suiting(slots: Slots, wishes: Wishes, zone: str) -> list[Slot]:
    """Those of the slots that suit somebody, the cheapest first."""
    return [slot for slot in slots.slots if wishes.suits(slot.window, zone)]


def is_open(slot: Slot, entry: WaitingEntry, answered_by: datetime) -> bool:
    """Whether a slot was not offered to him before, and he can still answer in time."""
    return slot.begins_at > answered_by and slot.key not in entry.passed_over
