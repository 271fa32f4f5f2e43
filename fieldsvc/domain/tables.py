"""Imports every table, so that migrations and the tests see all of them."""

from fieldsvc.core import audit, jobs
from fieldsvc.domain.accounts import models as accounts
from fieldsvc.domain.booking import models as booking
from fieldsvc.domain.catalogue import models as catalogue
from fieldsvc.domain.clients import models as clients
from fieldsvc.domain.feeds import models as feeds
from fieldsvc.domain.files import models as files
from fieldsvc.domain.geo import models as geo
from fieldsvc.domain.interventions import models as interventions
from fieldsvc.domain.notify import models as notify
from fieldsvc.domain.planning import models as planning
from fieldsvc.domain.teams import models as teams
from fieldsvc.domain.triggers import models as triggers
from fieldsvc.domain.units import models as units

__all__ = [
    "accounts",
    "audit",
    "booking",
    "catalogue",
    "clients",
    "feeds",
    "files",
    "geo",
    "interventions",
    "jobs",
    "notify",
    "planning",
    "teams",
    "triggers",
    "units",
]
