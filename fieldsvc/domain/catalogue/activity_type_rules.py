"""What an activity type may be: a rule for every field an administrator fills in, and those between fields."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import LOCALES, pick
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.activity_kinds import CODES, KINDS, VISIBILITIES
from fieldsvc.domain.catalogue.models import SHOWN_TO_CLIENTS
from fieldsvc.domain.notify import codes
from fieldsvc.domain.notify.code_list import ABOUT_A_VISIT

ICONS = (
    "tool",
    "flame",
    "snowflake",
    "wind",
    "droplet",
    "bolt",
    "flask",
    "gauge",
    "settings",
    "home",
    "building",
    "truck",
    "route",
    "search",
    "clipboard-check",
    "shield-check",
    "certificate",
    "refresh",
    "phone",
    "star",
)
BANDS = ("green", "orange", "red")
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
DAY_MINUTES = 24 * 60
MOST_WINDOWS, MOST_STEPS = 12, 60
SHORTEST_WINDOW, LONGEST_TITLE, LONGEST_TEXT = 15, 120, 2000


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises `Invalid` with words for every field that cannot be taken."""
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in values.items():
        try:
            kept[name] = RULES[name](value)
        except ValueError as refusal:
            wrong[name] = str(refusal)
        except Invalid as refusal:
            wrong[name] = refusal.words
    refuse(wrong)
    return kept


def refuse(wrong: Mapping[str, str]) -> None:
    """Raise `Invalid` when anything is wrong."""
    if wrong:
        raise Invalid(_("Some fields need another look."), wrong)


def check_between(values: Mapping[str, Any]) -> None:
    """Refuse values that are right one by one and make no sense together."""
    wrong = {}
    if values["booking_notice_hours"] >= values["booking_horizon_days"] * 24:
        wrong["booking_horizon_days"] = _("Nothing could ever be booked: the horizon ends before the notice.")
    if values["buffer_before_minutes"] + values["minutes"] + values["buffer_after_minutes"] > DAY_MINUTES:
        wrong["minutes"] = _("The work and its buffers take more than a day.")
    kind = KINDS[values["kind"]]
    if not kind.has_place and values["crew_size"] > 1:
        words = _("Only work at a site is for a crew. Make it the work of one person first.")
        wrong["crew_size"] = wrong["kind"] = words
    if not kind.is_for_clients and values["is_on_portal"]:
        wrong["is_on_portal"] = wrong["kind"] = _("Clients do not see tasks. Take it off the portal first.")
    refuse(wrong)


def _reference(value: str | None) -> str:
    text = (value or "").strip()
    if not REFERENCE.fullmatch(text):
        raise ValueError(_("Please use up to 40 letters, figures, dots and dashes; the first is a letter or a figure."))
    return text


def _whole(lowest: int, highest: int) -> Callable[[Any], int]:
    def read_whole(value: Any) -> int:
        if type(value) is not int or not lowest <= value <= highest:
            raise ValueError(_("Please type a whole number from %(a)s to %(b)s.", a=lowest, b=highest))
        return value

    return read_whole


def _maybe(rule: Callable[[Any], int]) -> Callable[[Any], int | None]:
    return lambda value: None if value is None else rule(value)


def _one_of(choices: Sequence[str]) -> Callable[[Any], str]:
    def read_choice(value: Any) -> str:
        if value not in choices:
            raise ValueError(_("Please choose one of the answers."))
        return str(value)

    return read_choice


def _some_of(choices: Sequence[str]) -> Callable[[Any], list[str]]:
    def read_choices(value: Any) -> list[str]:
        if not set(value) <= set(choices):
            raise ValueError(_("Please choose some of the answers."))
        return [choice for choice in choices if choice in value]

    return read_choices


def _texts(longest: int, *, allowed: Collection[str]) -> Callable[[Any], dict[str, str]]:
    """A text in some languages. Raises `ValueError`, and `Invalid` for a code that is unknown or not in `allowed`."""

    def read_texts(value: Mapping[str, str]) -> dict[str, str]:
        kept = {locale: text.strip() for locale, text in value.items() if locale in LOCALES and text.strip()}
        for locale, text in kept.items():
            if len(text) > longest:
                raise ValueError(_("Please shorten this to %(n)s characters.", n=longest))
            try:
                codes.check(text, allowed)
            except Invalid as refusal:
                raise ValueError(f"{LOCALES[locale]}: {refusal.words}") from refusal
        return kept

    return read_texts


def _title(value: Mapping[str, str]) -> dict[str, str]:
    kept = _texts(LONGEST_TITLE, allowed=ABOUT_A_VISIT - {"intervention.title"})(value)
    if not kept:
        raise ValueError(_("Please give it a title in at least one language."))
    return kept


def _windows(value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Named windows in the order of the clock."""
    if len(value) > MOST_WINDOWS:
        raise ValueError(_("At most %(n)s named windows, please.", n=MOST_WINDOWS))
    kept = sorted((_window(one) for one in value), key=lambda one: (one["begins_minute"], one["ends_minute"]))
    for one, after in pairwise(kept):
        if after["begins_minute"] < one["ends_minute"]:
            names = {"one": pick(one["name"]), "other": pick(after["name"])}
            raise ValueError(_("%(one)s and %(other)s overlap. One has to end before the other begins.", **names))
    return kept


def _window(value: Mapping[str, Any]) -> dict[str, Any]:
    name = _texts(60, allowed=())(value["name"])
    if not name:
        raise ValueError(_("Please give every window a name, such as morning."))
    begins, ends = value["begins_minute"], value["ends_minute"]
    if type(begins) is not int or type(ends) is not int or not 0 <= begins < DAY_MINUTES or ends > DAY_MINUTES:
        raise ValueError(_("%(name)s needs an hour at which it begins and one at which it ends.", name=pick(name)))
    if ends <= begins:
        raise ValueError(_("%(name)s ends before it begins.", name=pick(name)))
    if ends - begins < SHORTEST_WINDOW:
        raise ValueError(_("%(name)s is shorter than %(n)s minutes.", name=pick(name), n=SHORTEST_WINDOW))
    return {"name": name, "begins_minute": begins, "ends_minute": ends}


def _steps(value: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if len(value) > MOST_STEPS:
        raise ValueError(_("At most %(n)s steps, please.", n=MOST_STEPS))
    return [step for step in map(_texts(200, allowed=()), value) if step]


def _skills(value: Mapping[int, int]) -> dict[int, int]:
    if not all(type(level) is int and 1 <= level <= 5 for level in value.values()):
        raise ValueError(_("A level is a number from 1 to 5."))
    return dict(value)


def _form(value: Any) -> int | None:
    if value is not None and (type(value) is not int or not 0 < value < 2**31):
        raise ValueError(_("Please choose one of the forms."))
    return value


NOTICE = _whole(0, 2160)
RULES: dict[str, Callable[[Any], Any]] = {
    "reference": _reference,
    "kind": _one_of(CODES),
    "visibility": _one_of(VISIBILITIES),
    "title": _title,
    "description": _texts(LONGEST_TEXT, allowed=ABOUT_A_VISIT),
    "help": _texts(LONGEST_TEXT, allowed=ABOUT_A_VISIT),
    "icon": _one_of(ICONS),
    "minutes": _whole(1, DAY_MINUTES),
    "crew_size": _whole(1, 10),
    "buffer_before_minutes": _whole(0, 240),
    "buffer_after_minutes": _whole(0, 240),
    "arrival_window_minutes": _whole(SHORTEST_WINDOW, 720),
    "arrival_windows": _windows,
    "booking_notice_hours": NOTICE,
    "reschedule_notice_hours": NOTICE,
    "cancel_notice_hours": NOTICE,
    "booking_horizon_days": _whole(1, 365),
    "lowest_band": _one_of(BANDS),
    "priority": _whole(1, 10),
    "due_days": _maybe(_whole(0, 3650)),
    "price_cents": _maybe(_whole(0, 99_999_999)),
    "is_price_shown": bool,
    "is_on_portal": bool,
    "shown": _some_of(SHOWN_TO_CLIENTS),
    "history_days": _maybe(_whole(1, 3650)),
    "checklist": _steps,
    "skills": _skills,
    "intake_form_id": _form,
    "closing_form_id": _form,
    "questionnaire_id": _form,
}
