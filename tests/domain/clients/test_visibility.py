"""P19: what a contact sees of his client's interventions and sites, by his role."""

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import find, questionnaires
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON


class House:
    """A client with two sites and two people; each of them has a visit at each site."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.unit: BusinessUnit = make.unit(session)
        self.client = make.client(session, self.unit)
        self.ana, self.rui = make.contact(session, self.client), make.contact(session, self.client)
        self.north, self.south = make.site(session, self.client), make.site(session, self.client)
        self.visits = {
            (person.id, site.id): make.intervention(session, self.unit, site=site, contact_id=person.id).id
            for person in (self.ana, self.rui)
            for site in (self.north, self.south)
        }
        make.intervention(session, self.unit)  # of another client

    def seen_by(self, contact: Contact) -> set[int]:
        self.session.flush()
        found = {row.id for row in find.coming(self.session, contact)}
        assert found == {row.id for row in find.search_of_contact(self.session, contact, now=NOON).rows}
        for visit_id in self.visits.values():
            if visit_id in found:
                assert find.of_contact(self.session, contact, visit_id).id == visit_id
            else:
                with pytest.raises(NotFound):
                    find.of_contact(self.session, contact, visit_id)
        return found


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def test_who_sees_all_sees_every_visit_of_his_client_and_no_other(house: House) -> None:
    assert house.seen_by(house.ana) == set(house.visits.values())


def test_who_sees_his_own_sees_those_he_is_the_contact_of(house: House) -> None:
    house.ana.role = "own"
    assert house.seen_by(house.ana) == {house.visits[house.ana.id, site.id] for site in (house.north, house.south)}
    house.ana.sites = [house.south]
    assert len(house.seen_by(house.ana)) == 2, "sites open no visit of somebody else"


def test_who_sees_his_sites_sees_what_happens_there_and_his_own(house: House) -> None:
    house.ana.role, house.ana.sites = "site", [house.north]
    others = house.visits[house.rui.id, house.south.id]
    assert house.seen_by(house.ana) == set(house.visits.values()) - {others}


def test_a_role_nobody_knows_sees_nothing(house: House) -> None:
    house.ana.role = "chief"
    assert house.seen_by(house.ana) == set()


@pytest.mark.parametrize("role", ["own", "site", "all"])
def test_nobody_sees_a_slot_that_is_only_held(house: House, role: str) -> None:
    house.ana.role, house.ana.sites = role, [house.north]
    technician = make.technician(house.session, house.unit)
    before = house.seen_by(house.ana)
    make.hold(house.session, house.unit, technician, NOON, site=house.north, contact_id=house.ana.id)
    assert house.seen_by(house.ana) == before


def test_a_questionnaire_is_asked_of_who_sees_the_visit(house: House) -> None:
    form = make.form(house.session, house.unit, [], kind="questionnaire")
    kind = make.activity_type(house.session, house.unit, questionnaire_id=form.id)
    technician = make.technician(house.session, house.unit)
    done = make.scheduled(
        house.session,
        house.unit,
        technician,
        NOON,
        activity_type=kind,
        site=house.south,
        contact_id=house.rui.id,
        status="completed",
    )
    questionnaires.ask(house.session, house.unit, done, now=NOON)
    house.ana.role, house.ana.sites = "site", [house.north]
    assert questionnaires.open_for(house.session, house.ana, now=NOON) == []
    with pytest.raises(NotFound):
        questionnaires.renew_link(house.session, house.ana, done.id, now=NOON)
    house.ana.sites = [house.south]
    assert len(questionnaires.open_for(house.session, house.ana, now=NOON)) == 1


# --- Sites --------------------------------------------------------------------------------------------


def test_who_sees_all_asks_work_for_every_site(house: House) -> None:
    assert clients.sites_of(house.session, house.ana) == [house.north, house.south]


@pytest.mark.parametrize("role", ["own", "site"])
def test_others_ask_work_for_the_sites_that_are_theirs(house: House, role: str) -> None:
    house.ana.role, house.ana.sites = role, [house.south]
    house.session.flush()
    assert clients.sites_of(house.session, house.ana) == [house.south]
    assert clients.site_of(house.session, house.ana, house.south.id) is house.south
    with pytest.raises(NotFound):
        clients.site_of(house.session, house.ana, house.north.id)


def test_a_single_site_needs_no_word_for_who_sees_his_own(house: House) -> None:
    alone = make.site(house.session, make.client(house.session, house.unit))
    person = make.contact(house.session, alone.client, role="own")
    assert clients.sites_of(house.session, person) == [alone]
    house.ana.role = "own"
    assert clients.sites_of(house.session, house.ana) == [], "of two sites none is his until somebody says so"


def test_a_site_he_adds_is_his_and_takes_none_away(house: House) -> None:
    alone = make.site(house.session, make.client(house.session, house.unit))
    person = make.contact(house.session, alone.client, role="own")
    added = make.site(house.session, alone.client)
    house.session.delete(added)
    house.session.flush()
    added = type(alone)(unit_id=alone.unit_id, client_id=alone.client_id, reference="new", address="New street 1")
    clients.make_his_own(house.session, person, added)
    house.session.flush()
    assert clients.sites_of(house.session, person) == [alone, added]
