"""Before a client does something with a visit: his own, as it is now, and something he may do at this instant."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import find, kept_in_history
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit


def shown(session: Session, contact: Contact, intervention_id: int, *, now: datetime) -> Intervention:
    """A visit that the contact sees now. Raises `NotFound`."""
    intervention = find.of_contact(session, contact, intervention_id)
    if kept_in_history.has_gone(intervention, now=now):
        raise NotFound(_("This visit does not exist."))
    return intervention


def numbered(
    session: Session, contact: Contact, action_id: int, kind: str, *, now: datetime, about: Intervention | None = None
) -> PortalAction:
    """One action by its number, which is of this kind, on a visit or else of the unit.

    Raises `NotFound`, and `NotAllowed` with the condition that says no.
    """
    if about is not None:
        found = actions.actions_of(session, about, contact, now=now)
    else:
        found = actions.offers_of(session, session.get_one(BusinessUnit, contact.unit_id), contact, now=now)
    wanted = [action for action in found if (action.id, action.kind) == (action_id, kind)]
    if not wanted:
        raise NotFound(_("This does not exist."))
    return actions.first_allowed(wanted)


def on(
    session: Session, contact: Contact, intervention_id: int, kind: str, *, now: datetime
) -> tuple[Intervention, PortalAction]:
    """A visit, kept for this transaction, and the action of this kind that he may use.

    Raises `NotFound`, and `NotAllowed` with the condition that says no.
    """
    intervention = find.locked(session, contact.unit_id, shown(session, contact, intervention_id, now=now).id)
    return intervention, actions.require(session, intervention, contact, kind, now=now)
