"""Values of codes that are worked out when a text asks for them, and once only."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from fieldsvc.core import dates, links, phone
from fieldsvc.domain.units.models import BusinessUnit

Makers = dict[str, str | Callable[[], str]]


class Values(Mapping[str, str]):
    """What stands for each code; a maker is the value itself, or a function without arguments."""

    def __init__(self, *makers: Mapping[str, str | Callable[[], str]]) -> None:
        self.makers: Makers = {}
        for more in makers:
            self.makers.update(more)

    def __getitem__(self, name: str) -> str:
        value = self.makers[name]
        if callable(value):
            value = self.makers[name] = value()
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)


def of_unit(unit: BusinessUnit, now: datetime) -> Makers:
    """What every text of a unit knows."""
    return {
        "system.now": lambda: dates.moment(now, unit.zone),
        "unit.name": unit.name,
        "unit.phone": lambda: phone.in_words(unit.phone),
        "unit.email": unit.email,
        "unit.address": unit.address,
        "unit.zone": lambda: dates.zone_words(unit.zone),
        "portal.link": lambda: links.absolute(f"/portal/{unit.slug}/"),
    }
