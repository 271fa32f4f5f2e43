"""Of everybody who waits, each freed slot goes to one: whoever cancels, works or dies at the same instant."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.db import sessions
from fieldsvc.core.errors import DomainError
from fieldsvc.domain.booking import cancel, confirm, drafts, holds, waiting, waiting_offers
from fieldsvc.domain.booking.models import BookingDraft, WaitingEntry
from fieldsvc.domain.booking.waiting_wishes import Wishes
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning import doctor
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs.waiting import offer_freed_time
from tests import make
from tests.make import NOON, TOMORROW, at
from tests.promises.test_double_booking import OVERLAPS

DAYS = 4
AFTER_THE_DEADLINE = NOON + timedelta(minutes=31)


@dataclass(frozen=True)
class Full:
    """A unit whose technicians have one visit each on each of four days, and people who wait."""

    factory: sessionmaker[Session]
    unit_id: int
    visit_ids: list[int]
    entry_ids: list[int]

    def cancel(self, intervention_id: int) -> None:
        with self.factory.begin() as session:
            unit, visit = self.unit(session), session.get_one(Intervention, intervention_id)
            contact = session.get_one(Contact, visit.contact_id)
            cancel.cancel_by_contact(session, unit, contact, visit.id, "", now=NOON)

    def work(self, now: datetime = NOON) -> int:
        return offer_freed_time(self.factory, self.unit_id, lambda: now, lambda: False)

    def confirm(self, entry_id: int, now: datetime = NOON) -> str:
        try:
            with self.factory.begin() as session:
                entry = session.get_one(WaitingEntry, entry_id)
                return confirm.confirm(session, self.unit(session), entry.contact, entry.draft_id, now=now).status
        except DomainError as refusal:
            return type(refusal).__name__

    def unit(self, session: Session) -> BusinessUnit:
        return session.get_one(BusinessUnit, self.unit_id)

    def offered(self, now: datetime = NOON) -> list[int]:
        """Who has a running offer."""
        with self.factory() as session:
            rows = (
                sa.select(WaitingEntry.id)
                .join(BookingDraft, BookingDraft.id == WaitingEntry.draft_id)
                .join(Intervention, Intervention.id == BookingDraft.hold_id)
                .where(WaitingEntry.state == "offered", Intervention.status == "held", Intervention.held_until > now)
            )
            return list(session.scalars(rows.order_by(WaitingEntry.id)))

    def messages(self) -> int:
        with self.factory() as session:
            kind = OutboxMessage.kind == "waiting_offer"
            return session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage).where(kind)) or 0

    def is_sound(self) -> bool:
        """Nobody is double-booked, and the doctor finds nothing but messages that nobody delivers in this test."""
        with self.factory() as session:
            overlaps = session.scalar(OVERLAPS)
            findings = doctor.examine(session, now=NOON)
        return overlaps == 0 and [one.words for one in findings if not one.ok] == []


NewFull = Callable[..., Full]


@pytest.fixture
def full(engine: Engine) -> NewFull:
    """Makes such a unit; a technician works from 9:00 to 10:30, which is one visit and the drives to it."""
    factory = sessions(engine)

    def new(*, technicians: int, waiting_people: int) -> Full:
        with factory.begin() as session:
            unit = make.unit(session)
            settings.change(unit, quiet_from_minute=0, quiet_until_minute=0)
            kind = make.activity_type(
                session, unit, booking_notice_hours=1, booking_horizon_days=DAYS, arrival_window_minutes=90
            )
            kind.actions += [PortalAction(kind="cancel")]
            visits = []
            for _number in range(technicians):
                person = make.technician(session, unit, hours=(540, 630))
                for offset in range(DAYS):
                    day = TOMORROW + timedelta(days=offset)
                    window = (at(day, "9:00"), at(day, "10:30"))
                    visits.append(
                        make.scheduled(session, unit, person, at(day, "9:10"), window=window, activity_type=kind).id
                    )
            unit_id, kind_id = unit.id, kind.id
        entries = [_wait(factory, unit_id, kind_id) for _number in range(waiting_people)]
        return Full(factory, unit_id, visits, entries)

    return new


def _wait(factory: sessionmaker[Session], unit_id: int, kind_id: int) -> int:
    with factory.begin() as session:
        unit = session.get_one(BusinessUnit, unit_id)
        person = make.contact(session, make.client(session, unit))
        draft = drafts.start(session, person, kind_id, now=NOON)
        drafts.choose_site(session, person, draft.id, make.site(session, person.client).id, now=NOON)
        return waiting.join(session, unit, person, draft.id, Wishes(), "email", now=NOON).id


@pytest.mark.parametrize(("freed", "people"), [(1, 5), (3, 5), (6, 4)])
def test_as_many_are_offered_a_time_as_times_were_freed_or_as_wait(full: NewFull, freed: int, people: int) -> None:
    unit = full(technicians=2, waiting_people=people)
    for visit in unit.visit_ids[:freed]:
        unit.cancel(visit)
    assert unit.work() == min(freed, people)
    assert len(unit.offered()) == unit.messages() == min(freed, people)
    assert unit.work() == 0, "a second look offers nothing more"
    assert unit.is_sound()


def test_while_visits_are_cancelled_and_several_workers_look_nobody_is_offered_what_another_has(full: NewFull) -> None:
    unit = full(technicians=2, waiting_people=6)
    freed = unit.visit_ids[:5]
    barrier = threading.Barrier(len(freed) + 3)

    def act(what: Callable[[], object]) -> None:
        barrier.wait()
        what()

    with ThreadPoolExecutor(len(freed) + 3) as pool:
        cancels = [pool.submit(act, lambda one=one: unit.cancel(one)) for one in freed]  # type: ignore[misc]
        works = [pool.submit(act, unit.work) for _number in range(3)]
        for done in (*cancels, *works):
            done.result()
    unit.work()
    assert len(unit.offered()) == unit.messages() == 5
    assert unit.is_sound()


def test_everybody_confirms_at_once_while_others_book_and_each_slot_has_one_owner(full: NewFull) -> None:
    unit = full(technicians=2, waiting_people=6)
    for visit in unit.visit_ids[:3]:
        unit.cancel(visit)
    unit.work()
    offered = unit.offered()
    barrier = threading.Barrier(len(unit.entry_ids) + 2)

    def confirm_or_be_refused(entry_id: int) -> str:
        barrier.wait()
        return unit.confirm(entry_id)

    def work() -> int:
        barrier.wait()
        return unit.work()

    with ThreadPoolExecutor(len(unit.entry_ids) + 2) as pool:
        outcomes = [pool.submit(confirm_or_be_refused, one) for one in unit.entry_ids]
        works = [pool.submit(work) for _number in range(2)]
        told = {one: outcome.result() for one, outcome in zip(unit.entry_ids, outcomes, strict=True)}
        for done in works:
            assert done.result() == 0
    assert sorted(one for one, outcome in told.items() if outcome == "scheduled") == offered
    assert set(told.values()) == {"scheduled", "SlotGone"}
    assert unit.is_sound()


def test_a_worker_that_dies_between_two_offers_is_followed_by_one_that_goes_on(
    full: NewFull, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = full(technicians=1, waiting_people=4)
    for visit in unit.visit_ids[:3]:
        unit.cancel(visit)
    real, calls = waiting_offers.offer, iter(range(100))

    class Killed(BaseException):
        """The process is gone."""

    def dies_after_its_work(*arguments: object, **keywords: object) -> object:
        answer = real(*arguments, **keywords)  # type: ignore[arg-type]
        if next(calls) == 1:
            raise Killed  # after the hold and the message of the second offer, before they are committed
        return answer

    monkeypatch.setattr(waiting_offers, "offer", dies_after_its_work)
    with pytest.raises(Killed):
        unit.work()
    assert len(unit.offered()) == unit.messages() == 1
    monkeypatch.undo()
    assert unit.work() == 2
    assert len(unit.offered()) == unit.messages() == 3
    assert unit.is_sound()


def test_without_a_sweeper_an_offer_ends_at_its_deadline_and_the_next_one_gets_the_time(full: NewFull) -> None:
    unit = full(technicians=1, waiting_people=2)
    unit.cancel(unit.visit_ids[0])
    unit.work()
    [first] = unit.offered()
    assert unit.offered(AFTER_THE_DEADLINE) == []
    assert unit.confirm(first, AFTER_THE_DEADLINE) == "SlotGone"
    assert unit.work(AFTER_THE_DEADLINE) == 1
    [second] = unit.offered(AFTER_THE_DEADLINE)
    assert second != first
    assert unit.confirm(second, AFTER_THE_DEADLINE) == "scheduled"
    assert unit.is_sound()


def test_at_the_deadline_the_one_who_confirms_and_the_one_who_comes_next_are_never_both_booked(full: NewFull) -> None:
    unit = full(technicians=1, waiting_people=2)
    unit.cancel(unit.visit_ids[0])
    unit.work()
    [first] = unit.offered()
    barrier = threading.Barrier(3)

    def late() -> str:
        barrier.wait()
        return unit.confirm(first, NOON + timedelta(minutes=29))

    def next_one() -> int:
        barrier.wait()
        return unit.work(AFTER_THE_DEADLINE)

    def somebody_else() -> str:
        barrier.wait()
        return _book_now(unit)

    with ThreadPoolExecutor(3) as pool:
        outcomes = [pool.submit(one) for one in (late, next_one, somebody_else)]
        told = [outcome.result() for outcome in outcomes]
    with unit.factory() as session:
        held = session.scalar(
            sa.select(sa.func.count())
            .select_from(Intervention)
            .where(Intervention.status == "held", Intervention.held_until > AFTER_THE_DEADLINE)
        )
        booked = sum(outcome in {"scheduled", "booked"} for outcome in told)
    assert booked + (held or 0) == 1, told
    assert unit.is_sound()


def _book_now(unit: Full) -> str:
    """Somebody who does not wait takes whatever is free."""
    try:
        with unit.factory.begin() as session:
            there = unit.unit(session)
            kind_id = session.scalars(sa.select(BookingDraft.activity_type_id)).first() or 0
            person = make.contact(session, make.client(session, there))
            draft = drafts.start(session, person, kind_id, now=AFTER_THE_DEADLINE)
            drafts.choose_site(session, person, draft.id, make.site(session, person.client).id, now=NOON)
            slots = holds.slots_for(session, there, draft, now=AFTER_THE_DEADLINE).slots
            if not slots:
                return "nothing"
            holds.hold(session, there, person, draft, slots[0].window, now=AFTER_THE_DEADLINE)
            confirm.confirm(session, there, person, draft.id, now=AFTER_THE_DEADLINE)
    except DomainError as refusal:
        return type(refusal).__name__
    return "booked"
