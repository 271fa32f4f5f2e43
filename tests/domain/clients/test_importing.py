"""Rows of a CSV file become clients of one unit, each with a site and a contact; what is there already is said."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import AuditEntry
from fieldsvc.domain.clients.csv_rows import ClientRow, decode, read_rows
from fieldsvc.domain.clients.importing import Imported, import_clients, new_rows
from fieldsvc.domain.clients.models import Client, Contact, Site
from fieldsvc.domain.clients.portal_sign_in import read_identity, redeem_code, request_code
from fieldsvc.domain.geo.models import GeocodedAddress
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.domain.clients.test_csv_rows import PORTO_SITES

BAKERY = ClientRow(
    line=2,
    reference="A-1",
    name="Padaria",
    kind="company",
    category="shop",
    address="Rua da Boavista 453",
    postcode="4050-107",
    city="Porto",
    location=(41.156, -8.618),
    access_notes="Ring twice",
    contact_name="Ana Reis",
    email="ana@client.example",
    phone="+351912345678",
)


class Atlas:
    """A geocoder that knows some addresses and counts how often it is asked."""

    def __init__(self, *, is_reachable: bool = True, **places: tuple[float, float]) -> None:
        self.asked: list[str] = []
        self._places, self._is_reachable = places, is_reachable

    def locate(self, address: str) -> tuple[float, float] | None:
        """The place of the first word that is known."""
        self.asked.append(address)
        if not self._is_reachable:
            raise OSError("no network")
        return next((place for word, place in self._places.items() if word in address), None)


def imported(session: Session, unit: BusinessUnit, *rows: ClientRow, geocoder: Atlas | None = None) -> Imported:
    """Import rows as the dispatcher, at noon."""
    return import_clients(session, unit, rows, geocoder=geocoder, now=make.NOON, actor=make.DISPATCHER)


def test_a_row_becomes_a_client_with_a_site_and_a_contact(session: Session) -> None:
    unit = make.unit(session)
    imported(session, unit, BAKERY)

    client = session.scalars(select(Client).where(Client.unit_id == unit.id)).one()
    [site], [contact] = client.sites, client.contacts
    assert (client.reference, client.name, client.kind, client.category) == ("A-1", "Padaria", "company", "shop")
    assert (site.reference, site.full_address) == ("A-1", "Rua da Boavista 453, 4050-107 Porto")
    assert (site.latitude, site.longitude, site.access_notes) == (41.156, -8.618, "Ring twice")
    assert (contact.name, contact.email, contact.phone) == ("Ana Reis", "ana@client.example", "+351912345678")
    assert (client.created_at, contact.unit_id, site.unit_id) == (make.NOON, unit.id, unit.id)


def test_a_contact_without_a_name_has_the_clients(session: Session) -> None:
    [client] = imported(session, make.unit(session), replace(BAKERY, contact_name="")).clients
    assert client.contacts[0].name == "Padaria"


def test_a_row_without_a_person_has_no_contact(session: Session) -> None:
    row = replace(BAKERY, contact_name="", email=None, phone=None)
    [client] = imported(session, make.unit(session), row).clients
    assert client.contacts == []


def test_an_imported_contact_can_sign_in(session: Session) -> None:
    unit = make.unit(session)
    imported(session, unit, BAKERY)
    identity = read_identity(unit, "912 345 678")
    code_id = request_code(session, "k" * 32, unit, identity, now=make.NOON, locale="en")
    assert redeem_code(session, "k" * 32, unit, code_id, "000000", now=make.NOON) is None
    assert session.scalar(select(func.count()).where(Contact.phone == identity.value)) == 1


def test_a_reference_that_is_there_is_refused_and_the_others_are_imported(session: Session) -> None:
    unit = make.unit(session)
    imported(session, unit, BAKERY)
    done = imported(session, unit, BAKERY, replace(BAKERY, line=3, reference="A-2"))

    assert [client.reference for client in done.clients] == ["A-2"]
    [problem] = done.problems
    assert str(problem) == "line 2: reference: “A-1” is in this unit already, with the same data"


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Café"},
        {"kind": "supplier"},
        {"address": "Rua da Boavista 454"},
        {"location": (41.0, -8.0)},
        {"access_notes": ""},
        {"phone": None},
    ],
)
def test_a_reference_that_is_there_with_other_data_says_whose_it_is(
    session: Session, changed: dict[str, object]
) -> None:
    unit = make.unit(session)
    imported(session, unit, BAKERY)
    _good, [problem] = new_rows(session, unit, [replace(BAKERY, **changed)])  # type: ignore[arg-type]
    assert problem.reason == "“A-1” is in this unit already, with other data: it belongs to Padaria"


def test_a_reference_of_another_site_is_taken_too(session: Session) -> None:
    unit = make.unit(session)
    make.site(session, make.client(session, unit, name="Hotel"), reference="A-1")
    good, [problem] = new_rows(session, unit, [BAKERY])
    assert good == []
    assert problem.reason.endswith("it belongs to Hotel")


def test_another_units_references_are_free(session: Session) -> None:
    imported(session, make.unit(session), BAKERY)
    done = imported(session, make.unit(session), BAKERY)
    assert (len(done.clients), done.problems) == (1, [])


def test_a_row_without_coordinates_is_looked_up_by_its_address(session: Session) -> None:
    atlas = Atlas(Boavista=(41.15, -8.62))
    done = imported(session, make.unit(session), replace(BAKERY, location=None), geocoder=atlas)

    [site] = done.clients[0].sites
    assert (site.latitude, site.longitude) == (41.15, -8.62)
    assert (done.located, done.not_located) == (1, 0)
    assert atlas.asked == ["Rua da Boavista 453, 4050-107 Porto"]


def test_an_address_that_is_not_found_is_kept_without_a_place(session: Session) -> None:
    done = imported(session, make.unit(session), replace(BAKERY, location=None), geocoder=Atlas())
    assert (done.located, done.not_located) == (0, 1)
    assert not done.clients[0].sites[0].is_located


def test_a_geocoder_that_cannot_be_reached_stops_nothing_and_is_asked_again_another_day(session: Session) -> None:
    done = imported(session, make.unit(session), replace(BAKERY, location=None), geocoder=Atlas(is_reachable=False))
    assert done.not_located == 1
    assert session.scalar(select(func.count(GeocodedAddress.id))) == 0


def test_coordinates_that_are_given_are_not_looked_up(session: Session) -> None:
    atlas = Atlas()
    assert imported(session, make.unit(session), BAKERY, geocoder=atlas).located == 0
    assert atlas.asked == []


def test_the_import_is_written_down_with_who_did_it(session: Session) -> None:
    unit = make.unit(session)
    imported(session, unit, BAKERY)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "clients.imported")).one()
    assert (entry.object_id, entry.actor_name, entry.data) == (unit.id, make.DISPATCHER.name, {"count": 1})


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)], indirect=True)
def test_ten_thousand_rows_are_imported_in_seconds(session: Session) -> None:
    rows = [replace(BAKERY, line=n, reference=f"A-{n}", email=f"a{n}@client.example") for n in range(10_000)]
    unit = make.unit(session)
    begun = time.process_time()
    done = imported(session, unit, *rows)
    assert len(done.clients) == 10_000
    assert time.process_time() - begun < 30


@pytest.mark.skipif(not PORTO_SITES.exists(), reason="needs ../shared/data")
def test_the_real_sites_of_porto_are_imported_with_their_places(session: Session) -> None:
    unit = make.unit(session)
    done = imported(session, unit, *read_rows(decode(PORTO_SITES.read_bytes())).rows)
    assert (len(done.clients), done.problems, done.not_located) == (500, [], 0)
    assert session.scalar(select(func.count()).where(Site.unit_id == unit.id, Site.latitude.is_not(None))) == 500
