"""The days on which a unit is closed: an administrator adds them and takes them away."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.units.models import BlackoutDay, BusinessUnit

LONGEST_REASON = 80
FURTHEST = timedelta(days=3 * 366)


def since(session: Session, unit: BusinessUnit, first: date) -> list[BlackoutDay]:
    """The closed days from `first` on, in their order."""
    rows = select(BlackoutDay).where(BlackoutDay.unit_id == unit.id, BlackoutDay.day_on >= first)
    return list(session.scalars(rows.order_by(BlackoutDay.day_on)))


def add(
    session: Session, unit: BusinessUnit, day: date | None, reason: str, *, actor: audit.Actor, now: datetime
) -> BlackoutDay:
    """Close the unit on a day that is to come; what is planned on it stays. Raises `Invalid` with words by field."""
    today = local_day(now, unit.zone)
    wrong = {}
    if day is None:
        wrong["day"] = _("Please choose a day.")
    elif not today <= day <= today + FURTHEST:
        wrong["day"] = _("Please choose a day from today on, within three years.")
    elif session.scalar(select(BlackoutDay.id).where(BlackoutDay.unit_id == unit.id, BlackoutDay.day_on == day)):
        wrong["day"] = _("You are closed on this day already.")
    if len(reason) > LONGEST_REASON:
        wrong["reason"] = _("Please shorten this to %(n)s characters.", n=LONGEST_REASON)
    if wrong or day is None:
        raise Invalid(_("Some fields need another look."), wrong)
    row = BlackoutDay(unit_id=unit.id, day_on=day, reason=reason)
    session.add(row)
    audit.record(session, "blackout_day.added", row, actor=actor, now=now, day=day.isoformat(), reason=reason)
    return row


def delete(session: Session, unit: BusinessUnit, blackout_day_id: int, *, actor: audit.Actor, now: datetime) -> None:
    """Open the unit on this day again. Raises `NotFound`."""
    row = session.scalar(select(BlackoutDay).where(BlackoutDay.id == blackout_day_id, BlackoutDay.unit_id == unit.id))
    if row is None:
        raise NotFound(_("This closed day does not exist."))
    audit.record(session, "blackout_day.deleted", row, actor=actor, now=now, day=row.day_on.isoformat())
    session.delete(row)
