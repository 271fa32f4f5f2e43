"""The address of a feed, as a calendar program asks for it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsvc.app import create_app
from fieldsvc.core import clock
from fieldsvc.core.config import Config
from fieldsvc.domain.feeds import addresses
from fieldsvc.domain.interventions.models import Intervention
from tests import make
from tests.make import DISPATCHER, NOON


@pytest.fixture
def web(database_url: str) -> Iterator[FlaskClient]:
    config = Config(database_url=database_url, secret_key="only-for-tests-" * 4, run_worker=False, rate_limits=False)
    app = create_app(config)
    yield app.test_client()
    app.extensions["fieldsvc"].engine.dispose()


@pytest.fixture
def visit(session: Session) -> Intervention:
    unit = make.unit(session)
    begins_at = clock.now().replace(second=0, microsecond=0) + timedelta(days=1)
    return make.scheduled(session, unit, make.technician(session, unit), begins_at)


@pytest.fixture
def path(session: Session, visit: Intervention, engine: Engine) -> str:
    """The secret address of the visit's technician."""
    token = addresses.rotate(session, visit.visits[0].technician, actor=DISPATCHER, now=NOON)
    session.commit()
    return f"/feeds/{token}.ics"


def test_a_feed_is_a_calendar_with_a_strong_mark(web: FlaskClient, path: str, visit: Intervention) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert visit.client.name in answer.text
    assert not answer.headers["ETag"].startswith("W/")
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_what_is_known_already_is_not_sent_again_until_it_changes(
    web: FlaskClient, path: str, session: Session, visit: Intervention
) -> None:
    known = web.get(path).headers["ETag"]
    again = web.get(path, headers={"If-None-Match": known})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == known
    visit.notes, visit.changed_at = "Ring twice", NOON + timedelta(minutes=1)
    session.commit()
    changed = web.get(path, headers={"If-None-Match": known})
    assert changed.status_code == 200
    assert "Ring twice" in changed.text.replace("\r\n ", "")


def test_a_revoked_address_is_gone_at_the_next_request_and_looks_like_an_unknown_one(
    web: FlaskClient, path: str, session: Session, visit: Intervention
) -> None:
    known = web.get(path).headers["ETag"]
    addresses.revoke(session, visit.visits[0].technician, actor=DISPATCHER, now=NOON)
    session.commit()
    revoked = web.get(path, headers={"If-None-Match": known})
    unknown = web.get("/feeds/nobody-ever-had-this.ics")
    assert revoked.status_code == unknown.status_code == 404
    assert revoked.data == unknown.data


def test_a_feed_is_only_read(web: FlaskClient, path: str) -> None:
    assert web.post(path).status_code in {400, 405}
    assert web.head(path).status_code == 200
