"""A small company for the tests of the portal: one client with two sites, two technicians, two kinds of work."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.domain.catalogue.models import Form, PortalAction
from fieldsvc.domain.interventions import questionnaires
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit
from tests import make

SLUG = "casa"
PORTAL = f"/portal/{SLUG}"
EMAIL = "marta@example.com"
PHONE = "+351912345678"
ADDRESS = "Rua de Cedofeita 418"

UP_TO_A_DAY_BEFORE = {"condition": "notice_hours", "hours": 24}


def found(session: Session, *, now: datetime) -> None:
    """Write the company; Marta has one visit behind her, about which she was asked."""
    unit = make.unit(session, slug=SLUG, name="Casa Quente", phone="222 010 340", email="help@casa.example")
    client = make.client(session, unit, name="Marta Figueiredo")
    make.contact(session, client, name="Marta Figueiredo", email=EMAIL, phone=PHONE)
    home = make.site(session, client, km=3, address=ADDRESS)
    make.site(session, client, km=6, name="Summer house")
    gas = make.skill(session, unit, "gas")
    technician = make.technician(session, unit, skills={gas: 2}, name="Rui Tavares", weekdays=range(7))
    make.technician(session, unit, skills={gas: 1}, weekdays=range(7), home=make.north(4))
    service = make.activity_type(
        session,
        unit,
        skills={gas: 1},
        title={"en": "Boiler service", "pt-PT": "Manutenção da caldeira"},
        icon="flame",
        price_cents=9500,
        intake_form_id=_intake(session, unit.id).id,
        questionnaire_id=_questionnaire(session, unit.id).id,
    )
    service.actions += [
        PortalAction(kind="reschedule", position=0, conditions=UP_TO_A_DAY_BEFORE),
        PortalAction(kind="cancel", position=1, conditions=UP_TO_A_DAY_BEFORE),
    ]
    nobody_can = make.skill(session, unit, "pump")
    make.activity_type(session, unit, skills={nobody_can: 5}, title={"en": "Heat-pump installation"}, minutes=240)
    done = make.scheduled(
        session,
        unit,
        technician,
        now - timedelta(days=3),
        activity_type=service,
        site=home,
        status="completed",
        now=now - timedelta(days=5),
    )
    questionnaires.ask(session, unit, done, now=now)


def somebody_elses_visit(session: Session, *, now: datetime) -> Intervention:
    """A visit of another client of the same unit."""
    unit = make.unit(session, slug="other")
    return make.scheduled(session, unit, make.technician(session, unit), now + timedelta(days=2))


def _intake(session: Session, unit_id: int) -> Form:
    return _form(
        session,
        unit_id,
        "intake",
        [
            {"code": "last", "kind": "short_text", "label": {"en": "When was it last serviced?"}},
            {"code": "leak", "kind": "yes_no", "label": {"en": "Is there a leak?"}, "is_required": True},
            {
                "code": "brand",
                "kind": "choice",
                "label": {"en": "Which brand is it?"},
                "options": [{"code": "a", "label": {"en": "Acme"}}, {"code": "other", "label": {"en": "Another one"}}],
            },
        ],
    )


def _questionnaire(session: Session, unit_id: int) -> Form:
    return _form(
        session,
        unit_id,
        "questionnaire",
        [
            {"code": "nps", "kind": "nps", "label": {"en": "Would you recommend us?"}, "is_required": True},
            {"code": "clean", "kind": "rating", "label": {"en": "Was everything left clean?"}},
            {"code": "more", "kind": "long_text", "label": {"en": "Anything to add?"}},
        ],
    )


def _form(session: Session, unit_id: int, kind: str, fields: list[dict[str, Any]]) -> Form:
    unit = session.get_one(BusinessUnit, unit_id)
    return make.form(session, unit, fields, kind=kind, code=kind, title={"en": kind.capitalize()})
