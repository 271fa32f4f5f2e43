"""Problems, plans and answers as JSON: every key is checked, and a wrong one is named by its path."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from solver.errors import ProblemError
from solver.model import Break, Follows, Lock, Place, Problem, Shift, Technician, Visit, Weights
from solver.plan import Candidate, CostParts, Plan, Proposal, Reason, Refusal, Result, Route, Stop, Violation
from solver.territory import Territory
from solver.traffic import Traffic
from solver.travel import Estimate, Matrix, Travel

Json = object
Part = TypeVar("Part")


def read_json(text: str) -> Json:
    """The value of a JSON text; NaN and infinity are no JSON."""

    def refuse(word: str) -> float:
        raise ProblemError("", f"numbers; {word} is none")

    try:
        value: Json = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ProblemError):
            raise
        raise ProblemError("", f"JSON; {error}") from error
    return value


def problem_from_json(value: Json) -> Problem:
    """The problem that a JSON value describes. Raises `ProblemError`."""
    keys = _Keys("", value, {"places", "travel", "traffic", "technicians", "visits", "weights", "plan"})
    usual: Travel = Estimate()
    return Problem(
        places=keys.list_of("places", _place),
        travel=keys.part("travel", _travel, usual),
        technicians=keys.list_of("technicians", _technician),
        visits=keys.list_of("visits", _visit),
        weights=keys.part("weights", _weights, Weights()),
        plan=keys.part("plan", _plan, Plan()),
        traffic=keys.part("traffic", _traffic, Traffic()),
    )


def plan_from_json(value: Json) -> Plan:
    """The plan in a JSON value: either itself or under the key `plan`, as optimise writes it. Raises `ProblemError`."""
    if isinstance(value, dict) and "plan" in value:
        return _plan("plan", value["plan"])
    return _plan("", value)


def result_to_json(result: Result) -> Json:
    """The plan of an optimisation and what is to be said about it."""
    return {
        "plan": plan_to_json(result.plan),
        "unserved": [
            {"visit": one.visit, "reasons": [_reason(reason) for reason in one.reasons]} for one in result.unserved
        ],
        "cost": _cost(result.cost),
        "before": _cost(result.before),
        "changes": [dataclasses.asdict(change) for change in result.changes],
        "possible": result.possible,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": round(result.seconds, 3),
        "seed": result.seed,
        "iterations": result.iterations,
    }


def _cost(cost: CostParts) -> Json:
    return {**dataclasses.asdict(cost), "total": cost.total}


def plan_to_json(plan: Plan) -> Json:
    """The routes of a plan."""
    return {
        "routes": [
            {"shift": route.shift, "stops": [{"visit": stop.visit, "begins": stop.begins} for stop in route.stops]}
            for route in plan.routes
        ]
    }


def proposal_to_json(proposal: Proposal) -> Json:
    """Where a visit fits, and why nowhere else."""
    return {
        "candidates": [_candidate(one) for one in proposal.candidates],
        "refused": [_refusal(one) for one in proposal.refused],
    }


def violations_to_json(violations: list[Violation]) -> Json:
    """What is wrong with a plan."""
    return [dataclasses.asdict(violation) for violation in violations]


def _candidate(one: Candidate) -> Json:
    return {
        "technician": one.technician,
        "shift": one.shift,
        "position": one.position,
        "begins": list(one.begins),
        "window": None if one.window is None else list(one.window),
        "cost": {**dataclasses.asdict(one.cost), "km": round(one.cost.km, 3)},
        "band": one.band,
        "after": one.after,
        "before": one.before,
        "because": one.because.words,
        "code": one.because.code,
        "parameters": dict(one.because.parameters),
        "crew": [dataclasses.asdict(seat) for seat in one.crew],
        "order": [{"visit": stop.visit, "begins": stop.begins} for stop in one.order],
    }


def _refusal(one: Refusal) -> Json:
    return {
        "technician": one.technician,
        "shift": one.shift,
        "day": one.day,
        "reason": _reason(one.reason),
        "short_by": one.short_by,
    }


def _reason(reason: Reason) -> Json:
    return {"code": reason.code, "parameters": dict(reason.parameters), "words": reason.words}


class _Keys:
    """The keys of one object, each taken with its type."""

    def __init__(self, path: str, value: Json, names: set[str]) -> None:
        self.path = path
        if not isinstance(value, dict):
            raise ProblemError(path, "an object")
        self.values = value
        for name in value:
            if name not in names:
                raise ProblemError(self.at(str(name)), f"no such key; there are {', '.join(sorted(names))}")

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def part(self, name: str, read: Callable[[str, Json], Part], default: Part) -> Part:
        return read(self.at(name), self.values[name]) if self.has(name) else default

    def needed(self, name: str, read: Callable[[str, Json], Part]) -> Part:
        if name not in self.values:
            raise ProblemError(self.at(name), "a value; the key is missing")
        return read(self.at(name), self.values[name])

    def list_of(self, name: str, read: Callable[[str, Json], Part]) -> tuple[Part, ...]:
        return self.part(name, lambda path, value: _list(path, value, read), ())


def _list(path: str, value: Json, read: Callable[[str, Json], Part]) -> tuple[Part, ...]:
    if not isinstance(value, list):
        raise ProblemError(path, "a list")
    return tuple(read(f"{path}[{position}]", item) for position, item in enumerate(value))


def _text(path: str, value: Json) -> str:
    if not isinstance(value, str):
        raise ProblemError(path, "a text")
    return value


def _whole(path: str, value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(path, "a whole number")
    return value


def _number(path: str, value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProblemError(path, "a number")
    return value


def _true_or_false(path: str, value: Json) -> bool:
    if not isinstance(value, bool):
        raise ProblemError(path, "true or false")
    return value


def _levels(path: str, value: Json) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise ProblemError(path, "an object of skills and levels")
    return {name: _whole(f"{path}.{name}", level) for name, level in value.items()}


def _place(path: str, value: Json) -> Place:
    keys = _Keys(path, value, {"id", "latitude", "longitude", "slowness"})
    return Place(
        id=keys.needed("id", _text),
        latitude=keys.needed("latitude", _number),
        longitude=keys.needed("longitude", _number),
        slowness=keys.part("slowness", _number, 1.0),
    )


def _travel(path: str, value: Json) -> Travel:
    keys = _Keys(path, value, {"minutes", "km", "estimate"})
    if keys.has("estimate") == keys.has("minutes"):
        raise ProblemError(path, "either minutes (and km) or an estimate")
    if keys.has("minutes"):
        return Matrix(keys.needed("minutes", _table), keys.part("km", _table, None))
    return keys.needed("estimate", _estimate)


def _estimate(path: str, value: Json) -> Estimate:
    keys = _Keys(path, value, {"fixed_minutes", "minutes_per_km"})
    usual = Estimate()
    return Estimate(
        keys.part("fixed_minutes", _number, usual.fixed_minutes),
        keys.part("minutes_per_km", _number, usual.minutes_per_km),
    )


def _table(path: str, value: Json) -> tuple[tuple[float, ...], ...]:
    return _list(path, value, lambda row_path, row: _list(row_path, row, _number))


def _technician(path: str, value: Json) -> Technician:
    keys = _Keys(path, value, {field.name for field in dataclasses.fields(Technician)})
    return Technician(
        id=keys.needed("id", _text),
        skills=keys.part("skills", _levels, {}),
        shifts=keys.list_of("shifts", _shift),
        territory=keys.part("territory", _territory, None),
        most_visits=keys.part("most_visits", _whole, None),
        most_travel_minutes=keys.part("most_travel_minutes", _whole, None),
    )


def _territory(path: str, value: Json) -> Territory:
    keys = _Keys(path, value, {"polygon", "centre", "km", "price"})
    return Territory(
        polygon=keys.list_of("polygon", _point),
        centre=keys.part("centre", _point, None),
        km=keys.part("km", _number, 0.0),
        price=keys.part("price", _number, None),
    )


def _point(path: str, value: Json) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ProblemError(path, "two numbers: latitude and longitude")
    return _number(path, value[0]), _number(path, value[1])


def _traffic(path: str, value: Json) -> Traffic:
    return Traffic(_Keys(path, value, {"speeds"}).list_of("speeds", _number))


def _shift(path: str, value: Json) -> Shift:
    keys = _Keys(path, value, {field.name for field in dataclasses.fields(Shift)})
    return Shift(
        id=keys.needed("id", _text),
        begins=keys.needed("begins", _whole),
        ends=keys.needed("ends", _whole),
        start=keys.needed("start", _text),
        end=keys.needed("end", _text),
        breaks=keys.list_of("breaks", _break),
        capacity=keys.part("capacity", _whole, None),
        overtime=keys.part("overtime", _whole, 0),
    )


def _break(path: str, value: Json) -> Break:
    keys = _Keys(path, value, {"earliest", "latest", "minutes"})
    return Break(keys.needed("earliest", _whole), keys.needed("latest", _whole), keys.needed("minutes", _whole))


def _visit(path: str, value: Json) -> Visit:
    names = {field.name for field in dataclasses.fields(Visit)}
    keys = _Keys(path, value, names)
    return Visit(
        id=keys.needed("id", _text),
        place=keys.needed("place", _text),
        minutes=keys.needed("minutes", _whole),
        windows=keys.list_of("windows", _window),
        skills=keys.part("skills", _levels, {}),
        crew=keys.part("crew", _whole, 1),
        priority=keys.part("priority", _whole, 5),
        required=keys.part("required", _true_or_false, False),
        load=keys.part("load", _whole, 0),
        locked=keys.part("locked", _lock, None),
        before=keys.part("before", _whole, 0),
        after=keys.part("after", _whole, 0),
        minutes_by=keys.part("minutes_by", _levels, {}),
        earliest=keys.part("earliest", _whole, None),
        due=keys.part("due", _whole, None),
        preferred=keys.list_of("preferred", _text),
        only=keys.list_of("only", _text),
        excluded=keys.list_of("excluded", _text),
        follows=keys.list_of("follows", _follows),
        confirmed=keys.part("confirmed", _true_or_false, False),
    )


def _follows(path: str, value: Json) -> Follows:
    keys = _Keys(path, value, {field.name for field in dataclasses.fields(Follows)})
    return Follows(
        visit=keys.needed("visit", _text),
        gap=keys.part("gap", _whole, 0),
        most=keys.part("most", _whole, None),
        same_technician=keys.part("same_technician", _true_or_false, False),
    )


def _window(path: str, value: Json) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise ProblemError(path, "two minutes: from and to")
    return _whole(path, value[0]), _whole(path, value[1])


def _lock(path: str, value: Json) -> Lock:
    keys = _Keys(path, value, {"technician", "begins"})
    return Lock(keys.part("technician", _text, None), keys.part("begins", _whole, None))


def _weights(path: str, value: Json) -> Weights:
    fields = dataclasses.fields(Weights)
    keys = _Keys(path, value, {field.name for field in fields})
    return Weights(**{field.name: keys.needed(field.name, _number) for field in fields if keys.has(field.name)})


def _plan(path: str, value: Json) -> Plan:
    return Plan(_Keys(path, value, {"routes"}).list_of("routes", _route))


def _route(path: str, value: Json) -> Route:
    keys = _Keys(path, value, {"shift", "stops"})
    return Route(keys.needed("shift", _text), keys.list_of("stops", _stop))


def _stop(path: str, value: Json) -> Stop:
    keys = _Keys(path, value, {"visit", "begins"})
    return Stop(keys.needed("visit", _text), keys.needed("begins", _whole))
