"""The composition root: configuration → engine → adapters → worker and blueprints. Everything is wired here."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import solver
from fieldsvc.adapters.http_sms import sms_provider
from fieldsvc.adapters.nominatim import NominatimGeocoder
from fieldsvc.adapters.outbox_only import OutboxOnly
from fieldsvc.adapters.roads import road_service
from fieldsvc.adapters.smtp import Smtp
from fieldsvc.adapters.webhooks import Webhooks
from fieldsvc.core import clock, db, links, logs
from fieldsvc.core.config import Config
from fieldsvc.core.resources import PACKAGE, folder
from fieldsvc.domain import tables  # noqa: F401  (registers every table)
from fieldsvc.domain.geo.geocode import Geocoder
from fieldsvc.domain.geo.roads import RoadService
from fieldsvc.domain.notify.deliver import Channel
from fieldsvc.jobs import worker
from fieldsvc.jobs.tasks import Tools
from fieldsvc.web import access, demo, errors, feeds, filters, pages, principal, security, session
from fieldsvc.web.admin import blueprint as admin
from fieldsvc.web.dispatch import blueprint as dispatch
from fieldsvc.web.dispatch import staff_blueprint as staff
from fieldsvc.web.field import blueprint as field
from fieldsvc.web.guest import blueprint as guest
from fieldsvc.web.portal import blueprint as portal
from fieldsvc.web.portal import several_units


@dataclass(frozen=True, slots=True)
class Product:
    """What a running process shares: its configuration, its database and the outside world."""

    config: Config
    engine: Engine
    sessions: sessionmaker[Session]
    channels: dict[str, Channel]
    geocoder: Geocoder | None
    roads: RoadService | None

    @property
    def tools(self) -> Tools:
        """What the jobs need."""
        return Tools(self.sessions, self.channels, clock.now, self.roads, Webhooks(self.config.webhook_hosts))


def build(config: Config) -> Product:
    """Open the database and the ways to the outside that `config` names."""
    logs.set_up(is_demo=config.is_demo)
    links.set_base(config.public_url)
    engine = db.create_engine(config.database_url)
    email: Channel = Smtp(config) if config.smtp_host else OutboxOnly()
    return Product(
        config=config,
        engine=engine,
        sessions=db.sessions(engine),
        channels={"email": email, "sms": sms_provider(config) or OutboxOnly()},
        geocoder=NominatimGeocoder(config) if config.geocoder_url else None,
        roads=road_service(config),
    )


def create_app(config: Config) -> Flask:
    """The product as one WSGI application, with its worker in the same process when `config` says so."""
    product = build(config)
    app = Flask("fieldsvc", template_folder=str(folder("templates")), static_folder=str(PACKAGE / "static"))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="fieldsvc_form",
        SESSION_COOKIE_SECURE=config.has_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        MAX_CONTENT_LENGTH=2_000_000,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=500,
    )
    app.extensions["fieldsvc"] = product
    for blueprint in (
        several_units.blueprint,
        portal,
        guest,
        staff,
        dispatch,
        admin,
        field,
        feeds.blueprint,
        demo.blueprint,
    ):
        app.register_blueprint(blueprint)
    pages.install(app)
    _install_edge(app, config)
    solver.warm()
    if config.run_worker:
        app.extensions["fieldsvc_worker"] = worker.start(product.tools, config.broker_url)
    return app


def _install_edge(app: Flask, config: Config) -> None:
    """What surrounds every view; Flask runs what comes before it in this order, and what comes after in reverse."""
    # A mail program posts without a form: the secret in the address is all that speaks for its reader.
    CSRFProtect(app).exempt(app.view_functions["guest.no_more"])
    errors.install(app)
    app.after_request(principal.set_cookie)
    session.install(app)
    access.install(app)
    filters.install(app)
    security.install(app, has_tls=config.has_tls, limits=config.rate_limits, storage=config.rate_limit_storage)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(PACKAGE / "static"), prefix="static/", add_headers_function=security.add_to_static_file
    )
