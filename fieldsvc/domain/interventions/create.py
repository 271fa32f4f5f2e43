"""Brings an intervention to life from what staff typed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class NewIntervention:
    """What staff say of work that is to be done."""

    client_id: int
    site_id: int
    activity_type_id: int
    contact_id: int | None = None
    minutes: int | None = None
    priority: int | None = None
    due_on: date | None = None
    notes: str = ""


def create(session: Session, unit: BusinessUnit, new: NewIntervention, *, actor: Actor, now: datetime) -> Intervention:
    """An unscheduled intervention. Raises `NotFound` for what is not of the unit, `Invalid` for what does not fit."""
    client = clients.client(session, unit.id, new.client_id)
    site = clients.site(session, unit.id, new.site_id)
    activity_type = catalogue.by_id(session, unit.id, new.activity_type_id)
    if activity_type.is_archived:
        words = _("This activity type is archived. Please choose another one.")
        raise Invalid(words, {"activity_type_id": words})
    if site.client_id != client.id:
        words = _("This site belongs to another client.")
        raise Invalid(words, {"site_id": words})
    if new.contact_id is not None and new.contact_id not in {contact.id for contact in client.contacts}:
        words = _("This contact belongs to another client.")
        raise Invalid(words, {"contact_id": words})
    intervention = Intervention(
        unit_id=unit.id,
        client_id=client.id,
        contact_id=new.contact_id or next((contact.id for contact in client.contacts if contact.is_active), None),
        site_id=site.id,
        activity_type_id=activity_type.id,
        status="unscheduled",
        minutes=new.minutes or activity_type.minutes,
        priority=new.priority or activity_type.priority,
        due_on=new.due_on,
        notes=new.notes,
        created_at=now,
        changed_at=now,
    )
    return lifecycle.begin(session, intervention, actor=actor, now=now)
