"""The unit of a test, and the technician that most of them begin with; a module that needs others has its own."""

import pytest
from sqlalchemy.orm import Session

from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from tests import make


@pytest.fixture
def unit(session: Session) -> BusinessUnit:
    return make.unit(session)


@pytest.fixture
def ana(session: Session, unit: BusinessUnit) -> Technician:
    return make.technician(session, unit, name="Ana")
