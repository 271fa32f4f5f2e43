"""What the engine would change on a day that was upset, in the words of a draft. Touches no database."""

from collections.abc import Iterable
from datetime import timedelta

import solver
from fieldsvc.core.dates import local
from fieldsvc.core.errors import PlanRefused
from fieldsvc.core.text import together
from fieldsvc.domain.planning.optimise_day import Json, Outcome, place_words, seats_in, totals
from fieldsvc.domain.planning.repair_day import UNDER_WAY, Stranded, UpsetDay
from fieldsvc.domain.planning.words import Names

SECONDS = 1.0
NOT_LOCATED, PLACELESS = "not_located", "placeless"


def compute(asked: UpsetDay, *, seconds: float = SECONDS, seed: int = 1) -> Outcome:
    """The plan that touches the fewest promises.

    Raises `PlanRefused` when the engine gives back what the law forbids on a day that it changes.
    """
    made = solver.repair(asked.problem, asked.event, seconds=seconds, seed=seed, now=asked.now)
    wrong = broken_by(made.problem, asked.problem.plan, made.plan)
    if wrong:
        raise PlanRefused("The repaired plan breaks the law.", wrong)
    changes = _changes(asked, made)
    lost = sum(change["after"] is None for change in changes)
    new = sum(change["before"] is None for change in changes)
    before, after = totals(asked.problem, asked.problem.plan), totals(made.problem, made.plan)
    urgent = [one for one in made.to_rearrange if one.visit not in asked.loaded.visits]
    reasons = [reason for one in made.to_rearrange for reason in one.reasons]
    summary = {
        "upset": asked.upset.as_json(),
        "before": {**before, "unscheduled": asked.unscheduled},
        "after": {**after, "unscheduled": asked.unscheduled + lost - new},
        "saved_minutes": before["travel_minutes"] - after["travel_minutes"],
        "promises_touched": lost,
        "stays": _stays(asked, made.plan),
        "why_not": [_reason(reason) for one in urgent for reason in one.reasons],
        "names": _names(asked, reasons),
    }
    return Outcome(changes, summary)


def broken_by(problem: solver.Problem, before: solver.Plan, after: solver.Plan) -> list[str]:
    """What the law has against the days that take something on; the others may be as wrong as they were."""
    were = {route.shift: set(route.stops) for route in before.routes}
    changed = {route.shift for route in after.routes if set(route.stops) - were.get(route.shift, set())}
    return [violation.words for violation in solver.check(problem, after) if violation.shift in changed]


def names_of(summary: Json) -> Names:
    """The names that the reasons of a draft need."""
    names = summary["names"]
    return Names(names["visits"], names["technicians"], names["skills"])


# --- Changes ------------------------------------------------------------------------------------------


def _changes(asked: UpsetDay, made: solver.Repair) -> list[Json]:
    """Every visit that is touched by its time; what cannot be kept comes first, because somebody has to call."""
    unkept = {one.visit: one for one in made.to_rearrange}
    found = [_change(asked, one, unkept.get(one.visit)) for one in made.touched if not _is_held(asked, one.visit)]
    found += [_lost_unseen(asked, one) for one in asked.stranded]
    if asked.upset.kind == "late":
        found.append(_longer(asked))
    return sorted(found, key=lambda one: (one["after"] is not None, (one["after"] or one["before"])["begins_at"]))


def _is_held(asked: UpsetDay, visit: str) -> bool:
    """Whether a client is about to confirm it: then he hears in time that it is gone."""
    planned = asked.loaded.visits.get(visit)
    return planned is not None and planned.status == "held"


def _change(asked: UpsetDay, touched: solver.Touched, unkept: solver.Unkept | None) -> Json:
    before, after = (place_words(asked.loaded, seats) if seats else None for seats in (touched.before, touched.after))
    starts = [place_words(asked.loaded, (seat,)) for seat in unkept.starts] if unkept else []
    why = [_reason(reason) for reason in unkept.reasons] if unkept else []
    return {**_head(asked, touched.visit), "before": before, "after": after, "why": why, "starts": starts}


def _head(asked: UpsetDay, visit: str) -> Json:
    card = asked.cards[visit]
    return {
        "intervention": int(visit),
        "version": card.version,
        "reference": card.reference,
        "client": card.client,
        "activity": card.activity,
    }


def _longer(asked: UpsetDay) -> Json:
    """The visit that runs late: where it was, and as long as it takes."""
    name = str(asked.upset.intervention_id)
    planned = asked.loaded.visits[name]
    assert asked.upset.ends_at is not None, "a visit runs late until some time"
    here = place_words(asked.loaded, seats_in(asked.problem.plan)[name])
    minutes = (asked.upset.ends_at - planned.begins_at) // timedelta(minutes=1)
    return {**_head(asked, name), "before": here, "after": here, "why": [], "starts": [], "minutes": minutes}


def _stays(asked: UpsetDay, plan: solver.Plan) -> list[str]:
    """The clients of visits that should have begun with an absent technician, and that nobody says have."""
    if asked.upset.kind != "ill":
        return []
    late = [
        asked.loaded.visits[stop.visit]
        for route in plan.routes
        for stop in route.stops
        if stop.visit in asked.loaded.visits and stop.begins <= asked.now
    ]
    mine = [one for one in late if asked.upset.technician_id in one.technician_ids and one.status not in UNDER_WAY]
    return [one.client_name for one in mine if asked.loaded.minute(one.ends_at) > asked.now]


def _lost_unseen(asked: UpsetDay, stranded: Stranded) -> Json:
    clock = local(stranded.begins_at, asked.loaded.unit.zone)
    before = {
        "technicians": list(stranded.technician_ids),
        "technician_name": together([asked.loaded.technicians[one].name for one in stranded.technician_ids]),
        "begins": clock.hour * 60 + clock.minute,
        "begins_at": stranded.begins_at.isoformat(),
    }
    head = _head(asked, str(stranded.intervention_id))
    why = {"code": NOT_LOCATED if stranded.has_place else PLACELESS, "parameters": {}}
    return {**head, "before": before, "after": None, "why": [why], "starts": []}


# --- Reasons ------------------------------------------------------------------------------------------


def _reason(reason: solver.Reason) -> Json:
    return {"code": reason.code, "parameters": dict(reason.parameters)}


def _names(asked: UpsetDay, reasons: Iterable[solver.Reason]) -> Json:
    """The names that these reasons mention; a draft is read in other languages, and later."""
    said = {str(value) for reason in reasons for value in reason.parameters.values()}
    every = Names.of(asked.loaded, {name: card.client for name, card in asked.cards.items()})
    return {
        "visits": {name: words for name, words in every.visits.items() if name in said},
        "technicians": {name: words for name, words in every.technicians.items() if name in said},
        "skills": {name: dict(words) for name, words in every.skills.items() if name in said},
    }
