"""Compile once, at installation or start, and never while somebody waits."""

from __future__ import annotations

from dataclasses import replace

from solver.exact.bound import lower_bound
from solver.kernels.compiling import compile_kernels
from solver.model import Break, Place, Problem, Shift, Technician, Visit
from solver.optimise import optimise
from solver.resequence import propose_widely
from solver.slots import Calendar
from solver.travel import Estimate


def warm() -> bool:
    """Put compiled kernels to work for the proposals of this process; returns whether they are in use.

    The first time on a machine takes seconds, later ones read the cache on disk. False means that Numba or a folder
    for its cache is missing: proposals then come from NumPy, with the same result.
    """
    if not compile_kernels():
        return False
    for breaks in ((), (Break(700, 720, 30),)):
        problem = _example(breaks)
        calendar = Calendar(problem)
        calendar.insert("shift", 0, problem.visits[0])
        calendar.propose(problem.visits[1], reasons=True)
        calendar.why_left_out(problem.visits[1])
        propose_widely(calendar, replace(problem.visits[1], minutes=30), enough=len(problem.visits))
    return True


def warm_search() -> bool:
    """The same with the search of `optimise`, which takes half a minute the first time on a machine."""
    if not warm():
        return False
    optimise(_example(()), iterations=2)
    return True


def warm_everything() -> bool:
    """The same with the lower bound, which loads OR-Tools: for the installation."""
    if not warm_search():
        return False
    lower_bound(_example(()), seconds=60)
    return True


def _example(breaks: tuple[Break, ...]) -> Problem:
    places = (Place("home", 0.0, 0.0), Place("here", 0.1, 0.0))
    shift = Shift("shift", 480, 1020, "home", "home", breaks)
    visits = (Visit("first", "here", 30), Visit("second", "here", 1000))
    return Problem(places, Estimate(), (Technician("one", {}, (shift,)),), visits)
