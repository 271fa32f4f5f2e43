"""How far a visit is, in the client's words: what happened, what is now, and what comes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue.activity_kinds import CALL
from fieldsvc.domain.interventions.models import Intervention

# What the audit calls it → what the client did, and what was done for him; the same words when both read alike.
HAPPENED: Mapping[str, tuple[Any, Any]] = {
    "intervention.requested": (_l("You asked for this visit"), _l("The visit was asked for")),
    "intervention.scheduled": (_l("You booked the visit"), _l("The visit got its time")),
    "intervention.rescheduled": (_l("You changed the time"), _l("The time was changed")),
    "intervention.confirmed": (_l("You confirmed the time"), _l("The time was confirmed")),
    "intervention.travelling": (_l("The technician set off"), _l("The technician set off")),
    "intervention.in_progress": (_l("The technician arrived"), _l("The technician arrived")),
    "intervention.completed": (_l("The work was finished"), _l("The work was finished")),
    "intervention.cancelled": (_l("You cancelled the visit"), _l("The visit was cancelled")),
    "form.answered": (_l("You answered our questions"), _l("Our questions were answered")),
    "document.added": (_l("A document was sent to you"), _l("A document was sent to you")),
    "document.approved": (_l("You approved a document"), _l("A document was approved")),
    "document.declined": (_l("You declined a document"), _l("A document was declined")),
    "questionnaire.answered": (_l("You told us how it went"), _l("You told us how it went")),
}
WITHOUT_PLACE = {"intervention.in_progress": (_l("The work began"), _l("The work began"))}
HIS = {"contact", "guest"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trail: `state` is `past`, `now` or `to_come`."""

    state: str
    words: str
    at: datetime | None = None
    detail: str = ""


def trail(entries: Iterable[AuditEntry], intervention: Intervention, *, is_report_shown: bool) -> list[Step]:
    """What happened, the oldest first, and what is still to come; `entries` are the audit, newest first."""
    happened = HAPPENED if intervention.site_id is not None else {**HAPPENED, **WITHOUT_PLACE}
    past = [
        Step("past", str(happened[entry.action][entry.actor_kind not in HIS]), entry.at)
        for entry in reversed(list(entries))
        if entry.action in happened
    ]
    return [*past, *_to_come(intervention, is_report_shown=is_report_shown)]


def _to_come(intervention: Intervention, *, is_report_shown: bool) -> Iterator[Step]:
    status, is_first = intervention.status, True
    for step, words in (
        ("requested", _("We agree on a time with you")),
        *_begun(intervention),
        ("in_progress", _("The work is done")),
        ("reported", _("You find the report here")),
    ):
        if not _is_ahead(step, status) or (step == "reported" and not is_report_shown):
            continue
        yield Step("now" if is_first else "to_come", words, detail=_detail(step, intervention))
        is_first = False


def _begun(intervention: Intervention) -> list[tuple[str, str]]:
    if intervention.kind == CALL:
        return [("travelling", _("We call you"))]
    if intervention.site_id is None:
        return [("travelling", _("The work begins"))]
    return [("scheduled", _("The technician sets off")), ("travelling", _("The technician arrives"))]


ORDER = ("requested", "unscheduled", "scheduled", "dispatched", "travelling", "in_progress", "reported")


def _is_ahead(step: str, status: str) -> bool:
    """Whether a step of somebody who is in `status` is still to come."""
    if status not in ORDER:
        return False
    if step == "requested":
        return status in {"requested", "unscheduled"}
    return ORDER.index(step) >= ORDER.index("scheduled" if status == "dispatched" else status)


def _detail(step: str, intervention: Intervention) -> str:
    if step == "scheduled" and intervention.window_begins_at is not None:
        return _("We send you a message then.")
    return ""
