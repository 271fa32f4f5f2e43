"""One technician's day as he drives it: legs, free time, breaks and the way home, laid out around his visits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import solver
from fieldsvc.core.dates import local_day
from fieldsvc.domain.planning.problem import Loaded, PlannedVisit, shift_id
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.teams.shifts import WorkBreak, WorkShift


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a day in whole minutes, counted from the first midnight of what is loaded."""

    begins: int
    minutes: int

    @property
    def ends(self) -> int:
        """The minute at which it is over."""
        return self.begins + self.minutes


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit with the drive to it and the time that is free ahead of it."""

    visit: PlannedVisit
    begins: int
    drive: Stretch
    free: tuple[Stretch, ...]

    @property
    def ends(self) -> int:
        """The minute at which the work is over."""
        return self.begins + self.visit.demand.minutes


@dataclass(frozen=True, slots=True)
class Tour:
    """A technician's day; `way_home` is None on a day without visits, `shift` on a day off."""

    technician: Technician
    shift: WorkShift | None
    stops: tuple[Stop, ...]
    way_home: Stretch | None
    breaks: tuple[Stretch, ...]
    travel_minutes: int
    km: float
    load: int


class Roads:
    """Drives between the homes and the sites of everything that is loaded, on a shift or not."""

    def __init__(self, loaded: Loaded) -> None:
        places = {
            home_place(technician): (technician.home_latitude, technician.home_longitude)
            for technician in loaded.technicians.values()
        }
        spots = (visit.spot for visit in loaded.visits.values())
        places.update({spot.id: (spot.latitude, spot.longitude) for spot in spots if spot is not None})
        self._positions = {name: position for position, name in enumerate(places)}
        self._roads = loaded.problem.travel.roads([solver.Place(name, *point) for name, point in places.items()])

    def minutes(self, origin: str, destination: str) -> int:
        """Whole minutes of one drive."""
        return self._roads.minutes(self._positions[origin], self._positions[destination])

    def km(self, origin: str, destination: str) -> float:
        """Kilometres of one drive."""
        return self._roads.km(self._positions[origin], self._positions[destination])

    def around(self, technician: Technician, visits: Iterable[PlannedVisit]) -> tuple[int, float]:
        """Minutes and kilometres from home along the visits and back home."""
        home = home_place(technician)
        legs = list(pairwise([home, *(visit.spot.id for visit in visits if visit.spot is not None), home]))
        return sum(self.minutes(*leg) for leg in legs), sum(self.km(*leg) for leg in legs)


def home_place(technician: Technician) -> str:
    """The solver's name of a technician's home."""
    return f"home:{technician.id}"


def visits_by_day(loaded: Loaded) -> dict[tuple[int, date], list[PlannedVisit]]:
    """The loaded visits of each technician on each local day, in the order they begin."""
    found: dict[tuple[int, date], list[PlannedVisit]] = {}
    for visit in sorted(loaded.visits.values(), key=lambda one: (one.begins_at, one.seats[0].visit_id)):
        day = local_day(visit.begins_at, loaded.unit.zone)
        for technician_id in visit.technician_ids:
            found.setdefault((technician_id, day), []).append(visit)
    return found


def is_of(visit: PlannedVisit, technician: Technician, day: date, zone: str) -> bool:
    """Whether a visit takes a technician's time on a local day."""
    return technician.id in visit.technician_ids and local_day(visit.begins_at, zone) == day


def tour_of(loaded: Loaded, roads: Roads, technician: Technician, day: date, visits: Sequence[PlannedVisit]) -> Tour:
    """The day of one technician with these visits, in order. A plan that breaks the law is laid out all the same."""
    shift = loaded.shifts.get(shift_id(technician.id, day))
    placeless = [one for one in loaded.placeless if is_of(one, technician, day, loaded.unit.zone)]
    layout = _Layout(loaded, shift, placeless)
    home = home_place(technician)
    place, leaves = home, layout.opens
    stops: list[Stop] = []
    for visit in visits:
        assert visit.spot is not None, "a tour leads from place to place"
        begins = loaded.minute(visit.begins_at)
        minutes = roads.minutes(place, visit.spot.id)
        drive, free = layout.gap(leaves, begins - visit.demand.buffer_before, minutes)
        stops.append(Stop(visit, begins, drive, free if stops else ()))
        place, leaves = visit.spot.id, stops[-1].ends + visit.demand.buffer_after
    minutes = roads.minutes(place, home)
    way_home, _free = layout.gap(leaves, layout.closes, minutes, is_last=True)
    travel_minutes, km = roads.around(technician, visits)
    return Tour(
        technician=technician,
        shift=shift,
        stops=tuple(stops),
        way_home=way_home if stops else None,
        breaks=layout.all_breaks(),
        travel_minutes=travel_minutes,
        km=km,
        load=_load(shift, [*visits, *placeless], travel_minutes),
    )


class _Layout:
    """Fills the gaps of one day from left to right with its drives and breaks."""

    def __init__(self, loaded: Loaded, shift: WorkShift | None, placeless: Iterable[PlannedVisit]) -> None:
        self._loaded = loaded
        self._breaks = shift.breaks if shift else ()
        fixed = [*(shift.absences if shift else ()), *(visit.engaged for visit in placeless)]
        self._open = sorted([*self._breaks, *fixed], key=lambda pause: pause.latest_at)
        self._taken: list[tuple[WorkBreak, Stretch]] = []
        self.opens = loaded.minute(shift.begins_at) if shift else 0
        self.closes = loaded.minute(shift.ends_at) if shift else 0

    def gap(
        self, opens: int, closes: int, minutes: int, *, is_last: bool = False
    ) -> tuple[Stretch, tuple[Stretch, ...]]:
        """The drive inside a gap, just in time where it can be, and what stays free; the way home is driven at once."""
        before, ready = self._take(opens, closes - minutes, waits=not is_last or not minutes)
        behind, _end = self._take(ready + minutes, closes, waits=True)
        begins = ready if is_last or behind else closes - minutes
        drive = Stretch(begins, minutes)
        return drive, _free(opens, closes, [*before, drive, *behind])

    def all_breaks(self) -> tuple[Stretch, ...]:
        """The breaks of the shift alone; one that found no place is where it would be earliest."""
        missed = [(pause, Stretch(self._loaded.minute(pause.earliest_at), pause.minutes)) for pause in self._open]
        breaks = [at for pause, at in (*self._taken, *missed) if pause in self._breaks]
        return tuple(sorted(breaks, key=lambda at: at.begins))

    def _take(self, ready: int, closes: int, *, waits: bool) -> tuple[list[Stretch], int]:
        """Take every open break that fits between two minutes; returns them and when the technician is ready again."""
        taken = []
        for pause in list(self._open):
            begins = max(ready, self._loaded.minute(pause.earliest_at))
            fits = begins <= self._loaded.minute(pause.latest_at) and begins + pause.minutes <= closes
            if fits and (waits or begins == ready):
                taken.append(Stretch(begins, pause.minutes))
                self._taken.append((pause, taken[-1]))
                self._open.remove(pause)
                ready = taken[-1].ends
        return taken, ready


def _free(opens: int, closes: int, busy: Iterable[Stretch]) -> tuple[Stretch, ...]:
    free, ready = [], opens
    for stretch in sorted(busy, key=lambda one: one.begins):
        if stretch.begins > ready:
            free.append(Stretch(ready, stretch.begins - ready))
        ready = max(ready, stretch.ends)
    if closes > ready:
        free.append(Stretch(ready, closes - ready))
    return tuple(free)


def _load(shift: WorkShift | None, visits: Iterable[PlannedVisit], travel_minutes: int) -> int:
    """Work and travel in percent of the hours that are there to be worked."""
    if shift is None:
        return 0
    length = (shift.ends_at - shift.begins_at).total_seconds() / 60
    hours = length - sum(pause.minutes for pause in (*shift.breaks, *shift.absences))
    work = sum(visit.demand.busy_minutes for visit in visits)
    return round(100 * (work + travel_minutes) / hours) if hours > 0 else 0
