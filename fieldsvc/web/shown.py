"""Which parts of a visit its client sees: what its activity type does not keep to itself."""

from dataclasses import dataclass, fields

from fieldsvc.domain.interventions.models import Intervention


@dataclass(frozen=True, slots=True)
class Shown:
    """Which parts of a visit its client sees."""

    status: bool
    technician: bool
    arrival_window: bool
    answers: bool
    report: bool
    price: bool


def shown_of(visit: Intervention) -> Shown:
    """What the activity type lets its clients see."""
    kind = visit.activity_type
    parts = {name: name in kind.shown for name in (field.name for field in fields(Shown))}
    return Shown(**{**parts, "price": parts["price"] and kind.is_price_shown and kind.price_cents is not None})
