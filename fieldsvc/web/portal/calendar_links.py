"""Links that put a visit into a calendar kept on the web."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web.portal.texts import said

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """One calendar by its name, and the address that opens it with the visit filled in."""

    name: str
    address: str


def calendar_links(unit: BusinessUnit, visit: Intervention) -> list[CalendarLink]:
    """Where a visit with an arrival window can be put; the event is the window that was promised."""
    assert visit.window_begins_at is not None
    assert visit.window_ends_at is not None
    title = f"{said(visit.activity_type.title, visit)}, {unit.name}"
    place = visit.site.full_address if visit.site else ""
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{_compact(visit.window_begins_at)}/{_compact(visit.window_ends_at)}",
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": visit.window_begins_at.astimezone(UTC).isoformat(),
        "enddt": visit.window_ends_at.astimezone(UTC).isoformat(),
        "location": place,
    }
    return [
        CalendarLink("Google Calendar", f"{GOOGLE}?{urlencode(google)}"),
        CalendarLink("Outlook", f"{OUTLOOK}?{urlencode(outlook)}"),
    ]


def _compact(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
