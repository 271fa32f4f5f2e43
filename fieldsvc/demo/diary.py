"""The calendars of the whole team over the whole story, filled by the planning engine one visit after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

import solver
from fieldsvc.demo.addresses import Address
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.planning.problem import Loaded, demand_of, load, new_visit, shift_id, spot_of
from fieldsvc.domain.planning.windows import Promises, Window
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of


@dataclass(frozen=True, slots=True)
class Offer:
    """A window the engine proposes for a visit, with who would come."""

    visit: solver.Visit
    candidate: solver.Candidate
    window: Window
    day: date

    @property
    def busy_minutes(self) -> int:
        """What the visit takes of a technician's day."""
        work = self.visit.before + self.visit.minutes + self.visit.after
        return work + self.candidate.cost.travel_minutes


@dataclass(frozen=True, slots=True)
class Planned:
    """When the engine plans a visit in the end, and who comes."""

    technician: Technician
    begins_at: datetime
    ends_at: datetime


class Diary:
    """Asks the engine where a visit fits, and keeps what was chosen."""

    def __init__(
        self,
        session: Session,
        unit: BusinessUnit,
        technicians: Sequence[Technician],
        days: Sequence[date],
        addresses: Iterable[Address],
        *,
        now: datetime,
    ) -> None:
        self._unit = unit
        self._technicians = list(technicians)
        self._loaded: Loaded = load(session, unit, self._technicians, days, now=now)
        self._calendar = solver.Calendar(self._loaded.problem)
        for address in addresses:
            spot = spot_of(address.site)
            self._calendar.add_place(solver.Place(spot.id, spot.latitude, spot.longitude))
        self._minutes: dict[str, int] = {}

    def working_minutes(self, day: date) -> int:
        """How long all technicians work on a day, breaks taken off."""
        shifts = [shift for shift in self._loaded.shifts.values() if shift.day_on == day]
        minutes = sum((shift.ends_at - shift.begins_at) // timedelta(minutes=1) for shift in shifts)
        return minutes - sum(pause.minutes for shift in shifts for pause in (*shift.breaks, *shift.absences))

    def works(self, technician: Technician, day: date) -> bool:
        """Whether a technician works on a day."""
        return shift_id(technician.id, day) in self._loaded.shifts

    def offers(
        self, name: str, activity_type: ActivityType, address: Address, day: date, technician: Technician | None = None
    ) -> list[Offer]:
        """Where the visit fits on a day, the cheapest first: one offer for every arrival window of the grid."""
        grid = Promises.of(activity_type).on(self._technicians, day, self._unit.zone)
        asked = self._technicians if technician is None else [technician]
        shifts = [shift_id(one.id, day) for one in asked if self.works(one, day)]
        if not grid or not shifts:
            return []
        visit = new_visit(self._loaded, demand_of(activity_type), spot_of(address.site).id, grid, name)
        settings = settings_of(self._unit)
        bands = (settings.green_up_to_minutes, settings.orange_up_to_minutes)
        proposal = self._calendar.propose(visit, shifts=shifts, bands=bands)
        windows = {self._loaded.interval(window): window for window in grid}
        best: dict[tuple[int, int], Offer] = {}
        for candidate in proposal.candidates:
            assert candidate.window is not None, "every visit has the windows of the grid"
            offer = Offer(visit, candidate, windows[candidate.window], day)
            best.setdefault(candidate.window, offer)
        return list(best.values())

    def book(self, offer: Offer) -> None:
        """Keep an offer: from now on the visit is promised in its window, and others plan around it."""
        visit, candidate = offer.visit, offer.candidate
        assert candidate.window is not None, "every visit has the windows of the grid"
        promised = replace(visit, windows=(candidate.window,))
        self._calendar.insert(candidate.shift, candidate.position, promised, candidate.begins[0])
        self._minutes[visit.id] = visit.minutes

    def plan(self) -> dict[str, Planned]:
        """The planned time of every visit that was booked, by its name."""
        found = {}
        for route in self._calendar.plan.routes:
            technician = self._loaded.technicians[self._loaded.shifts[route.shift].technician_id]
            for stop in route.stops:
                begins_at = self._loaded.at(stop.begins)
                ends_at = begins_at + timedelta(minutes=self._minutes[stop.visit])
                found[stop.visit] = Planned(technician, begins_at, ends_at)
        return found
