"""What happened to an intervention, read from the audit, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldsvc.core import audit, dates
from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.session import db

# What the audit calls it → its icon and its words.
ACTIONS: Mapping[str, tuple[str, Any]] = {
    "intervention.requested": ("inbox", _l("Asked for")),
    "intervention.unscheduled": ("calendar-off", _l("Unscheduled")),
    "intervention.held": ("hourglass-high", _l("A time was held")),
    "intervention.scheduled": ("calendar-event", _l("Scheduled")),
    "intervention.rescheduled": ("calendar-time", _l("Rescheduled")),
    "intervention.moved": ("arrows-exchange", _l("Moved")),
    "intervention.locked": ("lock", _l("Locked")),
    "intervention.unlocked": ("lock-open", _l("Unlocked")),
    "intervention.dispatched": ("send", _l("Dispatched")),
    "intervention.travelling": ("car", _l("On the way")),
    "intervention.in_progress": ("tool", _l("Work began")),
    "intervention.completed": ("circle-check", _l("Completed")),
    "intervention.cancelled": ("ban", _l("Cancelled")),
    "intervention.confirmed": ("user-check", _l("The client confirmed the time")),
    "message.written": ("message", _l("The client wrote a message")),
    "message.answered": ("send", _l("A message was sent to the client")),
    "form.answered": ("forms", _l("A form was filled in")),
    "document.added": ("receipt", _l("A document was sent to the client")),
    "document.approved": ("circle-check", _l("The client approved a document")),
    "document.declined": ("ban", _l("The client declined a document")),
    "document.withdrawn": ("archive", _l("A document was withdrawn")),
    "file.added": ("paperclip", _l("A file was added")),
    "visit_link.revoked": ("link", _l("The secret links were ended")),
    "questionnaire.withdrawn": ("x", _l("The questionnaire was withdrawn")),
    "questionnaire.answered": ("star", _l("The client answered the questionnaire")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    icon: str
    words: str
    who: str
    details: list[str]
    at: datetime


def history_of(intervention: Intervention, zone: str) -> list[Entry]:
    """Everything that was done to it, the latest first."""
    return [_entry(row, zone) for row in audit.history(db(), intervention)]


def _entry(row: AuditEntry, zone: str) -> Entry:
    icon, words = ACTIONS.get(row.action, ("info-circle", row.action))
    if row.data.get("is_new"):
        icon, words = "plus", _("Created")
    details = [_move_words(row.data, zone), *(str(row.data.get(name) or "") for name in ("title", "name", "reason"))]
    return Entry(icon, str(words), _who(row), [detail for detail in details if detail], row.at)


def _who(row: AuditEntry) -> str:
    kinds = {"contact": _("the client"), "guest": _("the client"), "system": _("the system")}
    name = row.actor_name if row.actor_kind in {"contact", "staff"} else ""
    return name or kinds.get(row.actor_kind, "")


def _move_words(data: Mapping[str, Any], zone: str) -> str:
    """From where to where, for an entry that changed the place in the plan."""
    before, after = (_place_words(data.get(name), zone) for name in ("place_before", "place_after"))
    return " → ".join(words for words in (before, after) if words) if before != after else ""


def _place_words(place: Mapping[str, Any] | None, zone: str) -> str:
    if not place:
        return ""
    begins_at = datetime.fromisoformat(place["begins_at"])
    return _(
        "%(day)s %(hour)s, %(technician)s",
        day=dates.day_short(begins_at, zone),
        hour=dates.hour(begins_at, zone),
        technician=place["technician"],
    )
