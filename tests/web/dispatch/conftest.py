"""A product with the dispatchers' company, asked without a browser."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import Intervention
from tests.conftest import CompanyFile, CopyOf
from tests.web import kept
from tests.web.dispatch import company

SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def app(company_file: CompanyFile, copy_of: CopyOf) -> Iterator[Flask]:
    """The product on a copy of the company."""
    with copy_of(company_file(company.found)) as url, kept.product(url) as app:
        yield app


@pytest.fixture
def rows(app: Flask) -> Iterator[Session]:
    """The product's database."""
    with app.extensions["fieldsvc"].sessions() as session:
        yield session


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """A browser in which somebody is signed in."""

    def signed_in(email: str) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/staff/sign-in", data={"email": email, "password": company.PASSWORD})
        assert answer.status_code == 303
        return browser

    return signed_in


@pytest.fixture
def lucia(signed_in: SignedIn) -> FlaskClient:
    """A browser in which the dispatcher is signed in."""
    return signed_in(company.DISPATCHER)


@pytest.fixture
def rui(signed_in: SignedIn) -> FlaskClient:
    """A browser in which the technician is signed in."""
    return signed_in(company.TECHNICIAN)


def of_client(rows: Session, name: str) -> Intervention:
    """The intervention of the client called `name` as it is now, read without keeping anybody waiting."""
    found = rows.scalars(select(Intervention).join(Client).where(Client.name == name)).one()
    rows.refresh(found)
    rows.expunge(found)
    rows.rollback()
    return found
