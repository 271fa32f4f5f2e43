"""Two companies with the same furniture, and everybody who might knock at a door.

Unit `alfa` has two clients, Ana's and Sofia's; unit `beta` has one, Bela's. Each client has a visit to come, one that
is done with its questionnaire, and a booking on its way. Each unit has an administrator, a dispatcher, a technician
with a calendar feed, and a draft plan.
"""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.app import create_app
from fieldsvc.core import clock, tokens
from fieldsvc.core.config import Config
from fieldsvc.core.db import Base
from fieldsvc.core.jobs import Job
from fieldsvc.domain.accounts import passwords, sessions
from fieldsvc.domain.booking.models import BookingDraft, Offer, WaitingEntry
from fieldsvc.domain.catalogue.models import ActivityType, Form, PortalAction, Trigger
from fieldsvc.domain.clients.models import Contact, PermanentCode
from fieldsvc.domain.feeds.models import CalendarFeed
from fieldsvc.domain.files.keep import keep
from fieldsvc.domain.files.logo import change_logo
from fieldsvc.domain.interventions import visit_links
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web.principal import COOKIES
from tests import make
from tests.web import kept
from tests.web.kept import KEY

PASSWORD = "a long password of the staff"
ANA, ANA_PHONE = "ana@example.com", "+351912345678"

# Who knocks, and with which cookie: contacts of three clients, staff of two units, and nobody.
CONTACTS = ("ana", "sofia", "bela")
STAFF = ("administrator", "administrator_b", "dispatcher", "dispatcher_b", "technician", "technician_b")
EVERYBODY = ("anonymous", *CONTACTS, *STAFF)


@dataclass(frozen=True)
class Belongings:
    """Ids of what belongs to one client, and the secret of his questionnaire."""

    intervention: int
    done: int
    draft: int
    plan: int
    skill: int
    questionnaire: str
    feed: str
    activity_type: int = 9_999_999
    blackout_day: int = 9_999_999
    form: int = 9_999_999
    trigger: int = 9_999_999
    message: int = 9_999_999
    message_token: str = "no-such-token"
    document: int = 9_999_999
    waiting: int = 9_999_999
    offer: int = 9_999_999
    file: int = 9_999_999
    link: str = "no-such-token"
    client: int = 9_999_999
    contact: int = 9_999_999
    site: int = 9_999_999
    permanent_code: int = 9_999_999
    actions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    kind: str
    id: int
    unit_id: int


@dataclass(frozen=True)
class Web:
    """The product on a database of the test's own, asked without a browser."""

    app: Flask
    factory: sessionmaker[Session]
    people: dict[str, Person] = field(default_factory=dict)
    belongings: dict[str, Belongings] = field(default_factory=dict)

    def browser(self, who: str = "anonymous") -> FlaskClient:
        """A new browser in which `who` has just signed in."""
        browser = self.app.test_client()
        if who != "anonymous":
            person = self.people[who]
            with self.factory.begin() as session:
                opened = sessions.open_session(session, person.kind, person.id, person.unit_id, now=clock.now())
            browser.set_cookie(COOKIES[person.kind], opened)
        return browser

    def change(self, statement: sa.Executable) -> None:
        """Change rows behind the product's back."""
        with self.factory.begin() as session:
            session.execute(statement)

    def count(self, model: type[Base], *where: sa.ColumnElement[bool]) -> int:
        """How many rows there are."""
        with self.factory() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0

    def messages(self) -> list[OutboxMessage]:
        """Everything in the outbox, in the order it was written."""
        with self.factory() as session:
            return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))

    def digest(self, *, without: Collection[str] = ()) -> str:
        """The hash of every row of every table, or of every one but some."""
        seen = hashlib.sha256()
        with self.factory() as session:
            for table in (table for table in Base.metadata.sorted_tables if table.name not in without):
                rows = session.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
                seen.update(repr([tuple(row) for row in rows]).encode())
        return seen.hexdigest()


@contextmanager
def opened(database_url: str) -> Iterator[Web]:
    """The product that is kept, with both companies."""
    with kept.product(database_url) as app:
        yield _furnished(app)


@contextmanager
def made(database_url: str, **settings: Any) -> Iterator[Web]:
    """A product of its own with both companies, without a worker, limits and forgery checks unless asked."""
    is_guarded = settings.pop("is_guarded", False)
    defaults: dict[str, Any] = {"secret_key": KEY, "run_worker": False, "rate_limits": False}
    app = create_app(Config(database_url=database_url, **{**defaults, **settings}))
    app.config["WTF_CSRF_ENABLED"] = is_guarded
    yield _furnished(app)
    app.extensions["fieldsvc"].engine.dispose()


def _furnished(app: Flask) -> Web:
    web = Web(app, app.extensions["fieldsvc"].sessions)
    with web.factory.begin() as session:
        found(session, web.people, web.belongings)
    return web


def found(session: Session, people: dict[str, Person], belongings: dict[str, Belongings]) -> None:
    """Write both companies, and note who is who and whose is what."""
    alfa = make.unit(session, slug="alfa", name="Alfa")
    beta = make.unit(session, slug="beta", name="Beta")
    settings.change(beta, is_board_shown_to_units=True)
    for unit, ending, clients in ((alfa, "", ("ana", "sofia")), (beta, "_b", ("bela",))):
        dispatcher = make.staff(session, unit, email=f"dora{ending}@example.com", password_hash=_password_hash())
        owner = make.staff(session, unit, email=f"alda{ending}@example.com", role="administrator")
        driver = make.staff(session, unit, email=f"rui{ending}@example.com", role="technician")
        technician = make.technician(session, unit, staff_id=driver.id, weekdays=range(7), name=f"Rui{ending}")
        people[f"dispatcher{ending}"] = Person("staff", dispatcher.id, unit.id)
        people[f"administrator{ending}"] = Person("staff", owner.id, unit.id)
        people[f"technician{ending}"] = Person("staff", driver.id, unit.id)
        change_logo(session, unit, _picture(), actor=make.DISPATCHER, now=clock.now())
        kind = _activity_type(session, unit)
        for number, name in enumerate(clients):
            client = make.client(session, unit, name=f"Client of {name}")
            phone = ANA_PHONE if name == "ana" else None
            contact = make.contact(session, client, name=name.capitalize(), email=f"{name}@example.com", phone=phone)
            people[name] = Person("contact", contact.id, unit.id)
            belongings[name] = _furnish(session, unit, technician, kind, contact, number, clock.now())


def _picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (60, 20), "navy").save(written, "PNG")
    return written.getvalue()


def _activity_type(session: Session, unit: BusinessUnit) -> ActivityType:
    questions: list[dict[str, Any]] = [
        {"code": "nps", "kind": "nps", "label": {"en": "Would you recommend us?"}, "is_required": True},
        {"code": "comment", "kind": "long_text", "label": {"en": "Anything else?"}},
    ]
    form = make.form(session, unit, questions, kind="questionnaire", code="after", title={"en": "After"})
    row = make.activity_type(session, unit, title={"en": "Boiler service"}, questionnaire_id=form.id)
    row.actions += [PortalAction(kind="reschedule", position=0), PortalAction(kind="cancel", position=1)]
    before = make.form(session, unit, [{"code": "parking", "kind": "short_text", "label": {"en": "Parking?"}}])
    row.actions += [PortalAction(kind=kind) for kind in ("confirm", "message", "file", "document", "ask")]
    row.actions += [PortalAction(kind=kind) for kind in ("book", "questionnaire")]  # for administrators to change
    row.actions += [PortalAction(kind="form", form=before, is_for_unit=one) for one in (False, True)]
    row.actions += [PortalAction(kind="ask", is_for_unit=True)]
    session.flush()
    return row


def _furnish(
    session: Session,
    unit: BusinessUnit,
    technician: Technician,
    kind: ActivityType,
    contact: Contact,
    number: int,
    now: datetime,
) -> Belongings:
    site = make.site(session, contact.client, km=3 + number)
    when = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=3 * number)
    values: dict[str, Any] = {"activity_type": kind, "site": site, "now": now}
    coming = make.scheduled(session, unit, technician, when + timedelta(days=4), **values)
    done = make.scheduled(session, unit, technician, when - timedelta(days=4), status="completed", **values)
    job = Job(kind="optimise_day", state="done", run_at=now, created_at=now)
    session.add(job)
    session.flush()
    draft = BookingDraft(
        unit_id=unit.id, contact_id=contact.id, activity_type_id=kind.id, site_id=site.id, created_at=now
    )
    plan = DraftPlan(unit_id=unit.id, job_id=job.id, day_on=when.date(), state="ready", created_at=now)
    questionnaire, feed = tokens.make(), tokens.make()
    response = QuestionnaireResponse(
        unit_id=unit.id,
        intervention_id=done.id,
        form_id=kind.questionnaire_id,
        form_version_id=session.get_one(Form, kind.questionnaire_id).published.id,  # type: ignore[union-attr]
        token_hash=tokens.digest(questionnaire),
        sent_at=now,
        expires_at=now + timedelta(days=30),
    )
    calendar = CalendarFeed(technician_id=technician.id, token_hash=tokens.digest(feed), created_at=now)
    session.add_all([draft, plan, response, calendar])
    session.flush()
    skill = make.skill(session, unit, f"skill-{number}")
    unused = make.activity_type(session, unit, is_on_portal=False)
    about = {"about_kind": "intervention", "about_id": coming.id, "created_at": now - timedelta(days=1)}
    message = make.message(session, contact, **about)
    return Belongings(
        coming.id,
        done.id,
        draft.id,
        plan.id,
        skill.id,
        questionnaire,
        feed,
        activity_type=unused.id,
        blackout_day=make.blackout_day(session, unit, when.date() + timedelta(days=90 + number)).id,
        form=kind.questionnaire_id or 0,
        trigger=_trigger(session, unit, now).id,
        message=message.id,
        message_token=message.message_id[1:].partition("@")[0],
        client=contact.client_id,
        contact=contact.id,
        site=site.id,
        permanent_code=_permanent_code(session, contact, now).id,
        **_papers(session, coming, contact, now),
        **_waiting(session, draft, coming, now),
    )


def _permanent_code(session: Session, contact: Contact, now: datetime) -> PermanentCode:
    code = PermanentCode(
        unit_id=contact.unit_id, contact_id=contact.id, code_hash="nobody knows it", ending="XY", created_at=now
    )
    session.add(code)
    session.flush()
    return code


def _trigger(session: Session, unit: BusinessUnit, now: datetime) -> Trigger:
    trigger = Trigger(
        unit_id=unit.id,
        name="Reminder",
        relative_to="window",
        offset_minutes=-60,
        action="message",
        parameters={"kind": "visit_reminder"},
        created_at=now,
    )
    session.add(trigger)
    session.flush()
    return trigger


def _waiting(session: Session, draft: BookingDraft, coming: Intervention, now: datetime) -> dict[str, Any]:
    """A place on the waiting list for the booking on its way, and what the client was shown before the last one."""
    entry = WaitingEntry(
        unit_id=draft.unit_id,
        contact_id=draft.contact_id,
        draft_id=draft.id,
        channel="email",
        created_at=now,
        changed_at=now,
    )
    begins, ends, planned = (now.isoformat(), (now + timedelta(hours=2)).isoformat(), now.isoformat())
    slot = [begins, ends, coming.visits[0].technician_id, planned, 12.0, 12, 8.5, "green"]
    offer = Offer(
        unit_id=draft.unit_id,
        source="portal",
        client_id=coming.client_id,
        contact_id=draft.contact_id,
        activity_type_id=draft.activity_type_id,
        site_id=coming.site_id,
        shown_at=now - timedelta(days=2),
        slots=[slot],
        refused=[["full", 3], ["travel", 1]],
        digest="earlier",
        outcome="taken",
        taken=[1, *slot],
        result_id=coming.id,
        decided_at=now - timedelta(days=2),
    )
    session.add_all([entry, offer])
    session.flush()
    return {"waiting": entry.id, "offer": offer.id}


def _papers(session: Session, coming: Intervention, contact: Contact, now: datetime) -> dict[str, Any]:
    """A file, a document to decide about, and a secret link of a visit; what may be done with it, by route."""
    file = keep(session, coming.unit_id, "note.txt", b"A note", actor=make.DISPATCHER, now=now, about=coming)
    document = make.document(session, coming)
    kind = coming.activity_type
    numbers = {(action.kind, action.is_for_unit): action.id for action in kind.actions}
    return {
        "file": file.id,
        "document": document.id,
        "link": visit_links.make(session, coming, contact, now=now),
        "actions": {
            "portal.answer_form": numbers["form", False],
            "portal.unit_form": numbers["form", True],
            "portal.ask_about": numbers["ask", False],
            "portal.ask_for": numbers["ask", True],
            **dict.fromkeys(("admin.action", "admin.try_action", "admin.switch_action"), numbers["book", False]),
            "admin.remove_action": numbers["questionnaire", False],
        },
    }


@cache
def _password_hash() -> str:
    return passwords.hash_of(PASSWORD)
