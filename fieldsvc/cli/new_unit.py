"""`fieldsvc new-unit`: an empty business unit with its first administrator."""

import click

from fieldsvc.cli.prepare import config_for_data, engine_of, require_ready
from fieldsvc.core import clock, db
from fieldsvc.domain.accounts.first_administrator import found_unit


@click.command("new-unit")
@click.argument("slug")
@click.option("--name", required=True, help="What people call it.")
@click.option("--zone", default="Europe/Lisbon", show_default=True, help="Its time zone.")
@click.option("--language", default="en", show_default=True, help="Its main language: en, pt-PT, pt-BR or fr.")
@click.option("--administrator", required=True, metavar="E-MAIL", help="Who shapes it.")
def new_unit(slug: str, name: str, zone: str, language: str, administrator: str) -> None:
    """Found the unit SLUG, whose portal is at /portal/SLUG/, and print the password of its administrator once."""
    settings = config_for_data()
    with engine_of(settings) as engine:
        require_ready(engine)
        with db.sessions(engine).begin() as session:
            _unit, password = found_unit(session, slug, name, zone, language, administrator, now=clock.now())
    click.echo(f"The unit {slug} is there. Its administrator signs in at {settings.public_url}/staff/sign-in")
    click.echo(f"  e-mail    {administrator}")
    click.echo(f"  password  {password}")
