"""Prints the slots a client could choose from."""

import json
import math
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from fieldsvc.cli.prepare import config_for_data, opened, unit_named
from fieldsvc.core import clock
from fieldsvc.core.dates import day_short, hour, local, window
from fieldsvc.core.errors import NotAllowed
from fieldsvc.domain.booking import slots as booking
from fieldsvc.domain.booking.slots import Slot, Slots
from fieldsvc.domain.catalogue.find import by_reference
from fieldsvc.domain.clients.find import site_by_reference
from fieldsvc.domain.planning.assistant import Refused
from fieldsvc.domain.planning.problem import Spot, spot_of

LINES = 20


class Degrees(click.FloatRange):
    """A number of degrees; NaN, which is neither too small nor too big, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, or a usage error."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is no number of degrees.", param, ctx)
        return number


@click.command()
@click.option("--unit", "slug", required=True, metavar="SLUG", help="The business unit.")
@click.option("--activity", required=True, metavar="REFERENCE", help="The activity type, such as boiler-service.")
@click.option("--site", metavar="REFERENCE", help="Where: a site of the unit.")
@click.option("--lat", type=Degrees(-90, 90), help="Where: latitude in degrees, with --lon.")
@click.option("--lon", type=Degrees(-180, 180), help="Where: longitude in degrees, with --lat.")
@click.option("--days", type=click.IntRange(1, 366), help="How many days; without it, up to the booking horizon.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def slots(
    slug: str,
    activity: str,
    site: str | None,
    lat: float | None,
    lon: float | None,
    days: int | None,
    as_json: bool,
) -> None:
    """Print the arrival windows that can be promised, the best first.

    JSON also has why there are not more: every technician and day without a slot, with the reason.
    """
    if (site is None) == (lat is None and lon is None) or (lat is None) != (lon is None):
        raise click.UsageError("Say where: either --site REFERENCE, or --lat and --lon.")
    with opened(config_for_data()) as session:
        unit = unit_named(session, slug)
        spot = _spot(session, unit.id, site, lat, lon)
        kind = by_reference(session, unit.id, activity)
        found = booking.find(session, unit, kind, spot, now=clock.now(), days=days).explained()
    if as_json:
        click.echo(json.dumps(as_data(found, unit.zone), ensure_ascii=False, indent=1))
    else:
        _print(found, unit.zone)


def as_data(found: Slots, zone: str) -> dict[str, Any]:
    """What was found, as JSON has it; instants carry the offset of the unit's zone."""
    return {
        "slots": [_slot(slot, zone) for slot in found.slots],
        "refused": [_refused(refused) for refused in found.refused],
    }


def _slot(slot: Slot, zone: str) -> dict[str, Any]:
    best = slot.best
    return {
        "window": [_iso(at, zone) for at in slot.window],
        "begins": _iso(best.begins_at, zone),
        "minutes": best.minutes,
        "technician": best.technician_name,
        "technician_id": best.technician_id,
        "cost": {"travel_minutes": best.cost_minutes, "km": best.cost_km, "total": best.cost},
        "band": best.band,
        "because": best.because,
    }


def _refused(refused: Refused) -> dict[str, Any]:
    return {
        "technician": refused.technician_name,
        "technician_id": refused.technician_id,
        "day": refused.day.isoformat(),
        "reason": refused.code,
        "because": refused.because,
        "short_by": refused.short_by,
    }


def _spot(session: Session, unit_id: int, reference: str | None, lat: float | None, lon: float | None) -> Spot:
    if reference is None:
        assert lat is not None, "either both coordinates or a reference"
        assert lon is not None, "either both coordinates or a reference"
        return Spot("place", lat, lon)
    site = site_by_reference(session, unit_id, reference)
    if not site.is_located:
        raise NotAllowed(f"The site {reference} has no place on the map yet: give it coordinates.")
    return spot_of(site)


def _print(found: Slots, zone: str) -> None:
    for slot in found.slots[:LINES]:
        best = slot.best
        when = f"{day_short(slot.begins_at, zone)}, {window(*slot.window, zone)}"
        cost = f"{best.band}, {best.cost_minutes:+d} min, {best.cost_km:+.1f} km"
        click.echo(f"{when}  {best.technician_name} at {hour(best.begins_at, zone)}  {cost}. {best.because}")
    if len(found.slots) > LINES:
        click.echo(f"… and {len(found.slots) - LINES} more (--json prints all).")
    if not found.slots:
        click.echo("There is no slot.")
        for refused in found.refused[:LINES]:
            click.echo(f"{day_short(refused.day)}  {refused.technician_name}: {refused.because}")


def _iso(at: datetime, zone: str) -> str:
    return local(at, zone).isoformat(timespec="minutes")
