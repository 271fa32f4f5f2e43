"""Passwords and sessions of the staff, and sessions of everybody."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.accounts import passwords, sessions
from fieldsvc.domain.accounts.models import SignInSession
from tests import make
from tests.make import NOON

PASSWORD = "correct horse battery staple"
SECOND = timedelta(seconds=1)


def test_a_password_is_kept_as_a_hash_of_its_own() -> None:
    first, second = passwords.hash_of(PASSWORD), passwords.hash_of(PASSWORD)
    assert first != second
    assert first.startswith("$argon2id$")
    assert PASSWORD not in first


def test_guessing_a_password_costs_time_and_memory(slow_hasher: PasswordHasher) -> None:
    """As RFC 9106 recommends where memory is scarce."""
    found = extract_parameters(slow_hasher.hash(PASSWORD))
    assert found.time_cost >= 3
    assert found.memory_cost >= 64 * 1024


def test_only_the_right_password_of_somebody_who_works_here_is_taken(session: Session) -> None:
    unit = make.unit(session)
    kept = passwords.hash_of(PASSWORD)
    dora = make.staff(session, unit, email="dora@example.com", password_hash=kept)
    make.staff(session, unit, email="gone@example.com", password_hash=kept, is_active=False)
    make.staff(session, unit, email="none@example.com", password_hash="!")
    assert passwords.check(session, " DORA@example.com", PASSWORD) is dora
    refusals = set()
    for email, password in (
        ("dora@example.com", PASSWORD + " "),
        ("dora@example.com", PASSWORD.upper()),
        ("dora@example.com", ""),
        ("dora@example.com", PASSWORD + "\x00"),
        ("dora@example.com", "x" * 1_000_000),
        ("nobody@example.com", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("none@example.com", "!"),
        ("", ""),
    ):
        with pytest.raises(Invalid) as refusal:
            passwords.check(session, email, password)
        refusals.add((refusal.value.words, tuple(refusal.value.fields)))
    assert len(refusals) == 1


def test_a_password_may_be_long_but_not_endless(session: Session) -> None:
    longest = "é" * passwords.LONGEST
    make.staff(session, make.unit(session), email="a@example.com", password_hash=passwords.hash_of(longest))
    assert passwords.check(session, "a@example.com", longest).email == "a@example.com"
    make.staff(session, make.unit(session), email="b@example.com", password_hash=passwords.hash_of(longest + "é"))
    with pytest.raises(Invalid):
        passwords.check(session, "b@example.com", longest + "é")


@pytest.mark.parametrize("kind", sessions.LIFETIME)
def test_a_session_lasts_its_time_and_not_a_second_longer(session: Session, kind: str) -> None:
    unit = make.unit(session)
    secret = sessions.open_session(session, kind, 7, unit.id, now=NOON, browser="x" * 1000)
    end = NOON + sessions.LIFETIME[kind]
    found = sessions.recognise(session, secret, now=end - SECOND)
    assert found is not None
    assert (found.principal_kind, found.principal_id, found.unit_id) == (kind, 7, unit.id)
    assert len(found.browser) == 200
    assert sessions.recognise(session, secret, now=end) is None


def test_a_revoked_session_is_gone_and_the_others_stay(session: Session) -> None:
    unit = make.unit(session)
    first, second = (sessions.open_session(session, "staff", 7, unit.id, now=NOON) for _time in range(2))
    sessions.revoke(session, first, now=NOON)
    assert sessions.recognise(session, first, now=NOON) is None
    assert sessions.recognise(session, second, now=NOON) is not None


def test_the_secret_of_a_session_is_nowhere_in_the_database(session: Session) -> None:
    secret = sessions.open_session(session, "staff", 7, make.unit(session).id, now=NOON)
    session.flush()
    row = session.query(SignInSession).one()
    assert secret not in repr([getattr(row, column.key) for column in SignInSession.__table__.columns])
    assert sessions.recognise(session, row.token_hash, now=NOON) is None
