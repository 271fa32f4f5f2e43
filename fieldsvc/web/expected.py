"""When a technician who is on his way is expected: what the plan says, and never more than it knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fieldsvc.domain.interventions.models import Intervention

STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Expected:
    """`at` is about when; None means at any moment. `share` places it in the promise, in per cent."""

    at: datetime | None
    share: int
    is_late: bool


def expected_of(visit: Intervention, *, now: datetime) -> Expected:
    """What can honestly be said to somebody who waits."""
    planned = visit.planned
    at = _rounded(planned.begins_at) if planned is not None and planned.begins_at > now else None
    return Expected(at, _share(visit, at or now), visit.window_ends_at is not None and now > visit.window_ends_at)


def _rounded(at: datetime) -> datetime:
    """To the nearest five minutes: nobody drives to the minute."""
    seconds = round(at.timestamp() / STEP.total_seconds()) * STEP.total_seconds()
    return datetime.fromtimestamp(seconds, tz=at.tzinfo)


def _share(visit: Intervention, at: datetime) -> int:
    """How much of the promised window has passed then, in per cent."""
    if visit.window_begins_at is None or visit.window_ends_at is None:
        return 0
    length = (visit.window_ends_at - visit.window_begins_at).total_seconds()
    passed = (at - visit.window_begins_at).total_seconds()
    return round(100 * min(max(passed / length, 0), 1)) if length else 0
