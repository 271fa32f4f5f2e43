"""`new-unit` founds an empty unit whose administrator can sign in at once."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.db import create_engine, sessions
from fieldsvc.domain.accounts import passwords
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.domain.units.models import BusinessUnit
from tests.cli.conftest import Run

RIGHT = ("new-unit", "porto", "--name", "Porto Clima", "--language", "pt-PT", "--administrator", "Teresa@Example.com")


def test_the_printed_password_opens_the_unit_that_was_founded(run: Run, configured: str) -> None:
    result = run(*RIGHT)
    assert result.exit_code == 0
    password = re.findall(r"password  (\S+)", result.output)[0]
    engine = create_engine(configured)
    with sessions(engine)() as session:
        person = passwords.check(session, "teresa@example.com", password)
        unit = session.scalars(select(BusinessUnit)).one()
        assert (person.role, person.unit_id) == ("administrator", unit.id)
        assert (unit.slug, unit.name, unit.zone, unit.locale) == ("porto", "Porto Clima", "Europe/Lisbon", "pt-PT")
        assert password not in person.password_hash
    engine.dispose()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"porto": "Porto!"}, "cannot be part of an address"),
        ({"porto": "porto-"}, "cannot be part of an address"),
        ({"Porto Clima": "  "}, "needs a name"),
        ({"pt-PT": "xx"}, "There is no language named xx"),
        ({"Teresa@Example.com": "teresa"}, "is no e-mail address"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_and_nothing_is_founded(
    run: Run, configured: str, changes: dict[str, str], words: str
) -> None:
    result = run(*(changes.get(word, word) for word in RIGHT))
    assert result.exit_code == 1
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1
    engine = create_engine(configured)
    with sessions(engine)() as session:
        assert counted(session) == (0, 0)
    engine.dispose()


def counted(session: Session) -> tuple[int, int]:
    return len(session.scalars(select(BusinessUnit.id)).all()), len(session.scalars(select(Staff.id)).all())


def test_an_unknown_zone_a_taken_address_and_a_known_person_are_refused(run: Run, configured: str) -> None:
    assert "no time zone" in run(*RIGHT, "--zone", "Europe/Nowhere").output
    assert run(*RIGHT).exit_code == 0
    assert "There is a unit named porto already" in run(*RIGHT).output
    again = run("new-unit", "braga", "--name", "Braga", "--administrator", "teresa@example.com")
    assert "has the e-mail teresa@example.com already" in again.output
