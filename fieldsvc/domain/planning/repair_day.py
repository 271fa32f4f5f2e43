"""A day upset: what has happened, and the days that it concerns as they are read from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import at_wall_time
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning.board_cards import planned_rows, types_of
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.planning.optimise_day import Card, Json, card, held_still, with_optional
from fieldsvc.domain.planning.problem import FREE_TO_MOVE, Loaded, PlannedVisit, load
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.units.models import BusinessUnit

SENT_OUT = "dispatched"
UNDER_WAY = ("travelling", "in_progress", "completed")


@dataclass(frozen=True, slots=True)
class Upset:
    """What happened, as a draft keeps it: `kind` is `ill`, `late` or `urgent`, and `name` the technician or client.

    A technician is away between two instants, the visit of an intervention ends at `ends_at`, or an intervention has to
    be fitted in on the day.
    """

    kind: str
    name: str
    days: tuple[date, ...]
    technician_id: int | None = None
    intervention_id: int | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    def as_json(self) -> Json:
        """What happened, to be kept."""
        return {
            "kind": self.kind,
            "name": self.name,
            "days": [day.isoformat() for day in self.days],
            "technician": self.technician_id,
            "intervention": self.intervention_id,
            "begins_at": self.begins_at.isoformat() if self.begins_at else None,
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
        }

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Upset":
        """What happened, as it was kept."""
        begins_at, ends_at = (datetime.fromisoformat(data[at]) if data[at] else None for at in ("begins_at", "ends_at"))
        days = tuple(date.fromisoformat(day) for day in data["days"])
        return cls(data["kind"], data["name"], days, data["technician"], data["intervention"], begins_at, ends_at)


@dataclass(frozen=True, slots=True)
class Stranded:
    """A visit that has to go from its technician and that the engine does not know."""

    intervention_id: int
    card: Card
    technician_ids: tuple[int, ...]
    begins_at: datetime
    has_place: bool


@dataclass(frozen=True, slots=True)
class UpsetDay:
    """The days as they were read; `stranded` are the visits of an absent technician that the engine cannot see."""

    upset: Upset
    loaded: Loaded
    problem: solver.Problem
    event: solver.Event
    now: int
    cards: Mapping[str, Card]
    stranded: Sequence[Stranded]
    unscheduled: int


def read(session: Session, draft_id: int, *, now: datetime) -> UpsetDay:
    """Everything the computation needs."""
    plan = session.get_one(DraftPlan, draft_id)
    unit = session.get_one(BusinessUnit, plan.unit_id)
    upset = Upset.read(plan.summary["upset"])
    loaded = load(session, unit, teams.active(session, unit.id), upset.days, now=now)
    urgent = find.by_id(session, unit.id, upset.intervention_id or 0) if upset.kind == "urgent" else None
    problem = with_optional(loaded, [urgent] if urgent else [], (now, now + timedelta(days=1)))
    concerned = _concerned(loaded, upset)
    kept = set(session.scalars(select(Intervention.id).where(Intervention.is_locked, Intervention.unit_id == unit.id)))
    problem = replace(problem, visits=tuple(_let_go(loaded, visit, concerned, kept) for visit in problem.visits))
    cards = _cards(session, unit, loaded, now=now)
    cards |= {str(urgent.id): card(urgent)} if urgent else {}
    stranded = _stranded(session, problem, upset, now=now) if upset.kind == "ill" else []
    cards |= {str(one.intervention_id): one.card for one in stranded}
    waiting = len(find.unplanned(session, unit))
    event = _event(loaded, problem, upset, now)
    return UpsetDay(upset, loaded, problem, event, _minute(loaded, now), cards, stranded, waiting)


# --- From rows to the problem -------------------------------------------------------------------------


def _minute(loaded: Loaded, at: datetime) -> int:
    """A minute of the engine, which knows none before the first day."""
    return max(0, loaded.minute(at))


def _concerned(loaded: Loaded, upset: Upset) -> set[int]:
    """To whom it happens."""
    if upset.technician_id is not None:
        return {upset.technician_id}
    planned = loaded.visits.get(str(upset.intervention_id))
    return set(planned.technician_ids) if planned else set()


def _let_go(loaded: Loaded, visit: solver.Visit, concerned: set[int], kept: set[int]) -> solver.Visit:
    """A visit of whom it happens to may move although it was sent to his phone; a hold and a lock stay."""
    planned = loaded.visits.get(visit.id)
    is_theirs = planned is not None and not concerned.isdisjoint(planned.technician_ids)
    if planned is not None and is_theirs and planned.status == SENT_OUT and int(visit.id) not in kept:
        return replace(visit, locked=None, only=())
    return held_still(loaded, visit)


def _event(loaded: Loaded, problem: solver.Problem, upset: Upset, now: datetime) -> solver.Event:
    name = str(upset.intervention_id)
    if upset.kind == "late":
        assert upset.ends_at is not None, "a visit runs late until some time"
        return solver.Overrun(name, loaded.minute(upset.ends_at))
    if upset.kind == "urgent":
        return solver.Emergency(replace(problem.index.visits[name], windows=()))
    assert upset.begins_at is not None, "an absence has a beginning"
    assert upset.ends_at is not None, "an absence has an end"
    technician_id = upset.technician_id or 0
    mine = [visit for visit in loaded.visits.values() if technician_id in visit.technician_ids]
    home = [_home_at(problem, technician_id, visit) for visit in mine if visit.status in UNDER_WAY]
    begins = max([upset.begins_at, *(at for at in home if at < upset.ends_at)])
    return solver.Absent(str(upset.technician_id), _minute(loaded, begins), loaded.minute(upset.ends_at))


def _home_at(problem: solver.Problem, technician_id: int, visit: PlannedVisit) -> datetime:
    """When a technician who ends this visit can be at home."""
    assert visit.spot is not None, "a visit without a place is none of the engine's"
    minutes = problem.index.minutes(visit.spot.id, f"home:{technician_id}")
    return visit.ends_at + timedelta(minutes=visit.demand.buffer_after + minutes)


def _cards(session: Session, unit: BusinessUnit, loaded: Loaded, *, now: datetime) -> dict[str, Card]:
    types = types_of(session, unit)
    ends_at = at_wall_time(loaded.days[-1] + timedelta(days=1), 0, unit.zone)
    rows = planned_rows(session, unit, loaded.origin, ends_at, now=now)
    return {
        str(row.id): Card(row.version, row.reference, row.client, types[row.activity_type_id].title) for row in rows
    }


def _stranded(session: Session, problem: solver.Problem, upset: Upset, *, now: datetime) -> list[Stranded]:
    """What an absent technician would do outside his shift, or not at a place on the map."""
    assert upset.begins_at is not None, "an absence has a beginning"
    rows = session.scalars(
        select(Intervention)
        .join(Visit)
        .where(
            Visit.technician_id == upset.technician_id,
            Visit.is_occupying,
            Visit.begins_at >= max(upset.begins_at, now),
            Visit.begins_at < upset.ends_at,
            Intervention.status.in_((SENT_OUT, *FREE_TO_MOVE)),
            Intervention.status != "held",
            Intervention.id.not_in([int(visit.id) for visit in problem.visits]),
        )
        .order_by(Visit.begins_at)
        .options(*find.SHOWN)
    )
    return [
        Stranded(
            row.id,
            card(row),
            tuple(visit.technician_id for visit in row.visits),
            row.planned.begins_at,
            row.site_id is not None,
        )
        for row in rows
        if row.planned
    ]
