"""How an administrator shapes the activity types of his unit: add, change, copy, order, archive, delete."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy import func, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from fieldsvc.core import audit
from fieldsvc.core.errors import NotAllowed, Stale, VersionMissing
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import find, form_choice
from fieldsvc.domain.catalogue.activity_type_rules import LONGEST_TITLE, check_between, read, refuse
from fieldsvc.domain.catalogue.copies import title_of_copy
from fieldsvc.domain.catalogue.models import ActivityType, ActivityTypeSkill, PortalAction, Skill
from fieldsvc.domain.units.models import BusinessUnit

FORM_KINDS = {"intake_form_id": "intake", "closing_form_id": "closing", "questionnaire_id": "questionnaire"}


def add(
    session: Session, unit: BusinessUnit, values: Mapping[str, Any], *, actor: audit.Actor, now: datetime
) -> ActivityType:
    """A new activity type behind the others; clients do not see it yet. Raises `Invalid` with words by field."""
    kept = read(values)
    _check_reference(session, unit.id, kept["reference"])
    last = session.scalar(select(func.max(ActivityType.position)).where(ActivityType.unit_id == unit.id))
    row = ActivityType(unit_id=unit.id, is_on_portal=False, position=(last or 0) + 1, **kept)
    session.add(row)
    audit.record(session, "activity_type.added", row, actor=actor, now=now, reference=row.reference)
    return row


def change(
    session: Session,
    unit: BusinessUnit,
    activity_type_id: int,
    version: int | None,
    values: Mapping[str, Any],
    *,
    actor: audit.Actor,
    now: datetime,
) -> ActivityType:
    """Give some fields other values, on the version that was shown; the audit keeps what they were.

    Raises `NotFound`, `Stale`, `VersionMissing`, and `Invalid` with words by field. Interventions that exist keep
    their own length, promise and answers.
    """
    row = for_change(session, unit, activity_type_id, version)
    kept = read(values)
    _check_references(session, row, kept)
    check_between({name: kept.get(name, getattr(row, name)) for name in _columns(ActivityType)})
    before = {name: _value(row, name) for name in kept}
    changed = {name: [before[name], value] for name, value in kept.items() if before[name] != value}
    for name in changed:
        if name == "skills":
            _set_skills(row, kept[name])
        else:
            setattr(row, name, kept[name])
    if changed:
        flag_modified(row, "reference")  # a change of skills alone is a new version as well
        audit.record(session, "activity_type.changed", row, actor=actor, now=now, changed=_as_json(changed))
    return row


def for_change(session: Session, unit: BusinessUnit, activity_type_id: int, version: int | None) -> ActivityType:
    """One activity type, kept for this transaction, in the version that was shown.

    Raises `NotFound`, `Stale`, `VersionMissing`.
    """
    if version is None:
        raise VersionMissing(_("The version that was shown is missing from this request."))
    session.execute(select(ActivityType.id).where(ActivityType.id == activity_type_id).with_for_update())
    row = find.by_id(session, unit.id, activity_type_id)
    session.refresh(row)
    if row.version != version:
        words = _("Somebody else has changed this activity type in the meantime. Your entries are still here.")
        raise Stale(words, {"version": row.version})
    return row


def copy(
    session: Session, unit: BusinessUnit, activity_type_id: int, *, actor: audit.Actor, now: datetime
) -> ActivityType:
    """Another one with the same skills, portal actions, windows, checklist and forms; clients do not see it yet."""
    model = find.by_id(session, unit.id, activity_type_id)
    row = ActivityType(
        **_columns_of(model, "reference", "title", "is_on_portal", "is_archived"),
        reference=_free_reference(session, model),
        title=title_of_copy(model.title, LONGEST_TITLE),
        is_on_portal=False,
    )
    row.skills = [ActivityTypeSkill(skill_id=one.skill_id, level=one.level) for one in model.skills]
    row.actions = [PortalAction(**_columns_of(one, "activity_type_id")) for one in model.actions if not one.is_archived]
    session.add(row)
    session.flush()
    for action in row.actions:
        if action.new_activity_type_id == model.id:
            action.new_activity_type_id = row.id
    places = [one.id for one in find.in_use(session, unit.id) if one.id != row.id]
    if model.id in places:
        places.insert(places.index(model.id) + 1, row.id)
        _place(session, places)
    audit.record(session, "activity_type.added", row, actor=actor, now=now, reference=row.reference, copy_of=model.id)
    return row


def order(
    session: Session, unit: BusinessUnit, activity_type_ids: Sequence[int], *, actor: audit.Actor, now: datetime
) -> None:
    """Put the unit's activity types in this order; those that are not named follow."""
    present = [row.id for row in find.in_use(session, unit.id)]
    named = [row_id for row_id in dict.fromkeys(activity_type_ids) if row_id in present]
    wanted = named + [row_id for row_id in present if row_id not in named]
    if wanted != present:
        _place(session, wanted)
        audit.record(session, "activity_type.ordered", unit, actor=actor, now=now, order=wanted)


def archive(
    session: Session, unit: BusinessUnit, activity_type_id: int, *, actor: audit.Actor, now: datetime
) -> ActivityType:
    """Nobody can choose it for new work any more; what exists keeps its name and everything else."""
    row = find.by_id(session, unit.id, activity_type_id)
    if not row.is_archived:
        row.is_archived = True
        audit.record(session, "activity_type.archived", row, actor=actor, now=now)
    return row


def restore(
    session: Session, unit: BusinessUnit, activity_type_id: int, *, actor: audit.Actor, now: datetime
) -> ActivityType:
    """Bring an archived one back, away from the portal until somebody shows it again."""
    row = find.by_id(session, unit.id, activity_type_id)
    if row.is_archived:
        row.is_archived = row.is_on_portal = False
        audit.record(session, "activity_type.restored", row, actor=actor, now=now)
    return row


def delete(session: Session, unit: BusinessUnit, activity_type_id: int, *, actor: audit.Actor, now: datetime) -> None:
    """Take away one that was never used. Raises `NotAllowed` for any other."""
    row = find.by_id(session, unit.id, activity_type_id)
    audit.record(session, "activity_type.deleted", row, actor=actor, now=now, reference=row.reference)
    try:
        with session.begin_nested():
            session.delete(row)
    except IntegrityError as still_used:
        words = _("This activity type has been used: it cannot be deleted without breaking what was done. Archive it.")
        raise NotAllowed(words) from still_used


def _check_references(session: Session, row: ActivityType, kept: Mapping[str, Any]) -> None:
    if "reference" in kept:
        _check_reference(session, row.unit_id, kept["reference"], but=row.id)
    if "skills" in kept:
        known = set(session.scalars(select(Skill.id).where(Skill.unit_id == row.unit_id)))
        refuse({} if kept["skills"].keys() <= known else {"skills": _("This skill does not exist.")})
    wrong = {
        name: form_choice.refusal(session, row.unit_id, kept[name], kind, present_id=getattr(row, name))
        for name, kind in FORM_KINDS.items()
        if kept.get(name) is not None
    }
    refuse({name: words for name, words in wrong.items() if words})


def _check_reference(session: Session, unit_id: int, reference: str, *, but: int | None = None) -> None:
    same = select(ActivityType.id).where(
        ActivityType.unit_id == unit_id, func.lower(ActivityType.reference) == reference.lower()
    )
    if any(taken != but for taken in session.scalars(same)):
        refuse({"reference": _("Another activity type has this reference already.")})


def _set_skills(row: ActivityType, levels: Mapping[int, int]) -> None:
    row.skills = [one for one in row.skills if one.skill_id in levels]
    for one in row.skills:
        one.level = levels[one.skill_id]
    present = {one.skill_id for one in row.skills}
    new = levels.keys() - present
    row.skills += [ActivityTypeSkill(skill_id=skill_id, level=levels[skill_id]) for skill_id in sorted(new)]


def _place(session: Session, activity_type_ids: Sequence[int]) -> None:
    # Not through the objects: an order is no other version of what somebody may be editing.
    for position, row_id in enumerate(activity_type_ids, start=1):
        session.execute(update(ActivityType).where(ActivityType.id == row_id).values(position=position))


def _free_reference(session: Session, model: ActivityType) -> str:
    taken = {
        text.lower()
        for text in session.scalars(select(ActivityType.reference).where(ActivityType.unit_id == model.unit_id))
    }
    endings = ("-copy", *(f"-copy-{number}" for number in range(2, len(taken) + 3)))
    candidates = (model.reference[: 40 - len(ending)] + ending for ending in endings)
    return next(text for text in candidates if text.lower() not in taken)


def _value(row: ActivityType, name: str) -> Any:
    return {one.skill_id: one.level for one in row.skills} if name == "skills" else getattr(row, name)


def _columns(model: type[Any]) -> set[str]:
    return {attribute.key for attribute in inspect(model).column_attrs}


def _columns_of(row: Any, *without: str) -> dict[str, Any]:
    """The values of a row for another one like it."""
    return {name: deepcopy(getattr(row, name)) for name in _columns(type(row)) - {"id", "version", *without}}


def _as_json(changed: Mapping[str, Any]) -> dict[str, Any]:
    if "skills" in changed:
        changed = {
            **changed,
            "skills": [{str(skill): level for skill, level in one.items()} for one in changed["skills"]],
        }
    return dict(changed)
