"""P22–P24: login codes of contacts that stay valid until they are revoked."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.core.audit import Actor, AuditEntry
from fieldsvc.core.errors import NotAllowed, NotFound
from fieldsvc.domain.accounts import codes
from fieldsvc.domain.accounts.models import OneTimeCode
from fieldsvc.domain.clients import permanent_codes
from fieldsvc.domain.clients.models import PermanentCode
from fieldsvc.domain.clients.portal_sign_in import Identity
from tests import make
from tests.domain.clients.test_portal_sign_in import EMAIL, KEY, PHONE, Door, gist, other_than, statements
from tests.make import NOON

STAFF = Actor("staff", 3, "Dora")
LATER = NOON + timedelta(days=400)


@pytest.fixture
def door(session: Session) -> Door:
    unit = make.unit(session, settings={"sign_in_by_permanent_code": True})
    return Door(session, unit, make.contact(session, make.client(session, unit), email=EMAIL, phone=PHONE))


def made(door: Door) -> permanent_codes.Made:
    return permanent_codes.make(door.session, KEY, door.unit, door.ana, actor=STAFF, now=NOON)


def test_a_permanent_code_opens_the_door_as_often_as_one_likes_and_is_noted(door: Door) -> None:
    code = made(door)
    for number in range(3):
        at = LATER + timedelta(hours=number)
        assert door.try_code(door.ask(now=at), code.code, at) is door.ana
        assert code.row.last_used_at == at
    noted = sa.select(sa.func.count()).where(AuditEntry.action == "permanent_code.used")
    assert door.session.scalar(noted) == 3


def test_the_code_that_was_sent_still_opens_it_too(door: Door) -> None:
    made(door)
    code_id = door.ask()
    assert door.try_code(code_id, door.code()) is door.ana


def test_a_permanent_code_may_be_typed_in_groups_and_small_letters(door: Door) -> None:
    code = made(door)
    assert door.try_code(door.ask(), f" {code.in_words.lower()} ") is door.ana


def test_a_code_is_ten_characters_that_nobody_takes_for_others(door: Door) -> None:
    for _code in range(permanent_codes.MOST):
        code = made(door).code
        assert len(code) == 10
        assert not set(code) & set("01ILO")
    with pytest.raises(NotAllowed):
        made(door)


def test_a_code_is_kept_as_a_hash_that_is_useless_without_the_key(door: Door) -> None:
    code = made(door)
    kept = repr([getattr(code.row, column.key) for column in sa.inspect(PermanentCode).columns])
    assert code.code not in kept
    assert code.row.ending == code.code[-2:]
    assert code.row.code_hash not in {tokens.digest(code.code), tokens.keyed_digest("another key", code.code)}


def test_a_revoked_code_opens_nothing_from_then_on(door: Door) -> None:
    kept, revoked = made(door), made(door)
    permanent_codes.revoke(door.session, door.ana, revoked.row.id, actor=STAFF, now=NOON)
    assert door.try_code(door.ask(), revoked.code) is None
    assert door.try_code(door.ask(), kept.code) is door.ana
    permanent_codes.revoke(door.session, door.ana, revoked.row.id, actor=STAFF, now=LATER)
    assert revoked.row.revoked_at == NOON, "once is enough"


def test_nobody_revokes_the_code_of_another_contact(door: Door) -> None:
    code = made(door)
    other = make.contact(door.session, door.ana.client)
    with pytest.raises(NotFound):
        permanent_codes.revoke(door.session, other, code.row.id, actor=STAFF, now=NOON)


def test_where_the_unit_takes_none_a_code_is_neither_made_nor_taken(door: Door) -> None:
    code = made(door)
    door.unit.settings = {}
    with pytest.raises(NotAllowed):
        made(door)
    assert door.try_code(door.ask(), code.code) is None


def test_the_code_of_one_contact_opens_no_other(door: Door) -> None:
    code = made(door)
    make.contact(door.session, door.ana.client, email="rui@example.com")
    assert door.try_code(door.ask(Identity("email", "rui@example.com")), code.code) is None
    assert door.try_code(door.ask(Identity("email", "nobody@example.com")), code.code) is None


def test_it_counts_as_one_of_the_five_tries_and_comes_too_late_after_them(door: Door) -> None:
    code = made(door)
    code_id = door.ask()
    for left in (4, 3, 2, 1, 0):
        assert door.try_code(code_id, other_than(door.code())) is None
        assert codes.tries_left(door.session, code_id, now=NOON) == left
    assert door.try_code(code_id, code.code) is None


def test_it_ends_the_code_that_was_sent(door: Door) -> None:
    code = made(door)
    code_id = door.ask()
    assert door.try_code(code_id, code.code) is door.ana
    assert door.session.get_one(OneTimeCode, code_id).ended_at is not None
    assert door.try_code(code_id, code.code) is None


def test_it_needs_the_same_rights_as_any_other_way_in(door: Door) -> None:
    code = made(door)
    code_id = door.ask()
    door.ana.client.portal_access = "off"
    assert door.try_code(code_id, code.code) is None


@pytest.mark.parametrize("text", ["", "x" * 100_000, "\ud800", "ÀÀÀÀÀÀÀÀÀÀ", "' OR 1=1 --", "٢٣٤٥٦٧٨٩٢٣"], ids=range(6))
def test_what_is_no_code_is_refused(door: Door, text: str) -> None:
    made(door)
    assert door.try_code(door.ask(), text) is None


def test_a_wrong_code_costs_the_same_work_for_everybody(door: Door) -> None:
    made(door)
    stranger = door.ask(Identity("email", "nobody@example.com"))
    without = make.contact(door.session, door.ana.client, email="rui@example.com")
    known = [door.ask(), door.ask(Identity("email", str(without.email)))]
    with statements(door.session) as for_stranger:
        door.try_code(stranger, "AAAAABBBBB")
    assert len(for_stranger) == 2
    for code_id in known:
        with statements(door.session) as sent:
            door.try_code(code_id, "AAAAABBBBB")
        assert [gist(text) for text in sent] == [gist(text) for text in for_stranger]
