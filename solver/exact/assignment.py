"""Which of several homeless visits goes into which gap, all at once, with as little change as can be.

Gap by gap is greedy: the first visit may take the only gap of the second. Here all share one choice, one visit a gap
and one a day; then they are inserted, and what has not fitted is asked again against the days as they are by then.
Source: assignment with side constraints by OR-Tools CP-SAT; repeated matching as in M. Wark and J. Holt, "A repeated
matching heuristic for the vehicle routeing problem", Journal of the Operational Research Society 45(10), 1994.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from solver.cost import worth
from solver.exact.crews import SCALE
from solver.exact.libraries import cp_sat, solved
from solver.model import Visit
from solver.plan import Candidate
from solver.slots import Calendar

MOST_CANDIDATES = 40
"""For each visit, the cheapest ones; more make the choice slower and hardly ever better."""

Price = Callable[[Visit, Candidate], float]


def assign(
    offers: Mapping[str, Sequence[tuple[Candidate, float]]], worths: Mapping[str, float], seconds: float = 1.0
) -> dict[str, Candidate]:
    """The choice of candidates, each with its price, that costs least; a visit without one costs its worth.

    At most one visit goes into each day, as a candidate holds while the rest of its day is as it was. Visits that are
    better left out are not in the answer, which is empty when nothing was found in `seconds`.
    """
    model = cp_sat().CpModel()
    cost, by_shift, choices = [], defaultdict(list), []
    for name, candidates in offers.items():
        mine = []
        for candidate, price in candidates:
            is_chosen = model.new_bool_var(name)
            mine.append(is_chosen)
            by_shift[candidate.shift].append(is_chosen)
            choices.append((name, candidate, is_chosen))
            cost.append(round(SCALE * (price - worths[name])) * is_chosen)
        model.add_at_most_one(mine)
    for seats in by_shift.values():
        model.add_at_most_one(seats)
    model.minimize(sum(cost))
    answer = solved(model, seconds)
    if answer is None:
        return {}
    return {name: candidate for name, candidate, is_chosen in choices if answer.value(is_chosen)}


def insert_together(calendar: Calendar, visits: Sequence[Visit], price: Price, seconds: float = 1.0) -> list[Visit]:
    """Insert visits of one person into a calendar, round by round as `assign` chooses; gives back those left out.

    `price` is what a candidate costs a visit, touched promises and all. Each round has `seconds`.
    """
    problem, left = calendar.problem, list(visits)
    while left:
        offers = {
            visit.id: [(one, price(visit, one)) for one in calendar.propose(visit, MOST_CANDIDATES).candidates]
            for visit in left
        }
        chosen = assign(offers, {visit.id: worth(problem, visit) for visit in left}, seconds)
        if not chosen:
            break
        left = [visit for visit in left if visit.id not in chosen or not _inserted(calendar, visit, chosen[visit.id])]
    return left


def _inserted(calendar: Calendar, visit: Visit, candidate: Candidate) -> bool:
    """Insert a visit; another one of the round that it follows may have taken its time, never the first of all."""
    try:
        calendar.insert(candidate.shift, candidate.position, visit, candidate.begins[0])
    except ValueError:
        return False
    return True
