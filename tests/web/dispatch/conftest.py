"""A product with the dispatchers' company, asked without a browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.app import create_app
from fieldsvc.core.config import Config
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.interventions.models import Intervention
from tests.company_database import made
from tests.web.dispatch import company

SignedIn = Callable[[str], FlaskClient]


@pytest.fixture(scope="session")
def company_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company as a SQLite file; copy it before writing."""
    return made(tmp_path_factory.mktemp("dispatch") / "company.db", company.found)


@pytest.fixture
def app(company_database: Path, tmp_path: Path) -> Iterator[Flask]:
    """The product on a copy of the company."""
    path = shutil.copyfile(company_database, tmp_path / "company.db")
    secret = "only-for-tests-" * 4
    app = create_app(Config(database_url=f"sqlite:///{path}", secret_key=secret, run_worker=False, rate_limits=False))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["fieldsvc"].engine.dispose()


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
