"""What an administrator says about his unit: name, ways to reach it, zone, languages, planning defaults, its portal."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from fieldsvc.core import audit, email, seen
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import LOCALES
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.units import colours
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.domain.units.settings import change, settings_of

ABOUT = ("name", "phone", "email", "address", "zone", "locale")
LONGEST = {"name": 100, "address": 300}
# As people write a number to be called: also short and local ones.
PHONE = re.compile(r"\+?[0-9][0-9 ().\-/]{1,38}[0-9]")
RANGES = {
    "hold_minutes": (1, 60),
    "hold_extension_minutes": (0, 60),
    "waiting_hold_minutes": (5, 24 * 60),
    "questionnaire_reminder_days": (0, 60),
    "green_up_to_minutes": (0, 600),
    "orange_up_to_minutes": (0, 600),
    "quiet_from_minute": (0, 24 * 60 - 1),
    "quiet_until_minute": (0, 24 * 60 - 1),
}


def zones(unit: BusinessUnit) -> list[str]:
    """Every zone of a place, by name, and the one that the unit has, such as UTC."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))}
    return sorted(places | {unit.zone})


def said(unit: BusinessUnit, names: Iterable[str]) -> dict[str, Any]:
    """What the unit says now, by the names of `ABOUT` and of its settings."""
    settings = settings_of(unit)
    return {name: getattr(unit if name in ABOUT else settings, name) for name in names}


def change_profile(
    session: Session,
    unit: BusinessUnit,
    about: Mapping[str, str],
    settings: Mapping[str, Any],
    *,
    version: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Change name, ways to reach the unit, zone, main language (`about`) and some `settings`, as they were shown.

    `version` is that of what the unit `said` then. Raises `Invalid`, `Stale`, `VersionMissing`.
    """
    _check_seen(session, unit, [*about, *settings], version)
    about = {name: " ".join(text.split()) for name, text in about.items()}
    wrong = {**_wrong_about(about, settings), **_wrong_settings({**_numbers_of(unit), **settings})}
    if wrong:
        raise Invalid(_("Some of this needs another look."), wrong)
    before = {name: getattr(unit, name) for name in about}
    for name, text in about.items():
        setattr(unit, name, (email.normal(text) or "") if name == "email" else text)
    change(unit, **settings)
    changed = sorted(name for name in about if before[name] != getattr(unit, name))
    audit.record(session, "unit.changed", unit, actor=actor, now=now, changed=[*changed, *sorted(settings)])


def change_portal(
    session: Session,
    unit: BusinessUnit,
    settings: Mapping[str, Any],
    *,
    version: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Change who may use the portal and how it looks, as it was shown; see `change_profile`."""
    _check_seen(session, unit, settings, version)
    settings = dict(settings)
    if not settings.get("sign_in_by_email", True) and not settings.get("sign_in_by_phone", True):
        words = _("Please leave at least one way to sign in: by e-mail or by phone.")
        raise Invalid(words, {"sign_in_by_email": words})
    if "accent" in settings and settings["accent"] not in colours.PRESETS:
        settings["accent"] = settings["accent"].lower()
        if not colours.OWN.fullmatch(settings["accent"]):
            words = _("Please choose a colour such as #0b7285.")
            raise Invalid(words, {"accent": words})
    change(unit, **settings)
    audit.record(session, "unit.portal_changed", unit, actor=actor, now=now, changed=sorted(settings))


def _check_seen(session: Session, unit: BusinessUnit, names: Iterable[str], version: str | None) -> None:
    session.refresh(unit, with_for_update={"key_share": True})  # who saves at the same moment comes after
    seen.check(version, said(unit, names))


def _wrong_about(about: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, str]:
    wrong = {}
    if not about.get("name", "-"):
        wrong["name"] = _("Please give the unit a name.")
    for name, longest in LONGEST.items():
        if len(about.get(name, "")) > longest:
            wrong[name] = _("Please shorten this to %(n)s characters.", n=longest)
    if about.get("email") and email.normal(about["email"]) is None:
        wrong["email"] = _("Please type an e-mail address such as help@example.com.")
    if about.get("phone") and not PHONE.fullmatch(about["phone"]):
        wrong["phone"] = _("Please type a phone number such as 222 010 340.")
    if settings.get("emergency_phone") and not PHONE.fullmatch(settings["emergency_phone"]):
        wrong["emergency_phone"] = _("Please type a phone number such as 222 010 340.")
    if "zone" in about and about["zone"] not in available_timezones():
        wrong["zone"] = _("Please choose a time zone of the list.")
    languages = settings.get("languages", [about.get("locale", "")])
    if not languages or any(tag not in LOCALES for tag in languages):
        wrong["languages"] = _("Please choose at least one language.")
    elif "locale" in about and about["locale"] not in languages:
        wrong["locale"] = _("The main language must be one of the languages offered.")
    return wrong


def _wrong_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    wrong = {
        name: _("Please type a number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest)
        for name, (lowest, highest) in RANGES.items()
        if not lowest <= settings[name] <= highest
    }
    if not wrong and settings["green_up_to_minutes"] > settings["orange_up_to_minutes"]:
        wrong["orange_up_to_minutes"] = _("Orange must reach at least as far as green.")
    return wrong


def _numbers_of(unit: BusinessUnit) -> dict[str, int]:
    now = settings_of(unit)
    return {name: getattr(now, name) for name in RANGES}
