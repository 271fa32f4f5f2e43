"""Portal actions as an administrator shapes them: what is refused at which field, versions, order, and use."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.errors import Invalid, NotFound, Stale, VersionMissing
from fieldsvc.domain.catalogue import actions
from fieldsvc.domain.catalogue.action_kinds import KINDS
from fieldsvc.domain.catalogue.actions import Wanted
from fieldsvc.domain.catalogue.models import ActivityType, FormVersion, PortalAction
from fieldsvc.domain.interventions.models import FormAnswer
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON

IN_TIME = {"condition": "notice_hours", "hours": 24}


@pytest.fixture
def work(session: Session, unit: BusinessUnit) -> ActivityType:
    return make.activity_type(session, unit)


def shaped(session: Session, unit: BusinessUnit, row: PortalAction, **values: Any) -> PortalAction:
    """The action with these values, on the version there is."""
    return actions.change(session, unit, row.id, Wanted(**values), version=row.version, actor=DISPATCHER, now=NOON)


def done(session: Session, work: ActivityType) -> list[str]:
    """What the history of the activity type says."""
    rows = select(AuditEntry.action).where(AuditEntry.object_kind == "activity_type", AuditEntry.object_id == work.id)
    return list(session.scalars(rows.order_by(AuditEntry.id)))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_added_and_begins_switched_off(session: Session, work: ActivityType, kind: str) -> None:
    row = actions.add(session, work, kind, is_for_unit=False, actor=DISPATCHER, now=NOON)
    assert (row.kind, row.is_on, row.is_for_unit) == (kind, False, False)
    assert actions.of_activity_type(session, work)[-1] is row
    assert done(session, work) == ["portal_action.added"]


@pytest.mark.parametrize(("kind", "is_for_unit"), [("ticket", False), ("", False), ("cancel", True), ("message", True)])
def test_what_does_not_exist_or_makes_no_sense_there_is_not_added(
    session: Session, work: ActivityType, kind: str, is_for_unit: bool
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add(session, work, kind, is_for_unit=is_for_unit, actor=DISPATCHER, now=NOON)
    assert set(refusal.value.fields) == {"kind"}


def test_a_change_is_kept_with_what_it_was_before(session: Session, unit: BusinessUnit, work: ActivityType) -> None:
    row = make.portal_action(session, work, "cancel", notice_hours=12)
    values = {"label": {"en": "Give it up"}, "notice_hours": 24, "conditions": {"all": [IN_TIME]}, "icon": "x"}
    changed = shaped(session, unit, row, **values)
    assert {name: getattr(changed, name) for name in values} == values
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "portal_action.changed")).one()
    assert entry.data["changed"]["notice_hours"] == [12, 24]
    assert entry.data["action_id"] == row.id


def test_what_means_nothing_for_a_kind_is_not_changed(session: Session, unit: BusinessUnit, work: ActivityType) -> None:
    row = make.portal_action(session, work, "message")
    changed = shaped(session, unit, row, notice_hours=24, lowest_band="green", counts_as_confirmed=True, most_times=3)
    assert (changed.notice_hours, changed.lowest_band, changed.counts_as_confirmed) == (None, "", False)
    assert changed.most_times == 3


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("cancel", {"label": {"en": "x" * 81}}, "label"),
    ("cancel", {"label": {"en": "Cancel", "fr": "Annuler {intervention.nothing}"}}, "label"),
    ("cancel", {"help": {"en": "Hello {config}"}}, "help"),
    ("cancel", {"help": {"en": "x" * 501}}, "help"),
    ("cancel", {"notice_hours": -1}, "notice_hours"),
    ("cancel", {"notice_hours": 10_001}, "notice_hours"),
    ("message", {"most_times": 0}, "most_times"),
    ("reschedule", {"lowest_band": "blue"}, "lowest_band"),
    ("form", {}, "form_id"),
    ("form", {"form_id": 9_999_999}, "form_id"),
    ("ask", {"new_activity_type_id": 9_999_999}, "new_activity_type_id"),
    ("cancel", {"conditions": {"condition": "unknown"}}, "conditions"),
    ("cancel", {"conditions": {"all": []}}, "conditions"),
]


@pytest.mark.parametrize(("kind", "values", "field"), WRONG)
def test_what_cannot_work_is_refused_at_its_field(
    session: Session, unit: BusinessUnit, work: ActivityType, kind: str, values: dict[str, Any], field: str
) -> None:
    row = make.portal_action(session, work, kind)
    with pytest.raises(Invalid) as refusal:
        shaped(session, unit, row, **values)
    assert set(refusal.value.fields) == {field}


def test_an_action_of_the_unit_may_not_ask_about_an_intervention(
    session: Session, unit: BusinessUnit, work: ActivityType
) -> None:
    row = make.portal_action(session, work, "ask", is_for_unit=True)
    with pytest.raises(Invalid) as refusal:
        shaped(session, unit, row, conditions=IN_TIME)
    assert set(refusal.value.fields) == {"conditions"}
    shaped(session, unit, row, conditions={"condition": "client_kind_is", "kinds": ["company"]})


@pytest.mark.parametrize("is_on", [True, False])
def test_a_form_must_be_one_for_actions_of_the_unit_and_published(
    session: Session, unit: BusinessUnit, work: ActivityType, is_on: bool
) -> None:
    row = make.portal_action(session, work, "form")
    foreign = make.form(session, make.unit(session), [], kind="action")
    draft = make.form(session, unit, [], kind="action", published_number=None)
    for_the_end = make.form(session, unit, [], kind="closing")
    ready = make.form(session, unit, [], kind="action")
    for wrong in (foreign, draft, for_the_end):
        with pytest.raises(Invalid) as refusal:
            shaped(session, unit, row, form_id=wrong.id, is_on=is_on)
        assert set(refusal.value.fields) == {"form_id"}
    assert shaped(session, unit, row, form_id=ready.id).form_id == ready.id
    ready.is_archived = True
    assert shaped(session, unit, row, form_id=ready.id, is_on=False).form_id == ready.id


def test_a_form_action_without_its_form_cannot_be_switched_on(
    session: Session, unit: BusinessUnit, work: ActivityType
) -> None:
    row = make.portal_action(session, work, "form", is_on=False)
    with pytest.raises(Invalid):
        actions.switch(session, unit, row.id, True, actor=DISPATCHER, now=NOON)
    row.form_id = make.form(session, unit, [], kind="action").id
    assert actions.switch(session, unit, row.id, True, actor=DISPATCHER, now=NOON).is_on
    assert not actions.switch(session, unit, row.id, False, actor=DISPATCHER, now=NOON).is_on


def test_an_older_version_changes_nothing(session: Session, unit: BusinessUnit, work: ActivityType) -> None:
    row = make.portal_action(session, work, "cancel")
    seen = row.version
    shaped(session, unit, row, notice_hours=5)
    session.flush()
    wanted = replace(Wanted(), notice_hours=7)
    with pytest.raises(Stale):
        actions.change(session, unit, row.id, wanted, version=seen, actor=DISPATCHER, now=NOON)
    with pytest.raises(VersionMissing):
        actions.change(session, unit, row.id, wanted, version=None, actor=DISPATCHER, now=NOON)
    assert row.notice_hours == 5


def test_a_foreign_action_does_not_exist(session: Session, unit: BusinessUnit, work: ActivityType) -> None:
    foreign = make.portal_action(session, make.activity_type(session, make.unit(session)), "cancel")
    with pytest.raises(NotFound):
        shaped(session, unit, foreign)
    with pytest.raises(NotFound):
        actions.remove(session, unit, foreign.id, actor=DISPATCHER, now=NOON)


def test_actions_are_put_in_another_order(session: Session, work: ActivityType) -> None:
    rows = [*work.actions, make.portal_action(session, work, "cancel"), make.portal_action(session, work, "message")]
    [book, cancel, message] = [row.id for row in rows]
    actions.order(session, work, [message, 9_999, message, book], actor=DISPATCHER, now=NOON)
    assert [row.id for row in actions.of_activity_type(session, work)] == [message, book, cancel]


def test_an_action_that_was_used_is_archived_and_another_one_is_gone(
    session: Session, unit: BusinessUnit, work: ActivityType
) -> None:
    form = make.form(session, unit, [], kind="action")
    used, unused = (make.portal_action(session, work, "form", form_id=form.id) for _number in range(2))
    version = session.scalars(select(FormVersion).where(FormVersion.form_id == form.id)).one()
    client = make.client(session, unit)
    session.add(
        FormAnswer(
            unit_id=unit.id, form_version_id=version.id, client_id=client.id, action_id=used.id, answered_at=NOON
        )
    )
    session.flush()
    assert actions.remove(session, unit, used.id, actor=DISPATCHER, now=NOON)
    assert not actions.remove(session, unit, unused.id, actor=DISPATCHER, now=NOON)
    assert (used.is_archived, used.is_on) == (True, False)
    assert session.get(PortalAction, unused.id) is None
    assert {row.kind for row in actions.of_activity_type(session, work)} == {"book"}
