"""The unit's travel times, as the solver wants them."""

from fieldsvc.domain.units.settings import UnitSettings
from solver import Estimate


def travel_of(settings: UnitSettings) -> Estimate:
    """Travel estimated from the great circle, by the unit's factors."""
    return Estimate(settings.travel_fixed_minutes, settings.travel_minutes_per_km)
