"""An administrator adds, changes, copies, orders, archives and deletes activity types; what was done stays."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound, Stale, VersionMissing
from fieldsvc.domain.booking import actions, drafts
from fieldsvc.domain.catalogue import activity_types, find
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.units.models import BusinessUnit
from tests import make

WHO: dict[str, Any] = {"actor": make.DISPATCHER, "now": make.NOON}
MORNING = {"name": {"en": "Morning"}, "begins_minute": 480, "ends_minute": 720}
AFTERNOON = {"name": {"en": "Afternoon"}, "begins_minute": 780, "ends_minute": 1020}


def change(session: Session, unit: BusinessUnit, row: ActivityType, **values: Any) -> ActivityType:
    return activity_types.change(session, unit, row.id, row.version, values, **WHO)


def audited(session: Session, action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_new_one_comes_last_and_clients_do_not_see_it(session: Session) -> None:
    unit = make.unit(session)
    first = make.activity_type(session, unit, position=4)
    values = {"reference": " gas-check ", "title": {"en": "Gas check", "xx": "no language"}, "minutes": 45}
    made = activity_types.add(session, unit, values, **WHO)
    assert (made.reference, made.title, made.is_on_portal) == ("gas-check", {"en": "Gas check"}, False)
    assert find.in_use(session, unit.id) == [first, made]
    assert [entry.object_id for entry in audited(session, "activity_type.added")] == [made.id]


@pytest.mark.parametrize("reference", ["Boiler", "boiler"])
def test_a_reference_is_taken_once_whatever_its_letters(session: Session, reference: str) -> None:
    unit, other = make.unit(session), make.unit(session)
    row, second = make.activity_type(session, unit, reference="boiler"), make.activity_type(session, unit)
    make.activity_type(session, other, reference="free-here")
    with pytest.raises(Invalid) as refusal:
        change(session, unit, second, reference=reference)
    assert list(refusal.value.fields) == ["reference"]
    assert change(session, unit, row, reference="BOILER").reference == "BOILER"
    assert change(session, unit, second, reference="free-here").reference == "free-here"


WRONG: list[tuple[str, Any]] = [
    ("reference", ""),
    ("reference", "two words"),
    ("reference", "x" * 41),
    ("title", {}),
    ("title", {"en": " "}),
    ("title", {"en": "x" * 121}),
    ("title", {"en": "Once more: {intervention.title}"}),
    ("title", {"en": "{client.nobody}"}),
    ("description", {"en": "x" * 2001}),
    ("description", {"pt-PT": "{client.nome}"}),
    ("description", {"en": "{sign_in.code}"}),
    ("help", {"fr": "a { brace"}),
    ("icon", "skull"),
    ("minutes", None),
    ("minutes", 0),
    ("minutes", 1441),
    ("crew_size", 0),
    ("crew_size", 11),
    ("buffer_before_minutes", -1),
    ("buffer_after_minutes", 241),
    ("arrival_window_minutes", 14),
    ("arrival_window_minutes", 721),
    ("arrival_windows", [MORNING, {**MORNING, "begins_minute": 719, "ends_minute": 800}]),
    ("arrival_windows", [{**MORNING, "name": {}}]),
    ("arrival_windows", [{**MORNING, "begins_minute": None}]),
    ("arrival_windows", [{**MORNING, "ends_minute": 480}]),
    ("arrival_windows", [{**MORNING, "ends_minute": 490}]),
    ("arrival_windows", [{**MORNING, "ends_minute": 1441}]),
    ("arrival_windows", [{**MORNING, "begins_minute": n * 60, "ends_minute": n * 60 + 30} for n in range(13)]),
    ("booking_notice_hours", -1),
    ("reschedule_notice_hours", 2161),
    ("cancel_notice_hours", None),
    ("booking_horizon_days", 0),
    ("booking_horizon_days", 366),
    ("lowest_band", "blue"),
    ("priority", 11),
    ("due_days", -1),
    ("price_cents", -1),
    ("price_cents", 100_000_000),
    ("shown", ["status", "salary"]),
    ("history_days", 0),
    ("checklist", [{"en": "x" * 201}]),
    ("checklist", [{"en": "step"}] * 61),
    ("skills", {9_999_999: 3}),
    ("intake_form_id", 9_999_999),
    ("closing_form_id", 0),
    ("questionnaire_id", True),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{number}-{name}" for number, (name, _) in enumerate(WRONG)])
def test_what_makes_no_sense_is_refused_at_its_field(session: Session, name: str, value: Any) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit)
    with pytest.raises(Invalid) as refusal:
        change(session, unit, row, **{name: value})
    assert list(refusal.value.fields) == [name]
    assert refusal.value.fields[name].strip()


def test_a_level_is_a_number_from_one_to_five(session: Session) -> None:
    unit = make.unit(session)
    row, gas = make.activity_type(session, unit), make.skill(session, unit)
    for level in (0, 6):
        with pytest.raises(Invalid):
            change(session, unit, row, skills={gas.id: level})
    change(session, unit, row, skills={gas.id: 5})
    assert [(one.skill_id, one.level) for one in row.skills] == [(gas.id, 5)]


def test_the_first_code_that_nobody_knows_is_named_with_its_place(session: Session) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit)
    with pytest.raises(Invalid) as refusal:
        change(session, unit, row, description={"fr": "Bonjour,\nle {intervention.arrival_windw}"})
    words = refusal.value.fields["description"]
    assert "Line 2, column 4" in words
    assert "intervention.arrival_window" in words
    assert words.startswith("Français")


def test_values_that_are_right_alone_can_be_wrong_together(session: Session) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit, booking_notice_hours=24, booking_horizon_days=28)
    for values, field in (
        ({"booking_notice_hours": 48, "booking_horizon_days": 2}, "booking_horizon_days"),
        ({"minutes": 1400, "buffer_before_minutes": 20, "buffer_after_minutes": 21}, "minutes"),
    ):
        with pytest.raises(Invalid) as refusal:
            change(session, unit, row, **values)
        assert list(refusal.value.fields) == [field]


def test_named_windows_are_kept_in_the_order_of_the_clock(session: Session) -> None:
    unit = make.unit(session)
    row = change(session, unit, make.activity_type(session, unit), arrival_windows=[AFTERNOON, MORNING])
    assert row.arrival_windows == [MORNING, AFTERNOON]
    touching = {**AFTERNOON, "begins_minute": 720}
    assert change(session, unit, row, arrival_windows=[MORNING, touching]).arrival_windows == [MORNING, touching]


def test_forms_are_those_of_the_unit_of_the_right_kind_and_published(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    row = make.activity_type(session, unit)
    intake = make.form(session, unit, [])
    wrong = [
        make.form(session, other, []),
        make.form(session, unit, [], kind="closing"),
        make.form(session, unit, [], is_archived=True),
        make.form(session, unit, [], published_number=None),
    ]
    for form in wrong:
        with pytest.raises(Invalid):
            change(session, unit, row, intake_form_id=form.id)
    change(session, unit, row, intake_form_id=intake.id)
    intake.is_archived = True
    session.flush()
    change(session, unit, row, intake_form_id=intake.id, minutes=61)  # what is there may stay
    assert row.intake_form is intake


def test_a_change_says_what_was_and_what_is(session: Session) -> None:
    unit = make.unit(session)
    gas, heat = make.skill(session, unit, "gas"), make.skill(session, unit, "heat")
    row = make.activity_type(session, unit, skills={gas: 2})
    version = row.version
    change(session, unit, row, minutes=75, crew_size=1, skills={gas.id: 3, heat.id: 1})
    [entry] = audited(session, "activity_type.changed")
    assert entry.data["changed"] == {
        "minutes": [60, 75],
        "skills": [{str(gas.id): 2}, {str(gas.id): 3, str(heat.id): 1}],
    }
    session.flush()
    assert row.version == version + 1
    change(session, unit, row, minutes=75)
    assert len(audited(session, "activity_type.changed")) == 1


def test_a_change_of_skills_alone_is_a_new_version(session: Session) -> None:
    unit = make.unit(session)
    gas = make.skill(session, unit)
    row = make.activity_type(session, unit)
    seen = row.version
    change(session, unit, row, skills={gas.id: 1})
    session.flush()
    with pytest.raises(Stale) as refusal:
        activity_types.change(session, unit, row.id, seen, {"minutes": 30}, **WHO)
    assert refusal.value.current["version"] == row.version
    assert row.minutes == 60


def test_a_change_needs_the_version_that_was_shown(session: Session) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit)
    with pytest.raises(VersionMissing):
        activity_types.change(session, unit, row.id, None, {"minutes": 30}, **WHO)


def test_what_is_another_units_cannot_be_touched(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    row = make.activity_type(session, other)
    theirs = make.skill(session, other)
    for act in (activity_types.copy, activity_types.archive, activity_types.restore, activity_types.delete):
        with pytest.raises(NotFound):
            act(session, unit, row.id, **WHO)
    with pytest.raises(NotFound):
        change(session, unit, row, minutes=30)
    with pytest.raises(Invalid):
        change(session, unit, make.activity_type(session, unit), skills={theirs.id: 1})


def test_a_copy_has_everything_but_its_name_and_is_not_on_the_portal(session: Session) -> None:
    unit = make.unit(session)
    gas = make.skill(session, unit)
    intake, after = make.form(session, unit, []), make.form(session, unit, [], kind="questionnaire")
    model = make.activity_type(
        session,
        unit,
        skills={gas: 3},
        reference="boiler",
        title={"en": "Boiler", "pt-PT": "Caldeira"},
        minutes=75,
        crew_size=2,
        arrival_windows=[MORNING, AFTERNOON],
        checklist=[{"en": "Close the valve"}],
        shown=["status"],
        history_days=30,
        price_cents=9500,
        intake_form_id=intake.id,
        questionnaire_id=after.id,
    )
    only_when_planned = {"condition": "status_is", "statuses": ["scheduled"]}
    make.portal_action(session, model, "cancel", conditions=only_when_planned, form_id=intake.id, notice_hours=12)
    make.portal_action(session, model, "ask", new_activity_type_id=model.id)
    make.portal_action(session, model, "confirm", is_archived=True)
    after_it = make.activity_type(session, unit, position=1)
    made = activity_types.copy(session, unit, model.id, **WHO)
    session.flush()

    assert (made.reference, made.is_on_portal, made.version) == ("boiler-copy", False, 1)
    assert made.title["en"] == "Boiler (copy)"
    different = {"id", "version", "reference", "title", "is_on_portal", "position"}
    same = {column.key for column in ActivityType.__table__.columns} - different
    assert {name: getattr(made, name) for name in same} == {name: getattr(model, name) for name in same}
    assert [(one.skill_id, one.level) for one in made.skills] == [(gas.id, 3)]
    assert [action.kind for action in made.actions] == ["book", "cancel", "ask"]
    cancel, ask = made.actions[1:]
    assert (cancel.conditions, cancel.form_id, cancel.notice_hours) == (only_when_planned, intake.id, 12)
    assert ask.new_activity_type_id == made.id
    assert find.in_use(session, unit.id) == [model, made, after_it]
    assert activity_types.copy(session, unit, model.id, **WHO).reference == "boiler-copy-2"

    made.checklist[0]["en"] = "changed"
    assert model.checklist == [{"en": "Close the valve"}]


def test_a_copy_of_a_long_reference_and_title_still_fits(session: Session) -> None:
    unit = make.unit(session)
    model = make.activity_type(session, unit, reference="x" * 40, title={"en": "y" * 120})
    made = activity_types.copy(session, unit, model.id, **WHO)
    assert len(made.reference) == 40
    change(session, unit, made, reference=made.reference, title=made.title)


def test_an_order_names_some_and_the_others_follow(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    first, second, third = (make.activity_type(session, unit, position=n) for n in range(3))
    theirs, version = make.activity_type(session, other), first.version
    activity_types.order(session, unit, [third.id, theirs.id, third.id, 9_999_999, first.id], **WHO)
    session.expire_all()
    assert find.in_use(session, unit.id) == [third, first, second]
    assert first.version == version  # whoever is editing one does not lose his entries
    activity_types.order(session, unit, [third.id, first.id], **WHO)
    assert len(audited(session, "activity_type.ordered")) == 1


def test_what_is_archived_is_offered_to_nobody_and_its_past_keeps_its_name(session: Session) -> None:
    unit = make.unit(session)
    technician = make.technician(session, unit)
    row = make.activity_type(session, unit, title={"en": "Boiler service"})
    done = make.scheduled(session, unit, technician, make.NOON, activity_type=row, status="completed")
    contact = done.client.contacts[0]
    activity_types.archive(session, unit, row.id, **WHO)
    session.flush()
    assert row not in find.in_use(session, unit.id)
    assert row not in actions.bookable(session, unit, contact, now=make.NOON)
    with pytest.raises(NotFound):
        drafts.start(session, contact, row.id, now=make.NOON)
    assert interventions.of_contact(session, contact, done.id).activity_type.title == {"en": "Boiler service"}
    activity_types.restore(session, unit, row.id, **WHO)
    session.flush()
    assert row in find.in_use(session, unit.id)
    assert row not in actions.bookable(session, unit, contact, now=make.NOON)


def test_one_that_was_never_used_can_be_deleted_with_all_that_is_its_own(session: Session) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit, skills={make.skill(session, unit): 1})
    make.portal_action(session, row, "ask", new_activity_type_id=row.id)
    row_id = row.id
    activity_types.delete(session, unit, row_id, **WHO)
    assert session.scalar(select(ActivityType).where(ActivityType.id == row_id)) is None
    assert session.scalars(select(PortalAction).where(PortalAction.activity_type_id == row_id)).all() == []


def test_one_that_was_used_is_refused_with_what_to_do_instead(session: Session) -> None:
    unit = make.unit(session)
    row = make.activity_type(session, unit)
    work = make.intervention(session, unit, activity_type=row)
    with pytest.raises(NotAllowed, match="Archive it"):
        activity_types.delete(session, unit, row.id, **WHO)
    session.refresh(row)
    session.refresh(work)
    assert work.activity_type is row
    assert [action.kind for action in row.actions] == ["book"]


def test_a_change_leaves_what_is_planned_and_what_is_past_as_it_was(session: Session) -> None:
    unit = make.unit(session)
    technician = make.technician(session, unit)
    form = make.form(session, unit, [{"code": "gate", "kind": "short_text", "label": {"en": "Gate?"}}])
    row = make.activity_type(session, unit, intake_form_id=form.id)
    known: dict[str, Any] = {"activity_type": row, "answers": {"gate": "7"}, "form_version_id": form.versions[0].id}
    work = make.scheduled(session, unit, technician, make.at(make.TOMORROW, "9:00"), **known)
    window, visit = (work.window_begins_at, work.window_ends_at), work.planned
    assert visit is not None
    planned = (visit.begins_at, visit.ends_at)
    change(session, unit, row, minutes=240, arrival_window_minutes=30, intake_form_id=None, arrival_windows=[MORNING])
    session.flush()
    session.expire_all()
    assert (work.minutes, work.window_begins_at, work.window_ends_at) == (60, *window)
    assert work.planned is not None
    assert (work.planned.begins_at, work.planned.ends_at) == planned
    assert work.form_version is not None
    assert work.form_version.questions[0].label == {"en": "Gate?"}
