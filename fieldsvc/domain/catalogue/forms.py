"""The forms of one unit: written as a draft, published as versions that never change, archived when they were used."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fieldsvc.core import audit
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound, Stale, VersionMissing
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import form_draft
from fieldsvc.domain.catalogue.copies import title_of_copy
from fieldsvc.domain.catalogue.fields import Field, as_rows, read_fields
from fieldsvc.domain.catalogue.models import ActivityType, Form, FormVersion, PortalAction
from fieldsvc.domain.units.models import BusinessUnit

KINDS = ("intake", "action", "closing", "questionnaire")
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Use:
    """An activity type that asks a form, perhaps through one of its portal actions."""

    activity_type: ActivityType
    action: PortalAction | None = None


def every(session: Session, unit: BusinessUnit, *, archived: bool = False) -> list[Form]:
    """The forms of the unit, with their versions, by kind and title."""
    rows = select(Form).where(Form.unit_id == unit.id, Form.is_archived.is_(archived))
    found = session.scalars(rows.options(selectinload(Form.versions)))
    return sorted(found, key=lambda form: (KINDS.index(form.kind), pick(form.title).casefold()))


def of_kind(session: Session, unit: BusinessUnit, kind: str) -> list[Form]:
    """The forms of one kind, archived or not, with their versions, the oldest first."""
    rows = select(Form).where(Form.unit_id == unit.id, Form.kind == kind).order_by(Form.id)
    return list(session.scalars(rows.options(selectinload(Form.versions))))


def by_id(session: Session, unit: BusinessUnit, form_id: int) -> Form:
    """One form of the unit. Raises `NotFound`."""
    row = session.scalar(
        select(Form).where(Form.id == form_id, Form.unit_id == unit.id).options(selectinload(Form.versions))
    )
    if row is None:
        raise NotFound(_("This form does not exist."))
    return row


def version_of(form: Form, number: int) -> FormVersion:
    """One published version of a form. Raises `NotFound`."""
    for version in form.versions:
        if version.number == number:
            return version
    raise NotFound(_("This form has no such version."))


def draft_of(form: Form) -> list[Field]:
    """The fields as they are being written."""
    return read_fields(form.draft)


def is_changed(form: Form) -> bool:
    """Whether the draft differs from what is published."""
    return form.published is None or as_rows(draft_of(form)) != as_rows(form.fields)


def uses(session: Session, unit: BusinessUnit) -> dict[int, list[Use]]:
    """Who asks each form, by its id; archived activity types and actions ask nobody any more."""
    found: dict[int, list[Use]] = {}
    types = session.scalars(
        select(ActivityType)
        .where(ActivityType.unit_id == unit.id, ActivityType.is_archived.is_(False))
        .order_by(ActivityType.position, ActivityType.id)
        .options(selectinload(ActivityType.actions))
    )
    for row in types:
        for form_id in (row.intake_form_id, row.closing_form_id, row.questionnaire_id):
            if form_id is not None:
                found.setdefault(form_id, []).append(Use(row))
        for action in row.actions:
            if action.form_id is not None and not action.is_archived:
                found.setdefault(action.form_id, []).append(Use(row, action))
    return found


def add(
    session: Session, unit: BusinessUnit, kind: str, title: Mapping[str, str], *, actor: audit.Actor, now: datetime
) -> Form:
    """A new form without questions. Raises `Invalid`."""
    if kind not in KINDS:
        words = _("Please choose when it is asked.")
        raise Invalid(words, {"kind": words})
    row = Form(unit_id=unit.id, code=_free_code(session, unit, title), kind=kind, title=_checked(title), draft=[])
    session.add(row)
    audit.record(session, "form.added", row, actor=actor, now=now, title=pick(row.title))
    return row


def copy(session: Session, unit: BusinessUnit, form_id: int, *, actor: audit.Actor, now: datetime) -> Form:
    """Another form with the same draft; it is not published yet. Raises `NotFound`."""
    model = by_id(session, unit, form_id)
    title = title_of_copy(model.title, LONGEST_TITLE)
    row = Form(
        unit_id=unit.id,
        code=_free_code(session, unit, model.title),
        kind=model.kind,
        title=title,
        draft=deepcopy(model.draft),
    )
    session.add(row)
    audit.record(session, "form.added", row, actor=actor, now=now, title=pick(title), copy_of=model.id)
    return row


def for_change(session: Session, unit: BusinessUnit, form_id: int, version: int | None) -> Form:
    """The form, kept for this transaction, when it is what was shown. Raises `VersionMissing`, `Stale`, `NotFound`."""
    by_id(session, unit, form_id)
    row = session.get_one(Form, form_id, populate_existing=True, with_for_update=True)
    if version is None:
        raise VersionMissing(_("This page is too old. Please load it again."))
    if row.version != version:
        words = _(
            "Somebody else has changed this form in the meantime. Look at it and save again if you still want to."
        )
        raise Stale(words, {"version": row.version})
    return row


def save(
    session: Session,
    form: Form,
    fields: Sequence[Field],
    title: Mapping[str, str] | None = None,
    *,
    actor: audit.Actor,
    now: datetime,
) -> None:
    """Keep the draft, and the title when it is given. Raises `NotAllowed` for an archived form."""
    if form.is_archived:
        raise NotAllowed(_("This form is archived. Bring it back to change it."))
    rows = as_rows(fields)
    before = (form.draft, form.title)
    form.draft = rows
    if title is not None:
        form.title = _checked(title)
    if (form.draft, form.title) != before:
        audit.record(session, "form.changed", form, actor=actor, now=now, fields=len(rows))


def publish(session: Session, form: Form, *, actor: audit.Actor, now: datetime) -> FormVersion:
    """Ask the questions of the draft from now on; answers that were given keep theirs.

    Raises `Invalid` with the words by field code, `NotAllowed` when nothing changed or the form is archived.
    """
    if form.is_archived:
        raise NotAllowed(_("This form is archived. Bring it back to change it."))
    fields = draft_of(form)
    wrong = form_draft.problems(fields)
    if wrong:
        words = _("Some questions are not ready to be published.")
        raise Invalid(words, {code: " ".join(said) for code, said in wrong.items()})
    if not fields and form.kind != "closing":
        raise Invalid(_("Add at least one question before you publish."))
    if not is_changed(form):
        raise NotAllowed(_("Nothing has changed since version %(number)s.", number=form.published_number))
    number = max((version.number for version in form.versions), default=0) + 1
    version = FormVersion(number=number, fields=as_rows(fields), published_at=now, published_by=actor.name)
    form.versions.append(version)
    form.published_number = number
    audit.record(session, "form.published", form, actor=actor, now=now, number=number)
    session.expire(form, ["published"])
    return version


def take_up(session: Session, form: Form, number: int, *, actor: audit.Actor, now: datetime) -> None:
    """Begin the draft again with the fields of a published version. Raises `NotFound`, `NotAllowed`."""
    save(session, form, version_of(form, number).questions, actor=actor, now=now)


def archive(session: Session, unit: BusinessUnit, form_id: int, *, actor: audit.Actor, now: datetime) -> Form:
    """Offer a form no longer; its answers stay. Raises `NotAllowed` while an activity type asks it."""
    row = by_id(session, unit, form_id)
    used = uses(session, unit).get(form_id, [])
    if used:
        names = ", ".join(dict.fromkeys(pick(use.activity_type.title) for use in used))
        raise NotAllowed(_("It is still asked by %(names)s. Choose another form there first.", names=names))
    row.is_archived = True
    audit.record(session, "form.archived", row, actor=actor, now=now)
    return row


def restore(session: Session, unit: BusinessUnit, form_id: int, *, actor: audit.Actor, now: datetime) -> Form:
    """Bring an archived form back. Raises `NotFound`."""
    row = by_id(session, unit, form_id)
    row.is_archived = False
    audit.record(session, "form.restored", row, actor=actor, now=now)
    return row


def delete(session: Session, unit: BusinessUnit, form_id: int, *, actor: audit.Actor, now: datetime) -> None:
    """Take away a form that was never published. Raises `NotAllowed` for any other: it is archived instead."""
    row = by_id(session, unit, form_id)
    if row.versions:
        raise NotAllowed(_("This form was published. Archive it, so that its answers stay readable."))
    audit.record(session, "form.deleted", row, actor=actor, now=now, title=pick(row.title))
    session.delete(row)


def labels(fields: Sequence[Field]) -> dict[str, str]:
    """The words of the questions by their code, for sentences about them."""
    return {field.code: pick(field.label) or field.code for field in fields}


def _checked(title: Mapping[str, str]) -> dict[str, str]:
    if not pick(title):
        words = _("Please give it a title in at least one language.")
        raise Invalid(words, {"title": words})
    return dict(title)


def _free_code(session: Session, unit: BusinessUnit, title: Mapping[str, str]) -> str:
    taken = set(session.scalars(select(Form.code).where(Form.unit_id == unit.id)))
    return form_draft.proposed_code(title, taken)
