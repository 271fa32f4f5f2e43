"""A booking on its way, step by step; nothing a client typed is ever lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions, draft_action, holds, waiting_close
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients import find as clients
from fieldsvc.domain.clients.models import Contact, Site
from fieldsvc.domain.clients.sites import next_reference
from fieldsvc.domain.geo.geocode import Geocoder, locate
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.interventions import form_files, lifecycle, messages
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit

STEPS = ("what", "where", "questions", "when", "confirm")
OFFERED_AGAIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address a client types because it is not on file yet."""

    address: str
    postcode: str
    city: str
    access_notes: str = ""


def start(session: Session, contact: Contact, activity_type_id: int, *, now: datetime) -> BookingDraft:
    """Begin to book work of this type. Raises `NotFound` when clients may not book it."""
    action = _booking(session, contact, activity_type_id, now=now)
    draft = BookingDraft(
        unit_id=contact.unit_id,
        contact_id=contact.id,
        activity_type=actions.work_of(action),
        action_id=action.id,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def reschedule(session: Session, contact: Contact, intervention_id: int, *, now: datetime) -> BookingDraft:
    """Begin to choose another time for a visit; the old one stays until the new one is confirmed.

    Raises `NotFound`, and `NotAllowed` with the condition that says no.
    """
    return _choose_time(session, contact, intervention_id, "reschedule", now=now)


def book_existing(session: Session, contact: Contact, intervention_id: int, *, now: datetime) -> BookingDraft:
    """Begin to choose the time of a visit that has none yet.

    Raises `NotFound`, and `NotAllowed` with the condition that says no.
    """
    return _choose_time(session, contact, intervention_id, "book", now=now)


def _choose_time(session: Session, contact: Contact, intervention_id: int, kind: str, *, now: datetime) -> BookingDraft:
    intervention = interventions.of_contact(session, contact, intervention_id)
    action = actions.require(session, intervention, contact, kind, now=now)
    draft = BookingDraft(
        unit_id=contact.unit_id,
        contact_id=contact.id,
        action_id=action.id,
        activity_type=intervention.activity_type,
        site=intervention.site,
        answers=dict(intervention.answers),
        form_version_id=intervention.form_version_id,
        is_answered=True,
        reschedules=intervention,
        created_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def of_contact(session: Session, contact: Contact, draft_id: int) -> BookingDraft:
    """A draft of this contact. Raises `NotFound`."""
    draft = session.scalar(
        select(BookingDraft).where(BookingDraft.id == draft_id, BookingDraft.contact_id == contact.id)
    )
    if draft is None:
        raise NotFound(_("This booking does not exist."))
    return draft


def locked(session: Session, contact: Contact, draft_id: int) -> BookingDraft:
    """A draft as it is now, kept for this transaction, so that a second click waits for the first. Raises `NotFound`.

    A draft is locked before technicians, and technicians before interventions.
    """
    session.execute(
        select(BookingDraft.id)
        .where(BookingDraft.id == draft_id, BookingDraft.contact_id == contact.id)
        .with_for_update()
    )
    draft = of_contact(session, contact, draft_id)
    session.refresh(draft)
    return draft


def running(session: Session, contact: Contact, draft_id: int) -> BookingDraft:
    """A draft that is not finished yet, kept for this transaction. Raises `NotFound`, `NotAllowed`."""
    draft = locked(session, contact, draft_id)
    if draft.finished_at is not None:
        raise NotAllowed(_("This booking is finished already."))
    return draft


def unfinished(session: Session, contact: Contact, *, now: datetime) -> BookingDraft | None:
    """The booking this contact began last and recently, when it is not finished; a change of time is no booking."""
    newest = session.scalars(
        select(BookingDraft).where(BookingDraft.contact_id == contact.id).order_by(BookingDraft.id.desc()).limit(1)
    ).first()
    if newest is None or newest.finished_at is not None or newest.reschedules_id is not None:
        return None
    if newest.created_at <= now - OFFERED_AGAIN:
        return None
    unit = session.get_one(BusinessUnit, contact.unit_id)
    return newest if newest.activity_type in actions.bookable(session, unit, contact, now=now) else None


def questions_of(draft: BookingDraft) -> list[Field]:
    """What the activity type asks before the visit."""
    form = draft.activity_type.intake_form
    return list(form.fields) if form else []


def change_activity_type(
    session: Session, contact: Contact, draft_id: int, activity_type_id: int, *, now: datetime
) -> BookingDraft:
    """Choose other work for a draft; a hold for the former one is given back."""
    draft = running(session, contact, draft_id)
    action = _booking(session, contact, activity_type_id, now=now)
    draft.action_id = action.id
    if draft.activity_type_id != activity_type_id:
        holds.release(session, draft, now=now)
        draft.activity_type, draft.is_answered, draft.form_version_id = actions.work_of(action), False, None
    return draft


def choose_site(session: Session, contact: Contact, draft_id: int, site_id: int, *, now: datetime) -> BookingDraft:
    """Say where the work is. Raises `NotFound` for somebody else's site."""
    draft = running(session, contact, draft_id)
    site = clients.site_of(session, contact, site_id)
    if draft.site_id != site.id:
        holds.release(session, draft, now=now)
        draft.site = site
    return draft


def choose_new_address(
    session: Session,
    contact: Contact,
    draft_id: int,
    new: NewAddress,
    geocoder: Geocoder | None,
    *,
    now: datetime,
) -> BookingDraft:
    """Add an address to the client's sites and choose it; one that is not found on the map is kept as not located."""
    draft = running(session, contact, draft_id)
    holds.release(session, draft, now=now)
    site = Site(
        unit_id=contact.unit_id,
        client_id=contact.client_id,
        reference=next_reference(session, contact.client),
        address=new.address,
        postcode=new.postcode,
        city=new.city,
        access_notes=new.access_notes,
    )
    found = locate(session, geocoder, site.full_address, now=now)
    if found is not None:
        site.latitude, site.longitude = found
    clients.make_his_own(session, contact, site)
    draft.site = site
    session.flush()
    return draft


def answer(
    session: Session,
    contact: Contact,
    draft_id: int,
    given: answers.Given,
    notes: str,
    *,
    files: Mapping[str, int] | None = None,
) -> BookingDraft:
    """Keep the answers to the questions of the activity type. Raises `Invalid` with the words by field."""
    draft = running(session, contact, draft_id)
    if len(notes) > answers.LONGEST["long_text"]:
        words = _("Please shorten this to %(n)s characters.", n=answers.LONGEST["long_text"])
        raise Invalid(words, {"notes": words})
    form = draft.activity_type.intake_form
    draft.answers = answers.read(questions_of(draft), given, files)
    draft.form_version_id = form.published.id if form and form.published else None
    draft.notes = notes.strip().replace("\x00", "")
    draft.is_answered = True
    return draft


def step_of(draft: BookingDraft) -> str:
    """The first step that is not done yet."""
    if draft.needs_site and draft.site_id is None:
        return "where"
    if not draft.is_answered and questions_of(draft):
        return "questions"
    return "when" if draft.hold_id is None else "confirm"


def ask_for_a_call(
    session: Session, unit: BusinessUnit, contact: Contact, draft_id: int, *, now: datetime
) -> Intervention:
    """Leave it to the unit's staff to find a time for a draft: they are told, and answer by phone.

    A visit that was to be moved stays as it is; for new work there is a request now. Raises `NotFound`, `NotAllowed`.
    """
    draft = running(session, contact, draft_id)
    draft_action.action_of(session, unit, contact, draft, now=now)
    holds.release(session, draft, now=now)
    by = Actor("contact", contact.id, contact.name)
    intervention = draft.reschedules or _request(session, contact, draft, actor=by, now=now)
    words = _("Please contact me: I have not found a time that suits me.")
    messages.write_as_client(session, unit, intervention, words, actor=by, now=now)
    draft.finished_at, draft.result_id = now, intervention.id
    waiting_close.left(session, draft, actor=by, now=now)
    return intervention


def _request(session: Session, contact: Contact, draft: BookingDraft, *, actor: Actor, now: datetime) -> Intervention:
    """The work of a draft without a time."""
    if draft.needs_site and draft.site is None:
        raise NotAllowed(_("Please say first where we should come."))
    intervention = Intervention(
        unit_id=draft.unit_id,
        client_id=contact.client_id,
        contact_id=contact.id,
        site_id=draft.site_id if draft.needs_site else None,
        activity_type_id=draft.activity_type_id,
        kind=draft.kind,
        status="requested",
        minutes=draft.activity_type.minutes,
        priority=draft.activity_type.priority,
        answers=draft.given,
        form_version_id=draft.form_version_id,
        notes=draft.notes,
        created_at=now,
        changed_at=now,
    )
    lifecycle.begin(session, intervention, actor=actor, now=now)
    form_files.attach_intake(session, intervention)
    return intervention


def _booking(session: Session, contact: Contact, activity_type_id: int, *, now: datetime) -> PortalAction:
    unit = session.get_one(BusinessUnit, contact.unit_id)
    return draft_action.booking_of(session, unit, contact, activity_type_id, now=now)
