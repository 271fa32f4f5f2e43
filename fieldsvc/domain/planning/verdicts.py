"""What a move would mean: whether the law permits it, whether a promise speaks against it, what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core import dates
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import together
from fieldsvc.domain.interventions.lifecycle import UNPLANNED, WORDS
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import place
from fieldsvc.domain.planning.fit import Fit, Place
from fieldsvc.domain.planning.problem import load
from fieldsvc.domain.planning.snapshots import window_of
from fieldsvc.domain.planning.tours import Roads, visits_by_day
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

MOVABLE = (*UNPLANNED, "scheduled", "dispatched")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`green` is free of doubt, `amber` needs a reason, `red` is not possible; the words say why."""

    verdict: str
    words: list[str]
    travel_minutes: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """Either the day with the intervention in it, or why there is none; `doubts` are promises it would break."""

    fit: Fit | None
    refusals: list[str]
    doubts: list[str]


def judge(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    technicians: Sequence[Technician],
    begins_at: datetime,
    *,
    now: datetime,
) -> Judgement:
    """Whether the intervention can begin then with those technicians; everybody else's promise is kept."""
    refusals = _obstacles(intervention, technicians, begins_at, now)
    if refusals:
        return Judgement(None, refusals, [])
    where = Place(tuple(technician.id for technician in technicians), (begins_at, begins_at), begins_at)
    fit = place.fit_in(session, unit, intervention, where, now=now)
    if fit is None:
        refusals = place.refusals(session, unit, intervention, where, now=now)
        return Judgement(None, refusals or [_("The plan of this day does not permit it.")], [])
    return Judgement(fit, [], _doubts(unit, intervention, begins_at))


def verdict_of(
    session: Session, unit: BusinessUnit, intervention: Intervention, judged: Judgement, *, now: datetime
) -> Verdict:
    """A judgement as the board shows it, with the travel that the move adds or saves."""
    if judged.fit is None:
        return Verdict("red", judged.refusals, 0)
    minutes = judged.fit.candidate.cost.travel_minutes - _present_travel(session, unit, intervention, now=now)
    words = [*judged.doubts, *_travel_words(minutes), *_crew_words(judged.fit)]
    return Verdict("amber" if judged.doubts else "green", words, minutes)


def _obstacles(
    intervention: Intervention, technicians: Sequence[Technician], begins_at: datetime, now: datetime
) -> list[str]:
    """What forbids any move there, whatever the day looks like."""
    client = intervention.client.name
    if intervention.status not in MOVABLE:
        words = _("A visit that is %(status)s cannot be moved.", status=str(WORDS[intervention.status]))
        return [words]
    if intervention.is_locked:
        return [_("%(client)s is locked. Unlock it first.", client=client)]
    if not intervention.has_known_place:
        return [_("The site of %(client)s is not located on the map.", client=client)]
    gone = [technician.name for technician in technicians if not technician.is_active]
    if gone:
        return [_("%(technician)s does not work here any more.", technician=name) for name in gone]
    if begins_at < now:
        return [_("This time is over.")]
    return []


def _doubts(unit: BusinessUnit, intervention: Intervention, begins_at: datetime) -> list[str]:
    promise = window_of(intervention)
    if promise is None or promise[0] <= begins_at <= promise[1]:
        return []
    hours = dates.window(*promise, unit.zone)
    if dates.local_day(promise[0], unit.zone) == dates.local_day(begins_at, unit.zone):
        return [_("Breaks the promise of %(window)s.", window=hours)]
    day = dates.day_short(promise[0], unit.zone)
    return [_("Breaks the promise of %(day)s, %(window)s.", day=day, window=hours)]


def _present_travel(session: Session, unit: BusinessUnit, intervention: Intervention, *, now: datetime) -> int:
    """The travel that the visit costs where it is planned now."""
    planned = intervention.planned
    if planned is None:
        return 0
    day = dates.local_day(planned.begins_at, unit.zone)
    crew = intervention.crew
    loaded = load(session, unit, crew, [day], now=now)
    roads, mine = Roads(loaded), visits_by_day(loaded)
    minutes = 0
    for technician in crew:
        visits = mine.get((technician.id, day), [])
        others = [visit for visit in visits if visit.intervention_id != intervention.id]
        minutes += roads.around(technician, visits)[0] - roads.around(technician, others)[0]
    return minutes


def _crew_words(fit: Fit) -> list[str]:
    names = [fit.loaded.technicians[one].name for one in fit.technician_ids]
    return [_("%(technicians)s together.", technicians=together(names))] if len(names) > 1 else []


def _travel_words(minutes: int) -> list[str]:
    if minutes == 0:
        return []
    return [_("%(minutes)s min travel", minutes=f"+{minutes}" if minutes > 0 else f"−{-minutes}")]
