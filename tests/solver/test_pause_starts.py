"""When minutes without a place can be spent on a planned day: against trying every minute as a break."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

import solver
from solver.pause_starts import pause_starts

FIRST, LAST = 480, 720
DAY = "t-d0"


@st.composite
def days(draw: st.DrawFn) -> solver.Problem:
    """A short day with up to three visits at places on a line, and up to two breaks."""
    spots = [draw(st.integers(0, 25)) for _ in range(4)]
    places = tuple(solver.Place(f"p{number}", 41.0, -8.0) for number in range(4))
    minutes = tuple(tuple(abs(one - other) for other in spots) for one in spots)
    breaks = []
    for _ in range(draw(st.integers(0, 2))):
        earliest = draw(st.integers(FIRST, LAST - 30))
        breaks.append(solver.Break(earliest, earliest + draw(st.integers(0, 60)), draw(st.integers(5, 30))))
    shift = solver.Shift(DAY, FIRST, LAST, "p0", "p0", tuple(breaks))
    visits = []
    for number in range(draw(st.integers(0, 3))):
        opens = draw(st.integers(FIRST, LAST - 20))
        window = (opens, opens + draw(st.integers(0, 90)))
        visits.append(solver.Visit(f"v{number}", f"p{number + 1}", draw(st.integers(5, 30)), (window,)))
    problem = solver.Problem(
        places, solver.Matrix(minutes, minutes), (solver.Technician("t", shifts=(shift,)),), tuple(visits)
    )
    route = solver.schedule(problem, DAY, [visit.id for visit in visits])
    return replace(problem, plan=solver.Plan((route,) if route and route.stops else ()))


def with_break(problem: solver.Problem, begins: int, minutes: int) -> solver.Problem:
    technician = problem.technicians[0]
    shift = technician.shifts[0]
    busy = replace(shift, breaks=(*shift.breaks, solver.Break(begins, begins, minutes)))
    return replace(problem, technicians=(replace(technician, shifts=(busy,)),))


@settings(max_examples=60)
@given(days(), st.integers(1, 40), st.data())
def test_a_pause_may_begin_at_exactly_the_minutes_at_which_the_day_works_out_with_a_break_there(
    problem: solver.Problem, minutes: int, data: st.DataObject
) -> None:
    opens = data.draw(st.integers(FIRST - 10, LAST))
    window = (opens, opens + data.draw(st.integers(0, 120)))
    found = pause_starts(problem, DAY, minutes, (window,))
    order = [stop.visit for route in problem.plan.routes for stop in route.stops]
    works_out = [
        begins
        for begins in range(window[0], window[1] + 1)
        if _day_works_out(with_break(problem, begins, minutes), order)
    ]
    assert [begins for earliest, latest in found for begins in range(earliest, latest + 1)] == works_out


def _day_works_out(problem: solver.Problem, order: list[str]) -> bool:
    """Whether there is a lawful day; of one without visits the breaks are tried in every order."""
    if order:
        return solver.schedule(problem, DAY, order) is not None
    return any(_in_a_row(breaks) for breaks in permutations(problem.technicians[0].shifts[0].breaks))


def _in_a_row(breaks: Sequence[solver.Break]) -> bool:
    ready = FIRST
    for pause in breaks:
        begins = max(ready, pause.earliest)
        if begins > pause.latest:
            return False
        ready = begins + pause.minutes
    return ready <= LAST


def test_visits_that_are_fixed_do_not_make_way() -> None:
    places = (solver.Place("p0", 41.0, -8.0),)
    shift = solver.Shift(DAY, FIRST, LAST, "p0", "p0")
    visit = solver.Visit("v", "p0", 60, ((FIRST, LAST - 60),))
    technician = solver.Technician("t", shifts=(shift,))
    plan = solver.Plan((solver.Route(DAY, (solver.Stop("v", 600),)),))
    problem = solver.Problem(places, solver.Matrix(((0,),), ((0,),)), (technician,), (visit,), plan=plan)
    around = ((590, 650),)
    assert pause_starts(problem, DAY, 30, around) == [(590, 650)], "it floats"
    assert pause_starts(problem, DAY, 30, around, {"v": 600}) == []
