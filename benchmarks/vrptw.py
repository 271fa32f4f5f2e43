"""Solomon's (1987) and Gehring and Homberger's (1999) instances with time windows, in the convention of DIMACS (2021).

All numbers are tenths; the distance is Euclidean, cut off after one decimal; the drive takes as long as it is far, and
only distance counts. One technician a vehicle, all of them from the depot.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from benchmarks.cities import SHARED
from benchmarks.instance import Instance, problem_of, shift_of, visit_of

FOLDER = SHARED / "vrptw"
SUBSET = ("C104", "C206", "R104", "R208", "RC106", "RC203")
"""One of each family, spread over tight and wide windows; fixed, so that runs compare."""


def names(family: str) -> list[str]:
    """The instances of a family (`solomon` or `gh`) that are on this machine."""
    return sorted(path.stem for path in (FOLDER / family).glob("*.txt"))


def vrptw(name: str) -> Instance:
    """An instance by its name."""
    lines = [line.split() for line in _file(name).read_text(encoding="utf-8").splitlines()]
    vehicles, capacity = (int(word) for word in lines[lines.index(["NUMBER", "CAPACITY"]) + 1])
    rows = [[float(word) for word in line] for line in lines if len(line) == 7 and line[0].isdigit()]
    table = np.array(rows)
    points = table[:, 1:3]
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    distance = np.floor(10 * apart + 1e-9).astype(np.int64)
    tenths = (10 * table).astype(np.int64)
    shifts = [
        shift_of(f"vehicle{number}-0", int(tenths[0, 4]), int(tenths[0, 5]), "0", [], capacity)
        for number in range(vehicles)
    ]
    staff = [{"id": f"vehicle{number}", "skills": {}, "shifts": [shift]} for number, shift in enumerate(shifts)]
    work = [
        visit_of(str(row), str(row), int(one[6]), [[int(one[4]), int(one[5])]], required=True, load=int(one[3] // 10))
        for row, one in enumerate(tenths.tolist())
        if row
    ]
    problem = problem_of([str(row) for row in range(len(rows))], distance, staff, work)
    return Instance(name, problem, round(10 * _best_known()[name]))


def _file(name: str) -> Path:
    return next(path for family in ("solomon", "gh") if (path := FOLDER / family / f"{name}.txt").exists())


def _best_known() -> dict[str, float]:
    with (FOLDER / "bks_dimacs.csv").open(encoding="utf-8") as rows:
        return {name: float(distance) for name, distance, _is_optimal in csv.reader(rows)}
