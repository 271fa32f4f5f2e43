"""What jobs do about travel times: they ask the road service ahead, and learn from closed visits at night."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core import jobs
from fieldsvc.core.db import READ_ONLY
from fieldsvc.core.jobs import Effect, Job
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.geo.cells import centre
from fieldsvc.domain.geo.roads import Point, RoadService, RoadsSilent, ask
from fieldsvc.domain.planning.travel import learned
from fieldsvc.domain.planning.travel.wanted import Wanted, wanted_drives
from fieldsvc.domain.units import find as units
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs.child_process import Cancelled

ASK = "ask_roads"
LEARN = "learn_travel"
DRAFTS_OF = timedelta(hours=2)
Sessions = sessionmaker[Session]


def wanted(session: Session, *, now: datetime) -> list[Wanted]:
    """The drives that every unit's plans will need, those to the addresses of running bookings among them."""
    drafts = select(BookingDraft.site_id).where(
        BookingDraft.site_id.is_not(None), BookingDraft.finished_at.is_(None), BookingDraft.created_at > now - DRAFTS_OF
    )
    sites = [site_id for site_id in session.scalars(drafts) if site_id is not None]
    return [one for unit in units.active(session) for one in wanted_drives(session, unit, sites, now=now)]


def ask_roads(
    sessions: Sessions, service: RoadService, now: Callable[[], datetime], is_cancelled: Callable[[], bool]
) -> Effect:
    """Ask the service for every wanted drive that is not kept yet, and keep each answer at once.

    A service that falls silent is no failure of the job: it is written down since when, and asked again later.
    """
    with _reading(sessions) as session:
        asked = wanted(session, now=now())
    off_road: set[Point] = set()
    try:
        version = service.version()
        with sessions.begin() as session:
            road_cache.begin(session, service.name, version)
        for one in asked:
            with _reading(sessions) as session:
                gaps = road_cache.gaps(session, service.name, version, one.origins, one.destinations)
            for origins, destinations in _questions(gaps, service.most_places):
                if is_cancelled():
                    raise Cancelled
                table = ask(service, _points(origins), _points(destinations), off_road)
                with sessions.begin() as session:
                    road_cache.remember(session, service.name, version, origins, destinations, table, now=now())
    except RoadsSilent as error:
        return _silent(service.name, str(error), now())
    return _complete(service.name, version, now())


def learn_travel(sessions: Sessions, unit_id: int, now: Callable[[], datetime]) -> Effect:
    """Learn a unit's drives from its closed visits."""
    with _reading(sessions) as session:
        factors = learned.learn_of(session, session.get_one(BusinessUnit, unit_id), now=now())
    return lambda session: learned.keep(session, unit_id, factors, now=now())


def is_waiting(session: Session, kind: str, unit_id: int | None = None) -> bool:
    """Whether a job of this kind is queued or running already."""
    mine = select(Job.id).where(Job.kind == kind, Job.unit_id == unit_id, Job.state.in_(("queued", "running")))
    return session.scalar(mine.limit(1)) is not None


def units_to_learn(session: Session, *, now: datetime) -> list[int]:
    """The units whose drives are to be learned anew and that no job does already."""
    return [unit_id for unit_id in learned.due(session, now=now) if not is_waiting(session, LEARN, unit_id)]


def enqueue_learning(session: Session, *, now: datetime) -> None:
    """Queue a job for each unit whose drives are to be learned anew."""
    for unit_id in units_to_learn(session, now=now):
        jobs.enqueue(session, LEARN, now=now, unit_id=unit_id, of_unit=unit_id)


def _reading(sessions: Sessions) -> Session:
    session = sessions()
    session.connection(execution_options=READ_ONLY)
    return session


def _questions(gaps: Sequence[tuple[list[int], list[int]]], most: int) -> Iterator[tuple[list[int], list[int]]]:
    for origins, destinations in gaps:
        for row in range(0, len(origins), most):
            for column in range(0, len(destinations), most):
                yield origins[row : row + most], destinations[column : column + most]


def _points(cells: Sequence[int]) -> list[Point]:
    return [centre(cell) for cell in cells]


def _silent(provider: str, error: str, at: datetime) -> Effect:
    def effect(session: Session) -> dict[str, Any]:
        road_cache.fell_silent(session, provider, error, now=at)
        return {"silent": error}

    return effect


def _complete(provider: str, version: str, at: datetime) -> Effect:
    def effect(session: Session) -> dict[str, Any]:
        road_cache.answered(session, provider, version, now=at)
        return {"version": version}

    return effect
