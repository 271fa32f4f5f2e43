"""The hours that a board shows."""

from collections.abc import Sequence

HOUR = 60
USUAL_HOURS = (8 * HOUR, 18 * HOUR)


def whole_hours(spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The whole hours from the first of some spans to the end of the last, in minutes; the usual ones of none."""
    if not spans:
        return USUAL_HOURS
    opens, closes = min(begins for begins, _ends in spans), max(ends for _begins, ends in spans)
    return max(0, opens // HOUR * HOUR), -(-closes // HOUR) * HOUR
