"""Ruin and recreate over many days at once, under simulated annealing (`solver.kernels.ruin`, `.recreate`)."""

from __future__ import annotations

import math

from solver.kernels.arrays import Floats, Ints
from solver.kernels.compiling import inlined, kernel
from solver.kernels.dice import uniform
from solver.kernels.recreate import recreate
from solver.kernels.ruin import ruin
from solver.kernels.state import Routes, Scratch, Work, cost_of_day, refresh


@inlined
def keep(work: Work, routes: Routes, cost: float) -> None:
    """Accept the present state, and remember it when it is the cheapest so far."""
    for row in range(routes.stops.shape[0]):
        if routes.touched[row]:
            copy_row(routes.order, routes.stops, routes.kept_order, routes.kept_stops, row)
            routes.touched[row] = False
            routes.stale[row] = True
    routes.kept_where[:] = routes.where
    routes.kept_paid[:] = routes.paid
    routes.costs[0] = cost
    true = cost
    for visit in range(routes.where.shape[0]):
        if routes.where[visit] < 0:
            true += work.worth[visit] - work.penalty[visit]
    if true < routes.costs[1] - 1e-9:
        routes.costs[1] = true
        for row in range(routes.stops.shape[0]):
            if routes.stale[row]:
                copy_row(routes.order, routes.stops, routes.best_order, routes.best_stops, row)
                routes.stale[row] = False


@inlined
def undo(work: Work, routes: Routes, scratch: Scratch) -> None:
    """Go back to the accepted state."""
    for row in range(routes.stops.shape[0]):
        if routes.touched[row]:
            copy_row(routes.kept_order, routes.kept_stops, routes.order, routes.stops, row)
            refresh(work, routes, scratch, row)
            routes.touched[row] = False
    routes.where[:] = routes.kept_where
    routes.paid[:] = routes.kept_paid


@inlined
def copy_row(order: Ints, count: Ints, to_order: Ints, to_count: Ints, row: int) -> None:
    """Copy the stops of one day from one state to another."""
    to_count[row] = count[row]
    for stop in range(count[row]):
        to_order[row, stop] = order[row, stop]


@inlined
def all_sound(routes: Routes) -> bool:
    """Whether every changed day works out; without the triangle inequality a removal can break one."""
    sound = True
    for row in range(routes.stops.shape[0]):
        sound = sound and (routes.sound[row] or not routes.touched[row])
    return sound


@kernel
def cost_of_all(work: Work, routes: Routes) -> float:
    """What the present state costs, waiting apart."""
    total = 0.0
    for row in range(routes.stops.shape[0]):
        total += cost_of_day(work, routes, row)
    for visit in range(routes.where.shape[0]):
        total += work.penalty[visit] if routes.where[visit] < 0 else routes.paid[visit]
    return total


@kernel
def search(
    work: Work, routes: Routes, scratch: Scratch, first: int, count: int, progress: float, step: float, heat: Floats
) -> None:
    """Run iterations `first` to `first + count`.

    The temperature falls from `heat[0]` to `heat[1]` as `progress + iteration * step` goes from 0 to 1.
    """
    if first == 0:
        for row in range(routes.stops.shape[0]):
            refresh(work, routes, scratch, row)
        routes.costs[:] = cost_of_all(work, routes)
    for iteration in range(first, first + count):
        done = min(1.0, progress + iteration * step)
        temperature = heat[0] * (heat[1] / heat[0]) ** done
        change = 0.0
        if iteration > 0:
            change += ruin(work, routes, scratch)
        change += recreate(work, routes, scratch, iteration == 0)
        cost = routes.costs[0] + change
        threshold = routes.costs[0] - temperature * math.log(1.0 - uniform(routes.dice))
        if cost < threshold and routes.moved[0] <= work.most_moved and all_sound(routes):
            keep(work, routes, cost)
        else:
            undo(work, routes, scratch)
