"""What the condition language may know about interventions, gathered for many of them at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.domain.catalogue.conditions import Facts
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.interventions.lifecycle import ENDED
from fieldsvc.domain.interventions.models import Document, Intervention, QuestionnaireResponse
from fieldsvc.domain.units.models import BusinessUnit


def facts_of(
    session: Session, unit: BusinessUnit, rows: Sequence[Intervention], contact: Contact | None, *, now: datetime
) -> list[Facts]:
    """The facts of each intervention as `contact` would find them, or its own contact when nobody is named.

    Two queries, however many interventions there are.
    """
    ids = [row.id for row in rows]
    asked, to_decide = _asked(session, ids, now=now), _to_decide(session, ids)
    return [_facts(unit, row, contact or row.contact, row.id in asked, row.id in to_decide, now=now) for row in rows]


def facts_of_contact(unit: BusinessUnit, contact: Contact, *, now: datetime) -> Facts:
    """What is known of somebody who asks without an intervention."""
    client = contact.client
    return Facts(
        now=now,
        zone=unit.zone,
        client_kind=client.kind,
        client_category=client.category,
        client_fields=client.custom,
        contact_role=contact.role,
        contact_has_email=bool(contact.email),
        contact_has_phone=bool(contact.phone),
    )


def _facts(
    unit: BusinessUnit, row: Intervention, contact: Contact | None, is_asked: bool, decides: bool, *, now: datetime
) -> Facts:
    client: Client = row.client
    has_ended = row.status in ENDED
    return Facts(
        now=now,
        zone=unit.zone,
        kind=row.kind,
        status=row.status,
        window_begins_at=row.window_begins_at,
        window_ends_at=row.window_ends_at,
        created_at=row.created_at,
        closed_at=(row.actual_ends_at or row.changed_at) if has_ended else None,
        due_on=row.due_on,
        confirmed_at=row.confirmed_at,
        is_locked=row.is_locked,
        times_moved=row.times_moved,
        band=row.band,
        technicians=sum(visit.is_occupying for visit in row.visits),
        outcome=row.outcome,
        postcode=row.site.postcode if row.site else "",
        questionnaire_waits=is_asked,
        document_waits=decides,
        client_kind=client.kind,
        client_category=client.category,
        client_fields=client.custom,
        contact_role=contact.role if contact else "",
        contact_has_email=bool(contact and contact.email),
        contact_has_phone=bool(contact and contact.phone),
        answers=row.answers,
    )


def _asked(session: Session, ids: Sequence[int], *, now: datetime) -> set[int]:
    rows = select(QuestionnaireResponse.intervention_id).where(
        QuestionnaireResponse.intervention_id.in_(ids),
        QuestionnaireResponse.answered_at.is_(None),
        QuestionnaireResponse.expires_at > now,
    )
    return set(session.scalars(rows)) if ids else set()


def _to_decide(session: Session, ids: Sequence[int]) -> set[int]:
    rows = select(Document.intervention_id).where(Document.intervention_id.in_(ids), Document.state == "waiting")
    return set(session.scalars(rows)) if ids else set()
