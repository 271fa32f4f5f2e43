"""What the catalogue says about slots: windows with names, the lowest band, crews; what is shown can be booked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import solver
from fieldsvc.core.dates import local
from fieldsvc.core.errors import SlotGone
from fieldsvc.domain.booking import cancel, confirm, drafts, holds
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.booking.slots import Slots
from fieldsvc.domain.catalogue.arrival_windows import words_of
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.planning import doctor, moves
from fieldsvc.domain.planning.bands import is_within
from fieldsvc.domain.planning.conflicts import conflicts_in
from fieldsvc.domain.planning.problem import load
from fieldsvc.domain.planning.windows import Promises
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

WEDNESDAY = TOMORROW + timedelta(days=1)
MORNING = {"name": {"en": "Morning", "pt-PT": "Manhã"}, "begins_minute": 480, "ends_minute": 720}
AFTERNOON = {"name": {"en": "Afternoon"}, "begins_minute": 780, "ends_minute": 1020}
ALL_DAY = (at(WEDNESDAY, "8:00"), at(WEDNESDAY, "17:00"))


@dataclass
class Client:
    """Somebody who books in a unit, at one place."""

    session: Session
    unit: BusinessUnit
    contact: Contact
    site_id: int

    def draft(self, kind: ActivityType, action: PortalAction | None = None) -> BookingDraft:
        found = drafts.start(self.session, self.contact, kind.id, now=NOON)
        if found.needs_site:
            drafts.choose_site(self.session, self.contact, found.id, self.site_id, now=NOON)
        found.action_id = action.id if action else None
        self.session.flush()
        return found

    def shown(self, draft: BookingDraft) -> Slots:
        return holds.slots_for(self.session, self.unit, draft, now=NOON)

    def hold(self, draft: BookingDraft, window: tuple[datetime, datetime]) -> Intervention:
        return holds.hold(self.session, self.unit, self.contact, draft, window, now=NOON)

    def book(self, draft: BookingDraft, window: tuple[datetime, datetime]) -> Intervention:
        self.hold(draft, window)
        return confirm.confirm(self.session, self.unit, self.contact, draft.id, now=NOON)


def client_of(session: Session, unit: BusinessUnit, km: float = 5) -> Client:
    person = make.contact(session, make.client(session, unit))
    return Client(session, unit, person, make.site(session, person.client, km=km).id)


@pytest.fixture
def client(session: Session, unit: BusinessUnit) -> Client:
    return client_of(session, unit)


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    """What is done inside is undone."""
    point = session.begin_nested()
    yield
    point.rollback()
    session.expire_all()


# --- Windows with names -------------------------------------------------------------------------------


def test_clients_are_offered_exactly_the_windows_that_have_names(
    session: Session, unit: BusinessUnit, client: Client
) -> None:
    make.technician(session, unit)
    kind = make.activity_type(session, unit, arrival_windows=[AFTERNOON, MORNING], booking_horizon_days=3)
    found = client.shown(client.draft(kind)).on(WEDNESDAY, unit.zone)
    assert [(slot.name, slot.begins_at, slot.ends_at) for slot in found] == [
        ("Morning", at(WEDNESDAY, "8:00"), at(WEDNESDAY, "12:00")),
        ("Afternoon", at(WEDNESDAY, "13:00"), at(WEDNESDAY, "17:00")),
    ]


def test_a_window_that_is_no_named_one_cannot_be_held(session: Session, unit: BusinessUnit, client: Client) -> None:
    make.technician(session, unit)
    kind = make.activity_type(session, unit, arrival_windows=[MORNING])
    with pytest.raises(SlotGone):
        client.hold(client.draft(kind), (at(WEDNESDAY, "8:00"), at(WEDNESDAY, "10:00")))


def test_a_booked_window_is_called_by_its_name_and_a_visit_moved_by_hand_gets_the_named_window(
    session: Session, unit: BusinessUnit, client: Client
) -> None:
    technician = make.technician(session, unit)
    kind = make.activity_type(session, unit, arrival_windows=[MORNING, AFTERNOON])
    booked = client.book(client.draft(kind), (at(WEDNESDAY, "8:00"), at(WEDNESDAY, "12:00")))
    assert words(unit, booked) == "Morning, 08:00–12:00"
    two = at(WEDNESDAY, "14:00")
    moves.move(
        session, unit, booked.id, technician.id, two, version=booked.version, reason="x", actor=DISPATCHER, now=NOON
    )
    assert words(unit, booked) == "Afternoon, 13:00–17:00"


def words(unit: BusinessUnit, booked: Intervention) -> str:
    assert booked.window_begins_at is not None
    assert booked.window_ends_at is not None
    return words_of(booked.activity_type, booked.window_begins_at, booked.window_ends_at, unit.zone)


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28), date(2026, 11, 25)])
def test_on_a_day_of_a_clock_change_named_windows_are_those_of_the_clock_on_the_wall(
    session: Session, unit: BusinessUnit, day: date
) -> None:
    technician = make.technician(session, unit, weekdays=range(7))
    kind = make.activity_type(session, unit, arrival_windows=[MORNING, AFTERNOON])
    found = Promises.of(kind).on([technician], day, unit.zone)
    clocks = [tuple(f"{local(instant, unit.zone):%H:%M}" for instant in window) for window in found]
    assert clocks == [("08:00", "12:00"), ("13:00", "17:00")]


def test_a_named_window_that_a_clock_change_skips_is_not_offered_that_day(session: Session, unit: BusinessUnit) -> None:
    technician = make.technician(session, unit, weekdays=range(7), hours=(0, 1440))
    skipped = {"name": {"en": "Night"}, "begins_minute": 60, "ends_minute": 120}
    kind = make.activity_type(session, unit, arrival_windows=[skipped])
    assert Promises.of(kind).on([technician], date(2027, 3, 28), unit.zone) == []
    [window] = Promises.of(kind).on([technician], date(2026, 10, 25), unit.zone)
    assert window[1] - window[0] == timedelta(hours=2)


# --- The lowest band ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("lowest", "kilometres"), [("green", [3]), ("orange", [3, 7]), ("red", [3, 7, 30])])
def test_clients_are_shown_slots_of_the_lowest_band_or_better(
    session: Session, unit: BusinessUnit, lowest: str, kilometres: list[float]
) -> None:
    make.technician(session, unit)
    kind = make.activity_type(session, unit, lowest_band=lowest)
    for km in (3, 7, 30):  # 14, 28 and 100 minutes there and back
        one = client_of(session, unit, km)
        found = one.shown(one.draft(kind))
        assert bool(found.slots) == (km in kilometres)
        assert {refused.code for refused in found.refused} == (set() if found.slots else {"band"})


def test_what_is_too_dear_can_neither_be_shown_nor_held_but_staff_may_book_it(
    session: Session, unit: BusinessUnit
) -> None:
    technician = make.technician(session, unit)
    kind = make.activity_type(session, unit, lowest_band="orange")
    far = client_of(session, unit, 30)
    ten = at(WEDNESDAY, "10:00")
    with pytest.raises(SlotGone):
        far.hold(far.draft(kind), (ten, at(WEDNESDAY, "12:00")))
    waiting = make.intervention(session, unit, activity_type=kind, km=30)
    moves.move(session, unit, waiting.id, technician.id, ten, version=waiting.version, actor=DISPATCHER, now=NOON)
    assert (waiting.status, waiting.band) == ("scheduled", "red")


def test_the_action_of_a_booking_says_another_lowest_band_than_the_activity_type(
    session: Session, unit: BusinessUnit
) -> None:
    make.technician(session, unit)
    kind = make.activity_type(session, unit, lowest_band="green")
    urgent = make.portal_action(session, kind, "book", is_for_unit=True, lowest_band="red")
    far = client_of(session, unit, 30)
    assert far.shown(far.draft(kind)).slots == []
    draft = far.draft(kind, urgent)
    [first, *_others] = far.shown(draft).slots
    assert far.book(draft, first.window).status == "scheduled"


def test_bands_are_those_of_the_unit_also_when_the_time_is_kept(session: Session) -> None:
    unit = make.unit(session, settings={"green_up_to_minutes": 110, "orange_up_to_minutes": 120})
    make.technician(session, unit)
    kind = make.activity_type(session, unit, lowest_band="green")
    far = client_of(session, unit, 30)
    draft = far.draft(kind)
    [first, *_others] = far.shown(draft).slots
    assert far.hold(draft, first.window).band == "green"


# --- Crews --------------------------------------------------------------------------------------------


def test_a_client_books_work_for_two_moves_it_and_cancels_it(
    session: Session, unit: BusinessUnit, client: Client
) -> None:
    crew = [make.technician(session, unit) for _number in range(2)]
    kind = make.activity_type(session, unit, crew_size=2, minutes=120, booking_notice_hours=1)
    for action in ("reschedule", "cancel"):
        make.portal_action(session, kind, action)
    draft = client.draft(kind)
    booked = client.book(draft, (at(WEDNESDAY, "10:00"), at(WEDNESDAY, "12:00")))
    assert who(session, booked) == {one.id for one in crew}
    other = drafts.reschedule(session, client.contact, booked.id, now=NOON)
    moved = client.book(other, (at(WEDNESDAY, "14:00"), at(WEDNESDAY, "16:00")))
    assert moved.id == booked.id
    assert who(session, booked) == {one.id for one in crew}
    assert {visit.begins_at for visit in booked.visits} == {at(WEDNESDAY, "14:00")}
    cancel.cancel_by_contact(session, unit, client.contact, booked.id, "", now=NOON)
    assert who(session, booked) == set()
    assert [finding.words for finding in doctor.examine(session, now=NOON) if not finding.ok] == []


def who(session: Session, booked: Intervention) -> set[int]:
    rows = select(Visit.technician_id).where(Visit.intervention_id == booked.id, Visit.is_occupying)
    return set(session.scalars(rows))


def test_an_absence_of_one_takes_the_slot_from_the_whole_crew(
    session: Session, unit: BusinessUnit, client: Client
) -> None:
    crew = [make.technician(session, unit) for _number in range(2)]
    kind = make.activity_type(session, unit, crew_size=2)
    draft = client.draft(kind)
    client.hold(draft, (at(WEDNESDAY, "10:00"), at(WEDNESDAY, "12:00")))
    make.absence(session, crew[1], *ALL_DAY)
    with pytest.raises(SlotGone):
        confirm.confirm(session, unit, client.contact, draft.id, now=NOON)


# --- What is shown can be booked ----------------------------------------------------------------------

clocks = st.integers(min_value=8 * 4, max_value=15 * 4).map(lambda quarter: quarter * 15)
distances = st.sampled_from([0.5, 2.0, 4.0, 8.0, 15.0])
windows = st.lists(
    st.tuples(st.integers(7, 16), st.integers(1, 6)), min_size=0, max_size=3, unique_by=lambda one: one
).map(
    lambda found: [
        {"name": {"en": f"From {begins}"}, "begins_minute": begins * 60, "ends_minute": (begins + hours) * 60}
        for begins, hours in found
    ]
)


@dataclass(frozen=True)
class Calendar:
    """A team, what it is promised to do on Wednesday, and a kind of work that a client asks for."""

    technicians: int
    visits: Sequence[tuple[int, int, float, bool]]
    named: list[dict[str, object]]
    lowest: str
    crew: int
    km: float
    calls: Sequence[tuple[int, int]]
    is_call: bool


calendars = st.builds(
    Calendar,
    technicians=st.integers(1, 4),
    visits=st.lists(st.tuples(st.integers(0, 3), clocks, distances, st.booleans()), max_size=6),
    named=windows,
    lowest=st.sampled_from(["green", "orange", "red"]),
    crew=st.integers(1, 3),
    km=distances,
    calls=st.lists(st.tuples(st.integers(0, 3), clocks), max_size=3),
    is_call=st.booleans(),
)


def written(session: Session, calendar: Calendar) -> tuple[BusinessUnit, list[Technician], Client, ActivityType]:
    """The calendar as rows: visits that the law does not permit are left out, some are for two together.

    Calls come after them, where nobody has something else to do.
    """
    unit = make.unit(session)
    team = [make.technician(session, unit, breaks=[(720, 810, 30)]) for _number in range(calendar.technicians)]
    for number, minute, km, is_for_two in calendar.visits:
        begins_at = datetime(WEDNESDAY.year, WEDNESDAY.month, WEDNESDAY.day, tzinfo=UTC) + timedelta(minutes=minute)
        promised = (begins_at - timedelta(minutes=30), begins_at + timedelta(hours=1))
        crew = [team[(number + more) % len(team)] for more in range(2 if is_for_two and len(team) > 1 else 1)]
        point = session.begin_nested()
        try:
            make.crew_visit(session, unit, crew, begins_at, km=km, window=promised)
            loaded = load(session, unit, team, [WEDNESDAY], now=NOON)
            is_lawful = solver.check(loaded.problem, loaded.problem.plan) == []
        except IntegrityError:  # two visits at once
            is_lawful = False
        if not is_lawful:
            point.rollback()
            session.expire_all()
    for number, minute in calendar.calls:
        _call(session, unit, team, team[number % len(team)], minute)
    kind = make.activity_type(
        session,
        unit,
        minutes=60,
        kind="call" if calendar.is_call else "intervention",
        crew_size=1 if calendar.is_call else calendar.crew,
        lowest_band=calendar.lowest,
        arrival_windows=calendar.named,
        booking_horizon_days=3,
        booking_notice_hours=24,
    )
    return unit, team, client_of(session, unit, calendar.km), kind


def _call(session: Session, unit: BusinessUnit, team: list[Technician], whose: Technician, minute: int) -> None:
    """A call of a quarter of an hour, unless the law or somebody's time is against it."""
    begins_at = datetime(WEDNESDAY.year, WEDNESDAY.month, WEDNESDAY.day, tzinfo=UTC) + timedelta(minutes=minute)
    point = session.begin_nested()
    try:
        kind = make.activity_type(session, unit, kind="call", minutes=15)
        make.scheduled(session, unit, whose, begins_at, activity_type=kind)
        loaded = load(session, unit, team, [WEDNESDAY], now=NOON)
        is_lawful = not conflicts_in(loaded)
    except IntegrityError:  # two visits at once
        is_lawful = False
    if not is_lawful:
        point.rollback()
        session.expire_all()


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)], indirect=True)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(calendar=calendars)
def test_every_slot_that_is_shown_can_be_held_and_keeps_the_law(session: Session, calendar: Calendar) -> None:
    with taken_back(session):
        unit, team, client, kind = written(session, calendar)
        promised = set(Promises.of(kind).on(team, WEDNESDAY, unit.zone))
        for slot in client.shown(client.draft(kind)).on(WEDNESDAY, unit.zone):
            assert slot.window in promised
            with taken_back(session):
                held = client.hold(client.draft(kind), slot.window)
                assert is_within(held.band, calendar.lowest)
                assert len(who(session, held)) == kind.crew_size
                assert (held.site_id is None) == calendar.is_call
                assert len({(visit.begins_at, visit.ends_at) for visit in held.visits}) == 1
                assert slot.begins_at <= held.visits[0].begins_at <= slot.ends_at
                loaded = load(session, unit, team, [WEDNESDAY], now=NOON)
                assert solver.check(loaded.problem, loaded.problem.plan) == []
                assert conflicts_in(loaded) == []


@pytest.mark.parametrize("crew", [1, 2])
def test_the_law_sees_rows_and_the_problem_alike(session: Session, unit: BusinessUnit, crew: int) -> None:
    """From rows to the problem and back: every seat is a stop, and every stop a seat."""
    team = [make.technician(session, unit) for _number in range(2)]
    make.crew_visit(session, unit, team[:crew], at(WEDNESDAY, "10:00"), window=ALL_DAY)
    loaded = load(session, unit, team, [WEDNESDAY], now=NOON)
    stops = {
        (loaded.shifts[route.shift].technician_id, loaded.at(stop.begins))
        for route in loaded.problem.plan.routes
        for stop in route.stops
    }
    assert stops == {(one.id, at(WEDNESDAY, "10:00")) for one in team[:crew]}
    assert [visit.crew for visit in loaded.problem.visits] == [crew]
