"""The request's database session, instant and configuration; and the one commit at the edge."""

from datetime import datetime

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core import clock
from fieldsvc.core.config import Config
from fieldsvc.core.db import READ_ONLY
from fieldsvc.domain.geo.geocode import Geocoder

SAFE = {"GET", "HEAD", "OPTIONS"}


def config() -> Config:
    """The configuration of the running product."""
    found: Config = current_app.extensions["fieldsvc"].config
    return found


def geocoder() -> Geocoder | None:
    """Who knows where addresses are; None when nobody is configured."""
    found: Geocoder | None = current_app.extensions["fieldsvc"].geocoder
    return found


def db() -> Session:
    """The session of this request; a GET reads, everything else holds SQLite's write lock from its first query."""
    if "db" not in g:
        factory: sessionmaker[Session] = current_app.extensions["fieldsvc"].sessions
        session = factory()
        if request.method in SAFE:
            session.connection(execution_options=READ_ONLY)
        g.db = session
    found: Session = g.db
    return found


def now() -> datetime:
    """The instant of this request: the same for everything it does."""
    if "now" not in g:
        g.now = clock.now()
    instant: datetime = g.now
    return instant


def roll_back() -> None:
    """Forget everything this request wrote."""
    if "db" in g:
        g.db.rollback()


def give_up() -> None:
    """Forget everything this request wrote and read: the page of a refusal shows no row, for it may not ask for one.

    After a rollback every row would be read again, and the database may be what has failed.
    """
    for name in ("unit", "principal", "technician", "view"):
        g.pop(name, None)
    if "db" not in g:
        return
    try:
        g.db.rollback()
    except DBAPIError:
        g.db.invalidate()


def install(app: Flask) -> None:
    """Commit after every view that returned, and close what was opened."""

    @app.after_request
    def commit(response: Response) -> Response:
        if "db" not in g or request.method in SAFE:
            return response
        try:
            g.db.commit()
        except Exception as error:
            # Flask looks for error handlers around the view only, and what fails here was promised to nobody yet.
            g.pop("sign_in", None)
            return app.make_response(app.handle_user_exception(error))
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        session = g.pop("db", None)
        if session is not None:
            session.close()
