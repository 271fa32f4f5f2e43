"""The logo of a unit: in the head of its portal and of its staff's pages, and in its e-mails."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.domain.files import find, images, keep
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import change, for_change, settings_of


def change_logo(session: Session, unit: BusinessUnit, content: bytes, *, actor: Actor, now: datetime) -> None:
    """Give the unit a logo; the one before is kept, so that no later one has its number. Raises `Invalid`."""
    file = keep.stored(session, unit.id, "logo.png", "image/png", images.as_logo(content), actor=actor, now=now)
    keep.belong_to(file, unit)
    for_change(session, unit)
    change(unit, logo_id=file.id)
    audit.record(session, "unit.logo_changed", unit, actor=actor, now=now, file=file.id)


def remove_logo(session: Session, unit: BusinessUnit, *, actor: Actor, now: datetime) -> None:
    """Show the name of the unit instead of a logo."""
    for_change(session, unit)
    change(unit, logo_id=0)
    audit.record(session, "unit.logo_removed", unit, actor=actor, now=now)


def logo_of(session: Session, unit: BusinessUnit) -> StoredFile:
    """The logo of the unit. Raises `NotFound` when it has none."""
    return find.by_id(session, unit.id, settings_of(unit).logo_id)
