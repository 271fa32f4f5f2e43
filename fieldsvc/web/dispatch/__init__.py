"""Pages of the dispatchers, and the staff's sign-in."""

from fieldsvc.web.dispatch import (
    actions,
    assistant,
    board,
    interventions,
    new_intervention,
    plans,
    satisfaction,
    sign_in,
    visits,
)
from fieldsvc.web.dispatch.blueprint import blueprint, staff_blueprint

__all__ = [
    "actions",
    "assistant",
    "blueprint",
    "board",
    "interventions",
    "new_intervention",
    "plans",
    "satisfaction",
    "sign_in",
    "staff_blueprint",
    "visits",
]
