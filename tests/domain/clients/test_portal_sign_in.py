"""P22: one-time codes and links of clients."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.core.db import sessions
from fieldsvc.core.errors import Invalid, TooMany
from fieldsvc.core.jobs import Job
from fieldsvc.domain.accounts import codes
from fieldsvc.domain.accounts.models import OneTimeCode
from fieldsvc.domain.clients import portal_sign_in
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.clients.portal_sign_in import Identity
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON

KEY = "only-for-tests-" * 4
EMAIL, PHONE = "ana@example.com", "+351912345678"
ANA = Identity("email", EMAIL)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Door:
    """A unit whose client Ana wants to come in."""

    session: Session
    unit: BusinessUnit
    ana: Contact

    def ask(self, identity: Identity = ANA, now: Any = NOON) -> int:
        return portal_sign_in.request_code(self.session, KEY, self.unit, identity, now=now, locale="en")

    def try_code(self, code_id: int, code: str, now: Any = NOON) -> Contact | None:
        return portal_sign_in.redeem_code(self.session, KEY, self.unit, code_id, code, now=now)

    def try_link(self, link: str, now: Any = NOON) -> Contact | None:
        return portal_sign_in.redeem_link(self.session, self.unit, link, now=now)

    def message(self) -> OutboxMessage:
        newest = sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)
        return self.session.scalars(newest).one()

    def code(self) -> str:
        return found(r"\b\d{6}\b", self.message().text)

    def link(self) -> str:
        return found(r"/sign-in/link/(\S+)", self.message().text)


@pytest.fixture
def door(session: Session) -> Door:
    unit = make.unit(session)
    return Door(session, unit, make.contact(session, make.client(session, unit), email=EMAIL, phone=PHONE))


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None
    return match[match.lastindex or 0]


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


# --- Codes --------------------------------------------------------------------------------------------


def test_the_code_that_was_sent_opens_the_door_once(door: Door) -> None:
    code_id = door.ask()
    assert door.try_code(code_id, door.code()) is door.ana
    assert door.try_code(code_id, door.code()) is None


def test_a_code_lasts_ten_minutes(door: Door) -> None:
    code_id = door.ask()
    assert door.try_code(code_id, door.code(), NOON + 10 * MINUTE) is None
    assert door.try_code(code_id, door.code(), NOON + 10 * MINUTE - SECOND) is door.ana


def test_a_code_is_tried_five_times_and_the_right_one_is_too_late_then(door: Door) -> None:
    code_id = door.ask()
    right = door.code()
    for left in (4, 3, 2, 1, 0):
        assert door.try_code(code_id, other_than(right)) is None
        assert codes.tries_left(door.session, code_id, now=NOON) == left
    assert door.try_code(code_id, right) is None


def test_the_fifth_try_still_counts(door: Door) -> None:
    code_id = door.ask()
    right = door.code()
    for _try in range(4):
        door.try_code(code_id, other_than(right))
    assert door.try_code(code_id, right) is door.ana


def test_a_new_code_ends_the_one_before(door: Door) -> None:
    first, old = door.ask(), door.code()
    old_link = door.link()
    second = door.ask(now=NOON + MINUTE)
    assert door.try_code(first, old, NOON + MINUTE) is None
    assert door.try_link(old_link, NOON + MINUTE) is None
    assert door.try_code(second, door.code(), NOON + MINUTE) is door.ana


def test_a_code_may_be_typed_in_groups(door: Door) -> None:
    code_id, code = door.ask(), door.code()
    assert door.try_code(code_id, f" {code[:3]}-{code[3:]} ") is door.ana


ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize("figures", [ARABIC, FULL_WIDTH])
def test_figures_of_other_scripts_are_no_code(door: Door, figures: dict[int, str]) -> None:
    code_id, code = door.ask(), door.code()
    assert int(code.translate(figures)) == int(code), "the trap: Python reads them as the same number"
    assert door.try_code(code_id, code.translate(figures)) is None


@pytest.mark.parametrize("text", ["", " ", "+{}", "{}.0", "{}\x00", "0{}", "{}0", "1e5", "x" * 100_000, "\ud800", "²"])
def test_what_only_looks_like_the_code_is_refused(door: Door, text: str) -> None:
    code_id = door.ask()
    assert door.try_code(code_id, text.format(door.code())) is None


def test_a_code_of_one_unit_opens_no_other(door: Door) -> None:
    code_id, code = door.ask(), door.code()
    other = make.unit(door.session)
    make.contact(door.session, make.client(door.session, other), email=EMAIL)
    assert portal_sign_in.redeem_code(door.session, KEY, other, code_id, code, now=NOON) is None
    assert portal_sign_in.redeem_link(door.session, other, door.link(), now=NOON) is None
    assert door.try_code(code_id, code) is door.ana


def test_neither_code_nor_link_is_kept_as_it_was_sent(door: Door) -> None:
    code_id, code, link = door.ask(), door.code(), door.link()
    row = door.session.get_one(OneTimeCode, code_id)
    assert row.code_hash == tokens.keyed_digest(KEY, code)
    kept = repr([getattr(row, column.key) for column in sa.inspect(OneTimeCode).columns])
    assert code not in re.findall(r"\d+", kept)
    assert link not in kept
    assert EMAIL not in kept


# --- Links --------------------------------------------------------------------------------------------


def test_a_link_opens_the_door_once_and_ends_its_code(door: Door) -> None:
    code_id = door.ask()
    assert door.try_link(door.link()) is door.ana
    assert door.try_link(door.link()) is None
    assert door.try_code(code_id, door.code()) is None


def test_a_link_lasts_ten_minutes(door: Door) -> None:
    door.ask()
    assert door.try_link(door.link(), NOON + 10 * MINUTE) is None
    assert door.try_link(door.link(), NOON + 10 * MINUTE - SECOND) is door.ana


def test_a_link_with_one_wrong_character_is_none(door: Door) -> None:
    door.ask()
    link = door.link()
    for at in range(0, len(link), 7):
        wrong = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :]
        assert door.try_link(wrong) is None, at
    for wrong in (link[:-1], link + "=", link + "\n", link.swapcase(), ""):
        assert door.try_link(wrong) is None
    assert door.try_link(link) is door.ana


# --- Identities ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [EMAIL, " ANA@Example.com ", PHONE, "912 345 678", "00351 912345678"])
def test_a_contact_is_known_by_her_address_and_her_number(door: Door, typed: str) -> None:
    identity = portal_sign_in.read_identity(door.unit, typed)
    code_id = door.ask(identity)
    assert door.message().channel == ("email" if "@" in typed else "sms")
    assert door.try_code(code_id, door.code()) is door.ana


HOSTILE = [
    "",
    "nonsense",
    "victim@example.com\n bcc:evil@example.net",
    "victim@example.com,evil@example.net",
    '"<script>alert(1)</script>"@example.com',
    "+9990000000000000000000" + "0" * 20,
    "['a','b']",
    '{"$ne":""}',
    "a" * 100_000 + "@example.com",
    "9" * 100_000,
    "ana@example.com\x00",
    "ana@\u202eexample.com",
    "\ud800@example.com",
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_neither_is_refused_with_words(door: Door, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        portal_sign_in.read_identity(door.unit, typed)
    assert set(refusal.value.fields) == {"identifier"}


@pytest.mark.parametrize("typed", ["aná@example.com", "ana+tag@example.com", "ana@example.com.evil.example"])
def test_an_address_that_resembles_hers_is_not_hers(door: Door, typed: str) -> None:
    door.ask(portal_sign_in.read_identity(door.unit, typed))
    assert count(door.session, OutboxMessage) == 0


def test_a_unit_takes_only_the_kinds_of_identity_it_chose(door: Door) -> None:
    door.unit.settings = {"sign_in_by_phone": False}
    with pytest.raises(Invalid):
        portal_sign_in.read_identity(door.unit, PHONE)
    door.ask(Identity("phone", PHONE))  # read by the portal of another unit
    assert count(door.session, OutboxMessage) == 0
    door.ask()
    assert count(door.session, OutboxMessage) == 1


def test_an_identity_is_masked_where_it_is_shown() -> None:
    assert ANA.masked == "a•••@example.com"
    assert Identity("phone", PHONE).masked == "••• ••• 678"


# --- Who is let in ------------------------------------------------------------------------------------


def left(ana: Contact, _unit: BusinessUnit) -> None:
    ana.is_active = False


def client_left(ana: Contact, _unit: BusinessUnit) -> None:
    ana.client.is_active = False


def switched_off(ana: Contact, _unit: BusinessUnit) -> None:
    ana.client.portal_access = "off"


def portal_closed(_ana: Contact, unit: BusinessUnit) -> None:
    unit.settings = {"is_portal_open": False}


def off_by_default(_ana: Contact, unit: BusinessUnit) -> None:
    unit.settings = {"new_clients_have_portal": False}


ENDINGS = [left, client_left, switched_off, portal_closed, off_by_default]


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_has_no_access_gets_no_code(door: Door, ending: Callable[[Contact, BusinessUnit], None]) -> None:
    ending(door.ana, door.unit)
    door.ask()
    assert count(door.session, OutboxMessage) == 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_loses_access_after_the_code_was_sent_stays_out(
    door: Door, ending: Callable[[Contact, BusinessUnit], None]
) -> None:
    code_id, code, link = door.ask(), door.code(), door.link()
    ending(door.ana, door.unit)
    assert door.try_code(code_id, code) is None
    door.ask(now=NOON + MINUTE)
    assert door.try_link(link) is None


def test_a_client_may_have_access_where_others_have_none(door: Door) -> None:
    door.unit.settings = {"new_clients_have_portal": False}
    door.session.get_one(Client, door.ana.client_id).portal_access = "on"
    code_id = door.ask()
    assert door.try_code(code_id, door.code()) is door.ana


# --- Strangers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", [Identity("email", "nobody@example.com"), Identity("phone", "+351919999999")])
def test_a_stranger_costs_the_same_work_and_leaves_no_message(door: Door, stranger: Identity) -> None:
    known = Identity(stranger.kind, EMAIL if stranger.kind == "email" else PHONE)
    with statements(door.session) as for_known:
        door.ask(known)
    assert count(door.session, OutboxMessage) == count(door.session, Job) == 1
    with statements(door.session) as for_stranger:
        code_id = door.ask(stranger)
    assert len(for_known) > 6
    assert [gist(text) for text in for_stranger] == [gist(text) for text in for_known]
    assert count(door.session, OutboxMessage) == count(door.session, Job) == 1
    assert door.session.get_one(OneTimeCode, code_id).subject_id is None


def test_the_right_code_of_a_stranger_opens_nothing(door: Door) -> None:
    code_id = door.ask(Identity("email", "nobody@example.com"))
    row = door.session.get_one(OneTimeCode, code_id)
    row.code_hash = tokens.keyed_digest(KEY, "123456")
    door.session.flush()
    assert door.try_code(code_id, "123456") is None


def gist(statement: str) -> list[str]:
    """What a statement does to which table; a savepoint ends one way or the other."""
    return re.findall(r"^\w+|(?<=FROM )\w+|(?<=INTO )\w+", statement.replace("ROLLBACK TO", "RELEASE"))


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that are sent while the block lasts."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    yield sent
    sa.event.remove(connection, "before_cursor_execute", note)


# --- Budget -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("identity", [ANA, Identity("email", "nobody@example.com")])
def test_an_identity_may_ask_six_times_an_hour(door: Door, identity: Identity) -> None:
    for number in range(6):
        door.ask(identity, NOON + number * MINUTE)
    with pytest.raises(TooMany) as refusal:
        door.ask(identity, NOON + 59 * MINUTE)
    assert refusal.value.retry_after == 3600
    door.ask(identity, NOON + 61 * MINUTE)


def test_one_persons_budget_is_nobody_elses(door: Door) -> None:
    for number in range(6):
        door.ask(ANA, NOON + number * MINUTE)
    door.ask(Identity("email", "nobody@example.com"), NOON + 6 * MINUTE)
    other = make.unit(door.session)
    portal_sign_in.request_code(door.session, KEY, other, ANA, now=NOON + 6 * MINUTE, locale="en")


# --- At once ------------------------------------------------------------------------------------------


def together(engine: Engine, work: Callable[[Session], Any], *, people: int) -> list[Any]:
    """What `people` transactions answer that begin at the same moment."""
    barrier = threading.Barrier(people)
    factory = sessions(engine)

    def one(_number: int) -> Any:
        barrier.wait()
        try:
            with factory.begin() as session:
                return work(session)
        except TooMany:
            return TooMany

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))


def settled(engine: Engine) -> tuple[int, int]:
    """A unit and Ana, for everybody to see."""
    with sessions(engine).begin() as session:
        unit = make.unit(session)
        return unit.id, make.contact(session, make.client(session, unit), email=EMAIL).id


def test_of_codes_asked_for_at_once_one_is_live_and_the_budget_holds(engine: Engine) -> None:
    unit_id, _ana = settled(engine)

    def ask(session: Session) -> int:
        unit = session.get_one(BusinessUnit, unit_id)
        return portal_sign_in.request_code(session, KEY, unit, ANA, now=NOON, locale="en")

    answers = together(engine, ask, people=10)
    assert answers.count(TooMany) == 4
    with sessions(engine)() as session:
        live = session.scalars(sa.select(OneTimeCode).where(OneTimeCode.ended_at.is_(None))).all()
        assert len(live) == 1
        assert count(session, OneTimeCode) == count(session, OutboxMessage) == 6


def typed_at_once(engine: Engine, unit_id: int, code_id: int, code: str) -> list[Any]:
    """Who is let in when eight browsers type a code."""

    def type_it(session: Session) -> int | None:
        unit = session.get_one(BusinessUnit, unit_id)
        contact = portal_sign_in.redeem_code(session, KEY, unit, code_id, code, now=NOON)
        return contact.id if contact else None

    return together(engine, type_it, people=8)


def test_of_right_codes_typed_at_once_one_opens(engine: Engine) -> None:
    unit_id, ana_id = settled(engine)
    with sessions(engine).begin() as session:
        issued = codes.issue(session, KEY, unit_id, EMAIL, ana_id, now=NOON)
        code_id, code = issued.row.id, issued.code
    answers = typed_at_once(engine, unit_id, code_id, code)
    assert sorted(answers, key=str) == [ana_id] + [None] * 7


def test_of_links_pressed_at_once_one_opens(engine: Engine) -> None:
    unit_id, _ana = settled(engine)
    with sessions(engine).begin() as session:
        link = codes.issue(session, KEY, unit_id, EMAIL, 7, now=NOON).link
    answers = together(engine, lambda session: codes.redeem_link(session, unit_id, link, now=NOON), people=8)
    assert sorted(answers, key=str) == [7] + [None] * 7


def test_wrong_codes_typed_at_once_are_all_counted(engine: Engine) -> None:
    unit_id, _ana = settled(engine)
    with sessions(engine).begin() as session:
        issued = codes.issue(session, KEY, unit_id, EMAIL, 7, now=NOON)
        code_id, wrong = issued.row.id, other_than(issued.code)
    assert typed_at_once(engine, unit_id, code_id, wrong) == [None] * 8
    with sessions(engine)() as session:
        assert session.get_one(OneTimeCode, code_id).tries == 5
