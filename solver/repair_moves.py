"""The steps of a repair: put back what was taken out, push another visit on to make room, and try again around it."""

from __future__ import annotations

import random
import time
from collections.abc import Collection

from solver.cost import worth
from solver.links import is_linked
from solver.model import Visit
from solver.plan import Stop
from solver.reasons import why_unfit
from solver.repair_bench import Bench, Harm, Option

MOST_PUSHED = 40
"""How many visits are tried as the one that makes room."""
AROUND = 60
"""Minutes around a window in which a visit stands in the way of it."""
PATIENCE = 40
"""How many rounds without success end the search for something better."""
BLINKS = 0.1
MOST_TAKEN_OUT = 4
NO_HARM = Harm()


def put_back(bench: Bench, deadline: float) -> None:
    """Give every pending visit a place, where need be by pushing another one on."""
    _insert_all(bench)
    bench.keep()
    for name in _by_need(bench, bench.pending | ({bench.urgent} if bench.urgent else set())):
        _push_on(bench, name, deadline)


def improve(bench: Bench, names: Collection[str], seed: int, deadline: float) -> None:
    """Take a few of `names` and of their neighbours out and put them back, as long as that does less harm.

    A ruin and recreate in the manner of Schrimpf et al. (2000) that only ever goes down.
    """
    dice, failures = random.Random(seed), 0  # noqa: S311  (dice, not secrets)
    asked = sorted(names)
    while asked and failures < PATIENCE and time.perf_counter() < deadline:
        name = dice.choice(asked)
        near = [stop.visit for _, stop in _in_the_way(bench, name)]
        out = near[: dice.randrange(MOST_TAKEN_OUT)] if dice.random() < 0.5 else dice.sample(near, min(2, len(near)))
        for one in {name, *out} - bench.pending:
            bench.take_out(one)
        _insert_all(bench, dice)
        failures += 1
        if bench.more_harm() < NO_HARM:
            bench.keep()
            failures = 0
        else:
            bench.undo()


def _insert_all(bench: Bench, dice: random.Random | None = None) -> None:
    """Put in what has a place, first what would lose most by waiting; with `dice`, options are overlooked at times."""
    stuck: set[str] = set()
    while bench.pending - stuck:
        asked = {name: _seen(bench.options(name), dice) for name in _by_need(bench, bench.pending - stuck)}
        stuck.update(name for name, options in asked.items() if not options)
        possible = [name for name, options in asked.items() if options]
        if not possible:
            return
        name = max(possible, key=lambda one: (one == bench.urgent, _regret(asked[one])))
        if not any(bench.place(option) for option in asked[name]):
            stuck.add(name)


def _seen(options: list[Option], dice: random.Random | None) -> list[Option]:
    return options if dice is None else [one for one in options if dice.random() >= BLINKS]


def _regret(options: list[Option]) -> tuple[bool, Harm]:
    """What it costs a visit to lose its best place; the most where it has no other."""
    return len(options) == 1, NO_HARM if len(options) == 1 else options[1].harm.beyond(options[0].harm)


def _by_need(bench: Bench, names: Collection[str]) -> list[str]:
    visits = bench.problem.index.visits
    return sorted(names, key=lambda name: (name != bench.urgent, -visits[name].priority, name))


def _push_on(bench: Bench, name: str, deadline: float) -> None:
    """Let one visit make room for another, where what is left out or changed then weighs less."""
    best, least = None, NO_HARM
    for shift, stop in _in_the_way(bench, name)[:MOST_PUSHED]:
        if time.perf_counter() >= deadline:
            break
        if not _is_worth_a_try(bench, name, shift, stop.visit):
            continue
        if _swap(bench, name, shift, stop.visit):
            harm = bench.more_harm()
            if harm < least:
                best, least = (shift, stop.visit), harm
        bench.undo()
    if best is not None:
        _swap(bench, name, *best)
        bench.keep()


def _is_worth_a_try(bench: Bench, name: str, shift: str, other: str) -> bool:
    """Whether the other visit may be left out for this one, or has a chance elsewhere."""
    visits = bench.problem.index.visits
    is_less = name in bench.pending and worth(bench.problem, visits[other]) < worth(bench.problem, visits[name])
    return is_less or bench.could_go_elsewhere(other, shift)


def _swap(bench: Bench, name: str, shift: str, other: str) -> bool:
    """Put a visit on a shift without another one, which goes elsewhere if it can."""
    if name not in bench.pending:
        bench.take_out(name)
    bench.take_out(other)
    if not any(bench.place(option) for option in bench.options(name, [shift])[:1]):
        return False
    any(bench.place(option) for option in bench.options(other))
    return True


def _in_the_way(bench: Bench, name: str) -> list[tuple[str, Stop]]:
    """The visits that may move and stand where a visit could be, the nearest places first."""
    index = bench.problem.index
    visit = index.visits[name]
    place = index.place(visit.place)
    found = []
    for shift, stops in bench.kept.items():
        if why_unfit(bench.problem, index.shifts[shift], visit, place) is None:
            found += [(shift, stop) for stop in stops if stop.visit != name and _may_move(bench, visit, stop)]
    return sorted(found, key=lambda one: (index.minutes(visit.place, index.visits[one[1].visit].place), one[1].visit))


def _may_move(bench: Bench, visit: Visit, stop: Stop) -> bool:
    other = bench.problem.index.visits[stop.visit]
    if other.locked is not None or stop.begins <= bench.now or is_linked(bench.problem, other):
        return False
    if stop.visit == bench.urgent:
        return False
    over = stop.begins + other.minutes + other.after
    late = visit.minutes + AROUND
    windows = visit.allowed or ((bench.now, bench.now + late),)
    return any(opens - AROUND <= over and stop.begins <= closes + late for opens, closes in windows)
