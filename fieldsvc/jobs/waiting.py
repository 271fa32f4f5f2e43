"""What the job of freed time does: it ends offers that ran out, then offers what fits to who waits, in their order."""

import heapq
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.db import READ_ONLY
from fieldsvc.core.errors import DomainError, SlotGone
from fieldsvc.domain.booking import waiting_offers
from fieldsvc.domain.booking.waiting_ranking import Rank
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.freed import look_at
from fieldsvc.domain.units.models import BusinessUnit

log = structlog.get_logger()

Sessions = sessionmaker[Session]
MOST_TRIES = 5


def offer_freed_time(
    sessions: Sessions, unit_id: int, now: Callable[[], datetime], is_cancelled: Callable[[], bool]
) -> int:
    """Offer what is free to those who wait; gives how many were offered something.

    Nobody is disturbed in the quiet hours: the job is queued again for their end.
    """
    _end_offers(sessions, unit_id, now)
    with sessions() as session:
        session.connection(execution_options=READ_ONLY)
        unit = session.get_one(BusinessUnit, unit_id)
        silent_until = waiting_offers.silent_until(unit, now=now())
        is_anybody_there = bool(waiting_offers.waiting_ids(session, unit))
    if not is_anybody_there:
        return 0
    if silent_until is not None:
        with sessions.begin() as session:
            look_at(session, unit_id, silent_until, now=now())
        return 0
    return _offer_in_order(sessions, unit_id, now, is_cancelled)


def _end_offers(sessions: Sessions, unit_id: int, now: Callable[[], datetime]) -> None:
    with sessions() as session:
        session.connection(execution_options=READ_ONLY)
        offered = waiting_offers.offered_ids(session, session.get_one(BusinessUnit, unit_id))
    for entry_id in offered:
        with sessions.begin() as session:
            waiting_offers.end_if_over(session, entry_id, now=now())


def _offer_in_order(
    sessions: Sessions, unit_id: int, now: Callable[[], datetime], is_cancelled: Callable[[], bool]
) -> int:
    """The first in the order is offered his best slot; whose place got worse meanwhile goes back into the queue."""
    queue = _ranked(sessions, unit_id, now())
    tries: dict[int, int] = {}
    offered = 0
    while queue and not is_cancelled():
        entry_id = heapq.heappop(queue)[-1]
        answer = _offer(sessions, unit_id, entry_id, queue[0] if queue else None, now())
        if isinstance(answer, Intervention):
            offered += 1
        elif answer is not None and tries.setdefault(entry_id, 0) < MOST_TRIES:
            tries[entry_id] += 1
            heapq.heappush(queue, answer)
    return offered


def _ranked(sessions: Sessions, unit_id: int, now: datetime) -> list[Rank]:
    with sessions() as session:
        session.connection(execution_options=READ_ONLY)
        unit = session.get_one(BusinessUnit, unit_id)
        ranks = [waiting_offers.rank(session, unit, one, now=now) for one in waiting_offers.waiting_ids(session, unit)]
    return sorted(rank for rank in ranks if rank is not None)


def _offer(
    sessions: Sessions, unit_id: int, entry_id: int, following: Rank | None, now: datetime
) -> Intervention | Rank | None:
    """One offer in a transaction of its own; who may have nothing now is left out this time."""
    try:
        with sessions.begin() as session:
            unit = session.get_one(BusinessUnit, unit_id)
            return waiting_offers.offer(session, unit, entry_id, following, now=now)
    except SlotGone:
        with sessions() as session:
            session.connection(execution_options=READ_ONLY)
            return waiting_offers.rank(session, session.get_one(BusinessUnit, unit_id), entry_id, now=now)
    except DomainError as refusal:
        log.info("waiting.not_offered", entry=entry_id, refusal=type(refusal).__name__)
        return None
