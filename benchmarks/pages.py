"""How fast the pages are on the demo company: `python -m benchmarks.pages [--requests N] [--past N] [--json]`.

The demo is made anew on SQLite in a folder of its own; `--past 100000` gives it so many completed interventions more.
Each figure is a whole request through the WSGI application, from the session cookie to the last byte of HTML, one
after the other in one thread.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import long_history
from benchmarks.machine import machine
from fieldsvc.app import Product, create_app
from fieldsvc.core import clock, memory, migrate
from fieldsvc.core.config import Config
from fieldsvc.core.dates import local_day
from fieldsvc.demo.fill import fill
from fieldsvc.domain.accounts import sessions
from fieldsvc.domain.accounts.models import Staff
from fieldsvc.domain.booking import actions, drafts
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit

Figures = dict[str, object]
WARM_UP = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--past", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    figures = measured(chosen.requests, chosen.past)
    print(json.dumps(figures, indent=1) if chosen.json else as_text(figures))


def measured(requests: int, past: int = 0) -> Figures:
    """Milliseconds and queries of each page."""
    with tempfile.TemporaryDirectory() as folder:
        app = demo_app(Path(folder))
        product: Product = app.extensions["fieldsvc"]
        with product.sessions.begin() as session:
            unit = session.scalars(select(BusinessUnit)).one()
            if past:
                long_history.add(session, unit, past)
            slot_pages = drafts_of_some_clients(session)
            counts = {
                "technicians": 10,
                "interventions": session.scalar(select(func.count()).select_from(Intervention)),
                "slot_pages": len(slot_pages),
            }
            day = local_day(clock.now(), unit.zone).isoformat()
            dispatcher = staff_cookie(session)
        pages: dict[str, list[tuple[str, str]]] = {
            "portal home": [(cookie, "/portal/porto/") for cookie, _draft in slot_pages],
            "list of visits": [(cookie, "/portal/porto/visits") for cookie, _draft in slot_pages],
            "what to book": [(cookie, "/portal/porto/book") for cookie, _draft in slot_pages],
            "slot page": [(cookie, f"/portal/porto/book/{draft}/when") for cookie, draft in slot_pages],
            "board, day": [(dispatcher, f"/dispatch/board?day={day}")],
            "board, week": [(dispatcher, f"/dispatch/board?day={day}&view=week")],
        }
        figures: Figures = {"machine": machine(), **counts}
        memory.settle()  # as the server does
        for name, addresses in pages.items():
            figures[name] = timed(app.test_client(use_cookies=False), product.engine, addresses, requests)
        product.engine.dispose()
    return figures


def demo_app(folder: Path) -> Flask:
    """The product on a demo company of its own, without a worker."""
    url = f"sqlite:///{folder / 'demo.db'}"
    app = create_app(Config(database_url=url, secret_key="benchmark" * 4, is_demo=True, run_worker=False))
    product: Product = app.extensions["fieldsvc"]
    migrate.upgrade(product.engine)
    with product.sessions.begin() as session:
        fill(session, now=clock.now())
    return app


def drafts_of_some_clients(session: Session) -> list[tuple[str, int]]:
    """The cookies of clients who are about to choose a time, for every kind of work in turn, and their drafts."""
    now = clock.now()
    unit = session.scalars(select(BusinessUnit)).one()
    people = session.scalars(select(Contact).join(Client).order_by(Contact.id).limit(24)).all()
    kinds = actions.bookable(session, unit, people[0], now=now)
    found = []
    for number, person in enumerate(people):
        draft = drafts.start(session, person, kinds[number % len(kinds)].id, now=now)
        drafts.choose_site(session, person, draft.id, clients.sites_of(session, person)[0].id, now=now)
        draft.is_answered = True
        secret = sessions.open_session(session, "contact", person.id, unit.id, now=now)
        found.append((f"fieldsvc_portal={secret}", draft.id))
    return found


def staff_cookie(session: Session) -> str:
    """The cookie of a dispatcher who is signed in."""
    dispatcher = session.scalars(select(Staff).where(Staff.role == "dispatcher").limit(1)).one()
    secret = sessions.open_session(session, "staff", dispatcher.id, dispatcher.unit_id, now=clock.now())
    return f"fieldsvc_staff={secret}"


def timed(client: FlaskClient, engine: Engine, addresses: list[tuple[str, str]], requests: int) -> Figures:
    """Median and 95th percentile of a page's milliseconds, and the most queries one of its requests made."""
    spent, most = [], 0
    for number in range(WARM_UP + requests):
        cookie, address = addresses[number % len(addresses)]
        with counted(engine) as queries:
            spent.append(one(client, cookie, address))
        most = max(most, len(queries))
    parts = quantiles(spent[WARM_UP:], n=100)
    return {"p50": round(parts[49], 1), "p95": round(parts[94], 1), "queries": most}


def one(client: FlaskClient, cookie: str, address: str) -> float:
    """The milliseconds to the last byte of the page; nobody waits for what is written after it, as the offer log is."""
    builder = EnvironBuilder(path=address, headers={"Cookie": cookie})
    environment = builder.get_environ()
    began = time.perf_counter()
    page, status, _headers = run_wsgi_app(client.application, environment)
    content = b"".join(page)
    spent = (time.perf_counter() - began) * 1000
    page.close()  # type: ignore[attr-defined]
    assert status.startswith("200"), (address, status)
    assert content, address
    return spent


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent to the database inside the block."""
    statements: list[str] = []

    def see(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", see)
    yield statements
    event.remove(engine, "before_cursor_execute", see)


def as_text(figures: Figures) -> str:
    """The figures as a table."""
    lines = [f"demo company on SQLite: {figures['technicians']} technicians, {figures['interventions']} interventions"]
    for name, figure in figures.items():
        if isinstance(figure, dict) and "p95" in figure:
            times = f"p50 {figure['p50']:>6} ms   p95 {figure['p95']:>6} ms"
            lines.append(f"  {name:<14}{times}   {figure['queries']} queries")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
