"""What a client may do: what the product always asks, limits, and who decides at which level."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotAllowed, NotFound
from fieldsvc.domain.booking import actions, confirm, drafts, holds
from fieldsvc.domain.booking.action_rules import rules_of
from fieldsvc.domain.booking.actions import Action
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import questionnaires
from fieldsvc.domain.interventions.models import Document, FormAnswer, Intervention, Message
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import change
from tests import make
from tests.make import NOON, TOMORROW, at

HOUR = timedelta(hours=1)
NEVER = {"condition": "status_is", "statuses": ["cancelled"]}
EVERY_STATUS = (
    "requested",
    "unscheduled",
    "scheduled",
    "dispatched",
    "travelling",
    "in_progress",
    "completed",
    "cancelled",
)
PLANNED = set(EVERY_STATUS) - {"requested", "unscheduled"}


class Company:
    """A unit with one technician, one client, and work that he may do everything with."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.unit: BusinessUnit = make.unit(session)
        self.technician = make.technician(session, self.unit)
        self.work: ActivityType = make.activity_type(session, self.unit)
        self.site = make.site(session, make.client(session, self.unit))
        self.contact: Contact = make.contact(session, self.site.client)

    def visit(self, status: str = "scheduled", begins_at: datetime = NOON + 48 * HOUR, **values: Any) -> Intervention:
        if status in PLANNED:
            return make.scheduled(
                self.session,
                self.unit,
                self.technician,
                begins_at,
                activity_type=self.work,
                site=self.site,
                status=status,
                **values,
            )
        return make.intervention(
            self.session, self.unit, activity_type=self.work, site=self.site, status=status, **values
        )

    def action(self, kind: str, **values: Any) -> PortalAction:
        return make.portal_action(self.session, self.work, kind, **values)

    def judged(self, visit: Intervention, *, now: datetime = NOON) -> list[Action]:
        return actions.actions_of(self.session, visit, self.contact, now=now)

    def allowed(self, visit: Intervention, *, now: datetime = NOON) -> list[str]:
        return [action.kind for action in self.judged(visit, now=now) if action.is_allowed]

    def offers(self) -> list[Action]:
        return actions.offers_of(self.session, self.unit, self.contact, now=NOON)


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


# --- What the product always asks ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("book", {"requested", "unscheduled"}),
        ("reschedule", {"scheduled", "dispatched"}),
        ("cancel", {"requested", "unscheduled", "scheduled", "dispatched"}),
        ("confirm", {"scheduled", "dispatched"}),
        ("form", set(EVERY_STATUS) - {"cancelled"}),
        ("file", set(EVERY_STATUS) - {"cancelled"}),
        ("message", set(EVERY_STATUS)),
        ("ask", set(EVERY_STATUS)),
        ("questionnaire", set()),
        ("document", set()),
    ],
)
def test_each_kind_is_possible_in_the_states_it_makes_sense_in(company: Company, kind: str, statuses: set[str]) -> None:
    company.action(kind)
    found = {
        status
        for number, status in enumerate(EVERY_STATUS)
        if company.allowed(company.visit(status, NOON + (24 + 2 * number) * HOUR)) == [kind]
    }
    assert found == statuses


@pytest.mark.parametrize("kind", ["reschedule", "cancel", "confirm"])
def test_an_old_visit_can_never_be_changed_whatever_the_conditions_say(company: Company, kind: str) -> None:
    company.action(kind, notice_hours=0)
    begun = company.visit(begins_at=NOON)
    assert company.allowed(begun) == []
    assert company.allowed(begun, now=NOON - timedelta(seconds=1)) == [kind]


def test_the_notice_is_the_actions_own_or_else_that_of_the_activity_type(company: Company) -> None:
    company.work.reschedule_notice_hours, company.work.cancel_notice_hours = 48, 24
    company.action("reschedule")
    company.action("cancel", notice_hours=6)
    visit = company.visit()
    opens = visit.window_begins_at
    assert opens is not None
    assert {hours: company.allowed(visit, now=opens - hours * HOUR) for hours in (48, 47, 6, 5)} == {
        48: ["reschedule", "cancel"],
        47: ["cancel"],
        6: ["cancel"],
        5: [],
    }
    refused = next(one for one in company.judged(visit, now=opens - 47 * HOUR) if one.kind == "reschedule")
    assert refused.words == "Possible up to 48 hours before the visit."
    assert refused.because == "this is not so: it is at least 48 hours before the arrival window"
    possible = next(one for one in company.judged(visit, now=opens - 50 * HOUR) if one.kind == "reschedule")
    assert possible.words == "Possible up to 48 hours before the visit."


def test_an_action_says_its_notice_and_its_conditions_in_one_sentence(company: Company) -> None:
    company.work.cancel_notice_hours = 24
    locked = {"condition": "is_not_locked"}
    said = {
        rules_of(company.action(kind, conditions=tree)).sentence
        for kind, tree in (("cancel", {"all": [locked]}), ("message", locked), ("file", {}))
    }
    assert said == {
        (
            "When the visit has not begun, it is at least 24 hours before the arrival window and the visit is not "
            "locked in the plan."
        ),
        "When the visit is not locked in the plan.",
        "Always.",
    }


def test_a_time_is_confirmed_once(company: Company) -> None:
    company.action("confirm")
    visit = company.visit()
    assert company.allowed(visit) == ["confirm"]
    visit.confirmed_at = NOON
    [refused] = company.judged(visit)
    assert (refused.is_allowed, refused.is_mentioned) == (False, False)


def test_a_questionnaire_and_a_document_are_offered_only_while_one_waits(company: Company) -> None:
    form = make.form(company.session, company.unit, [], kind="questionnaire")
    company.work.questionnaire_id = form.id
    company.action("questionnaire")
    company.action("document")
    visit = company.visit("completed", NOON - 24 * HOUR)
    assert company.allowed(visit) == []
    questionnaires.ask(company.session, company.unit, visit, now=NOON)
    paper = Document(unit_id=company.unit.id, intervention_id=visit.id, title="Quote", created_at=NOON)
    company.session.add(paper)
    company.session.flush()
    assert company.allowed(visit) == ["questionnaire", "document"]
    paper.state = "approved"
    assert company.allowed(visit) == ["questionnaire"]
    assert company.allowed(visit, now=NOON + timedelta(days=61)) == []


# --- Limits -------------------------------------------------------------------------------------------


def test_the_time_is_changed_as_often_as_the_limit_says(company: Company) -> None:
    company.action("reschedule", most_times=2)
    assert company.allowed(company.visit(times_moved=1)) == ["reschedule"]
    assert company.allowed(company.visit(begins_at=NOON + 72 * HOUR, times_moved=2)) == []


def test_forms_and_messages_are_counted_for_each_visit(company: Company) -> None:
    form = make.form(company.session, company.unit, [], kind="action")
    filled = company.action("form", form_id=form.id, most_times=1)
    company.action("message", most_times=2)
    visit, other = company.visit(), company.visit(begins_at=NOON + 72 * HOUR)
    company.session.add(
        FormAnswer(
            unit_id=company.unit.id,
            form_version_id=form.versions[0].id,
            intervention_id=visit.id,
            client_id=visit.client_id,
            action_id=filled.id,
            answered_at=NOON,
        )
    )
    for author in ("contact", "contact", "staff"):
        company.session.add(
            Message(
                unit_id=company.unit.id,
                intervention_id=visit.id,
                author_kind=author,
                author_name="A",
                text="Hello",
                created_at=NOON,
            )
        )
    company.session.flush()
    assert company.allowed(visit) == []
    assert company.allowed(other) == ["form", "message"]


def test_an_offer_of_the_unit_is_limited_by_the_work_that_still_runs(company: Company) -> None:
    [book] = company.work.actions
    book.most_times = 1
    assert [offer.is_allowed for offer in company.offers()] == [True]
    visit = company.visit()
    assert [offer.is_allowed for offer in company.offers()] == [False]
    visit.status = "completed"
    assert [offer.is_allowed for offer in company.offers()] == [True]


# --- The four levels ----------------------------------------------------------------------------------


def test_each_of_the_four_levels_can_close_an_action(company: Company) -> None:
    action, visit = company.action("message"), company.visit()
    assert company.allowed(visit) == ["message"]
    assert [offer.kind for offer in company.offers()] == ["book"]

    action.is_on = False
    assert company.judged(visit) == []
    action.is_on, company.work.is_on_portal = True, False
    assert (company.judged(visit), company.offers()) == ([], [])
    company.work.is_on_portal, company.contact.client.portal_access = True, "off"
    assert (company.judged(visit), company.offers()) == ([], [])
    company.contact.client.portal_access = "on"
    change(company.unit, is_portal_open=False)
    assert (company.judged(visit), company.offers()) == ([], [])


def test_an_archived_action_and_archived_work_are_offered_to_nobody(company: Company) -> None:
    [book] = company.work.actions
    other = make.activity_type(company.session, company.unit)
    book.new_activity_type_id = other.id
    company.session.flush()

    def mine() -> list[int]:
        return [offer.id for offer in company.offers() if offer.id == book.id]

    assert mine() == [book.id]
    other.is_archived = True
    assert mine() == []
    other.is_archived, book.is_archived = False, True
    assert mine() == []


@pytest.mark.parametrize("values", [{"is_archived": True}, {"is_on_portal": False}])
def test_nobody_asks_because_of_a_visit_for_work_that_is_archived_or_off_the_portal(
    company: Company, values: dict[str, Any]
) -> None:
    other = make.activity_type(company.session, company.unit, **values)
    company.action("ask", new_activity_type_id=other.id)
    assert company.judged(company.visit()) == []


def test_visits_of_archived_work_keep_their_actions_except_for_asking_the_same_again(company: Company) -> None:
    company.action("cancel")
    company.action("ask")
    visit = company.visit()
    assert company.allowed(visit) == ["cancel", "ask"]
    company.work.is_archived = True
    assert company.allowed(visit) == ["cancel"]


def test_clients_book_the_work_that_is_on_the_portal_in_the_order_given(company: Company) -> None:
    company.work.position = 5
    second = make.activity_type(company.session, company.unit, position=2)
    first = make.activity_type(company.session, company.unit, position=1)
    make.activity_type(company.session, company.unit, is_on_portal=False)
    make.activity_type(company.session, company.unit, is_archived=True)
    make.activity_type(company.session, make.unit(company.session))
    found = actions.bookable(company.session, company.unit, company.contact, now=NOON)
    assert found == [first, second, company.work]


def test_a_booking_on_its_way_is_offered_again_only_while_it_can_be_booked(company: Company) -> None:
    draft = drafts.start(company.session, company.contact, company.work.id, now=NOON)
    assert drafts.unfinished(company.session, company.contact, now=NOON) is draft
    [book] = company.work.actions
    book.is_on = False
    assert drafts.unfinished(company.session, company.contact, now=NOON) is None


def test_actions_of_the_unit_and_of_a_visit_are_two_things(company: Company) -> None:
    company.action("message")
    assert company.allowed(company.visit()) == ["message"]
    assert [offer.kind for offer in company.offers()] == ["book"]


def test_who_may_is_not_told_why_others_may_not(company: Company) -> None:
    company.action("cancel", conditions={"condition": "client_kind_is", "kinds": ["company"]}, notice_hours=24)
    [judged] = company.judged(company.visit())
    assert (judged.is_allowed, judged.words) == (True, "Possible up to 24 hours before the visit.")
    company.contact.client.kind = "supplier"
    [judged] = company.judged(company.visit(begins_at=NOON + 72 * HOUR))
    assert (judged.is_allowed, judged.words) == (False, "This is not offered online to you.")


# --- What is refused is refused -----------------------------------------------------------------------


def test_work_whose_booking_is_off_or_refused_cannot_be_booked_at_any_step(company: Company) -> None:
    [book] = company.work.actions
    draft = drafts.start(company.session, company.contact, company.work.id, now=NOON)
    drafts.choose_site(company.session, company.contact, draft.id, company.site.id, now=NOON)
    window = at(TOMORROW + timedelta(days=1), "10:00"), at(TOMORROW + timedelta(days=1), "12:00")
    holds.hold(company.session, company.unit, company.contact, draft, window, now=NOON)

    book.conditions = {"condition": "client_kind_is", "kinds": ["supplier"]}
    with pytest.raises(NotAllowed, match="not offered online to you"):
        drafts.start(company.session, company.contact, company.work.id, now=NOON)
    with pytest.raises(NotAllowed, match="not offered online to you"):
        holds.hold(company.session, company.unit, company.contact, draft, window, now=NOON)
    with pytest.raises(NotAllowed, match="not offered online to you"):
        confirm.confirm(company.session, company.unit, company.contact, draft.id, now=NOON)
    with pytest.raises(NotAllowed, match="not offered online to you"):
        drafts.ask_for_a_call(company.session, company.unit, company.contact, draft.id, now=NOON)

    book.conditions, book.is_on = {}, False
    with pytest.raises(NotFound):
        drafts.start(company.session, company.contact, company.work.id, now=NOON)
    with pytest.raises(NotAllowed):
        confirm.confirm(company.session, company.unit, company.contact, draft.id, now=NOON)

    book.is_on = True
    assert confirm.confirm(company.session, company.unit, company.contact, draft.id, now=NOON).status == "scheduled"


def test_a_foreign_or_unknown_action_is_not_required_by_its_number(company: Company) -> None:
    company.action("message", conditions=NEVER)
    elsewhere = make.portal_action(company.session, make.activity_type(company.session, company.unit), "message")
    visit = company.visit()
    for wanted in (elsewhere.id, 9_999, "message", "cancel"):
        with pytest.raises(NotAllowed):
            actions.require(company.session, visit, company.contact, wanted, now=NOON)


@pytest.mark.parametrize("counts", [True, False])
def test_a_time_that_the_client_chose_counts_as_confirmed_when_the_action_says_so(
    company: Company, counts: bool
) -> None:
    [book] = company.work.actions
    book.counts_as_confirmed = counts
    draft = drafts.start(company.session, company.contact, company.work.id, now=NOON)
    drafts.choose_site(company.session, company.contact, draft.id, company.site.id, now=NOON)
    window = at(TOMORROW + timedelta(days=1), "10:00"), at(TOMORROW + timedelta(days=1), "12:00")
    holds.hold(company.session, company.unit, company.contact, draft, window, now=NOON)
    booked = confirm.confirm(company.session, company.unit, company.contact, draft.id, now=NOON)
    assert (booked.confirmed_at is not None) is counts


def test_a_visit_without_a_time_gets_one_from_its_client_and_keeps_its_reference(company: Company) -> None:
    company.action("book")
    visit = company.visit("unscheduled")
    draft = drafts.book_existing(company.session, company.contact, visit.id, now=NOON)
    window = at(TOMORROW + timedelta(days=1), "10:00"), at(TOMORROW + timedelta(days=1), "12:00")
    holds.hold(company.session, company.unit, company.contact, draft, window, now=NOON)
    booked = confirm.confirm(company.session, company.unit, company.contact, draft.id, now=NOON)
    assert (booked.id, booked.status, booked.times_moved) == (visit.id, "scheduled", 0)
    assert (booked.window_begins_at, booked.window_ends_at) == window
    with pytest.raises(NotAllowed):
        drafts.book_existing(company.session, company.contact, visit.id, now=NOON)


# --- Cost ---------------------------------------------------------------------------------------------


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_grow_with_the_visits(company: Company) -> None:
    for kind in ("reschedule", "cancel", "questionnaire", "document"):
        company.action(kind)
    company.action("message", most_times=3)
    company.action("file", most_times=3)
    visits = [company.visit(begins_at=NOON + (24 + 2 * number) * HOUR) for number in range(12)]
    needed = []
    for some in (visits[:2], visits):
        with counted(company.session) as seen:
            found = actions.actions_of_each(company.session, some, company.contact, now=NOON)
        assert len(found) == len(some)
        needed.append(len(seen))
    assert needed[0] == needed[1]
