"""The portal of many clients at once."""

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.domain.clients import bulk_access, lists
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON

DORA, RUI = Actor("staff", 1, "Dora"), Actor("staff", 2, "Rui")


@pytest.fixture
def unit(session: Session) -> BusinessUnit:
    unit = make.unit(session)
    for access in ("inherit", "on", "off", "inherit"):
        make.client(session, unit, portal_access=access, kind="individual" if access == "on" else "company")
    make.client(session, make.unit(session), name="of another unit")
    return unit


def accesses(session: Session, unit: BusinessUnit) -> list[str]:
    session.expire_all()
    rows = session.query(Client).filter(Client.unit_id == unit.id).order_by(Client.id)
    return [row.portal_access for row in rows]


def everybody(unit: BusinessUnit, **filters: str) -> list:  # type: ignore[type-arg]
    return lists.passing(unit, lists.Filters(**filters))


def test_all_who_pass_the_filters_change_and_only_they(session: Session, unit: BusinessUnit) -> None:
    where = everybody(unit, kind="company")
    assert bulk_access.count(session, where, "off") == 2
    assert len(bulk_access.change(session, unit, where, "off", actor=DORA, now=NOON)) == 2
    assert accesses(session, unit) == ["off", "on", "off", "off"]
    assert session.query(Client).filter(Client.portal_access == "off").count() == 3


def test_a_change_is_undone_except_where_somebody_changed_it_again(session: Session, unit: BusinessUnit) -> None:
    entries = bulk_access.change(session, unit, everybody(unit), "off", actor=DORA, now=NOON)
    last = session.query(Client).filter(Client.unit_id == unit.id).order_by(Client.id.desc()).first()
    assert last is not None
    bulk_access.change(session, unit, [Client.id == last.id], "on", actor=RUI, now=NOON)
    assert bulk_access.undo(session, unit, entries[0].id, actor=DORA, now=NOON) == 2
    assert accesses(session, unit) == ["inherit", "on", "off", "on"]


def test_nobody_undoes_the_change_of_somebody_else_or_of_another_unit(session: Session, unit: BusinessUnit) -> None:
    [first, *_rest] = bulk_access.change(session, unit, everybody(unit), "off", actor=DORA, now=NOON)
    for other_unit, actor in ((unit, RUI), (make.unit(session), DORA)):
        with pytest.raises(NotFound):
            bulk_access.undo(session, other_unit, first.id, actor=actor, now=NOON)


def test_a_changed_client_is_another_version_of_himself(session: Session, unit: BusinessUnit) -> None:
    client = make.client(session, unit)
    bulk_access.change(session, unit, [Client.id == client.id], "off", actor=DORA, now=NOON)
    session.refresh(client)
    assert client.version == 2
    entry = bulk_access.latest(session, client)
    assert entry is not None
    assert (entry.actor_name, entry.data["before"], entry.data["after"]) == ("Dora", "inherit", "off")


def test_an_access_that_there_is_not_is_refused(session: Session, unit: BusinessUnit) -> None:
    with pytest.raises(Invalid):
        bulk_access.change(session, unit, everybody(unit), "maybe", actor=DORA, now=NOON)


@pytest.mark.parametrize("settings", [{}, {"new_clients_have_portal": False}, {"is_portal_open": False}])
def test_the_list_and_the_door_agree_on_who_has_the_portal(
    session: Session, unit: BusinessUnit, settings: dict[str, bool]
) -> None:
    make.client(session, unit, is_active=False)
    unit.settings = settings
    session.flush()
    for row in session.query(Client).filter(Client.unit_id == unit.id):
        listed = {found.id for found in lists.page(session, unit, lists.Filters(portal="open", state="")).rows}
        closed = {found.id for found in lists.page(session, unit, lists.Filters(portal="closed", state="")).rows}
        assert (row.id in listed) is has_portal(unit, row)
        assert (row.id in closed) is not has_portal(unit, row)
