"""The bands of extra travel, from the best to the worst, and the lowest one that is still good enough."""

from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import settings_of

BANDS = ("green", "orange", "red")


def limits_of(unit: BusinessUnit) -> tuple[int, int]:
    """The extra minutes up to which the unit calls a candidate green and orange."""
    settings = settings_of(unit)
    return settings.green_up_to_minutes, settings.orange_up_to_minutes


def is_within(band: str, lowest: str) -> bool:
    """Whether a band is `lowest` or better."""
    return BANDS.index(band) <= BANDS.index(lowest)
