"""A small company for the tests of the staff's pages: three technicians and one day with two visits.

On `day_on(now)`, two days ahead, Rui is promised to Helena (10:00 to 12:00) and to the hotel (14:00 to 16:00);
the quinta waits for a time. Everything needs gas, which Nuno cannot do.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.domain.accounts.passwords import hash_of
from fieldsvc.domain.catalogue.models import ActivityType, Form, PortalAction
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from fieldsvc.domain.units.models import BusinessUnit
from tests import make

ZONE = "Europe/Lisbon"
DISPATCHER, COLLEAGUE, TECHNICIAN = "lucia@example.com", "duarte@example.com", "rui@example.com"
PASSWORD = "correct horse"
HELENA, HOTEL, QUINTA = "Helena Prata", "Hotel Boa Nova", "Quinta das Camélias"


def day_on(now: datetime) -> date:
    """The local day that has visits."""
    return local_day(now, ZONE) + timedelta(days=2)


def found(session: Session, *, now: datetime) -> None:
    """Write the company."""
    unit = make.unit(session, slug="clima", name="Porto Clima", zone=ZONE)
    password = hash_of(PASSWORD)
    make.staff(session, unit, email=DISPATCHER, name="Lúcia Ferraz", password_hash=password)
    make.staff(session, unit, email=COLLEAGUE, name="Duarte Leal", password_hash=password)
    person = make.staff(session, unit, email=TECHNICIAN, name="Rui Carvalho", role="technician", password_hash=password)
    gas = make.skill(session, unit, "gas")
    rui = make.technician(session, unit, skills={gas: 3}, name="Rui Carvalho", weekdays=range(7), staff_id=person.id)
    make.technician(session, unit, skills={gas: 3}, name="Inês Magalhães", weekdays=range(7))
    make.technician(session, unit, name="Nuno Teixeira", weekdays=range(7))
    service = make.activity_type(
        session,
        unit,
        skills={gas: 1},
        title={"en": "Boiler service"},
        questionnaire_id=_questionnaire(session, unit.id).id,
    )
    service.actions += [PortalAction(kind="cancel", conditions={"condition": "notice_hours", "hours": 24})]
    day = day_on(now)
    for name, hour in ((HELENA, 10), (HOTEL, 14)):
        begins_at = at_wall_time(day, hour * 60, ZONE)
        make.scheduled(session, unit, rui, begins_at, activity_type=service, site=_site(session, unit, name))
    make.intervention(
        session, unit, activity_type=service, site=_site(session, unit, QUINTA), due_on=day + timedelta(days=3)
    )
    _past(session, unit, service, rui.id, now=now)


def somebody_elses(session: Session, *, now: datetime) -> int:
    """A planned intervention of another unit."""
    other = make.unit(session, slug="other")
    row = make.scheduled(session, other, make.technician(session, other), now + timedelta(days=2))
    session.commit()
    return row.id


def _site(session: Session, unit: BusinessUnit, name: str) -> Site:
    client = make.client(session, unit, name=name)
    make.contact(session, client, name=name, phone="+351912345678")
    return make.site(session, client, km=4, access_notes="Ring twice")


def _questionnaire(session: Session, unit_id: int) -> Form:
    fields = [
        {"code": "nps", "kind": "nps", "label": {"en": "Would you recommend us?"}},
        {"code": "rating", "kind": "rating", "label": {"en": "How was the work?"}},
        {"code": "comment", "kind": "long_text", "label": {"en": "Anything else?"}},
    ]
    unit = session.get_one(BusinessUnit, unit_id)
    return make.form(session, unit, fields, kind="questionnaire", code="opinion", title={"en": "Your opinion"})


def _past(session: Session, unit: BusinessUnit, service: ActivityType, technician_id: int, *, now: datetime) -> None:
    """Three answered questionnaires of last week."""
    for score, comment in ((10, "Impeccable."), (9, ""), (3, "Came late.")):
        done = make.intervention(
            session, unit, activity_type=service, site=_site(session, unit, f"Client {score}"), status="completed"
        )
        session.add(
            QuestionnaireResponse(
                unit_id=unit.id,
                intervention_id=done.id,
                form_id=service.questionnaire_id,
                form_version_id=_version_of(session, service),
                technician_id=technician_id,
                token_hash=f"token-{score}",
                answers={"nps": score, "rating": 4, "comment": comment} if comment else {"nps": score, "rating": 4},
                nps=score,
                rating=4,
                sent_at=now - timedelta(days=8),
                answered_at=now - timedelta(days=7),
                expires_at=now + timedelta(days=50),
            )
        )
    session.flush()


def _version_of(session: Session, service: ActivityType) -> int:
    form = session.get_one(Form, service.questionnaire_id)
    assert form.published is not None
    return form.published.id
