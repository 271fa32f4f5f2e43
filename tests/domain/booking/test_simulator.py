"""The simulator says what `actions_of` and `offers_of` say, at any instant, and when time alone changes it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotAllowed
from fieldsvc.domain.booking import action_rules, actions
from fieldsvc.domain.booking.action_rules import rules
from fieldsvc.domain.booking.simulator import changes, simulate
from fieldsvc.domain.catalogue.action_kinds import KINDS
from fieldsvc.domain.catalogue.conditions import Facts
from fieldsvc.domain.units.settings import change
from tests import make
from tests.domain.booking.test_actions import Company
from tests.domain.catalogue.test_conditions import leaf, leaves, trees
from tests.make import NOON

HOUR, MOMENT = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def company(session: Session) -> Company:
    return Company(session)


def shown(company: Company, visit: Any, now: Any = NOON) -> dict[str, tuple[bool, str]]:
    found = simulate(company.session, company.unit, company.contact, visit, now=now)
    return {one.row.kind: (one.is_shown, one.because) for one in found.of_intervention}


# --- What it says -------------------------------------------------------------------------------------


def test_it_names_what_decides(company: Company) -> None:
    company.action("message")
    company.action("cancel", conditions={"none": [leaf("is_locked"), leaf("due_passed")]})
    company.action("reschedule", most_times=1)
    company.action("confirm", is_on=False)
    visit = company.visit(is_locked=True, times_moved=1)
    assert shown(company, visit) == {
        "message": (True, "it has no condition of its own"),
        "cancel": (False, "the visit is locked in the plan"),
        "reschedule": (False, "it was used 1 time already"),
        "confirm": (False, "the action is switched off"),
    }


def test_it_says_when_nothing_is_open_at_all(company: Company) -> None:
    company.action("message")
    visit = company.visit()
    company.contact.role = "own"
    other = make.contact(company.session, company.contact.client)
    visit.contact_id = other.id
    assert shown(company, visit)["message"] == (False, "this contact does not see this visit")
    company.contact.role, company.work.is_on_portal = "all", False
    assert shown(company, visit)["message"] == (False, "the activity type is not on the portal")
    change(company.unit, is_portal_open=False)
    assert shown(company, visit)["message"] == (False, "the client has no access to the portal")


def test_it_says_when_the_answer_changes(company: Company) -> None:
    company.action("reschedule", notice_hours=24)
    company.action("message", conditions=leaf("weekday_is", weekdays=["tue"]))
    visit = company.visit(begins_at=NOON + 48 * HOUR)
    found = simulate(company.session, company.unit, company.contact, visit, now=NOON)
    by_kind = {one.row.kind: one for one in found.of_intervention}
    assert (by_kind["reschedule"].last, by_kind["reschedule"].next) == (None, NOON + 24 * HOUR)
    assert by_kind["message"].next == NOON + 12 * HOUR  # midnight before Tuesday
    assert found.next == NOON + 12 * HOUR
    later = simulate(company.session, company.unit, company.contact, visit, now=NOON + 30 * HOUR)
    assert {one.row.kind: one.last for one in later.of_intervention}["reschedule"] == NOON + 24 * HOUR


# --- Laws ---------------------------------------------------------------------------------------------

known = st.builds(
    Facts,
    now=st.integers(-300, 300).map(lambda hours: NOON + hours * HOUR + timedelta(minutes=7)),
    zone=st.just("Europe/Lisbon"),
    status=st.sampled_from(["scheduled", "dispatched", "unscheduled"]),
    window_begins_at=st.none() | st.integers(-100, 100).map(lambda hours: NOON + hours * HOUR),
    created_at=st.integers(-100, 0).map(lambda hours: NOON + hours * HOUR),
)


@given(kind=st.sampled_from(sorted(KINDS)), tree=trees(leaves(), smallest=1), facts=known, notice=st.integers(0, 60))
def test_between_two_changes_the_answer_is_the_same(kind: str, tree: Any, facts: Facts, notice: int) -> None:
    asked = rules(kind, is_for_unit=False, notice_hours=notice, most_times=None, conditions=tree)
    last, following = changes(asked, facts, 0)

    def is_allowed(at: Any) -> bool:
        return action_rules.judge(asked, Facts(**{**_as_dict(facts), "now": at}), 0).is_allowed

    here = is_allowed(facts.now)
    if following is not None:
        assert is_allowed(following + MOMENT) is not here
        assert is_allowed(facts.now + (following - facts.now) / 2) is here
    if last is not None:
        assert is_allowed(last - MOMENT) is not here
        assert is_allowed(last + (facts.now - last) / 2) is here


def _as_dict(facts: Facts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in Facts.__slots__}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    trees_=st.lists(trees(leaves(), smallest=1), min_size=4, max_size=4),
    status=st.sampled_from(["requested", "unscheduled", "scheduled", "dispatched", "in_progress", "completed"]),
    hours=st.integers(-80, 80),
    moved=st.integers(0, 3),
    at=st.integers(-100, 100),
)
def test_the_simulator_and_what_the_portal_asks_never_disagree(
    session: Session, trees_: list[Any], status: str, hours: int, moved: int, at: int
) -> None:
    with session.begin_nested() as nested:
        company = Company(session)
        for kind, tree in zip(("reschedule", "cancel", "message", "form"), trees_, strict=True):
            company.action(kind, conditions=tree, most_times=2 if kind == "reschedule" else None)
        visit = company.visit(status, NOON + hours * HOUR, times_moved=moved)
        now = NOON + at * HOUR
        found = simulate(session, company.unit, company.contact, visit, now=now)
        for one in found.of_intervention:
            if one.is_shown:
                assert actions.require(session, visit, company.contact, one.row.id, now=now) is one.row
            else:
                with pytest.raises(NotAllowed):
                    actions.require(session, visit, company.contact, one.row.id, now=now)
        offered = {
            offer.id for offer in actions.offers_of(session, company.unit, company.contact, now=now) if offer.is_allowed
        }
        assert {one.row.id for one in found.of_unit if one.is_shown} == offered
        nested.rollback()
