"""Writing triggers: what may be saved, switching on and off, order, copies, the archive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import Invalid, NotFound, Stale
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import conditions
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.triggers.acts import ACTS
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.triggers.when import EVENTS, INSTANTS
from fieldsvc.domain.units.models import BusinessUnit

REPEATS = ("once", "each", "again")
LONGEST_NAME = 100
LONGEST_OFFSET = 366 * 24 * 60


@dataclass(frozen=True, slots=True)
class NewTrigger:
    """What an administrator says of a trigger: an event, or an instant and how long before (negative) or after it."""

    name: str
    event: str
    relative_to: str
    offset_minutes: int
    activity_type_id: int | None
    conditions: Mapping[str, Any]
    repeats: str
    action: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """A trigger with how often it has acted."""

    trigger: Trigger
    fired: int
    last_at: datetime | None


def listed(session: Session, unit: BusinessUnit, *, is_archived: bool = False) -> list[Listed]:
    """The triggers of the unit in their order."""
    done = select(
        TriggerFiring.trigger_id, func.count().label("fired"), func.max(TriggerFiring.fired_at).label("last_at")
    )
    done_rows = done.where(TriggerFiring.unit_id == unit.id, TriggerFiring.state.in_(("done", "queued")))
    counts = done_rows.group_by(TriggerFiring.trigger_id).subquery()
    rows = session.execute(
        select(Trigger, counts.c.fired, counts.c.last_at)
        .outerjoin(counts, counts.c.trigger_id == Trigger.id)
        .where(Trigger.unit_id == unit.id, Trigger.is_archived == is_archived)
        .order_by(Trigger.position, Trigger.id)
    )
    return [Listed(trigger, fired or 0, last_at) for trigger, fired, last_at in rows]


def by_id(session: Session, unit: BusinessUnit, trigger_id: int) -> Trigger:
    """One trigger of the unit. Raises `NotFound`."""
    row = session.scalar(select(Trigger).where(Trigger.id == trigger_id, Trigger.unit_id == unit.id))
    if row is None:
        raise NotFound(_("This trigger does not exist."))
    return row


def add(session: Session, unit: BusinessUnit, new: NewTrigger, *, actor: audit.Actor, now: datetime) -> Trigger:
    """A new trigger, switched off. Raises `Invalid` with the words by field."""
    last = session.scalar(select(func.max(Trigger.position)).where(Trigger.unit_id == unit.id))
    trigger = Trigger(unit_id=unit.id, created_at=now, position=(last or 0) + 1)
    _write(session, unit, trigger, new)
    session.add(trigger)
    audit.record(session, "trigger.added", trigger, actor=actor, now=now, name=trigger.name)
    return trigger


def change(
    session: Session,
    unit: BusinessUnit,
    trigger_id: int,
    new: NewTrigger,
    *,
    version: int | None,
    actor: audit.Actor,
    now: datetime,
) -> Trigger:
    """Change a trigger in the version that was shown; what it did before stays in its log. Raises `Stale`."""
    trigger = by_id(session, unit, trigger_id)
    if trigger.version != version:
        raise Stale(
            _("Somebody else has changed this in the meantime. Please look again."), {"version": trigger.version}
        )
    _write(session, unit, trigger, new)
    audit.record(session, "trigger.changed", trigger, actor=actor, now=now, name=trigger.name)
    return trigger


def switch(
    session: Session, unit: BusinessUnit, trigger_id: int, *, is_on: bool, actor: audit.Actor, now: datetime
) -> Trigger:
    """Switch a trigger on or off; what came before it was switched on is left alone."""
    trigger = by_id(session, unit, trigger_id)
    if is_on and not trigger.is_on:
        trigger.switched_on_at, trigger.is_archived = now, False
    trigger.is_on = is_on
    audit.record(session, f"trigger.switched_{'on' if is_on else 'off'}", trigger, actor=actor, now=now)
    return trigger


def archive(session: Session, unit: BusinessUnit, trigger_id: int, *, actor: audit.Actor, now: datetime) -> None:
    """Put a trigger away; its log stays."""
    trigger = by_id(session, unit, trigger_id)
    trigger.is_on, trigger.is_archived = False, True
    audit.record(session, "trigger.archived", trigger, actor=actor, now=now)


def order(session: Session, unit: BusinessUnit, ids: Sequence[int], *, actor: audit.Actor, now: datetime) -> None:
    """Put the triggers in this order; those that are not named come after. Raises `NotFound` for a foreign one."""
    rows = {listed_one.trigger.id: listed_one.trigger for listed_one in listed(session, unit)}
    if not set(ids) <= set(rows):
        raise NotFound(_("This trigger does not exist."))
    rest = [one for one in rows if one not in set(ids)]
    for position, trigger_id in enumerate([*dict.fromkeys(ids), *rest]):
        rows[trigger_id].position = position
    audit.record(session, "triggers.ordered", unit, actor=actor, now=now)


def firings(session: Session, trigger: Trigger, *, limit: int = 100) -> list[TriggerFiring]:
    """What the trigger did and did not, the latest first."""
    rows = select(TriggerFiring).where(TriggerFiring.trigger_id == trigger.id)
    return list(session.scalars(rows.order_by(TriggerFiring.fired_at.desc(), TriggerFiring.id.desc()).limit(limit)))


def _write(session: Session, unit: BusinessUnit, trigger: Trigger, new: NewTrigger) -> None:
    _check(new)
    if new.activity_type_id is not None:
        catalogue.by_id(session, unit.id, new.activity_type_id)
    conditions.validate(dict(new.conditions))
    trigger.name = new.name.strip()
    trigger.event = new.event
    trigger.relative_to = "" if new.event else new.relative_to
    trigger.offset_minutes = 0 if new.event else new.offset_minutes
    trigger.activity_type_id = new.activity_type_id
    trigger.conditions = dict(new.conditions)
    trigger.repeats, trigger.action = new.repeats, new.action
    trigger.parameters = ACTS[new.action].read(session, unit, new.parameters)


def _check(new: NewTrigger) -> None:
    wrong: dict[str, str] = {}
    if not new.name.strip():
        wrong["name"] = _("Please give it a name.")
    elif len(new.name) > LONGEST_NAME:
        wrong["name"] = _("Please shorten this to %(n)s characters.", n=LONGEST_NAME)
    if new.event and new.event not in EVENTS:
        wrong["event"] = _("Please choose when it acts.")
    if not new.event and new.relative_to not in INSTANTS:
        wrong["event"] = _("Please choose when it acts.")
    if abs(new.offset_minutes) > LONGEST_OFFSET:
        wrong["amount"] = _("Please choose a time within a year.")
    if not new.event and new.relative_to in ("created", "closed") and new.offset_minutes < 0:
        wrong["amount"] = _("Nobody knows this moment before it comes. Please choose a time after it.")
    if new.repeats not in REPEATS:
        wrong["repeats"] = _("Please choose how often it acts.")
    if new.action not in ACTS:
        wrong["action"] = _("Please choose what it does.")
    if wrong:
        raise Invalid(_("Some answers need another look."), wrong)
