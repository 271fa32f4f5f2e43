"""The simulator: what a contact would find at an instant, and what decides."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.domain.booking.simulator import Simulation, simulate
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.access import LARGEST_ID
from fieldsvc.web.admin.blueprint import blueprint
from fieldsvc.web.forms import instants
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now

FOUND = 8


@dataclass(slots=True)
class Asked:
    """Who, on what and when, as far as the address says; `wrong` is why the instant cannot be read."""

    text: str = ""
    client: Client | None = None
    contact: Contact | None = None
    intervention: Intervention | None = None
    at: datetime | None = None
    typed: str = ""
    wrong: str = ""
    found_interventions: list[Intervention] = field(default_factory=list)
    found_clients: list[Client] = field(default_factory=list)


@blueprint.get("/simulator")
def simulator() -> ResponseReturnValue:
    """Every action of a contact, shown or hidden, at an instant."""
    asked = _asked()
    simulation: Simulation | None = None
    if asked.contact is not None and not asked.wrong:
        simulation = simulate(db(), unit(), asked.contact, asked.intervention, now=asked.at or now())
    return render_template(
        "admin/simulator.html",
        page_of="admin.simulator",
        asked=asked,
        simulation=simulation,
        instant=asked.at or now(),
        written=lambda at: instants.written(at, unit().zone),
    )


def _asked() -> Asked:
    asked = Asked(text=request.args.get("q", "").strip()[:100], typed=request.args.get("at", "").strip()[:40])
    _read_instant(asked)
    intervention_id, client_id, contact_id = (_id(name) for name in ("intervention", "client", "contact"))
    if intervention_id is not None:
        asked.intervention = interventions.by_id(db(), unit().id, intervention_id)
        asked.client = asked.intervention.client
    elif client_id is not None:
        asked.client = clients.client(db(), unit().id, client_id)
    if asked.client is not None:
        asked.contact = _contact_of(asked.client, asked.intervention, contact_id)
    elif asked.text:
        filters = interventions.Filters(text=asked.text)
        asked.found_interventions = interventions.search(db(), unit(), filters, size=FOUND).rows
        asked.found_clients = clients.search(db(), unit().id, asked.text, limit=FOUND)
    return asked


def _read_instant(asked: Asked) -> None:
    if not asked.typed:
        return
    try:
        asked.at = instants.read(asked.typed, unit().zone)
    except ValueError as wrong:
        asked.wrong = str(wrong)


def _contact_of(client: Client, intervention: Intervention | None, contact_id: int | None) -> Contact | None:
    """The contact of the address, else the intervention's own, else the first."""
    wanted = contact_id or (intervention.contact_id if intervention else None)
    active = [one for one in client.contacts if one.is_active]
    return next((one for one in active if one.id == wanted), active[0] if active else None)


def _id(name: str) -> int | None:
    number = request.args.get(name, type=int)
    return number if number is not None and 0 < number <= LARGEST_ID else None
