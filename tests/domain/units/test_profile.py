"""What an administrator says about his unit."""

import pytest
from sqlalchemy import Engine

from fieldsvc.core.db import sessions
from fieldsvc.core.seen import version_of
from fieldsvc.domain.units import profile
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of
from tests import make
from tests.make import DISPATCHER, NOON


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_administrators_who_save_two_pages_at_once_lose_nothing(engine: Engine) -> None:
    factory = sessions(engine)
    with factory.begin() as session:
        number = make.unit(session).id
    with factory.begin() as one:
        unit = one.get_one(BusinessUnit, number)
        with factory.begin() as other:
            theirs = other.get_one(BusinessUnit, number)
            look = {"accent": "plum"}
            seen = version_of(profile.said(theirs, look))
            profile.change_portal(other, theirs, look, version=seen, actor=DISPATCHER, now=NOON)
        rules = {"hold_minutes": 9, "languages": ["en"]}
        seen = version_of(profile.said(unit, rules))
        profile.change_profile(one, unit, {}, rules, version=seen, actor=DISPATCHER, now=NOON)
    with factory() as session:
        found = settings_of(session.get_one(BusinessUnit, number))
        assert (found.accent, found.hold_minutes) == ("plum", 9)
