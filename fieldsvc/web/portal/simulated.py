"""While a staff member looks as a client: why each action is shown or hidden, on the client's own pages."""

from fieldsvc.domain.booking.simulator import Simulation, simulate
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.portal.routes import blueprint
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now


def simulated(visit: Intervention | None = None) -> Simulation:
    """What the contact finds at this instant."""
    return simulate(db(), unit(), contact(), visit, now=now())


@blueprint.context_processor
def for_templates() -> dict[str, object]:
    """Give the templates of the portal the simulator; only the view as a client asks it."""
    return {"simulated": simulated}
