"""What closed visits tell of drives, from the rows to the plan."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.geo.cells import cell_of
from fieldsvc.domain.geo.roads import RoadTable
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.problem import Spot, load
from fieldsvc.domain.planning.travel import learned
from fieldsvc.domain.planning.travel.factors import Factors
from fieldsvc.domain.planning.travel.legs import legs_of
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, HOME, NOON, TODAY, TOMORROW, at, north

YESTERDAY = TODAY - timedelta(days=3)  # a Friday


@pytest.fixture
def ana(session: Session, unit: BusinessUnit) -> Technician:
    return make.technician(session, unit, breaks=[(720, 780, 30)])


def closed(
    session: Session,
    unit: BusinessUnit,
    technician: Technician,
    begins: str,
    ends: str,
    *,
    km: float | None = 5,
    day: date = YESTERDAY,
    window: str = "8:00",
    **values: object,
) -> Intervention:
    """A visit that was closed with these actual times, promised from `window` on."""
    opens = at(day, window)
    row = make.scheduled(
        session,
        unit,
        technician,
        at(day, begins),
        window=(opens, opens + timedelta(hours=8)),
        km=km,
        status="completed",
        actual_begins_at=at(day, begins),
        actual_ends_at=at(day, ends),
        minutes=max(1, int((at(day, ends) - at(day, begins)).total_seconds() // 60)),
        now=at(day, ends),
        **values,
    )
    session.flush()
    return row


def found(session: Session, unit: BusinessUnit) -> list[tuple[float, float]]:
    """Minutes and rounded km of the legs."""
    legs = legs_of(session, unit, now=NOON)
    return [(minutes, round(km, 1)) for minutes, km in zip(legs.minutes.tolist(), legs.km.tolist(), strict=True)]


def test_a_leg_is_what_lies_between_two_closed_visits_of_a_day(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    closed(session, unit, ana, "9:00", "9:50", km=5)
    closed(session, unit, ana, "10:10", "11:00", km=15)
    closed(session, unit, ana, "11:05", "11:30", km=17, day=YESTERDAY - timedelta(days=1))
    assert found(session, unit) == [(20, 10.0)]
    legs = legs_of(session, unit, now=NOON)
    assert legs.leaves.tolist() == [9 * 60 + 50]
    assert legs.origins[0] == pytest.approx(north(5))


def test_each_technician_drives_his_own_legs(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    rui = make.technician(session, unit)
    closed(session, unit, ana, "9:00", "9:50", km=5)
    closed(session, unit, rui, "10:10", "11:00", km=15)
    assert found(session, unit) == []


def test_who_begins_as_the_window_opens_may_have_waited(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    closed(session, unit, ana, "9:00", "9:50", km=5)
    closed(session, unit, ana, "10:02", "10:10", km=15, window="10:00")
    closed(session, unit, ana, "10:30", "11:00", km=25, window="10:00")
    assert found(session, unit) == [(20, 10.0)]


def test_who_had_time_for_a_break_may_have_eaten(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    closed(session, unit, ana, "11:00", "12:10", km=5)
    closed(session, unit, ana, "12:30", "12:40", km=15)  # 20 minutes are no break of 30
    closed(session, unit, ana, "13:20", "14:00", km=25)
    assert found(session, unit) == [(20, 10.0)]


def test_who_told_that_he_set_off_did(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    closed(session, unit, ana, "11:00", "12:10", km=5)
    later = closed(session, unit, ana, "13:30", "14:00", km=15)
    audit.record(session, "intervention.travelling", later, actor=DISPATCHER, now=at(YESTERDAY, "13:12"))
    session.flush()
    assert found(session, unit) == [(18, 10.0)]


def test_buffers_are_work_and_no_drive(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    kind = make.activity_type(session, unit, buffer_before_minutes=5, buffer_after_minutes=10)
    closed(session, unit, ana, "9:00", "9:30", km=5, activity_type=kind)
    closed(session, unit, ana, "10:05", "11:00", km=15, activity_type=kind)
    assert found(session, unit) == [(20, 10.0)]


def test_no_leg_leads_through_an_unlocated_site_an_unclosed_visit_or_the_same_door(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    closed(session, unit, ana, "8:00", "8:30", km=None)
    closed(session, unit, ana, "9:00", "9:30", km=5)
    closed(session, unit, ana, "9:32", "10:00", km=5)
    make.scheduled(session, unit, ana, at(YESTERDAY, "11:00"), km=9)
    assert found(session, unit) == []


# --- From the rows to the plan ------------------------------------------------------------------------


def busy_weeks(session: Session, unit: BusinessUnit, technician: Technician, days: int = 20) -> None:
    """Closed days of six visits between 5 and 25 km north, driven at 3 minutes and 2.5 per kilometre."""
    for number in range(days):
        day, minute = YESTERDAY - timedelta(days=number), 8 * 60 + 20
        place = 5
        for step in (8, 4, 6, -9, 7, -5):
            begins, ends = minute, minute + 20
            closed(session, unit, technician, clock(begins), clock(ends), km=place, day=day, window="7:00")
            minute = ends + 3 + round(2.5 * abs(step))
            place += step


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def test_what_was_learned_is_planned_with(session: Session, unit: BusinessUnit) -> None:
    ana = make.technician(session, unit)
    busy_weeks(session, unit, ana)
    assert learned.factors_of(session, unit) == Factors(2.0, 1.6)
    factors = learned.learn_of(session, unit, now=NOON)
    assert factors.legs == 100
    learned.keep(session, unit.id, factors, now=NOON)
    assert learned.factors_of(session, unit) == factors
    make.scheduled(session, unit, ana, at(TOMORROW, "10:00"), km=10)
    problem = load(session, unit, [ana], [TOMORROW], now=NOON).problem
    assert problem.index.minutes(f"home:{ana.id}", problem.visits[0].place) == pytest.approx(28, abs=2)


def test_a_unit_with_few_closed_visits_keeps_its_settings(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    settings.change(unit, travel_fixed_minutes=7.0)
    busy_weeks(session, unit, ana, days=3)
    factors = learned.learn_of(session, unit, now=NOON)
    assert (factors.fixed_minutes, factors.legs) == (7.0, 0)
    learned.keep(session, unit.id, factors, now=NOON)
    settings.change(unit, travel_fixed_minutes=9.0)
    assert learned.factors_of(session, unit).fixed_minutes == 9.0, "what was not learned stays a setting"


def test_each_night_learns_once_and_only_from_something_new(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    def due(now: object) -> bool:
        return unit.id in learned.due(session, now=now)  # type: ignore[arg-type]

    assert not due(NOON)
    row = closed(session, unit, ana, "9:00", "9:30")
    assert due(NOON)
    learned.keep(session, unit.id, Factors(2, 1.6), now=NOON)
    assert not due(NOON)
    row.changed_at = NOON + timedelta(hours=1)
    session.flush()
    assert not due(NOON + timedelta(hours=13)), "at one in the morning it is still today"
    assert due(NOON + timedelta(hours=15))


def test_hours_and_areas_reach_the_engine(session: Session, unit: BusinessUnit, ana: Technician) -> None:
    factors = Factors(3, 2, {f"d{int(HOME[0] / 0.02)}:0": 0.1}, (0.5, 1.0), legs=99)
    learned.keep(session, unit.id, factors, now=NOON)
    problem = load(session, unit, [ana], [TOMORROW], now=NOON).problem
    assert problem.traffic.speeds == (0.5, 1.0)
    assert problem.places[0].slowness == factors.slowness_at(*HOME)


# --- Drives that a road service told ------------------------------------------------------------------


def test_the_plan_uses_what_the_road_service_told_and_marks_what_it_did_not(
    session: Session, unit: BusinessUnit, ana: Technician
) -> None:
    make.scheduled(session, unit, ana, at(TOMORROW, "10:00"), km=10)
    cells = [cell_of(*HOME), cell_of(*north(10))]
    road_cache.begin(session, "osrm", "1")
    seconds = np.array([[0, 31 * 60], [47 * 60, 0]], float)
    road_cache.remember(session, "osrm", "1", cells, cells, RoadTable(seconds, seconds), now=NOON)
    road_cache.answered(session, "osrm", "1", now=NOON)
    loaded = load(session, unit, [ana], [TOMORROW], now=NOON, spot=Spot("new", *north(20)))
    home, site = f"home:{ana.id}", loaded.problem.visits[0].place
    minutes = loaded.problem.index.minutes
    assert (minutes(home, site), minutes(site, home)) == (31, 47)
    assert minutes(home, "new") == 34
    assert loaded.estimated_since is None, "it has only not been asked yet"
    road_cache.fell_silent(session, "osrm", "refused", now=NOON)
    with_spot = load(session, unit, [ana], [TOMORROW], now=NOON, spot=Spot("new", *north(20)))
    assert with_spot.estimated_since == NOON
    assert load(session, unit, [ana], [TOMORROW], now=NOON).estimated_since is None, "all of these drives are known"
