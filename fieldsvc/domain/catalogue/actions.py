"""How an administrator shapes what clients may do: the portal actions of an activity type."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldsvc.core import audit
from fieldsvc.core.errors import Invalid, NotFound, Stale, VersionMissing
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import conditions, find, form_choice
from fieldsvc.domain.catalogue.action_kinds import KINDS, settings_of_kind
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.notify import codes
from fieldsvc.domain.notify.code_list import ABOUT_A_VISIT, ANYWHERE
from fieldsvc.domain.units.models import BusinessUnit

LONGEST_LABEL = 80
LONGEST_HELP = 500
MOST_NOTICE = 10_000
MOST_TIMES = 1_000
BANDS = ("", "green", "orange", "red")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an administrator says of an action."""

    label: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    icon: str = ""
    is_on: bool = True
    form_id: int | None = None
    new_activity_type_id: int | None = None
    lowest_band: str = ""
    counts_as_confirmed: bool = False
    notice_hours: int | None = None
    most_times: int | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict)


def of_activity_type(session: Session, activity_type: ActivityType) -> list[PortalAction]:
    """The actions of an activity type that are not archived, in their order."""
    rows = select(PortalAction).where(
        PortalAction.activity_type_id == activity_type.id, PortalAction.is_archived.is_(False)
    )
    return list(session.scalars(rows.order_by(PortalAction.position, PortalAction.id)))


def by_id(session: Session, unit: BusinessUnit, action_id: int) -> PortalAction:
    """One action of the unit that is not archived. Raises `NotFound`."""
    row = session.scalar(
        select(PortalAction)
        .join(ActivityType, ActivityType.id == PortalAction.activity_type_id)
        .where(PortalAction.id == action_id, ActivityType.unit_id == unit.id, PortalAction.is_archived.is_(False))
    )
    if row is None:
        raise NotFound(_("This action does not exist."))
    return row


def add(
    session: Session, activity_type: ActivityType, kind: str, *, is_for_unit: bool, actor: audit.Actor, now: datetime
) -> PortalAction:
    """A new action behind the others, off until somebody switches it on. Raises `Invalid`."""
    if kind not in KINDS or (is_for_unit and not KINDS[kind].on_unit):
        words = _("Please choose what the client may do.")
        raise Invalid(words, {"kind": words})
    last = session.scalar(
        select(func.max(PortalAction.position)).where(PortalAction.activity_type_id == activity_type.id)
    )
    row = PortalAction(
        activity_type_id=activity_type.id,
        kind=kind,
        is_for_unit=is_for_unit,
        is_on=False,
        position=0 if last is None else last + 1,
    )
    session.add(row)
    _record(session, "added", row, activity_type.unit_id, actor=actor, now=now, kind=kind)
    return row


def change(
    session: Session,
    unit: BusinessUnit,
    action_id: int,
    wanted: Wanted,
    *,
    version: int | None,
    actor: audit.Actor,
    now: datetime,
) -> PortalAction:
    """Shape an action, in the version that was shown.

    Raises `Invalid` with words by field, `NotFound`, `Stale`, `VersionMissing`.
    """
    row = _for_change(session, unit, action_id, version)
    _check(session, unit, row, wanted)
    settings = settings_of_kind(row.kind, is_for_unit=row.is_for_unit)
    always = ("label", "help", "icon", "is_on", "conditions")
    new = {name: value for name, value in asdict(wanted).items() if name in always or name in settings}
    changed = {name: [getattr(row, name), value] for name, value in new.items() if getattr(row, name) != value}
    for name, value in new.items():
        setattr(row, name, value)
    if changed:
        _record(session, "changed", row, unit.id, actor=actor, now=now, changed=changed)
    return row


def switch(
    session: Session, unit: BusinessUnit, action_id: int, is_on: bool, *, actor: audit.Actor, now: datetime
) -> PortalAction:
    """Switch an action on or off. Raises `NotFound`, `Invalid` when it cannot work yet."""
    row = by_id(session, unit, action_id)
    words = _form_refusal(session, unit, row, row.form_id, is_on=True) if is_on else ""
    if words:
        raise Invalid(words, {"form_id": words})
    row.is_on = is_on
    _record(session, "switched_on" if is_on else "switched_off", row, unit.id, actor=actor, now=now)
    return row


def order(
    session: Session, activity_type: ActivityType, action_ids: Sequence[int], *, actor: audit.Actor, now: datetime
) -> None:
    """Put the actions of an activity type in this order; those that are not named follow."""
    present = [row.id for row in of_activity_type(session, activity_type)]
    named = [row_id for row_id in dict.fromkeys(action_ids) if row_id in present]
    wanted = named + [row_id for row_id in present if row_id not in named]
    if wanted == present:
        return
    for position, row_id in enumerate(wanted):
        # Not through the objects: an order is no other version of what somebody may be editing.
        session.execute(update(PortalAction).where(PortalAction.id == row_id).values(position=position))
    session.expire_all()
    audit.record(session, "portal_action.ordered", activity_type, actor=actor, now=now, order=wanted)


def remove(session: Session, unit: BusinessUnit, action_id: int, *, actor: audit.Actor, now: datetime) -> bool:
    """Take an action away; one that clients have used is archived, so that what they did keeps its name.

    Answers whether it was archived.
    """
    row = by_id(session, unit, action_id)
    _record(session, "removed", row, unit.id, actor=actor, now=now, kind=row.kind)
    try:
        with session.begin_nested():
            session.delete(row)
    except IntegrityError:
        session.refresh(row)
        row.is_archived = True
        row.is_on = False
        session.flush()
        return True
    return False


def _for_change(session: Session, unit: BusinessUnit, action_id: int, version: int | None) -> PortalAction:
    if version is None:
        raise VersionMissing(_("The version that was shown is missing from this request."))
    session.execute(select(PortalAction.id).where(PortalAction.id == action_id).with_for_update())
    row = by_id(session, unit, action_id)
    session.refresh(row)
    if row.version != version:
        words = _("Somebody else has changed this action in the meantime. Your entries are still here.")
        raise Stale(words, {"version": row.version})
    return row


def _check(session: Session, unit: BusinessUnit, row: PortalAction, wanted: Wanted) -> None:
    wrong: dict[str, str] = {}
    allowed = ANYWHERE if row.is_for_unit else ABOUT_A_VISIT
    for name, longest in (("label", LONGEST_LABEL), ("help", LONGEST_HELP)):
        words = _text_refusal(getattr(wanted, name), longest, allowed)
        if words:
            wrong[name] = words
    settings = settings_of_kind(row.kind, is_for_unit=row.is_for_unit)
    if wanted.lowest_band not in BANDS:
        wrong["lowest_band"] = _("Please choose a band.")
    if wanted.notice_hours is not None and not 0 <= wanted.notice_hours <= MOST_NOTICE:
        wrong["notice_hours"] = _("Please type a number from %(a)s to %(b)s.", a=0, b=MOST_NOTICE)
    if wanted.most_times is not None and not 1 <= wanted.most_times <= MOST_TIMES:
        wrong["most_times"] = _("Please type a number from %(a)s to %(b)s.", a=1, b=MOST_TIMES)
    if "form_id" in settings and (words := _form_refusal(session, unit, row, wanted.form_id, is_on=wanted.is_on)):
        wrong["form_id"] = words
    if "new_activity_type_id" in settings and wanted.new_activity_type_id is not None:
        offered = {kind.id for kind in find.in_use(session, unit.id)} | {row.new_activity_type_id}
        if wanted.new_activity_type_id not in offered:
            wrong["new_activity_type_id"] = _("Please choose one of the activity types.")
    try:
        conditions.validate(wanted.conditions, subject="unit" if row.is_for_unit else "intervention")
    except Invalid as refusal:
        wrong["conditions"] = refusal.words
    if wrong:
        raise Invalid(_("Some answers need another look."), wrong)


def _text_refusal(texts: Mapping[str, str], longest: int, allowed: Collection[str]) -> str:
    """Why a text cannot be shown; nothing when it can."""
    for text in texts.values():
        if len(text) > longest:
            return _("Please shorten this to %(n)s characters.", n=longest)
        try:
            codes.check(text, allowed)
        except Invalid as refusal:
            return refusal.words
    return ""


def _form_refusal(session: Session, unit: BusinessUnit, row: PortalAction, form_id: int | None, *, is_on: bool) -> str:
    """Why an action cannot have this form; nothing when it can. Only one that is off may still lack its form."""
    if form_id is None:
        return _("Please choose the form that is to be filled in.") if row.kind == "form" and is_on else ""
    return form_choice.refusal(session, unit.id, form_id, "action", present_id=row.form_id)


def _record(
    session: Session, what: str, row: PortalAction, unit_id: int, *, actor: audit.Actor, now: datetime, **data: Any
) -> None:
    """An action has no unit of its own: what happens to it is written at its activity type."""
    session.flush()
    activity_type = session.get_one(ActivityType, row.activity_type_id)
    audit.record(session, f"portal_action.{what}", activity_type, actor=actor, now=now, action_id=row.id, **data)
