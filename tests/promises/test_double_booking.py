"""P1, P2: whatever happens at once, nobody is booked twice, and every free technician is used."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.db import READ_ONLY, sessions
from fieldsvc.core.errors import DomainError, PlanRefused, Stale
from fieldsvc.domain.booking import cancel, confirm, drafts, holds
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.clients.models import Contact, Site
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import doctor, guard, moves, problem
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON, TOMORROW, at

WEDNESDAY = TOMORROW + timedelta(days=1)
TEN_TO_TWELVE: Window = (at(WEDNESDAY, "10:00"), at(WEDNESDAY, "12:00"))
OVERLAPS = sa.text(
    """
    SELECT count(*) FROM visit a JOIN visit b
    ON a.technician_id = b.technician_id AND a.id < b.id
       AND a.is_occupying AND b.is_occupying AND a.begins_at < b.ends_at AND b.begins_at < a.ends_at
    """
)


@dataclass(frozen=True)
class Company:
    """A unit on a database of its own, and the people who want to book there."""

    factory: sessionmaker[Session]
    unit_id: int
    contact_ids: list[int]
    site_ids: list[int]
    activity_type_id: int
    for_two_id: int
    call_id: int

    def book(self, person: int, window: Window, activity_type_id: int | None = None) -> str:
        """One person tries to book one window: `booked`, or the name of the refusal."""
        try:
            with self.factory.begin() as session:
                draft_id = self.draft(session, person, activity_type_id)
            with self.factory.begin() as session:
                unit, contact = self.people(session, person)
                draft = drafts.running(session, contact, draft_id)
                holds.hold(session, unit, contact, draft, window, now=NOON)
                confirm.confirm(session, unit, contact, draft_id, now=NOON)
        except DomainError as refusal:
            return type(refusal).__name__
        return "booked"

    def draft(self, session: Session, person: int, activity_type_id: int | None = None) -> int:
        _unit, contact = self.people(session, person)
        draft = drafts.start(session, contact, activity_type_id or self.activity_type_id, now=NOON)
        if draft.needs_site:
            drafts.choose_site(session, contact, draft.id, self.site_ids[person], now=NOON)
        return draft.id

    def people(self, session: Session, person: int) -> tuple[BusinessUnit, Contact]:
        return session.get_one(BusinessUnit, self.unit_id), session.get_one(Contact, self.contact_ids[person])

    def overlaps(self) -> int:
        with self.factory() as session:
            return int(session.scalar(OVERLAPS) or 0)


NewCompany = Callable[..., Company]


@pytest.fixture
def company(engine: Engine) -> NewCompany:
    """Makes a unit with technicians of so many minutes a day, and clients around them."""
    factory = sessions(engine)

    def new(*, technicians: int, clients: int, hours: tuple[int, int] = (480, 1020), spread_km: float = 0) -> Company:
        with factory.begin() as session:
            unit = make.unit(session)
            for _number in range(technicians):
                make.technician(session, unit, hours=hours, breaks=[(720, 780, 45)])
            alone, for_two = (
                make.activity_type(session, unit, crew_size=crew, booking_notice_hours=1, booking_horizon_days=9)
                for crew in (1, 2)
            )
            call = make.activity_type(
                session, unit, kind="call", minutes=45, booking_notice_hours=1, booking_horizon_days=9
            )
            for kind in (alone, for_two, call):
                kind.actions += [PortalAction(kind=action) for action in ("reschedule", "cancel")]
            people = [make.contact(session, make.client(session, unit)) for _number in range(clients)]
            places = [
                make.site(session, person.client, km=5 + spread_km * number / max(1, clients - 1))
                for number, person in enumerate(people)
            ]
            ids = [p.id for p in people], [s.id for s in places]
            return Company(factory, unit.id, *ids, alone.id, for_two.id, call.id)

    return new


def at_once(company: Company, people: int, window: Window, activity_type_id: int | None = None) -> Counter[str]:
    """What becomes of so many people who book the same window at the same instant."""
    barrier = threading.Barrier(people)

    def attempt(person: int) -> str:
        barrier.wait()
        return company.book(person, window, activity_type_id)

    with ThreadPoolExecutor(people) as pool:
        return Counter(pool.map(attempt, range(people)))


def test_of_100_simultaneous_bookings_of_one_slot_exactly_one_succeeds(company: NewCompany) -> None:
    # From 10:00 to 11:30 there is time for the drives and for one visit of an hour.
    only_one = company(technicians=1, clients=100, hours=(600, 690))
    assert at_once(only_one, 100, TEN_TO_TWELVE) == {"booked": 1, "SlotGone": 99}
    assert only_one.overlaps() == 0


@pytest.mark.parametrize("free", [2, 3, 5])
def test_of_many_simultaneous_bookings_as_many_succeed_as_technicians_are_free(company: NewCompany, free: int) -> None:
    several = company(technicians=free, clients=20, hours=(600, 690))
    assert at_once(several, 20, TEN_TO_TWELVE) == {"booked": free, "SlotGone": 20 - free}
    assert several.overlaps() == 0


@pytest.mark.parametrize(("free", "crews"), [(2, 1), (3, 1), (4, 2)])
def test_of_many_simultaneous_bookings_for_two_as_many_succeed_as_crews_can_be_made(
    company: NewCompany, free: int, crews: int
) -> None:
    several = company(technicians=free, clients=12, hours=(600, 690))
    assert at_once(several, 12, TEN_TO_TWELVE, several.for_two_id) == {"booked": crews, "SlotGone": 12 - crews}
    assert several.overlaps() == 0


def test_of_many_simultaneous_calls_as_many_are_booked_as_the_technicians_have_time_for(company: NewCompany) -> None:
    # From 10:00 to 11:30 each of two technicians has time for two calls of 45 minutes.
    several = company(technicians=2, clients=12, hours=(600, 690))
    assert at_once(several, 12, TEN_TO_TWELVE, several.call_id) == {"booked": 4, "SlotGone": 8}
    assert several.overlaps() == 0


def test_crews_that_overlap_and_are_locked_in_any_order_never_wait_for_each_other(company: NewCompany) -> None:
    busy = company(technicians=3, clients=6)
    with busy.factory() as session:
        everybody = list(session.scalars(sa.select(Technician.id)))
    barrier = threading.Barrier(6)

    def place_again_and_again(number: int) -> Counter[str]:
        """Each thread plans one visit for two, with another pair and in another order every time."""
        with busy.factory.begin() as session:
            kind = session.get_one(ActivityType, busy.for_two_id)
            unit = session.get_one(BusinessUnit, busy.unit_id)
            site = session.get_one(Site, busy.site_ids[number])
            mine = make.intervention(session, unit, activity_type=kind, site=site).id
        barrier.wait()
        outcomes: Counter[str] = Counter()
        for round_ in range(15):
            first, second = everybody[(number + round_) % 3], everybody[(number + round_ + 1 + round_ % 2) % 3]
            outcomes[plan_pair(busy, mine, first, second, round_)] += 1
        return outcomes

    with ThreadPoolExecutor(6) as pool:
        outcomes = sum(pool.map(place_again_and_again, range(6)), Counter[str]())
    assert outcomes.total() == 90
    assert outcomes["planned"] > 10
    assert set(outcomes) <= {"planned", "PlanRefused"}
    assert busy.overlaps() == 0
    with busy.factory() as session:
        assert [finding.words for finding in doctor.examine(session, now=NOON) if not finding.ok] == []


def plan_pair(company: Company, intervention_id: int, first: int, second: int, number: int) -> str:
    """A dispatcher gives a visit to two technicians; the promise that it had is no matter."""
    begins_at = at(WEDNESDAY, "8:30") + timedelta(hours=number % 8)
    try:
        with company.factory.begin() as session:
            unit = session.get_one(BusinessUnit, company.unit_id)
            version = session.get_one(Intervention, intervention_id).version
            moves.move(
                session,
                unit,
                intervention_id,
                first,
                begins_at,
                colleague_ids=[second],
                version=version,
                reason="x",
                actor=make.DISPATCHER,
                now=NOON,
            )
    except (PlanRefused, Stale) as refusal:
        return type(refusal).__name__
    return "planned"


def test_without_the_guard_the_schema_still_lets_only_one_through(
    company: NewCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the two tests above: with the locks gone, what stops the second booking is the last line."""
    monkeypatch.setattr(guard, "take", lambda *_args, **_keywords: None)
    only_one = company(technicians=1, clients=20, hours=(600, 690))
    outcome = at_once(only_one, 20, TEN_TO_TWELVE)
    assert outcome["booked"] == 1
    assert outcome.total() == 20
    assert only_one.overlaps() == 0


def test_the_test_notices_double_bookings_when_nothing_prevents_them(
    company: NewCompany, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the control: without locks, check and schema, the same bookings do overlap."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for event in ("insert", "update"):
                connection.exec_driver_sql(f"DROP TRIGGER visit_double_booking_{event}")
        else:
            connection.exec_driver_sql("ALTER TABLE visit DROP CONSTRAINT ex_visit_double_booking")
    monkeypatch.setattr(guard, "take", lambda *_args, **_keywords: None)
    monkeypatch.setattr(problem, "planned_visits", lambda *_args, **_keywords: [])
    only_one = company(technicians=1, clients=3, hours=(600, 690))
    assert Counter(only_one.book(person, TEN_TO_TWELVE) for person in range(3)) == {"booked": 3}
    assert only_one.overlaps() == 3


def test_a_draft_that_is_confirmed_twice_at_once_is_one_visit_and_both_hear_of_it(company: NewCompany) -> None:
    quick = company(technicians=1, clients=1)
    with quick.factory.begin() as session:
        draft_id = quick.draft(session, 0)
        unit, contact = quick.people(session, 0)
        holds.hold(session, unit, contact, drafts.running(session, contact, draft_id), TEN_TO_TWELVE, now=NOON)
    barrier = threading.Barrier(4)

    def click(_number: int) -> int:
        barrier.wait()
        with quick.factory.begin() as session:
            unit, contact = quick.people(session, 0)
            return confirm.confirm(session, unit, contact, draft_id, now=NOON).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(4)))) == 1


def test_a_draft_that_is_held_twice_at_once_keeps_one_hold(company: NewCompany) -> None:
    quick = company(technicians=3, clients=1)
    with quick.factory.begin() as session:
        draft_id = quick.draft(session, 0)
    barrier = threading.Barrier(4)

    def click(_number: int) -> None:
        barrier.wait()
        with quick.factory.begin() as session:
            unit, contact = quick.people(session, 0)
            holds.hold(session, unit, contact, drafts.running(session, contact, draft_id), TEN_TO_TWELVE, now=NOON)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(click, range(4)))
    with quick.factory() as session:
        held = session.scalars(sa.select(Intervention.id).where(Intervention.status == "held")).all()
    assert len(held) == 1


@pytest.mark.parametrize("count", [150, pytest.param(2000, marks=pytest.mark.full)])
def test_random_bookings_by_16_clients_of_visits_crews_and_calls_leave_nothing_for_the_doctor_to_find(
    company: NewCompany, count: int
) -> None:
    busy = company(technicians=8, clients=16, spread_km=12)
    remaining = iter(range(count))
    lock = threading.Lock()

    def act(person: int) -> Counter[str]:
        chance = random.Random(person)
        outcomes: Counter[str] = Counter()
        while True:
            with lock:
                if next(remaining, None) is None:
                    return outcomes
            outcomes[one_thing(busy, person, chance)] += 1

    with ThreadPoolExecutor(16) as pool:
        outcomes = sum(pool.map(act, range(16)), Counter[str]())
    assert outcomes.total() == count
    assert outcomes["booked"] > count / 10
    assert outcomes["moved"] > count / 40
    assert outcomes["cancelled"] > count / 20
    assert not set(outcomes) - {"booked", "moved", "cancelled", "SlotGone", "NotAllowed"}
    assert busy.overlaps() == 0
    with busy.factory() as session:
        findings = doctor.examine(session, now=NOON)
    assert len(findings) >= 6
    # nobody delivers messages in this test, and time stands still: the backlog is not what it looks at
    assert [finding.words for finding in findings if not finding.ok] == []


def one_thing(company: Company, person: int, chance: random.Random) -> str:
    """One person books, moves or cancels something, as people do."""
    with company.factory() as session:
        session.connection(execution_options=READ_ONLY)
        mine = session.scalars(
            sa.select(Intervention.id).where(
                Intervention.contact_id == company.contact_ids[person], Intervention.status == "scheduled"
            )
        ).all()
    dice = chance.random()
    if mine and dice < 0.35:
        return _cancel(company, person, chance.choice(mine))
    window = random_window(chance)
    if mine and dice < 0.55:
        return _move(company, person, chance.choice(mine), window)
    work = chance.choice((None, None, company.for_two_id, company.call_id))
    return company.book(person, window, work)


def random_window(chance: random.Random) -> Window:
    """One of the arrival windows of the coming week."""
    opens = at(chance.choice([TOMORROW + timedelta(days=d) for d in range(4)]), "8:00")
    opens += timedelta(hours=2 * chance.randrange(5))
    return opens, opens + timedelta(hours=2)


def _cancel(company: Company, person: int, intervention_id: int) -> str:
    try:
        with company.factory.begin() as session:
            unit, contact = company.people(session, person)
            cancel.cancel_by_contact(session, unit, contact, intervention_id, "", now=NOON)
    except DomainError as refusal:
        return type(refusal).__name__
    return "cancelled"


def _move(company: Company, person: int, intervention_id: int, window: Window) -> str:
    try:
        with company.factory.begin() as session:
            _unit, contact = company.people(session, person)
            draft_id = drafts.reschedule(session, contact, intervention_id, now=NOON).id
        with company.factory.begin() as session:
            unit, contact = company.people(session, person)
            holds.hold(session, unit, contact, drafts.running(session, contact, draft_id), window, now=NOON)
        with company.factory.begin() as session:
            unit, contact = company.people(session, person)
            confirm.confirm(session, unit, contact, draft_id, now=NOON)
    except DomainError as refusal:
        return type(refusal).__name__
    return "moved"
