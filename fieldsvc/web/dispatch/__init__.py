"""Pages of the dispatchers, and the staff's sign-in."""

from fieldsvc.web.dispatch import (
    actions,
    assistant,
    board,
    board_of_other_unit,
    client,
    client_contacts,
    client_sites,
    clients,
    conversation,
    documents,
    interventions,
    new_intervention,
    plans,
    satisfaction,
    sign_in,
    under_way,
    visits,
)
from fieldsvc.web.dispatch.blueprint import blueprint, staff_blueprint

__all__ = [
    "actions",
    "assistant",
    "blueprint",
    "board",
    "board_of_other_unit",
    "client",
    "client_contacts",
    "client_sites",
    "clients",
    "conversation",
    "documents",
    "interventions",
    "new_intervention",
    "plans",
    "satisfaction",
    "sign_in",
    "staff_blueprint",
    "under_way",
    "visits",
]
