"""Who waits for a time is offered what becomes free: the right one, once, until a deadline, and then the next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session, joinedload, sessionmaker

from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.db import sessions
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.core.jobs import Job
from fieldsvc.domain.booking import cancel, confirm, drafts, holds, offers, waiting, waiting_offers
from fieldsvc.domain.booking.models import BookingDraft, Offer, WaitingEntry
from fieldsvc.domain.booking.waiting_ranking import rank_of
from fieldsvc.domain.booking.waiting_wishes import Hours, Wishes, read
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.teams import freed
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs.waiting import offer_freed_time
from tests import make
from tests.make import NOON, TOMORROW, at

Row = TypeVar("Row", OutboxMessage, Offer, Job, AuditEntry)

WEDNESDAY = TOMORROW + timedelta(days=1)
LATER = NOON + timedelta(minutes=31)
ANY = Wishes()


@dataclass
class Company:
    """A technician who has time for one visit a day, all of it taken, and the people who wait for a time."""

    factory: sessionmaker[Session]
    unit_id: int
    technician_id: int
    kind_id: int
    taken: dict[date, int] = field(default_factory=dict)
    now: datetime = NOON

    def wait(self, *, km: float = 5, wishes: Wishes = ANY, since: datetime = NOON, **values: object) -> int:
        """A new client joins the list."""
        with self.factory.begin() as session:
            unit = session.get_one(BusinessUnit, self.unit_id)
            person = make.contact(session, make.client(session, unit), **values)
            place = make.site(session, person.client, km=km)
            draft = drafts.start(session, person, self.kind_id, now=since)
            drafts.choose_site(session, person, draft.id, place.id, now=since)
            return waiting.join(session, unit, person, draft.id, wishes, "email", now=since).id

    def cancel(self, *days: date) -> None:
        """The visits of these days are cancelled."""
        for day in days:
            with self.factory.begin() as session:
                unit = session.get_one(BusinessUnit, self.unit_id)
                visit = session.get_one(Intervention, self.taken.pop(day))
                cancel.cancel_by_staff(
                    session, unit, visit.id, "Ill", version=visit.version, actor=make.DISPATCHER, now=self.now
                )

    def offer(self) -> int:
        """What the job does."""
        return offer_freed_time(self.factory, self.unit_id, lambda: self.now, lambda: False)

    def entry(self, entry_id: int) -> WaitingEntry:
        with self.factory() as session:
            shown = (joinedload(WaitingEntry.draft), joinedload(WaitingEntry.contact))
            return session.get_one(WaitingEntry, entry_id, options=shown)

    def offered(self) -> dict[int, date]:
        """The day on which each entry has a running offer."""
        with self.factory() as session:
            rows = session.execute(
                select(WaitingEntry.id, Intervention.window_begins_at)
                .join(BookingDraft, BookingDraft.id == WaitingEntry.draft_id)
                .join(Intervention, Intervention.id == BookingDraft.hold_id)
                .where(Intervention.status == "held", Intervention.held_until > self.now)
            )
            return {entry_id: begins_at.date() for entry_id, begins_at in rows if begins_at is not None}

    def act(self, entry_id: int, action: Callable[..., object]) -> None:
        """The person of an entry does something."""
        with self.factory.begin() as session:
            person = session.get_one(Contact, session.get_one(WaitingEntry, entry_id).contact_id)
            action(session, person, entry_id, now=self.now)

    def confirm(self, entry_id: int) -> Intervention:
        with self.factory.begin() as session:
            entry = session.get_one(WaitingEntry, entry_id)
            unit = session.get_one(BusinessUnit, self.unit_id)
            return confirm.confirm(session, unit, entry.contact, entry.draft_id, now=self.now)

    def all(self, model: type[Row], *where: ColumnElement[bool]) -> list[Row]:
        with self.factory() as session:
            return list(session.scalars(select(model).where(*where).order_by(model.id)))


@pytest.fixture
def company(engine: Engine) -> Company:
    """Monday noon; whoever works from 9:00 to 10:30 goes 5 km to one visit of an hour, Tuesday to Friday."""
    factory = sessions(engine)
    with factory.begin() as session:
        unit = make.unit(session)
        settings.change(unit, quiet_from_minute=0, quiet_until_minute=0)
        person = make.technician(session, unit, hours=(540, 630))
        kind = make.activity_type(
            session, unit, booking_notice_hours=1, booking_horizon_days=4, arrival_window_minutes=90
        )
        made = Company(factory, unit.id, person.id, kind.id)
        for offset in range(4):
            day = TOMORROW + timedelta(days=offset)
            visit = make.scheduled(session, unit, person, at(day, "9:10"), window=(at(day, "9:00"), at(day, "10:30")))
            made.taken[day] = visit.id
    return made


def test_a_cancelled_visit_is_offered_to_who_waits_with_a_hold_a_deadline_and_a_message(company: Company) -> None:
    waits = company.wait(email="who@example.com")
    assert company.offer() == 0
    company.cancel(WEDNESDAY)
    assert company.offer() == 1
    assert company.offered() == {waits: WEDNESDAY}
    entry = company.entry(waits)
    assert (entry.state, entry.offers, entry.offered_until) == ("offered", 1, NOON + timedelta(minutes=30))
    [message] = company.all(OutboxMessage, OutboxMessage.kind == "waiting_offer")
    assert message.recipient == "who@example.com"
    assert f"/book/{entry.draft_id}/confirm" in message.text
    assert company.confirm(waits).status == "scheduled"
    assert company.entry(waits).state == "taken"
    [offer] = company.all(Offer)
    assert (offer.source, offer.outcome, offer.taken[0]) == ("waiting_list", "taken", 1)


@pytest.mark.parametrize(
    ("cost", "due_in", "score"),
    [(10, None, 66), (10, 28, 66), (10, 60, 66), (10, 5, 20), (10, 0, 10), (10, -3, 10), (25, 2, 29)],
)
def test_the_order_weighs_the_marginal_cost_and_the_days_until_the_due_date(
    cost: float, due_in: int | None, score: float
) -> None:
    entry = WaitingEntry(id=7, created_at=NOON, due_on=None if due_in is None else TOMORROW + timedelta(days=due_in))
    assert rank_of(entry, cost, TOMORROW) == (score, NOON, 7)


def test_the_one_on_the_way_comes_first_and_among_equals_who_waits_longest(company: Company) -> None:
    second = company.wait(km=5, since=NOON - timedelta(hours=1))
    third = company.wait(km=5)
    first = company.wait(km=2)
    company.cancel(TOMORROW, WEDNESDAY)
    assert company.offer() == 2
    assert set(company.offered()) == {first, second}
    assert company.entry(third).state == "waiting"


def test_who_is_due_sooner_comes_before_who_is_nearer(company: Company) -> None:
    near = company.wait(km=3)
    with company.factory.begin() as session:
        session.get_one(ActivityType, company.kind_id).due_days = 2
    due = company.wait(km=6)
    company.cancel(WEDNESDAY)
    company.offer()
    assert set(company.offered()) == {due}
    assert company.entry(near).state == "waiting"


def test_an_offer_that_ran_out_goes_to_the_next_and_not_to_the_same_person_again(company: Company) -> None:
    first, second = company.wait(km=2), company.wait(km=5)
    company.cancel(WEDNESDAY)
    company.offer()
    assert set(company.offered()) == {first}
    company.now = LATER
    assert company.offer() == 1
    assert set(company.offered()) == {second}
    assert company.entry(first).state == "waiting"
    company.now = LATER + timedelta(minutes=31)
    assert company.offer() == 0, "both were asked"
    assert {o.why for o in company.all(Offer)} == {"expired"}


def test_the_deadline_has_a_job_of_its_own(company: Company) -> None:
    company.wait()
    company.cancel(WEDNESDAY)
    company.offer()
    until = NOON + timedelta(minutes=30)
    assert [job.run_at for job in company.all(Job, Job.kind == freed.KIND, Job.run_at > NOON)] == [until]


def test_no_thank_you_passes_the_time_on_and_keeps_the_place_on_the_list(company: Company) -> None:
    first, second = company.wait(km=2), company.wait(km=5)
    company.cancel(WEDNESDAY)
    company.offer()
    company.act(first, waiting.refuse)
    assert company.offer() == 1
    assert set(company.offered()) == {second}
    assert company.entry(first).state == "waiting"
    with pytest.raises(NotAllowed, match="no longer offered"):
        company.act(first, waiting.refuse)
    company.cancel(TOMORROW)
    company.offer()
    assert company.offered() == {first: TOMORROW, second: WEDNESDAY}


def test_who_leaves_gives_back_what_is_offered_and_is_asked_no_more(company: Company) -> None:
    first, second = company.wait(km=2), company.wait(km=5)
    company.cancel(WEDNESDAY)
    company.offer()
    company.act(first, waiting.leave)
    company.offer()
    assert set(company.offered()) == {second}
    assert company.entry(first).state == "left"
    with pytest.raises(NotAllowed):
        company.act(first, waiting.leave)


def test_nobody_is_offered_what_does_not_suit_him(company: Company) -> None:
    company.wait(wishes=Wishes(weekdays=(0, 4)))
    company.wait(wishes=Wishes(parts=("afternoon",)))
    suited = company.wait(km=7, wishes=Wishes(weekdays=(2,), parts=("morning",)))
    company.cancel(WEDNESDAY)
    assert company.offer() == 1
    assert set(company.offered()) == {suited}


def test_what_could_be_chosen_on_joining_is_not_offered_but_what_is_freed_later_is(company: Company) -> None:
    company.cancel(TOMORROW)
    waits = company.wait()
    assert company.offer() == 0
    company.cancel(WEDNESDAY)
    company.offer()
    assert company.offered() == {waits: WEDNESDAY}


def test_in_the_quiet_hours_nobody_is_offered_anything_until_they_end(company: Company) -> None:
    with company.factory.begin() as session:
        settings.change(
            session.get_one(BusinessUnit, company.unit_id), quiet_from_minute=11 * 60, quiet_until_minute=13 * 60
        )
    company.wait()
    company.cancel(WEDNESDAY)
    assert company.offer() == 0
    assert company.offer() == 0
    one_o_clock = NOON + timedelta(hours=1)
    assert [job.run_at for job in company.all(Job, Job.kind == freed.KIND, Job.run_at > NOON)] == [one_o_clock]
    company.now = one_o_clock
    assert company.offer() == 1


def test_who_books_otherwise_waits_no_longer(company: Company) -> None:
    waits = company.wait()
    entry = company.entry(waits)
    company.cancel(WEDNESDAY, TOMORROW)
    with company.factory.begin() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        person = session.get_one(Contact, entry.contact_id)
        other = drafts.start(session, person, company.kind_id, now=NOON)
        drafts.choose_site(session, person, other.id, entry.draft.site_id or 0, now=NOON)
        slot = holds.slots_for(session, unit, other, now=NOON).slots[0]
        holds.hold(session, unit, person, other, slot.window, now=NOON)
        confirm.confirm(session, unit, person, other.id, now=NOON)
    assert company.entry(waits).state == "left"
    assert company.offer() == 0


def test_who_asks_for_a_call_waits_no_longer(company: Company) -> None:
    waits = company.wait()
    entry = company.entry(waits)
    with company.factory.begin() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        person = session.get_one(Contact, entry.contact_id)
        drafts.ask_for_a_call(session, unit, person, entry.draft_id, now=NOON)
    assert company.entry(waits).state == "left"


def test_joining_again_changes_the_wishes_and_keeps_the_place(company: Company) -> None:
    first = company.wait(since=NOON - timedelta(hours=2))
    entry = company.entry(first)
    with company.factory.begin() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        person = session.get_one(Contact, entry.contact_id)
        again = waiting.join(session, unit, person, entry.draft_id, Wishes(weekdays=(1,)), "email", now=NOON)
        assert (again.id, again.created_at, again.weekdays) == (first, NOON - timedelta(hours=2), [1])
    assert len(company.all(OutboxMessage, OutboxMessage.kind == "waiting_joined")) == 1


def test_a_channel_that_is_not_his_and_the_entry_of_somebody_else_are_refused(company: Company) -> None:
    mine, other = company.wait(), company.wait()
    entry = company.entry(mine)
    with company.factory() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        person = session.get_one(Contact, entry.contact_id)
        with pytest.raises(Invalid, match="how we may tell you"):
            waiting.join(session, unit, person, entry.draft_id, ANY, "sms", now=NOON)
        with pytest.raises(NotFound):
            waiting.leave(session, person, other, now=NOON)


def test_the_number_on_the_list_counts_who_waits_longer_for_the_same_work(company: Company) -> None:
    first, second = company.wait(since=NOON - timedelta(hours=1)), company.wait()
    with company.factory() as session:
        numbers = [
            waiting.number_of(session, entry.draft, entry)
            for entry in (session.get_one(WaitingEntry, first), session.get_one(WaitingEntry, second))
        ]
        newcomer = waiting.number_of(session, session.get_one(WaitingEntry, first).draft, None)
    assert (numbers, newcomer) == ([1, 2], 3)


def test_staff_offer_by_hand_and_remove_and_both_are_written_down(company: Company) -> None:
    far, near = company.wait(km=7), company.wait(km=2)
    company.cancel(WEDNESDAY)
    with company.factory.begin() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        waiting_offers.offer_by_hand(session, unit, far, None, actor=make.DISPATCHER, now=NOON)
    assert set(company.offered()) == {far}
    with company.factory.begin() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        with pytest.raises(NotAllowed, match="Nothing that suits"):
            waiting_offers.offer_by_hand(session, unit, near, None, actor=make.DISPATCHER, now=NOON)
        with pytest.raises(Invalid, match="say why"):
            waiting.remove(session, unit, far, " ", actor=make.DISPATCHER, now=NOON)
        waiting.remove(session, unit, far, "Has moved away", actor=make.DISPATCHER, now=NOON)
    company.offer()
    assert set(company.offered()) == {near}
    done = company.all(AuditEntry, AuditEntry.object_kind == "waiting_entry", AuditEntry.actor_kind == "staff")
    assert [(entry.action, entry.data.get("reason")) for entry in done] == [
        ("waiting.offered", None),
        ("waiting.left", "Has moved away"),
    ]


def test_whoever_lost_his_access_is_passed_over(company: Company) -> None:
    gone, stays = company.wait(km=2), company.wait(km=5)
    with company.factory.begin() as session:
        session.get_one(WaitingEntry, gone).contact.is_active = False
    company.cancel(WEDNESDAY)
    company.offer()
    assert set(company.offered()) == {stays}


def test_work_that_is_archived_is_offered_to_nobody(company: Company) -> None:
    company.wait()
    with company.factory.begin() as session:
        session.get_one(ActivityType, company.kind_id).is_archived = True
    company.cancel(WEDNESDAY)
    assert company.offer() == 0


def test_whose_visit_was_cancelled_is_offered_no_other_time_for_it_and_cannot_join(company: Company) -> None:
    friday = TOMORROW + timedelta(days=3)
    with company.factory.begin() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        visit = session.get_one(Intervention, company.taken[friday])
        make.portal_action(session, visit.activity_type, "reschedule", notice_hours=0)
        visit.activity_type.booking_notice_hours, visit.activity_type.arrival_window_minutes = 1, 90
        person = visit.contact
        assert person is not None
        draft = drafts.reschedule(session, person, visit.id, now=NOON)
        waiting.join(session, unit, person, draft.id, Wishes(weekdays=(2,)), "email", now=NOON)
        person_id, draft_id = person.id, draft.id
    company.cancel(friday, WEDNESDAY)
    assert company.offer() == 0
    with company.factory() as session:
        unit, person = session.get_one(BusinessUnit, company.unit_id), session.get_one(Contact, person_id)
        with pytest.raises(NotAllowed):
            waiting.join(session, unit, person, draft_id, ANY, "email", now=NOON)


def test_what_a_client_is_about_to_confirm_is_not_replaced_by_an_offer_of_the_staff(company: Company) -> None:
    entry = company.entry(company.wait())
    company.cancel(TOMORROW, WEDNESDAY)
    with company.factory.begin() as session:
        unit, person = session.get_one(BusinessUnit, company.unit_id), session.get_one(Contact, entry.contact_id)
        draft = drafts.running(session, person, entry.draft_id)
        [_first, chosen] = holds.slots_for(session, unit, draft, now=NOON).slots
        holds.hold(session, unit, person, draft, chosen.window, now=NOON)
    with company.factory() as session:
        unit = session.get_one(BusinessUnit, company.unit_id)
        with pytest.raises(NotAllowed, match="choosing a time himself"):
            waiting_offers.offer_by_hand(session, unit, entry.id, None, actor=make.DISPATCHER, now=NOON)
    assert company.confirm(entry.id).window_begins_at == chosen.begins_at


def test_many_changes_of_one_transaction_queue_one_job(session: Session) -> None:
    unit = make.unit(session)
    for _number in range(5):
        freed.freed(session, unit.id, now=NOON)
    session.flush()
    assert len(session.scalars(select(Job).where(Job.kind == freed.KIND)).all()) == 1


def test_a_change_that_is_not_committed_yet_is_not_overlooked_by_a_job_that_is_queued(engine: Engine) -> None:
    """The queued job waits for the transaction that counts on it, or that transaction queues another one."""
    factory = sessions(engine)
    with factory.begin() as session:
        unit_id = make.unit(session).id
        freed.freed(session, unit_id, now=NOON)
    if engine.dialect.name == "sqlite":
        return  # a second writer waits for the first one anyway
    with factory.begin() as worker, factory.begin() as booking:
        worker.execute(select(Job).where(Job.kind == freed.KIND).with_for_update()).all()  # is claiming it right now
        freed.freed(booking, unit_id, now=NOON)
    with factory() as session:
        assert len(session.scalars(select(Job).where(Job.kind == freed.KIND)).all()) == 2


@pytest.mark.parametrize(
    ("weekdays", "parts", "wishes"),
    [
        ([], [], Wishes()),
        (["0", "1", "2", "3", "4"], ["morning", "afternoon"], Wishes()),
        (["4", "0"], ["afternoon"], Wishes((0, 4), ("afternoon",))),
    ],
)
def test_whoever_takes_everything_has_no_wish(weekdays: list[str], parts: list[str], wishes: Wishes) -> None:
    assert read(weekdays, parts, Hours((0, 1, 2, 3, 4), 480, 1020)) == wishes


@pytest.mark.parametrize(("weekdays", "parts"), [(["7"], []), (["mon"], []), ([], ["night"]), (["0", "-1"], [])])
def test_wishes_that_cannot_be_are_refused(weekdays: list[str], parts: list[str]) -> None:
    with pytest.raises(Invalid):
        read(weekdays, parts, Hours((0,), 480, 1020))


def test_offers_older_than_400_days_are_forgotten(company: Company) -> None:
    company.wait()
    company.cancel(WEDNESDAY)
    company.offer()
    with company.factory.begin() as session:
        assert not offers.sweep(session, now=NOON + timedelta(days=399))
    assert len(company.all(Offer)) == 1
    with company.factory.begin() as session:
        offers.sweep(session, now=NOON + timedelta(days=401))
    assert company.all(Offer) == []
