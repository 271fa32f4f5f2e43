"""Which interventions a contact sees: one rule for every list, page, questionnaire, message and file of the portal."""

from sqlalchemy import ColumnElement, false

from fieldsvc.domain.catalogue.activity_kinds import TASK
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.clients.visibility import ids_of_sites
from fieldsvc.domain.interventions.models import Intervention


def visible_to(contact: Contact) -> ColumnElement[bool]:
    """Whether an intervention is one the contact sees by his role: his `own`, those of his `site`s too, or `all`.

    Nobody sees those of another client or unit, nor a slot that somebody only holds, nor a task.
    """
    of_client = (
        (Intervention.unit_id == contact.unit_id)
        & (Intervention.client_id == contact.client_id)
        & (Intervention.status != "held")
        # A task has no site. Said first, it spares the database the far end of nearly every row.
        & (Intervention.site_id.is_not(None) | (Intervention.kind != TASK))
    )
    own = Intervention.contact_id == contact.id
    seen = {"own": own, "site": own | Intervention.site_id.in_(ids_of_sites(contact))}
    return of_client if contact.role == "all" else of_client & seen.get(contact.role, false())
