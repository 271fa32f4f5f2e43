"""Adds and changes clients."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.clients.access import ACCESS
from fieldsvc.domain.clients.csv_rows import KINDS, LONGEST
from fieldsvc.domain.clients.models import Client
from fieldsvc.domain.units.models import BusinessUnit

MOST_CUSTOM, LONGEST_CUSTOM_NAME, LONGEST_CUSTOM = 30, 60, 500


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What is known of a client himself; `custom` are fields of the unit's own."""

    name: str
    reference: str = ""
    kind: str = "company"
    category: str = ""
    is_active: bool = True
    custom: Mapping[str, str] = field(default_factory=dict)


def add(session: Session, unit: BusinessUnit, facts: ClientFacts, *, actor: Actor, now: datetime) -> Client:
    """Add a client; without a reference he gets the next number. Raises `Invalid`."""
    row = Client(unit_id=unit.id, created_at=now)
    _fill(session, row, facts)
    session.add(row)
    audit.record(session, "client.added", row, actor=actor, now=now)
    return row


def change(session: Session, client: Client, facts: ClientFacts, *, actor: Actor, now: datetime) -> None:
    """Change what is known of a client. Raises `Invalid`."""
    before = {name: getattr(client, name) for name in ("name", "reference", "kind", "category", "is_active", "custom")}
    _fill(session, client, facts)
    changed = sorted(name for name, value in before.items() if getattr(client, name) != value)
    audit.record(session, "client.changed", client, actor=actor, now=now, changed=changed)


def change_access(session: Session, client: Client, access: str, *, actor: Actor, now: datetime) -> None:
    """Give one client `inherit`, `on` or `off`."""
    if access not in ACCESS:
        raise Invalid(_("Please choose what the portal should be."))
    before, client.portal_access = client.portal_access, access
    audit.record(
        session, "client.portal_access_changed", client, actor=actor, now=now, before=before, after=access, among=1
    )


def _fill(session: Session, row: Client, facts: ClientFacts) -> None:
    name, category = " ".join(facts.name.split()), " ".join(facts.category.split())
    reference = " ".join(facts.reference.split()) or row.reference or _next_reference(session, row.unit_id)
    custom = {" ".join(key.split()): value.strip() for key, value in facts.custom.items() if key.strip()}
    wrong = {**_wrong_texts(name, reference, category), **_wrong_custom(custom)}
    if facts.kind not in KINDS:
        wrong["kind"] = _("Please choose one of these.")
    if "reference" not in wrong and (other := _with_reference(session, row, reference)) is not None:
        wrong["reference"] = _("%(name)s has this reference already.", name=other.name)
    if wrong:
        raise Invalid(_("Some of this needs another look."), wrong)
    row.name, row.reference, row.kind, row.category = name, reference, facts.kind, category
    row.is_active, row.custom = facts.is_active, custom


def _wrong_texts(name: str, reference: str, category: str) -> dict[str, str]:
    wrong = {} if name else {"name": _("Please type the name of the client.")}
    for label, text in (("name", name), ("reference", reference), ("category", category)):
        if len(text) > LONGEST[label]:
            wrong[label] = _("Please shorten this to %(n)s characters.", n=LONGEST[label])
    return wrong


def _wrong_custom(custom: Mapping[str, str]) -> dict[str, str]:
    is_long = any(len(name) > LONGEST_CUSTOM_NAME or len(value) > LONGEST_CUSTOM for name, value in custom.items())
    if is_long:
        return {"custom": _("One of these lines is too long.")}
    if len(custom) > MOST_CUSTOM:
        return {"custom": _("Please keep to %(n)s lines.", n=MOST_CUSTOM)}
    return {}


def _with_reference(session: Session, row: Client, reference: str) -> Client | None:
    with session.no_autoflush:
        found = session.scalar(select(Client).where(Client.unit_id == row.unit_id, Client.reference == reference))
    return None if found is row else found


def _next_reference(session: Session, unit_id: int) -> str:
    """A number after all there are; it is looked at again, for somebody may have typed it."""
    number = (session.scalar(select(func.count()).where(Client.unit_id == unit_id)) or 0) + 1
    while session.scalar(select(Client.id).where(Client.unit_id == unit_id, Client.reference == f"C-{number:05}")):
        number += 1
    return f"C-{number:05}"
