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


def shown(session: Session, contact: Contact, intervention_id: int, *, now: datetime) -> Intervention:
    """A visit that the contact sees now. Raises `NotFound`."""
    intervention = find.of_contact(session, contact, intervention_id)
    if kept_in_history.has_gone(intervention, now=now):
        raise NotFound(_("This visit does not exist."))
    return intervention


def on(
    session: Session, contact: Contact, intervention_id: int, wanted: str | int, *, now: datetime
) -> tuple[Intervention, PortalAction]:
    """A visit, kept for this transaction, and the action he wants: a kind, or the number of one.

    Raises `NotFound`, and `NotAllowed` with the condition that says no.
    """
    intervention = find.locked(session, contact.unit_id, shown(session, contact, intervention_id, now=now).id)
    return intervention, actions.require(session, intervention, contact, wanted, now=now)
