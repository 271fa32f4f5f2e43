"""Says whether an installation is well: its configuration, its database, its data."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import click
from sqlalchemy.exc import SQLAlchemyError

import solver
from fieldsvc.cli.plain_errors import first_line
from fieldsvc.cli.prepare import config_for_data, is_demo, opened
from fieldsvc.core import clock, config
from fieldsvc.core.errors import Misconfigured
from fieldsvc.domain.planning.doctor import Finding, examine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check the configuration, the database and the plans.

    The exit code is 1 when something is wrong.
    """
    findings = list(_examine_all())
    is_well = all(finding.ok for finding in findings)
    if as_json:
        data = {"ok": is_well, "checks": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            _print(finding)
    context.exit(0 if is_well else 1)


def _examine_all() -> Iterator[Finding]:
    yield _configuration()
    yield _kernels()
    try:
        with opened(config_for_data()) as session:
            yield from examine(session, now=clock.now())
    except (Misconfigured, SQLAlchemyError) as refusal:
        words = refusal.words if isinstance(refusal, Misconfigured) else first_line(refusal)
        yield _finding("database", "The database can be used.", words)


def _configuration() -> Finding:
    words = "The configuration is complete."
    if is_demo():
        return _finding("configuration", "This is the demo of this folder.")
    try:
        config.read()
    except Misconfigured as refusal:
        return _finding("configuration", words, refusal.words)
    return _finding("configuration", words)


def _kernels() -> Finding:
    """Without compiled code the engine answers the same, only more slowly: that is no fault."""
    is_compiled = solver.warm()
    return _finding(
        "engine",
        "The planning engine runs compiled."
        if is_compiled
        else "The planning engine works, without compiled code: its cache folder cannot be written.",
    )


def _finding(check: str, words: str, *examples: str) -> Finding:
    return Finding(check, not examples, words, len(examples), list(examples))


def _print(finding: Finding) -> None:
    mark = "ok  " if finding.ok else "WRONG"
    click.echo(f"{mark:5} {finding.words}" + ("" if finding.ok else f" ({finding.count} not)"))
    for example in finding.examples:
        click.echo(f"        {example}")
