"""The planning assistant: where one more visit fits. One function, two callers: dispatchers and the client portal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from sqlalchemy.orm import Session

import solver
from fieldsvc.core.errors import NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import together
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import bands, without_place
from fieldsvc.domain.planning.problem import Demand, Loaded, Spot, demand_for, load, new_visit, spot_of
from fieldsvc.domain.planning.windows import Promises, Window
from fieldsvc.domain.planning.words import Names, reason_words
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate: a promised window, who comes and when that is planned, and what it costs."""

    window: Window
    technician_ids: tuple[int, ...]
    technician_names: tuple[str, ...]
    day: date
    begins_at: datetime
    minutes: int
    cost_minutes: int
    cost_km: float
    cost: float
    band: str
    because: str
    reason: solver.Reason

    @property
    def technician_id(self) -> int:
        """Who comes, or the first of a crew."""
        return self.technician_ids[0]

    @property
    def technician_name(self) -> str:
        """Everybody who comes, as a sentence names them."""
        return together(self.technician_names)


@dataclass(frozen=True, slots=True)
class Refused:
    """A technician-day without a candidate, why, and by how many minutes it fails where that has a meaning."""

    technician_id: int
    technician_name: str
    day: date
    because: str
    code: str
    short_by: int | None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Every candidate, best first, and every technician-day that has none."""

    found: list[Suggestion]
    closed: dict[date, str]
    why_not: Callable[[], list[Refused]] = list
    """Asks the engine about the days without a candidate: over the same calendars, whenever it is asked."""
    estimated_since: datetime | None = None
    """Since when a silent road service leaves drives to the estimate."""

    @property
    def refused(self) -> list[Refused]:
        """Every technician-day that has no candidate, and why."""
        return self.why_not()


@dataclass(frozen=True, slots=True)
class Question:
    """Where one more visit may go: `earliest_at` bounds its start, `promises` are the windows it may be promised.

    With `whole_windows` a window that has begun by `earliest_at` is left out, as a client is never promised
    what is partly over.
    """

    demand: Demand
    spot: Spot | None
    """Where the work is; None for work without a place."""
    days: Sequence[date]
    promises: Promises
    earliest_at: datetime
    whole_windows: bool = True
    without: tuple[int, ...] = ()
    technician_ids: tuple[int, ...] | None = None

    def for_one(self) -> "Question":
        """Where each of a crew could begin, whoever comes with him."""
        return replace(self, demand=replace(self.demand, crew=1))


def suggest(session: Session, unit: BusinessUnit, question: Question, *, now: datetime) -> Suggestions:
    """Ask the engine over the live calendars."""
    technicians = [
        technician
        for technician in teams.active(session, unit.id)
        if question.technician_ids is None or technician.id in question.technician_ids
    ]
    if not technicians or not question.days:
        return Suggestions([], {})
    loaded = load(session, unit, technicians, question.days, now=now, without=question.without, spot=question.spot)
    windows = promised_windows(unit, technicians, question)
    if not windows:
        return Suggestions([], loaded.closed)
    starts = [(max(begins_at, question.earliest_at), ends_at) for begins_at, ends_at in windows]
    promised = {loaded.interval(start): window for start, window in zip(starts, windows, strict=True)}
    names, minutes = Names.of(loaded), question.demand.minutes
    if question.spot is None:
        timely = without_place.propose(loaded, question.demand, list(promised))
        return Suggestions(
            found=[_suggestion(loaded, candidate, promised, names, minutes) for candidate in timely.candidates],
            closed=loaded.closed,
            why_not=cache(lambda: _on_workdays(loaded, timely.refused, names)),
        )
    visit = new_visit(loaded, question.demand, question.spot.id, starts)
    calendar = solver.Calendar(loaded.problem)
    proposal = calendar.propose(visit, bands=bands.limits_of(unit))
    return Suggestions(
        found=[_suggestion(loaded, candidate, promised, names, minutes) for candidate in proposal.candidates],
        closed=loaded.closed,
        why_not=cache(
            lambda: [*(_refused(loaded, one, names) for one in calendar.why_not(visit)), *_all_away(loaded, names)]
        ),
        estimated_since=loaded.estimated_since,
    )


def suggest_for(
    session: Session, unit: BusinessUnit, intervention: Intervention, days: Sequence[date], *, now: datetime
) -> Suggestions:
    """What the dispatcher is shown for one intervention on some days, and why the other technicians cannot.

    What comes in time for its due date stands before what does not, however cheap that is.

    Raises `NotAllowed` for a site that is not located: it is never planned at a guessed place.
    """
    if not intervention.has_known_place:
        raise NotAllowed(_("This address is not on the map yet. Please add its coordinates first."))
    question = Question(
        demand=demand_for(intervention),
        spot=spot_of(intervention.site) if intervention.site is not None else None,
        days=days,
        promises=Promises.of(intervention.activity_type),
        earliest_at=now,
        whole_windows=False,
        without=(intervention.id,),
    )
    answer = suggest(session, unit, question, now=now)
    due_on = intervention.due_on
    in_time_first = sorted(answer.found, key=lambda suggestion: due_on is not None and suggestion.day > due_on)
    return replace(answer, found=in_time_first)


def promised_windows(unit: BusinessUnit, technicians: Iterable[Technician], question: Question) -> list[Window]:
    """The windows that can still be promised."""
    everybody = list(technicians)
    return [
        (begins_at, ends_at)
        for day in question.days
        for begins_at, ends_at in question.promises.on(everybody, day, unit.zone)
        if (begins_at >= question.earliest_at if question.whole_windows else ends_at > question.earliest_at)
    ]


def _suggestion(
    loaded: Loaded, candidate: solver.Candidate, promised: dict[tuple[int, int], Window], names: Names, minutes: int
) -> Suggestion:
    assert candidate.window is not None, "every question has windows"
    seats: tuple[solver.Candidate | solver.Seat, ...] = (candidate, *candidate.crew)
    technician_ids = tuple(int(seat.technician) for seat in seats)
    return Suggestion(
        window=promised[candidate.window],
        technician_ids=technician_ids,
        technician_names=tuple(loaded.technicians[one].name for one in technician_ids),
        day=loaded.shifts[candidate.shift].day_on,
        begins_at=loaded.at(candidate.begins[0]),
        minutes=minutes,
        cost_minutes=candidate.cost.travel_minutes,
        cost_km=round(candidate.cost.km, 1),
        cost=candidate.cost.total,
        band=candidate.band,
        because=reason_words(candidate.because, names),
        reason=candidate.because,
    )


def _on_workdays(loaded: Loaded, refusals: Iterable[solver.Refusal], names: Names) -> list[Refused]:
    """What is refused on days on which somebody works, or would."""
    workdays = set(loaded.workdays())
    return [_refused(loaded, one, names) for one in refusals if loaded.days[one.day] in workdays]


def _all_away(loaded: Loaded, names: Names) -> Iterator[Refused]:
    """Everybody, on a workday on which nobody is there: the engine knows no such day."""
    worked = {shift.day_on for shift in loaded.shifts.values()}
    because = solver.Reason("no_shift")
    for day in loaded.workdays():
        for technician in loaded.technicians.values() if day not in worked else ():
            words = reason_words(because, names)
            yield Refused(technician.id, technician.name, day, words, because.code, None)


def _refused(loaded: Loaded, refusal: solver.Refusal, names: Names) -> Refused:
    return Refused(
        technician_id=int(refusal.technician),
        technician_name=names.technicians[refusal.technician],
        day=loaded.days[min(refusal.day, len(loaded.days) - 1)],
        because=reason_words(refusal.reason, names),
        code=refusal.reason.code,
        short_by=refusal.short_by,
    )
