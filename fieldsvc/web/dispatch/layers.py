"""The two layers of time of an intervention, drawn on one axis: what is promised above what is planned."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fieldsvc.core.dates import hour, local_day, window
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions.models import Intervention

PERCENT = 100
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A full hour of the axis."""

    x: float
    hour: str


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of time in percent of the width, with its words."""

    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Layers:
    """Everything the drawing shows."""

    day: date
    words: str
    ticks: list[Tick]
    promise: Box | None
    planned: Box | None
    floating: Box | None


def layers_of(intervention: Intervention, zone: str) -> Layers | None:
    """The drawing; None when nothing is promised and nothing is planned."""
    visit = intervention.planned
    promised = (intervention.window_begins_at, intervention.window_ends_at)
    instants = [at for at in (*promised, visit and visit.begins_at, visit and visit.ends_at) if at]
    if not instants:
        return None
    axis = _Axis(_full_hour(min(instants)) - HOUR, _full_hour(max(instants)) + 2 * HOUR, zone)
    promise = planned = floating = None
    words = []
    if promised[0] and promised[1]:
        text = window(promised[0], promised[1], zone)
        said = (
            _("Promised: arrives %(window)s", window=text)
            if intervention.site
            else _("Promised: %(window)s", window=text)
        )
        promise = axis.box(promised[0], promised[1], said)
        words.append(_("The arrival window is %(window)s.", window=text))
    if visit:
        planned = axis.box(visit.begins_at, visit.ends_at, _("Planned %(hour)s", hour=hour(visit.begins_at, zone)))
        words.append(_("Planned from %(window)s.", window=window(visit.begins_at, visit.ends_at, zone)))
        if promised[1] and promised[1] > visit.begins_at:
            slack = promised[1] - visit.begins_at
            floating = axis.box(visit.ends_at, visit.ends_at + slack, "")
            words.append(_("The start may move until %(hour)s.", hour=hour(promised[1], zone)))
    return Layers(local_day(min(instants), zone), " ".join(words), axis.ticks(), promise, planned, floating)


@dataclass(frozen=True, slots=True)
class _Axis:
    begins_at: datetime
    ends_at: datetime
    zone: str

    def x(self, at: datetime) -> float:
        return round((at - self.begins_at) / (self.ends_at - self.begins_at) * PERCENT, 2)

    def box(self, begins_at: datetime, ends_at: datetime, words: str) -> Box:
        return Box(self.x(begins_at), round(self.x(min(ends_at, self.ends_at)) - self.x(begins_at), 2), words)

    def ticks(self) -> list[Tick]:
        count = int((self.ends_at - self.begins_at) / HOUR)
        hours = [self.begins_at + number * HOUR for number in range(count)]
        return [Tick(self.x(at), hour(at, self.zone)) for at in hours]


def _full_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
