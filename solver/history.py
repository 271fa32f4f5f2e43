"""What has happened by now: the part of a plan that nothing can change any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from solver.fixed_day import fixed_day, stops_of
from solver.model import Break, Lock, Problem, Shift, Visit
from solver.plan import Stop


def held_at(problem: Problem, now: int) -> Problem:
    """The problem when it is `now`: what has begun is locked, and what has not may only begin later.

    Nobody is asked to have left ahead of now, and who has to be on his way already goes on. A day on which the plan is
    behind its own times stays as it is.
    """
    visits = {visit.id: visit for visit in problem.visits}
    technicians = []
    for technician in problem.technicians:
        shifts = []
        for shift in technician.shifts:
            for stop in stops_of(problem, shift.id):
                visits[stop.visit] = _begun_or_later(visits[stop.visit], technician.id, stop, now)
            shifts.append(_under_way(problem, visits, technician.id, shift, now))
        technicians.append(replace(technician, shifts=tuple(shifts)))
    return replace(problem, technicians=tuple(technicians), visits=tuple(visits.values()))


def _begun_or_later(visit: Visit, technician: str, stop: Stop, now: int) -> Visit:
    if stop.begins <= now:
        return _locked(visit, technician, stop)
    opens = min((opens for opens, _ in visit.windows), default=0)
    closes = max((closes for _, closes in visit.windows), default=now)
    return replace(visit, earliest=max(now, visit.earliest or 0)) if opens < now <= closes else visit


def _locked(visit: Visit, technician: str, stop: Stop) -> Visit:
    return replace(visit, locked=Lock(technician if visit.crew == 1 else None, stop.begins))


def _under_way(problem: Problem, visits: dict[str, Visit], technician: str, shift: Shift, now: int) -> Shift:
    """The shift from now on: who is between two visits leaves now, or is locked to the one that he is driving to."""
    stops = stops_of(problem, shift.id)
    begun = tuple(stop for stop in stops if stop.begins <= now)
    last = visits[begun[-1].visit] if begun else None
    leaves = shift.begins if last is None else begun[-1].begins + last.minutes_with(technician) + last.after
    if not leaves < now < shift.ends + shift.overtime:
        return shift
    known = (stops, stops[: len(begun) + 1], begun)
    kept = next((some for some in known if fixed_day(problem, visits, shift, some).works_out()), None)
    if kept is None:
        return shift
    later, held = _staying(visits, shift, last, leaves, now)
    if fixed_day(problem, held, later, kept).works_out():
        visits.update(held)
        return later
    if len(kept) == len(begun):
        return shift
    following = kept[len(begun)]
    visit = visits[following.visit] = _locked(visits[following.visit], technician, following)
    drive = problem.index.minutes(shift.start if last is None else last.place, visit.place)
    leaving = max(leaves, problem.traffic.departure(following.begins - visit.before, drive))
    later, held = _staying(visits, shift, last, leaves, leaving)
    if not fixed_day(problem, held, later, kept).works_out():  # a break lies between
        return shift
    visits.update(held)
    return later


def _staying(
    visits: Mapping[str, Visit], shift: Shift, last: Visit | None, leaves: int, until: int
) -> tuple[Shift, dict[str, Visit]]:
    """The shift and the visits when its technician stays where he was last, or at home, until a minute."""
    if last is None:
        return _from(shift, until), dict(visits)
    return shift, {**visits, last.id: replace(last, after=last.after + until - leaves)}


def _from(shift: Shift, now: int) -> Shift:
    """A shift on which nobody has set out yet; breaks that are over are over."""
    pauses = []
    for pause in shift.breaks:
        ends = pause.latest + pause.minutes
        if pause.earliest >= now:
            pauses.append(pause)
        elif pause.latest >= now:
            pauses.append(replace(pause, earliest=now))
        elif pause.earliest == pause.latest and ends > now:
            pauses.append(Break(now, now, ends - now))
    return replace(shift, begins=min(now, shift.ends), breaks=tuple(pauses))
