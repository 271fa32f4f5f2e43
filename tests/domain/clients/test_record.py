"""Clients, their people and their sites as staff write them."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid, NotFound, Stale, VersionMissing
from fieldsvc.domain.accounts.models import OneTimeCode
from fieldsvc.domain.clients import clients, contacts, find, lists, portal_sign_in, sites
from fieldsvc.domain.clients.clients import ClientFacts
from fieldsvc.domain.clients.contacts import ContactFacts
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.clients.portal_sign_in import Identity
from fieldsvc.domain.clients.sites import SiteFacts
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON

BY: dict[str, Any] = {"actor": DISPATCHER, "now": NOON}


@pytest.fixture
def client(session: Session, unit: BusinessUnit) -> Client:
    return make.client(session, unit, name="Casa Quente", reference="C-7")


def refused(call: Any, *arguments: Any, **more: Any) -> set[str]:
    with pytest.raises(Invalid) as refusal:
        call(*arguments, **more, **BY)
    return set(refusal.value.fields)


# --- Clients ------------------------------------------------------------------------------------------


def test_a_client_without_a_reference_gets_the_next_number(session: Session, unit: BusinessUnit) -> None:
    make.client(session, unit, reference="C-00002")
    added = clients.add(session, unit, ClientFacts(name="  Ana   Silva "), **BY)
    assert (added.name, added.reference) == ("Ana Silva", "C-00003")


def test_a_reference_is_given_once_in_a_unit(session: Session, unit: BusinessUnit, client: Client) -> None:
    assert refused(clients.add, session, unit, ClientFacts(name="Other", reference="C-7")) == {"reference"}
    other = make.unit(session)
    assert clients.add(session, other, ClientFacts(name="Other", reference="C-7"), **BY).reference == "C-7"
    clients.change(session, client, ClientFacts(name="Casa", reference="C-7"), **BY)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (ClientFacts(name=" "), "name"),
        (ClientFacts(name="x" * 201), "name"),
        (ClientFacts(name="x", kind="tenant"), "kind"),
        (ClientFacts(name="x", category="y" * 101), "category"),
        (ClientFacts(name="x", custom={"a" * 61: "b"}), "custom"),
        (ClientFacts(name="x", custom={"a": "b" * 501}), "custom"),
        (ClientFacts(name="x", custom={str(number): "" for number in range(31)}), "custom"),
    ],
    ids=range(7),
)
def test_facts_that_cannot_be_kept_are_refused_at_their_field(
    session: Session, unit: BusinessUnit, facts: ClientFacts, field: str
) -> None:
    assert refused(clients.add, session, unit, facts) == {field}


def test_the_version_that_was_shown_decides(session: Session, unit: BusinessUnit, client: Client) -> None:
    shown = client.version
    contacts.add(session, client, ContactFacts(name="Ana"), **BY)
    with pytest.raises(Stale) as refusal:
        find.for_change(session, unit.id, client.id, shown)
    assert refusal.value.current["version"] == client.version
    assert find.for_change(session, unit.id, client.id, client.version) is client
    with pytest.raises(VersionMissing):
        find.for_change(session, unit.id, client.id, None)
    with pytest.raises(NotFound):
        find.for_change(session, make.unit(session).id, client.id, client.version)


# --- Contacts -----------------------------------------------------------------------------------------


def test_an_address_and_a_number_are_kept_as_they_are_compared(session: Session, client: Client) -> None:
    row = contacts.add(session, client, ContactFacts(name="Ana", email=" ANA@Example.com", phone="912 345 678"), **BY)
    assert (row.email, row.phone) == ("ana@example.com", "+351912345678")


def test_an_address_opens_one_door_of_the_unit_only(session: Session, unit: BusinessUnit, client: Client) -> None:
    contacts.add(session, client, ContactFacts(name="Ana", email="ana@example.com", phone="912345678"), **BY)
    other = make.client(session, unit)
    twin = ContactFacts(name="Bela", email="Ana@example.com", phone="+351 912 345 678")
    assert refused(contacts.add, session, other, twin) == {"email", "phone"}
    elsewhere = make.client(session, make.unit(session))
    assert contacts.add(session, elsewhere, twin, **BY).email == "ana@example.com"


def test_who_left_gives_the_address_free_and_cannot_take_it_back(session: Session, client: Client) -> None:
    ana = contacts.add(session, client, ContactFacts(name="Ana", email="info@example.com"), **BY)
    left = ContactFacts(name="Ana", email="info@example.com", is_active=False)
    contacts.change(session, client, ana, left, **BY)
    contacts.add(session, client, ContactFacts(name="Bela", email="info@example.com"), **BY)
    back = ContactFacts(name="Ana", email="info@example.com")
    assert refused(contacts.change, session, client, ana, back) == {"email"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (ContactFacts(name=""), "name"),
        (ContactFacts(name="x", email="nobody"), "email"),
        (ContactFacts(name="x", email="a@example.com\nbcc: b@example.com"), "email"),
        (ContactFacts(name="x", phone="12"), "phone"),
        (ContactFacts(name="x", role="chief"), "role"),
        (ContactFacts(name="x", role="site"), "site_ids"),
        (ContactFacts(name="x", role="site", site_ids=[9_999_999]), "site_ids"),
        (ContactFacts(name="x", channel="pigeon"), "channel"),
        (ContactFacts(name="x", channel="sms", email="a@example.com"), "channel"),
        (ContactFacts(name="x", channel="email"), "channel"),
        (ContactFacts(name="x", locale="xx"), "locale"),
    ],
    ids=range(11),
)
def test_a_contact_that_cannot_be_is_refused_at_its_field(
    session: Session, client: Client, facts: ContactFacts, field: str
) -> None:
    assert refused(contacts.add, session, client, facts) == {field}


def test_sites_of_another_client_are_nobodys(session: Session, unit: BusinessUnit, client: Client) -> None:
    mine, foreign = make.site(session, client), make.site(session, make.client(session, unit))
    facts = ContactFacts(name="Ana", role="site", site_ids=[mine.id, foreign.id])
    assert contacts.add(session, client, facts, **BY).sites == [mine]


def test_a_code_that_was_sent_to_a_former_address_ends(session: Session, unit: BusinessUnit, client: Client) -> None:
    ana = contacts.add(session, client, ContactFacts(name="Ana", email="old@example.com"), **BY)
    identity = Identity("email", "old@example.com")
    code_id = portal_sign_in.request_code(session, "k" * 32, unit, identity, now=NOON, locale="en")
    contacts.change(session, client, ana, ContactFacts(name="Anna", email="old@example.com"), **BY)
    session.expire_all()
    assert session.get_one(OneTimeCode, code_id).ended_at is None, "another name changes nothing"
    contacts.change(session, client, ana, ContactFacts(name="Anna", email="new@example.com"), **BY)
    session.expire_all()
    assert session.get_one(OneTimeCode, code_id).ended_at == NOON


# --- Sites --------------------------------------------------------------------------------------------


class Map:
    """A geocoder that knows one street."""

    def locate(self, address: str) -> tuple[float, float] | None:
        return (41.2, -8.5) if "Known street" in address else None


def test_a_site_without_coordinates_is_looked_up(session: Session, client: Client) -> None:
    known = sites.add(session, client, SiteFacts(address="Known street 1"), Map(), **BY)
    unknown = sites.add(session, client, SiteFacts(address="Other street 1"), Map(), **BY)
    typed = sites.add(session, client, SiteFacts(address="Known street 2", latitude=41.0, longitude=-8.0), Map(), **BY)
    assert (known.latitude, known.longitude) == (41.2, -8.5)
    assert not unknown.is_located
    assert (typed.latitude, typed.longitude) == (41.0, -8.0)
    assert [row.reference for row in (known, unknown, typed)] == ["C-7-1", "C-7-2", "C-7-3"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"address": " "}, "address"),
        ({"latitude": 41.0}, "longitude"),
        ({"longitude": 41.0}, "latitude"),
        ({"latitude": 91.0, "longitude": 0.0}, "latitude"),
        ({"latitude": float("nan"), "longitude": 1.0}, "latitude"),
        ({"latitude": 1.0, "longitude": float("inf")}, "longitude"),
        ({"latitude": 0.0, "longitude": 0.0}, "latitude"),
        ({"access_notes": "x" * 2001}, "access_notes"),
    ],
    ids=range(8),
)
def test_a_site_that_cannot_be_is_refused_at_its_field(
    session: Session, client: Client, values: dict[str, Any], field: str
) -> None:
    facts = SiteFacts(**{"address": "Street 1", **values})
    assert refused(sites.add, session, client, facts, None) == {field}


def test_a_reference_of_a_site_is_given_once(session: Session, client: Client) -> None:
    first = make.site(session, client, reference="S")
    assert refused(sites.add, session, client, SiteFacts(address="x", reference="S"), None) == {"reference"}
    sites.change(session, client, first, SiteFacts(address="y", reference="S"), None, **BY)


# --- The list -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["quente", "C-7", "marta fig", "MARTA@", "912 345 678", "cedofeita", "4050-180", "summer"]
)
def test_a_client_is_found_by_whatever_one_knows(
    session: Session, unit: BusinessUnit, client: Client, text: str
) -> None:
    make.contact(session, client, name="Marta Figueiredo", email="marta@example.com", phone="+351912345678")
    make.site(session, client, address="Rua de Cedofeita 418", postcode="4050-180", name="Summer house")
    make.client(session, unit, name="Somebody else")
    found = lists.page(session, unit, lists.Filters(text=text))
    assert [row.id for row in found.rows] == [client.id]
    assert find.search(session, unit.id, text) == [client]


def test_signs_of_a_search_are_only_signs(session: Session, unit: BusinessUnit, client: Client) -> None:
    for text in ("%", "_", "\\", "' OR 1=1 --", "x" * 100_000):
        assert lists.page(session, unit, lists.Filters(text=text)).rows == []


@pytest.mark.parametrize("sort", lists.SORTS)
def test_every_order_has_its_opposite(session: Session, unit: BusinessUnit, sort: str) -> None:
    for name in ("b", "A", "c"):
        make.client(session, unit, name=name)
    rows = [row.id for row in lists.page(session, unit, lists.Filters(sort=sort)).rows]
    opposite = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert len(rows) == 3
    if "since" not in sort:
        assert rows == [row.id for row in lists.page(session, unit, lists.Filters(sort=opposite)).rows][::-1]


def test_nobody_of_another_unit_is_found(session: Session, unit: BusinessUnit) -> None:
    foreign = make.contact(session, make.client(session, make.unit(session)))
    with pytest.raises(NotFound):
        find.contact(session, unit.id, foreign.id)
    assert session.get(Contact, foreign.id) is foreign
