"""The addresses of the technicians' pages, and who the technician is."""

from flask import Blueprint

from fieldsvc.core.errors import Forbidden
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import under_way
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.teams.models import Technician
from fieldsvc.web import principal
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db

blueprint = Blueprint("field", __name__, url_prefix="/field")


def technician() -> Technician:
    """The technician who is signed in. Raises `Forbidden` for other staff."""
    found = principal.technician()
    if found is None:
        raise Forbidden(_("This page is for technicians."))
    return found


def his(intervention_id: int) -> Intervention:
    """One of his own visits. Raises `NotFound`."""
    return under_way.his(db(), unit(), technician().id, intervention_id)
