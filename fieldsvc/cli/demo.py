"""Shows the product with a company that is made up."""

import os
from dataclasses import replace
from datetime import timedelta

import click
from sqlalchemy import Engine, select

from fieldsvc.cli import prepare
from fieldsvc.cli.run import PORT
from fieldsvc.cli.serving import Server, require_free
from fieldsvc.core import clock, config, db, links, migrate
from fieldsvc.core.config import Config
from fieldsvc.core.errors import Misconfigured
from fieldsvc.demo.fill import fill, made_at
from fieldsvc.demo.people import SLUG, people
from fieldsvc.domain.units.models import BusinessUnit

OLD = timedelta(days=4)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8000, envvar="PORT", show_default=True, help="Port to listen on.")
@click.option("--no-serve", is_flag=True, help="Prepare the demo and end.")
@click.option("--reset", is_flag=True, help="Put the demo company back to its first day.")
def demo(host: str, port: int, no_serve: bool, reset: bool) -> None:
    """Serve a made-up company, kept in the folder data.

    FIELDSVC_DATA names another folder, FIELDSVC_DATABASE_URL another database.
    """
    settings = _settings(host, port)
    if not no_serve:
        require_free(host, port)
    links.set_base(settings.public_url)
    with prepare.engine_of(settings) as engine:
        _refuse_strangers(engine)
        if reset and prepare.revision_of(engine) is not None:
            migrate.downgrade(engine, "base")
        prepare.upgrade(engine)
        _fill(engine)
    prepare.warm()
    if no_serve:
        click.echo("The demo is ready. Start it with: fieldsvc demo")
        return
    Server(settings, host=host, port=port, when_ready=lambda: click.echo(_where_to_go(settings))).run()


def _settings(host: str, port: int) -> Config:
    settings = config.read(is_demo=True)
    if os.environ.get("FIELDSVC_PUBLIC_URL"):
        return settings
    name = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104  (compared)
    return replace(settings, public_url=f"http://{name}:{port}")


def _refuse_strangers(engine: Engine) -> None:
    """A demo lets everybody read every message, and may be reset: it never touches a database that is in use."""
    if prepare.revision_of(engine) is None:
        return
    with db.sessions(engine)() as session:
        session.connection(execution_options=db.READ_ONLY)
        strangers = session.scalars(select(BusinessUnit.name).where(BusinessUnit.slug != SLUG)).all()
    if strangers:
        raise Misconfigured(
            f"This database belongs to {', '.join(strangers[:3])}: the demo needs one of its own. "
            "Set FIELDSVC_DATA to another folder, or FIELDSVC_DATABASE_URL to another database."
        )


def _fill(engine: Engine) -> None:
    """Make the company when it is not there; two demos that start at once make one."""
    now = clock.now()
    with db.sessions(engine).begin() as session:
        made = made_at(session)
        if made is None:
            click.echo("Making the demo company, its clients and its plans…")
            fill(session, now=now)
        elif now - made > OLD:
            click.echo(
                f"The demo company is {(now - made).days} days old and its plans run out. "
                "Put it back to its first day with: fieldsvc demo --reset"
            )


def _where_to_go(settings: Config) -> str:
    by_role = {person.role: person for person in people()}
    client, dispatcher, technician = by_role["client"], by_role["dispatcher"], by_role["technician"]
    url = settings.public_url
    return f"""
  Porto Clima, a company that is made up:  {url}/

  Client       {url}/portal/{SLUG}/   {client.name}: sign in as {client.login}
               {url}/demo/outbox   the code arrives here, like every message
  Dispatcher   {url}/staff/sign-in   {dispatcher.name}: {dispatcher.login}, password {dispatcher.password}
  Technician   {url}/staff/sign-in   {technician.name}: {technician.login}, password {technician.password}

  Ctrl-C ends it; the data stays. fieldsvc demo --reset starts over.
"""
