"""Creating, finding, changing and completing interventions."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid, NotAllowed, NotFound, Stale, VersionMissing
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.complete import Closing, complete
from fieldsvc.domain.interventions.create import NewIntervention, create
from fieldsvc.domain.interventions.find import Filters
from tests import make
from tests.make import DISPATCHER, NOON, TODAY, at

HOUR = timedelta(hours=1)
DONE = Closing(NOON - 2 * HOUR, NOON - HOUR, "ok", "All is well")


# --- Versions -----------------------------------------------------------------------------------------


def test_a_change_needs_the_version_that_was_shown(session: Session) -> None:
    unit = make.unit(session)
    row = make.intervention(session, unit)
    assert find.for_change(session, unit.id, row.id, row.version) is row
    with pytest.raises(VersionMissing):
        find.for_change(session, unit.id, row.id, None)
    with pytest.raises(Stale) as refusal:
        find.for_change(session, unit.id, row.id, row.version - 1)
    assert refusal.value.current["version"] == row.version
    assert refusal.value.current["intervention"] == row.id


def test_every_change_is_a_new_version(session: Session) -> None:
    unit = make.unit(session)
    row = make.intervention(session, unit)
    seen = row.version
    row.notes = "Changed"
    session.flush()
    with pytest.raises(Stale):
        find.for_change(session, unit.id, row.id, seen)


def test_another_units_intervention_and_a_hold_do_not_exist(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    technician = make.technician(session, unit)
    theirs = make.intervention(session, other)
    held = make.hold(session, unit, technician, at(TODAY, "14:00"))
    for row in (theirs, held):
        for ask in (find.by_id, find.locked):
            with pytest.raises(NotFound):
                ask(session, unit.id, row.id)
        with pytest.raises(NotFound):
            find.for_change(session, unit.id, row.id, row.version)


# --- Lists --------------------------------------------------------------------------------------------


def test_a_list_is_narrowed_by_each_filter(session: Session) -> None:
    unit = make.unit(session)
    technician = make.technician(session, unit)
    kind = make.activity_type(session, unit)
    client = make.client(session, unit, name="Café 100%_")
    site = make.site(session, client)
    site.postcode, site.city = "4150-702", "Vila do Conde"
    wanted = make.scheduled(session, unit, technician, at(TODAY, "14:00"), activity_type=kind, site=site)
    other = make.intervention(session, unit)
    make.hold(session, unit, technician, at(TODAY, "16:00"))
    make.intervention(session, make.unit(session))
    asked = [
        Filters(text="100%_"),
        Filters(text=wanted.reference),
        Filters(text="4150-702"),
        Filters(text="vila do"),
        Filters(status="scheduled"),
        Filters(technician_id=technician.id, status="scheduled"),
        Filters(activity_type_id=kind.id),
        Filters(day=TODAY, status="scheduled"),
    ]
    for filters in asked:
        assert find.search(session, unit, filters).rows == [wanted], filters
    assert find.search(session, unit, Filters()).rows == [other, wanted]
    assert find.search(session, unit, Filters(text="%")).rows == [wanted], "a sign is only a sign"
    assert find.search(session, unit, Filters(text="no such thing")).rows == []


def test_a_page_past_the_end_is_the_last_one(session: Session) -> None:
    unit = make.unit(session)
    rows = [make.intervention(session, unit) for _number in range(5)]
    for number, found in ((1, rows[:2]), (3, rows[4:]), (99, rows[4:]), (0, rows[:2]), (-1, rows[:2])):
        page = find.search(session, unit, Filters(sort="reference"), number=number, size=2)
        assert (page.rows, page.total, page.count) == (found, 5, 3)


@pytest.mark.parametrize("sort", find.SORTS)
def test_every_order_has_its_opposite(session: Session, sort: str) -> None:
    unit = make.unit(session)
    technician = make.technician(session, unit)
    for number, hour in enumerate(("9:00", "11:00", "14:00")):
        make.scheduled(session, unit, technician, at(TODAY, hour), due_on=TODAY + timedelta(days=number))
    rows = find.search(session, unit, Filters(sort=sort)).rows
    opposite = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert find.search(session, unit, Filters(sort=opposite)).rows == rows[::-1]
    assert len(rows) == 3


def test_a_contact_sees_what_is_his_clients(session: Session) -> None:
    unit = make.unit(session)
    technician = make.technician(session, unit)
    mine = make.scheduled(session, unit, technician, at(TODAY, "14:00"))
    theirs = make.intervention(session, unit)
    assert mine.contact is not None
    done = make.intervention(session, unit, site=mine.site, status="completed")
    make.hold(session, unit, technician, at(TODAY, "16:00"), site=mine.site)
    assert find.of_contact(session, mine.contact, mine.id) is mine
    with pytest.raises(NotFound):
        find.of_contact(session, mine.contact, theirs.id)
    assert find.coming(session, mine.contact) == [mine]
    assert find.past(session, mine.contact, now=NOON) == [done]
    assert {row.id for row in find.search_of_contact(session, mine.contact, now=NOON).rows} == {mine.id, done.id}
    assert find.search_of_contact(session, mine.contact, now=NOON, which="past").rows == [done]
    assert find.search_of_contact(session, mine.contact, now=NOON, text="x" * 100_000).rows == []


# --- Creating -----------------------------------------------------------------------------------------


def test_what_is_created_takes_what_is_not_said_from_its_kind(session: Session) -> None:
    unit = make.unit(session)
    kind = make.activity_type(session, unit, minutes=45, priority=7)
    site = make.site(session, make.client(session, unit))
    contact = make.contact(session, site.client)
    session.expire(site.client)
    new = NewIntervention(site.client_id, site.id, kind.id)
    row = create(session, unit, new, actor=DISPATCHER, now=NOON)
    assert (row.status, row.minutes, row.priority, row.contact_id) == ("unscheduled", 45, 7, contact.id)


def test_what_is_not_the_units_or_the_clients_is_refused(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    kind, site = make.activity_type(session, unit), make.site(session, make.client(session, unit))
    sister = make.site(session, make.client(session, unit))
    stranger = make.contact(session, sister.client)
    right: dict[str, Any] = {"client_id": site.client_id, "site_id": site.id, "activity_type_id": kind.id}
    their_site = make.site(session, make.client(session, other))
    for wrong, refusal in (
        ({"client_id": their_site.client_id}, NotFound),
        ({"site_id": their_site.id}, NotFound),
        ({"activity_type_id": make.activity_type(session, other).id}, NotFound),
        ({"site_id": sister.id}, Invalid),
        ({"contact_id": stranger.id}, Invalid),
    ):
        with pytest.raises(refusal):
            create(session, unit, NewIntervention(**{**right, **wrong}), actor=DISPATCHER, now=NOON)


# --- Completing ---------------------------------------------------------------------------------------


def test_completing_keeps_times_outcome_and_comment(session: Session) -> None:
    unit = make.unit(session)
    row = make.scheduled(session, unit, make.technician(session, unit), at(TODAY, "9:00"))
    complete(session, unit, row.id, DONE, version=row.version, actor=DISPATCHER, now=NOON)
    assert (row.status, row.outcome, row.outcome_comment) == ("completed", "ok", "All is well")
    assert (row.actual_begins_at, row.actual_ends_at) == (DONE.actual_begins_at, DONE.actual_ends_at)
    with pytest.raises(NotAllowed):
        complete(session, unit, row.id, DONE, version=row.version, actor=DISPATCHER, now=NOON)


@pytest.mark.parametrize(
    ("closing", "field"),
    [
        (Closing(NOON - HOUR, NOON - HOUR, "ok"), "actual_ends_at"),
        (Closing(NOON - HOUR, NOON - 2 * HOUR, "ok"), "actual_ends_at"),
        (Closing(NOON - 80 * HOUR, NOON - HOUR, "ok"), "actual_ends_at"),
        (Closing(NOON + HOUR, NOON + 2 * HOUR, "ok"), "actual_begins_at"),
        (Closing(NOON - 2 * HOUR, NOON - HOUR, "perhaps"), "outcome"),
    ],
)
def test_times_that_cannot_be_are_refused(session: Session, closing: Closing, field: str) -> None:
    unit = make.unit(session)
    row = make.scheduled(session, unit, make.technician(session, unit), at(TODAY, "9:00"))
    with pytest.raises(Invalid) as refusal:
        complete(session, unit, row.id, closing, version=row.version, actor=DISPATCHER, now=NOON)
    assert set(refusal.value.fields) == {field}
    assert row.status == "scheduled"
