"""A visit of Marta's with everything she may do about it, and somebody else's beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.core.audit import Actor
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Contact, Site
from fieldsvc.domain.files.keep import keep
from fieldsvc.domain.interventions import visit_links
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.web.portal import company

OFFICE = Actor("staff", None, "Inês Carvalho")
KINDS = ("confirm", "reschedule", "cancel", "form", "message", "file", "document", "ask", "book")


@dataclass(frozen=True)
class Ids:
    """The numbers of everything, for addresses."""

    visit: int
    other: int
    actions: dict[str, int]
    unit_actions: dict[str, int]
    document: int
    file: int
    internal: int
    link: str

    @property
    def path(self) -> str:
        return f"{company.PORTAL}/visits/{self.visit}"


def furnish(app: Flask) -> Ids:
    """Write a visit of Marta's with a document, a file and an internal one, and a visit of another client."""
    with changing(app) as session:
        return write(session, now=clock.now())


def found(session: Session, *, now: datetime) -> None:
    """The company with Marta's visit in it."""
    company.found(session, now=now)
    write(session, now=now)


def write(session: Session, *, now: datetime) -> Ids:
    """The same in a session."""
    unit = session.scalars(select(BusinessUnit).where(BusinessUnit.slug == company.SLUG)).one()
    marta = session.scalars(select(Contact).where(Contact.email == company.EMAIL)).one()
    site = session.scalars(select(Site).where(Site.address == company.ADDRESS)).one()
    technician = session.scalars(select(Technician).where(Technician.name == "Rui Tavares")).one()
    technician.phone = "+351912000418"
    kind = _kind(session, unit)
    begins_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    visit = make.scheduled(
        session, unit, technician, begins_at, activity_type=kind, site=site, contact_id=marta.id, now=now
    )
    other = _somebody_elses(session, unit, kind, begins_at, now)
    session.flush()
    return Ids(
        visit=visit.id,
        other=other.id,
        actions={action.kind: action.id for action in kind.actions if not action.is_for_unit},
        unit_actions={action.kind: action.id for action in kind.actions if action.is_for_unit},
        document=make.document(session, visit, created_at=now).id,
        file=keep(session, unit.id, "gauge.txt", b"0.9 bar", actor=OFFICE, now=now, about=visit).id,
        internal=keep(
            session, unit.id, "margin.txt", b"20 per cent", actor=OFFICE, now=now, about=visit, is_internal=True
        ).id,
        link=visit_links.make(session, visit, marta, now=now),
    )


@contextmanager
def changing(app: Flask) -> Iterator[Session]:
    """The product's database, to change it behind its back."""
    with app.extensions["fieldsvc"].sessions.begin() as session:
        yield session


def _kind(session: Session, unit: BusinessUnit) -> ActivityType:
    kind = make.activity_type(
        session,
        unit,
        title={"en": "Boiler check {intervention.reference}"},
        description={"en": "We look at everything, {contact.name}."},
        price_cents=9500,
    )
    questions: list[dict[str, Any]] = [
        {"code": "parking", "kind": "short_text", "label": {"en": "Where can we park?"}, "is_required": True},
        {"code": "photo", "kind": "photo", "label": {"en": "A picture of the gauge"}},
    ]
    form = make.form(session, unit, questions, kind="action", title={"en": "Before we come"})
    for name in KINDS:
        make.portal_action(session, kind, name, form=form if name == "form" else None)
    make.portal_action(session, kind, "ask", is_for_unit=True, label={"en": "Ask for a repair"})
    make.portal_action(session, kind, "form", is_for_unit=True, form=form)
    return kind


def _somebody_elses(
    session: Session, unit: BusinessUnit, kind: ActivityType, begins_at: datetime, now: datetime
) -> Intervention:
    site = make.site(session, make.client(session, unit, name="Somebody Else"), address="Secret street 1")
    technician = make.technician(session, unit)
    visit = make.scheduled(session, unit, technician, begins_at, activity_type=kind, site=site, now=now)
    keep(session, unit.id, "theirs.txt", b"secret", actor=OFFICE, now=now, about=visit)
    make.document(session, visit, title="Their quote")
    return visit
