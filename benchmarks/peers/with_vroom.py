"""VROOM: one vehicle a shift, one job a visit, skills by level, breaks and several windows as its own."""

import time
from datetime import timedelta

import numpy as np
import pandas  # noqa: F401  VROOM imports it at the first answer, which would be timed
import vroom
from arrays import Answer, Json, drives_of, route, shifts_of

MOST_PRIORITY = 100
NOBODY_NEEDS = 0
Numbers = dict[tuple[str, int], int]


def solve(problem: Json, deadline: float, _seed: int, level: int) -> Answer:
    drives, rows = drives_of(problem)
    shifts, visits = shifts_of(problem), problem["visits"]
    number_of = _skill_numbers(visits)
    model = vroom.Input()
    model.set_durations_matrix("car", drives.astype(np.uint32))
    model.add_vehicle([_vehicle(number, shift, rows, number_of) for number, shift in enumerate(shifts)])
    model.add_job([_job(number, visit, rows, number_of) for number, visit in enumerate(visits)])
    left = timedelta(seconds=max(0.02, deadline - time.perf_counter()))
    solution = model.solve(exploration_level=level, nb_threads=1, timeout=left)
    orders: list[list[str]] = [[] for _ in shifts]
    jobs = solution.routes[solution.routes["type"] == "job"] if len(solution.routes) else solution.routes
    for vehicle, job in zip(jobs["vehicle_id"], jobs["id"], strict=True) if len(jobs) else ():
        orders[int(vehicle)].append(visits[int(job)]["id"])
    return [route(shift, order) for shift, order in zip(shifts, orders, strict=True)], []


def _vehicle(number: int, shift: Json, rows: dict[str, int], number_of: Numbers) -> vroom.Vehicle:
    breaks = [
        vroom.Break(
            place + 1, time_windows=[vroom.TimeWindow(pause["earliest"], pause["latest"])], service=pause["minutes"]
        )
        for place, pause in enumerate(shift["breaks"])
    ]
    has = {one for (name, level), one in number_of.items() if shift["skills"].get(name, 0) >= level}
    return vroom.Vehicle(
        number,
        start=rows[shift["start"]],
        end=rows[shift["end"]],
        capacity=[] if shift["capacity"] is None else [shift["capacity"]],
        skills=has | {NOBODY_NEEDS},
        time_window=vroom.TimeWindow(shift["begins"], shift["ends"]),
        breaks=breaks,
    )


def _job(number: int, visit: Json, rows: dict[str, int], number_of: Numbers) -> vroom.Job:
    return vroom.Job(
        number,
        location=rows[visit["place"]],
        default_service=visit["minutes"],
        delivery=[visit["load"]] if visit["load"] else [],
        skills={number_of[name, level] for name, level in visit["skills"].items()},
        priority=MOST_PRIORITY if visit["required"] else visit["priority"],
        time_windows=[vroom.TimeWindow(opens, closes) for opens, closes in visit["windows"]],
    )


def _skill_numbers(visits: list[Json]) -> Numbers:
    """A number for every level of every skill that somebody needs: VROOM knows no levels."""
    needed = sorted({(name, level) for visit in visits for name, level in visit["skills"].items()})
    return {skill: number for number, skill in enumerate(needed, NOBODY_NEEDS + 1)}
