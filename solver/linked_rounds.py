"""Crews and visits in order: taken out and put back, one group after the other, between slices of the search.

A group is a visit with ties and all that it is tied to. It is put back at the cheapest places that the calendar
proposes, first come first, and stays there when that makes the plan cheaper (a large neighbourhood search whose moves
are the groups: P. Shaw, CP-98, 1998).
"""

from __future__ import annotations

from collections.abc import Callable
from graphlib import TopologicalSorter
from importlib import import_module

import numpy as np

from solver.changes import touched
from solver.cost import cost_of
from solver.links import is_linked, partners
from solver.model import Problem, Visit
from solver.plan import Plan
from solver.slots import Calendar


def groups_of(problem: Problem) -> list[list[Visit]]:
    """The visits that are tied together, each group in the order in which its visits can begin."""
    index = problem.index
    sorter = TopologicalSorter({visit.id: [rule.visit for rule in visit.follows] for visit in problem.visits})
    place = {name: number for number, name in enumerate(sorter.static_order())}
    seen: set[str] = set()
    found = []
    for visit in problem.visits:
        if visit.id in seen or not is_linked(problem, visit):
            continue
        group, waiting = set(), [visit.id]
        while waiting:
            name = waiting.pop()
            if name not in group:
                group.add(name)
                waiting.extend(partners(problem, index.visits[name]))
        seen |= group
        found.append([index.visits[name] for name in sorted(group, key=lambda name: place[name])])
    return found


def placed_again(
    problem: Problem,
    plan: Plan,
    dice: np.random.Generator,
    most_touched: int | None,
    cancelled: Callable[[], bool] | None,
) -> Plan:
    """A plan that is as cheap or cheaper, with each group of tied visits put where it is cheapest now.

    No more than `most_touched` visits leave the shifts of today's plan, or no more than have already.
    """
    groups = [group for group in groups_of(problem) if not any(_stays(problem, visit) for visit in group)]
    groups = [groups[number] for number in dice.permutation(len(groups))]
    cost = cost_of(problem, plan).total
    most = len(problem.visits) if most_touched is None else max(most_touched, len(touched(problem, plan)))
    for group in groups:
        if cancelled is not None and cancelled():
            break
        changed = _put_back(problem, plan, group)
        now = cost_of(problem, changed).total
        if now < cost - 1e-9 and len(touched(problem, changed)) <= most:
            plan, cost = changed, now
    return plan


def with_new_crews(problem: Problem, plan: Plan) -> Plan:
    """The plan with the crews that have no place yet, where there are several: those compete for the same people."""
    planned = plan.served
    crews = [
        visit
        for visit in problem.visits
        if visit.crew > 1 and visit.id not in planned and not visit.follows and visit.id not in problem.index.followers
    ]
    if len(crews) < 2:
        return plan
    together: Plan = import_module("solver.exact.crews_together").with_crews(problem, plan, crews)
    return min(together, plan, key=lambda one: cost_of(problem, one).total)


def _stays(problem: Problem, visit: Visit) -> bool:
    return visit.locked is not None and visit.id in problem.index.planned


def _put_back(problem: Problem, plan: Plan, group: list[Visit]) -> Plan:
    calendar = Calendar(problem, plan)
    planned = plan.served
    for visit in reversed(group):
        if visit.id in planned:
            calendar.remove(visit.id)
    for visit in group:
        candidates = calendar.propose(visit, limit=1).candidates
        if candidates:
            calendar.insert_crew(candidates[0], visit, candidates[0].begins[0])
    return calendar.plan
