"""Why a client may use the portal or not, level by level: unit, client, activity types, actions; and each contact."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.booking import actions
from fieldsvc.domain.booking.actions import Action
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.clients import bulk_access, permanent_codes
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Client, Contact, PermanentCode
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

MOST_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Person:
    """What one contact finds: how he signs in, or why he cannot, and what he may do."""

    contact: Contact
    can_sign_in: bool
    why_not: str
    ways: list[str]
    codes: list[PermanentCode]
    offers: list[Action]
    next_visit: Intervention | None
    actions: list[Action]

    @property
    def shown(self) -> list[Action]:
        """What he may do now, for the unit and with his next visit."""
        return [action for action in (*self.offers, *self.actions) if action.is_allowed]

    @property
    def hidden(self) -> list[Action]:
        """What he may not do now."""
        return [action for action in (*self.offers, *self.actions) if not action.is_allowed]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Each level and what it says; `decided_by` is the level that opens the portal or closes it."""

    is_unit_open: bool
    default_is_on: bool
    access: str
    is_on: bool
    decided_by: str
    last_change: AuditEntry | None
    shown_types: list[str]
    hidden_types: list[str]
    people: list[Person]
    others: int
    """How many more contacts there are."""


def explain(session: Session, unit: BusinessUnit, client: Client, *, now: datetime) -> Explanation:
    """What decides about the portal of a client, now."""
    settings = settings_of(unit)
    kinds = catalogue.in_use(session, unit.id)
    contacts = [contact for contact in client.contacts if contact.is_active]
    return Explanation(
        is_unit_open=settings.is_portal_open,
        default_is_on=settings.new_clients_have_portal,
        access=client.portal_access,
        is_on=has_portal(unit, client),
        decided_by=_decided_by(unit, client),
        last_change=bulk_access.latest(session, client),
        shown_types=[pick(kind.title) for kind in kinds if kind.is_on_portal],
        hidden_types=[pick(kind.title) for kind in kinds if not kind.is_on_portal],
        people=[_person(session, unit, contact, now) for contact in contacts[:MOST_PEOPLE]],
        others=max(0, len(contacts) - MOST_PEOPLE),
    )


def _decided_by(unit: BusinessUnit, client: Client) -> str:
    if not settings_of(unit).is_portal_open:
        return "unit"
    if not client.is_active:
        return "left"
    return "default" if client.portal_access == "inherit" else "client"


def _person(session: Session, unit: BusinessUnit, contact: Contact, now: datetime) -> Person:
    ways, codes = _ways(unit, contact), permanent_codes.live(session, contact)
    coming = interventions.coming(session, contact, limit=1)
    return Person(
        contact=contact,
        can_sign_in=has_portal(unit, contact.client) and bool(ways),
        why_not=_why_not(unit, contact, ways),
        ways=ways,
        codes=codes,
        offers=actions.offers_of(session, unit, contact, now=now),
        next_visit=coming[0] if coming else None,
        actions=actions.actions_of(session, coming[0], contact, now=now) if coming else [],
    )


def _ways(unit: BusinessUnit, contact: Contact) -> list[str]:
    settings = settings_of(unit)
    ways = []
    if contact.email and settings.sign_in_by_email:
        ways.append(_("code by e-mail"))
    if contact.phone and settings.sign_in_by_phone:
        ways.append(_("code by SMS"))
    return ways


def _why_not(unit: BusinessUnit, contact: Contact, ways: list[str]) -> str:
    if not has_portal(unit, contact.client):
        return _("The portal is off for this client.")
    if not contact.email and not contact.phone:
        return _("There is neither an e-mail nor a phone to send a code to.")
    return "" if ways else _("The unit takes no codes by this way.")
