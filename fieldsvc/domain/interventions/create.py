"""Brings an intervention to life from what staff typed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Client, Site
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class NewIntervention:
    """What staff say of work that is to be done; a site means nothing for work without a place."""

    client_id: int
    site_id: int | None
    activity_type_id: int
    contact_id: int | None = None
    minutes: int | None = None
    priority: int | None = None
    due_on: date | None = None
    notes: str = ""


def create(session: Session, unit: BusinessUnit, new: NewIntervention, *, actor: Actor, now: datetime) -> Intervention:
    """An unscheduled intervention. Raises `NotFound` for what is not of the unit, `Invalid` for what does not fit."""
    client = clients.client(session, unit.id, new.client_id)
    activity_type = catalogue.by_id(session, unit.id, new.activity_type_id)
    if activity_type.is_archived:
        words = _("This activity type is archived. Please choose another one.")
        raise Invalid(words, {"activity_type_id": words})
    site = _site(session, unit, client, new) if activity_type.has_place else None
    if new.contact_id is not None and new.contact_id not in {contact.id for contact in client.contacts}:
        words = _("This contact belongs to another client.")
        raise Invalid(words, {"contact_id": words})
    intervention = Intervention(
        unit_id=unit.id,
        client_id=client.id,
        contact_id=new.contact_id or next((contact.id for contact in client.contacts if contact.is_active), None),
        site_id=site.id if site else None,
        activity_type_id=activity_type.id,
        kind=activity_type.kind,
        status="unscheduled",
        minutes=new.minutes or activity_type.minutes,
        priority=new.priority or activity_type.priority,
        due_on=new.due_on,
        notes=new.notes,
        created_at=now,
        changed_at=now,
    )
    return lifecycle.begin(session, intervention, actor=actor, now=now)


def _site(session: Session, unit: BusinessUnit, client: Client, new: NewIntervention) -> Site:
    if new.site_id is None:
        words = _("Please choose where the work is.")
        raise Invalid(words, {"site_id": words})
    site = clients.site(session, unit.id, new.site_id)
    if site.client_id != client.id:
        words = _("This site belongs to another client.")
        raise Invalid(words, {"site_id": words})
    return site
