"""How often a client has used an action already, for the actions that have a limit."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Client, Contact
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions.lifecycle import PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import FormAnswer, Intervention, Message

# (intervention or nothing, action) → how often
Uses = Counter[tuple[int | None, int]]


def in_turn(session: Session, contact: Contact) -> None:
    """Let the people of a client act one after the other until this transaction ends: each counts what others did.

    A client is locked after drafts, technicians and interventions.
    """
    session.execute(select(Client.id).where(Client.id == contact.client_id).with_for_update(key_share=True))


def uses_of(session: Session, pairs: Iterable[tuple[Intervention, PortalAction]]) -> Uses:
    """How often each limited action was used on its intervention; one query for each kind that is counted."""
    return count_uses(session, [(row, action) for row, action in pairs if action.most_times is not None])


def count_uses(session: Session, limited: Sequence[tuple[Intervention, PortalAction]]) -> Uses:
    """How often each action was used on its intervention."""
    ids = sorted({row.id for row, _action in limited})
    kinds = {action.kind for _row, action in limited}
    forms = _forms(session, ids) if "form" in kinds else Counter()
    messages = _messages(session, ids) if "message" in kinds else Counter()
    files = _files(session, ids) if "file" in kinds else Counter()
    found: Uses = Counter()
    for row, action in limited:
        counted = {
            "reschedule": row.times_moved,
            "form": forms[row.id, action.id],
            "message": messages[row.id],
            "file": files[row.id],
        }
        found[row.id, action.id] = counted.get(action.kind, 0)
    return found


def uses_for_unit(session: Session, contact: Contact, actions: Sequence[PortalAction]) -> Uses:
    """How often the client has work of an action's type that is not done yet, or has filled in its form."""
    limited = [action for action in actions if action.most_times is not None]
    if not limited:
        return Counter()
    kinds = select(Intervention.activity_type_id, func.count()).where(
        Intervention.client_id == contact.client_id, Intervention.status.in_((*PLANNED, *UNPLANNED))
    )
    running = dict(session.execute(kinds.group_by(Intervention.activity_type_id)).all())
    filled = select(FormAnswer.action_id, func.count()).where(
        FormAnswer.client_id == contact.client_id, FormAnswer.intervention_id.is_(None)
    )
    forms = dict(session.execute(filled.group_by(FormAnswer.action_id)).all())
    found: Uses = Counter()
    for action in limited:
        wanted = action.new_activity_type_id or action.activity_type_id
        found[None, action.id] = forms.get(action.id, 0) if action.kind == "form" else running.get(wanted, 0)
    return found


def _forms(session: Session, ids: Sequence[int]) -> Uses:
    rows = select(FormAnswer.intervention_id, FormAnswer.action_id, func.count()).where(
        FormAnswer.intervention_id.in_(ids), FormAnswer.action_id.is_not(None)
    )
    found: Uses = Counter()
    for row_id, action_id, count in session.execute(rows.group_by(FormAnswer.intervention_id, FormAnswer.action_id)):
        if action_id is not None:
            found[row_id, action_id] = count
    return found


def _messages(session: Session, ids: Sequence[int]) -> Counter[int]:
    rows = select(Message.intervention_id, func.count()).where(
        Message.intervention_id.in_(ids), Message.author_kind == "contact"
    )
    return Counter(dict(session.execute(rows.group_by(Message.intervention_id)).all()))


def _files(session: Session, ids: Sequence[int]) -> Counter[int]:
    rows = select(StoredFile.about_id, func.count()).where(
        StoredFile.about_kind == Intervention.__tablename__,
        StoredFile.about_id.in_(ids),
        StoredFile.author_kind == "contact",
    )
    counted = session.execute(rows.group_by(StoredFile.about_id))
    return Counter({row_id: count for row_id, count in counted if row_id is not None})
