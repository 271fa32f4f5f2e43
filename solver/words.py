"""The English sentence of every reason code; a product translates from the code and its parameters instead."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES = {
    # why a candidate is good, or not
    "empty_day": "the day is still free",
    "on_the_way": "on the way from {after} to {before}: {minutes} minutes more on the road",
    "nearby": "{minutes} minutes from {visit}",
    "first_of_day": "first of the day, ahead of {before}",
    "last_of_day": "last of the day, behind {after}",
    "between_visits": "between {after} and {before}",
    "no_travel": "without travel, wherever the technician is",
    "detour": "a detour of {minutes} minutes",
    "reordered": "with the day in another order: {minutes} minutes more on the road",
    # why a technician-day is none
    "skill": "the skill {skill} is missing",
    "level": "level {has} of {skill} is too low, {needs} is needed",
    "no_shift": "no shift on this day",
    "window": "the visit's time windows lie outside the working hours",
    "capacity": "the van has {left} left and the visit needs {needs}",
    "lock": "a locked visit may not move",
    "people": "{technician} is not to come",
    "territory": "outside the territory of {technician}",
    "maximum": "no more than {most} are allowed, and they are planned",
    "maximum_travel": "more than {most} minutes on the road would be needed",
    "order": "a visit that it follows, or that follows it, leaves no time",
    "break": "the breaks leave no room",
    "promise": "the promise to {visit} would be broken",
    "travel": "the way there and back takes too long",
    "full": "the day is full",
    "overtime": "{minutes} minutes of overtime would be needed",
    "crew": "{found} of {needs} technicians can come",
    "broken": "the day as it is planned does not work out",
    # why a repair touches a visit
    "absent": "{technician} is away",
    "overrun": "{visit} takes longer",
    "emergency": "it is urgent",
    "made_room": "it makes room for another visit",
    # what would open a day
    "starts_earlier": "at {begins} instead of {instead}, {minutes} minutes earlier",
    "starts_later": "at {begins} instead of {instead}, {minutes} minutes later",
    "with_overtime": "with {minutes} minutes of overtime",
    "visit_moves": "if {visit} moves by {minutes} minutes",
    "lower_level": "with level {has} of {skill} instead of {needs}",
    # why a plan leaves a visit out
    "cost": "serving it costs {extra} and leaving it out {worth}",
}


TIMES_OF_DAY = {"begins", "instead"}


def words_of(code: str, parameters: Mapping[str, object]) -> str:
    """One English sentence for a reason."""
    shown = {name: _clock(value) if name in TIMES_OF_DAY else value for name, value in parameters.items()}
    return SENTENCES[code].format_map(shown)


def _clock(minute: object) -> str:
    """The time of day of a minute, as 8:30."""
    return f"{minute // 60 % 24}:{minute % 60:02}" if isinstance(minute, int) else str(minute)
