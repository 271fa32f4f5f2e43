"""Imports clients from a CSV file."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import Engine

from fieldsvc.adapters.nominatim import NominatimGeocoder
from fieldsvc.cli.prepare import config_for_data, engine_of, require_ready, unit_named
from fieldsvc.core import clock
from fieldsvc.core.audit import Actor
from fieldsvc.core.db import READ_ONLY, sessions
from fieldsvc.core.errors import Invalid, NotAllowed
from fieldsvc.domain.clients.csv_rows import ClientRow, Problem, Sheet, decode, read_rows
from fieldsvc.domain.clients.importing import full_address, import_clients, new_rows
from fieldsvc.domain.geo.geocode import Geocoder, locate

MOST_BYTES = 100_000_000
BY_COMMAND = Actor("system", None, "fieldsvc import")


@click.group("import")
def import_group() -> None:
    """Bring data from other programs into a unit."""


@import_group.command("clients")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unit", "slug", required=True, metavar="SLUG", help="The unit that gets the clients.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--skip-bad", is_flag=True, help="Import the good rows although others are bad.")
def clients(file: Path, slug: str, dry_run: bool, skip_bad: bool) -> None:
    """Import new clients from FILE (CSV in UTF-8), one row for each client with its site.

    Columns: reference, name, category, address, postcode, city, latitude, longitude; and where they are there
    kind, contact_name, email, phone, access_notes. Every bad row is reported; without --skip-bad nothing is
    imported as long as one is bad.
    """
    sheet = read_rows(decode(_read(file)))
    settings = config_for_data()
    with engine_of(settings) as engine:
        require_ready(engine)
        good, problems = _sorted_out(engine, slug, sheet)
        _report(file, sheet, problems)
        if problems and (not skip_bad or not sheet.rows):
            others = f" {_rows(len(good))} could be: --skip-bad imports them." if good else ""
            raise Invalid(f"Nothing was imported from {file}: {_bad(problems)}.{others}")
        if dry_run:
            missing = sum(row.location is None for row in good)
            click.echo(f"{_rows(len(good))} would be imported, {missing} without coordinates; {_bad(problems)}.")
            return
        _locate(engine, NominatimGeocoder(settings) if settings.geocoder_url else None, good)
        click.echo(f"{_import(engine, slug, good)}; {_bad(problems)}.")


def _sorted_out(engine: Engine, slug: str, sheet: Sheet) -> tuple[list[ClientRow], list[Problem]]:
    """The rows that can be imported, and everything that is wrong with the others."""
    with sessions(engine)() as session:
        session.connection(execution_options=READ_ONLY)
        good, clashes = new_rows(session, unit_named(session, slug), sheet.rows)
    return good, sorted([*sheet.problems, *clashes], key=lambda problem: problem.line)


def _import(engine: Engine, slug: str, rows: Sequence[ClientRow]) -> str:
    with sessions(engine).begin() as session:
        unit = unit_named(session, slug)
        done = import_clients(session, unit, rows, geocoder=None, now=clock.now(), actor=BY_COMMAND)
        if done.problems:
            raise NotAllowed("Somebody else has just added one of these references. Start the import again.")
        return (
            f"{_rows(len(done.clients))} imported to {unit.name}, {done.located} located by their address, "
            f"{done.not_located} not located on the map"
        )


def _read(file: Path) -> bytes:
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise Invalid(f"{file} has {size // 1_000_000} MB, at most {MOST_BYTES // 1_000_000} are read: split it.")
    return file.read_bytes()


def _locate(engine: Engine, geocoder: Geocoder | None, rows: Sequence[ClientRow]) -> None:
    """Ask for missing coordinates before the import: each answer is kept at once, so that nobody waits for a lock."""
    missing = [row for row in rows if row.location is None]
    if geocoder is None or not missing:
        return
    with click.progressbar(missing, label="Looking up addresses", file=sys.stderr) as shown:
        for row in shown:
            with sessions(engine).begin() as session:
                locate(session, geocoder, full_address(row), now=clock.now())


def _report(file: Path, sheet: Sheet, problems: Sequence[Problem]) -> None:
    if sheet.ignored_columns:
        click.echo(f"{file.name}: nothing is done with the columns {', '.join(sheet.ignored_columns)}.", err=True)
    for problem in problems:
        click.echo(f"{file.name}: {problem}", err=True)


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _bad(problems: Sequence[Problem]) -> str:
    return f"{_rows(len({problem.line for problem in problems}))} bad"
