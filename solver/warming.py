"""Compile once, at installation or start, and never while somebody waits."""

from __future__ import annotations

from solver.kernels.compiling import compile_kernels
from solver.model import Break, Place, Problem, Shift, Technician, Visit
from solver.slots import Calendar
from solver.travel import Estimate


def warm() -> bool:
    """Put compiled kernels to work in this process; returns whether they are in use.

    The first time on a machine takes a while, later ones read the cache on disk. False means that Numba or a
    folder for its cache is missing: proposals then come from NumPy, with the same result.
    """
    if not compile_kernels():
        return False
    visit = Visit("first", "here", 30)
    for breaks in ((), (Break(700, 720, 30),)):
        shift = Shift("shift", 480, 1020, "home", "home", breaks)
        places = (Place("home", 0.0, 0.0), Place("here", 0.1, 0.0))
        problem = Problem(places, Estimate(), (Technician("one", {}, (shift,)),), ())
        calendar = Calendar(problem)
        calendar.insert("shift", 0, visit)
        calendar.propose(Visit("second", "here", 1000), reasons=True)
    return True
