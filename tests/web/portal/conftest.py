"""A product with the portal's company, asked without a browser."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from fieldsvc.domain.notify.models import OutboxMessage
from tests.conftest import CompanyFile, CopyOf
from tests.web import kept
from tests.web.portal import company
from tests.web.portal.company import PORTAL


@pytest.fixture
def app(company_file: CompanyFile, copy_of: CopyOf) -> Iterator[Flask]:
    """The product on a copy of the company."""
    with copy_of(company_file(company.found)) as url, kept.product(url) as app:
        yield app


@pytest.fixture
def rows(app: Flask) -> Iterator[Session]:
    """The product's database, read without keeping its lock."""
    engine = create_engine(app.extensions["fieldsvc"].config.database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def marta(browser: FlaskClient, rows: Session) -> FlaskClient:
    """A browser in which Marta is signed in."""
    browser.post(f"{PORTAL}/sign-in", data={"identifier": company.EMAIL})
    answer = browser.post(f"{PORTAL}/sign-in/code", data={"code": sent(rows, r"\b\d{6}\b")})
    assert answer.status_code == 303
    return browser


def sent(rows: Session, pattern: str) -> str:
    """What the newest sign-in message has at `pattern`."""
    newest = select(OutboxMessage.text).where(OutboxMessage.kind == "sign_in_code").order_by(OutboxMessage.id.desc())
    found = re.search(pattern, rows.scalars(newest).first() or "")
    assert found is not None
    return found[0]
