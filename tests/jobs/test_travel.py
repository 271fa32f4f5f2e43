"""The road service is asked ahead, each thing once; nights teach what drives take; silence harms nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.adapters.json_server import JsonServer
from fieldsvc.adapters.osrm import Osrm
from fieldsvc.core.db import sessions
from fieldsvc.core.jobs import Job
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.geo.cells import cell_of, centre
from fieldsvc.domain.geo.models import RoadSource
from fieldsvc.domain.geo.roads import RoadService
from fieldsvc.domain.planning.models import LearnedTravel
from fieldsvc.domain.planning.problem import Loaded, load
from fieldsvc.domain.planning.travel.factors import Factors
from fieldsvc.domain.planning.travel.learned import factors_of
from fieldsvc.domain.teams import freed
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs import travel
from fieldsvc.jobs.child_process import Cancelled
from fieldsvc.jobs.run import run
from fieldsvc.jobs.schedule import Schedule
from fieldsvc.jobs.tasks import Tools
from tests import make
from tests.make import HOME, NOON, TODAY, TOMORROW, at, north
from tests.road_servers import IN_THE_SEA, Roads, drive, running


class Company:
    """Ana's visits today at 5 and 10 km, tomorrow's at 15 km, and a site at 20 km that waits for a day."""

    def __init__(self, factory: sessionmaker[Session], service: RoadService) -> None:
        self.factory, self.now = factory, NOON
        self.tools = Tools(factory, {}, lambda: self.now, service)
        self.schedule = Schedule(self.tools)
        with factory.begin() as session:
            unit = make.unit(session)
            ana = make.technician(session, unit)
            make.scheduled(session, unit, ana, at(TODAY, "14:00"), km=5)
            make.scheduled(session, unit, ana, at(TODAY, "16:00"), km=10)
            make.scheduled(session, unit, ana, at(TOMORROW, "10:00"), km=15)
            make.intervention(session, unit, km=20)
            make.intervention(session, unit, km=None)
            self.unit_id, self.ana_id = unit.id, ana.id

    def work(self, now: datetime = NOON) -> list[str]:
        """Let the schedule tick and do every job that is due; what kinds these were, but for the waiting list's."""
        self.now = now
        self.schedule.tick()
        with self.factory() as session:
            due = list(session.scalars(select(Job).where(Job.state == "queued", Job.run_at <= now)))
        for job in due:
            run(self.tools, job.id)
        return [job.kind for job in due if job.kind != freed.KIND]

    def source(self) -> RoadSource | None:
        with self.factory() as session:
            return road_cache.source(session)

    def known(self, *points: tuple[float, float]) -> int:
        """How many drives between some points are kept."""
        cells = [cell_of(*point) for point in points]
        source = self.source()
        assert source is not None
        with self.factory() as session:
            drives = road_cache.known(session, source.provider, source.version, cells)
        return sum(one != other and cell.to(other) is not None for one, cell in drives.items() for other in cells)

    def loaded(self, day: datetime = NOON) -> Loaded:
        with self.factory() as session:
            unit, ana = session.get_one(BusinessUnit, self.unit_id), session.get_one(Technician, self.ana_id)
            return load(session, unit, [ana], [day.date()], now=NOON)


@pytest.fixture
def roads() -> Roads:
    return Roads()


@pytest.fixture
def address(roads: Roads) -> Iterator[str]:
    with running(roads) as url:
        yield url


@pytest.fixture
def company(engine: Engine, address: str) -> Company:
    return Company(sessions(engine), Osrm(JsonServer(address, timeout_seconds=2)))


def test_the_drives_of_each_day_and_of_what_waits_are_asked_before_anybody_plans(
    company: Company, roads: Roads
) -> None:
    assert company.work() == [travel.ASK]
    today = [HOME, north(5), north(10)]
    assert company.known(*today) == 6
    assert company.known(north(5), north(15)) == 0, "different days do not want each other"
    assert company.known(north(20), *today, north(15)) == 6 + 2 + 8
    problem = company.loaded().problem
    origin, destination = (centre(cell_of(*point)) for point in (HOME, north(5)))
    seconds, _metres = drive(origin, destination) or (0, 0)
    places = [(place.latitude, place.longitude) for place in problem.places]
    names = [place.id for place in problem.places]
    minutes = problem.index.minutes(names[places.index(HOME)], names[places.index(north(5))])
    assert minutes == -(-round(seconds) // 60)


def test_nothing_is_asked_twice_and_a_new_site_only_for_itself(company: Company, roads: Roads) -> None:
    company.work()
    assert len(roads.asked) == len(set(roads.asked))
    asked = len(roads.asked)
    assert company.work(NOON + timedelta(seconds=30)) == [], "nothing changed"
    with company.factory.begin() as session:
        unit, ana = session.get_one(BusinessUnit, company.unit_id), session.get_one(Technician, company.ana_id)
        make.scheduled(session, unit, ana, at(TOMORROW, "14:00"), km=25)
    assert company.work(NOON + timedelta(seconds=60)) == [travel.ASK]
    new = centre(cell_of(*north(25)))
    assert all(new in pair for pair in roads.asked[asked:])
    assert len(roads.asked) - asked == 2 * 3  # home, tomorrow's other visit, and what waits


def test_the_address_of_a_running_booking_is_asked_about(company: Company, roads: Roads) -> None:
    with company.factory.begin() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        client = make.client(session, unit)
        site, contact = make.site(session, client, km=30), make.contact(session, client)
        kind = make.activity_type(session, unit)
        draft = BookingDraft(
            unit_id=unit.id, contact_id=contact.id, activity_type_id=kind.id, site_id=site.id, created_at=NOON
        )
        session.add(draft)
    company.work()
    assert company.known(north(30), north(15)) == 2


def test_a_service_that_dies_leaves_the_estimate_and_a_mark_and_comes_back(company: Company, roads: Roads) -> None:
    roads.fails = 100
    assert company.work() == [travel.ASK]
    source = company.source()
    assert source is not None
    assert (source.silent_since, source.error) == (NOON, "HTTP 503")
    loaded = company.loaded()
    assert loaded.estimated_since == NOON
    assert min(loaded.problem.index.roads.minutes(0, other) for other in (1, 2)) > 0
    with company.factory() as session:
        assert not session.scalars(select(Job).where(Job.state != "done")).all(), "a silent service is no failed job"
    assert company.work(NOON + timedelta(seconds=30)) == [], "the silent one is not asked all the time"
    later = NOON + timedelta(minutes=2)
    assert company.work(later) == [travel.ASK]
    assert company.loaded().estimated_since == NOON, "it still began at noon"
    roads.fails = 0
    company.work(NOON + timedelta(minutes=4))
    assert company.loaded().estimated_since is None
    assert company.known(HOME, north(5)) == 2


def test_what_was_told_before_the_silence_is_still_planned_with(company: Company, roads: Roads) -> None:
    company.work()
    before = company.loaded().problem.index.roads.minutes(0, 1)
    roads.fails = 1000
    company.work(NOON + timedelta(minutes=11))
    source = company.source()
    assert source is not None
    assert source.silent_since is not None
    assert company.loaded().problem.index.roads.minutes(0, 1) == before
    assert company.loaded().estimated_since is None, "every drive of the day is known"


def test_new_roads_are_asked_for_again_and_used_when_they_are_complete(company: Company, roads: Roads) -> None:
    company.work()
    asked = len(roads.asked)
    roads.data_version = "2026-12-01"
    company.work(NOON + timedelta(minutes=11))
    source = company.source()
    assert source is not None
    assert source.version == "2026-12-01"
    assert len(roads.asked) == 2 * asked
    assert company.known(HOME, north(5)) == 2


def test_a_site_in_the_sea_is_estimated_and_spoils_nothing(company: Company, roads: Roads) -> None:
    with company.factory.begin() as session:
        unit, ana = session.get_one(BusinessUnit, company.unit_id), session.get_one(Technician, company.ana_id)
        sea = make.site(session, make.client(session, unit), latitude=IN_THE_SEA[0], longitude=IN_THE_SEA[1])
        make.scheduled(session, unit, ana, at(TODAY, "12:00"), site=sea)
    company.work()
    source = company.source()
    assert source is not None
    assert source.silent_since is None
    assert company.known(HOME, north(5)) == 2
    asked = roads.questions
    company.work(NOON + timedelta(minutes=11))
    assert roads.questions == asked + 1, "only its version: the sea is not asked about again"
    problem = company.loaded().problem
    [at_sea] = [number for number, place in enumerate(problem.places) if place.latitude == IN_THE_SEA[0]]
    assert problem.index.roads.minutes(0, at_sea) > 60


def test_without_a_service_everything_it_told_is_forgotten(company: Company) -> None:
    company.work()
    tools = Tools(company.factory, {}, lambda: NOON)
    Schedule(tools).tick()
    assert company.source() is None
    assert company.loaded().estimated_since is None


def test_a_cancelled_job_stops_between_two_questions(company: Company, roads: Roads, address: str) -> None:
    service = Osrm(JsonServer(address))
    with pytest.raises(Cancelled):
        travel.ask_roads(company.factory, service, lambda: NOON, lambda: True)
    assert roads.asked == []


def test_drives_are_learned_at_night_once_for_each_unit_that_closed_visits(company: Company) -> None:
    with company.factory.begin() as session:
        unit, ana = session.get_one(BusinessUnit, company.unit_id), session.get_one(Technician, company.ana_id)
        row = make.scheduled(session, unit, ana, at(TODAY, "9:00"), status="completed")
        row.actual_begins_at, row.actual_ends_at = at(TODAY, "9:00"), at(TODAY, "9:30")
    assert company.work() == [travel.ASK, travel.LEARN]
    with company.factory() as session:
        kept = session.scalars(select(LearnedTravel)).one()
        assert (kept.unit_id, kept.legs, kept.learned_at) == (company.unit_id, 0, NOON)
        assert factors_of(session, session.get_one(BusinessUnit, company.unit_id)) == Factors(2.0, 1.6)
    assert travel.LEARN not in company.work(NOON + timedelta(days=1)), "nothing was closed since"
