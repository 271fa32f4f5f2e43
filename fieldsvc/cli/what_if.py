"""Replays the demand of some weeks with other technicians, windows or policies, beside what is usual."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import click

import solver
from fieldsvc.cli.prepare import config_for_data, opened, unit_named
from fieldsvc.core import clock
from fieldsvc.core.dates import local_day
from fieldsvc.domain.planning.what_if import Comparison, Figures, Variant, compare

DAY = click.DateTime(["%Y-%m-%d"])
LAST_DAYS = 30


@click.command("whatif")
@click.option("--unit", "slug", required=True, metavar="SLUG", help="The business unit.")
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day of the demand; 30 days before its last.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day of the demand; yesterday.")
@click.option(
    "--technicians",
    type=click.IntRange(-99, 99),
    default=0,
    metavar="+N|-N",
    help="So many more, each a copy of a colleague who is as busy as most; or so many of these fewer.",
)
@click.option("--window-minutes", type=click.Choice(["60", "120", "240"]), help="Width of every arrival window.")
@click.option(
    "--policy",
    type=click.Choice(["first", "nearest", "regret"]),
    default="nearest",
    show_default=True,
    help="What is offered first: the earliest, the nearest, or what also leaves room for those who ask later.",
)
@click.option("--nightly/--no-nightly", default=False, show_default=True, help="Optimise the coming days every night.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def what_if(
    slug: str,
    first: datetime | None,
    last: datetime | None,
    technicians: int,
    window_minutes: str | None,
    policy: Any,
    nightly: bool,
    as_json: bool,
) -> None:
    """Book the demand of some weeks anew, on an empty copy of the calendar, and compare.

    Nothing is written. Clients are taken to be free in the half of the day that was promised to them, from the booking
    notice to the day they took or a week later.
    """
    width = int(window_minutes) if window_minutes else None
    variant = Variant(technicians, width, policy, nightly)
    solver.warm()
    with opened(config_for_data()) as session:
        unit = unit_named(session, slug)
        until = last.date() if last else local_day(clock.now(), unit.zone) - timedelta(days=1)
        since = first.date() if first else until - timedelta(days=LAST_DAYS - 1)
        found = compare(session, unit, since, until, variant, now=clock.now())
    if as_json:
        click.echo(json.dumps(as_data(found), ensure_ascii=False, indent=1))
    else:
        _print(found)


def as_data(found: Comparison) -> dict[str, Any]:
    """The comparison, as JSON has it."""
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "requests": found.requests,
        "not_located": found.not_located,
        "baseline": _figures(found, found.baseline),
        "variant": _figures(found, found.variant),
    }


def _figures(found: Comparison, figures: Figures) -> dict[str, Any]:
    variant = figures.variant
    return {
        "technicians": variant.technicians,
        "technicians_like": [_name(found, one) for one in figures.changed_like],
        "window_minutes": variant.width,
        "policy": variant.policy,
        "nightly": variant.nightly,
        "visits": figures.visits,
        "lost": figures.lost,
        "travel_minutes": figures.travel_minutes,
        "travel_minutes_per_visit": round(figures.travel_per_visit, 2),
        "km": round(figures.km, 1),
        "load": [
            {
                "technician": _name(found, load.technician),
                "visits": load.visits,
                "work_minutes": load.work_minutes,
                "travel_minutes": load.travel_minutes,
                "km": round(load.km, 1),
                "share": round(load.share, 3),
            }
            for load in figures.loads
        ],
    }


def _print(found: Comparison) -> None:
    one, other = found.baseline, found.variant
    click.echo(f"{found.requests} requests from {_day(found.first)} to {_day(found.last)}, booked anew.")
    if found.not_located:
        click.echo(f"{found.not_located} more have no place on the map and are left out.")
    click.echo(f"Variant: {_words(found, other)}.\n")
    _line("", "as usual", "variant")
    _line("visits", one.visits, other.visits)
    _line("lost requests", one.lost, other.lost)
    _line("minutes on the road for each visit", f"{one.travel_per_visit:.1f}", f"{other.travel_per_visit:.1f}")
    _line("hours on the road", f"{one.travel_minutes / 60:.1f}", f"{other.travel_minutes / 60:.1f}")
    _line("km", f"{one.km:.0f}", f"{other.km:.0f}")
    click.echo("\nLoad: work and travel as a share of working time")
    before = {load.technician: load for load in one.loads}
    after = {load.technician: load for load in other.loads}
    for technician in dict.fromkeys([*before, *after]):
        _line(_name(found, technician), _share(before.get(technician)), _share(after.get(technician)))


def _line(words: str, *values: object) -> None:
    click.echo(f"{words:<40}" + "".join(f"{value!s:>10}" for value in values))


def _words(found: Comparison, figures: Figures) -> str:
    """What is different, in words."""
    variant = figures.variant
    names = ", ".join(_name(found, one) for one in figures.changed_like)
    parts = [
        f"the {variant.policy} slot first",
        "optimised every night" if variant.nightly else "not optimised at night",
    ]
    if variant.width is not None:
        parts.append(f"windows of {variant.width} minutes")
    if variant.technicians > 0:
        parts.append(f"{variant.technicians} more (home, skills and hours of {names})")
    if variant.technicians < 0:
        parts.append(f"without {names}")
    return ", ".join(parts)


def _name(found: Comparison, technician: str) -> str:
    """The name of a technician; that of a copy says whose it is."""
    own, plus, number = technician.partition("+")
    return found.names[own] + (f" (copy {number})" if plus else "")


def _share(load: solver.Load | None) -> str:
    return "" if load is None else f"{100 * load.share:.0f} %"


def _day(value: date) -> str:
    return value.isoformat()
