"""What people are told about travel times."""

from datetime import datetime

from fieldsvc.core.dates import hour, local_day, moment
from fieldsvc.core.text import gettext as _


def travel_note(estimated_since: datetime | None, zone: str, *, now: datetime) -> str:
    """That drives on a page are estimates, and since when; nothing where there is nothing to say."""
    if estimated_since is None:
        return ""
    is_today = local_day(estimated_since, zone) == local_day(now, zone)
    at = hour(estimated_since, zone) if is_today else moment(estimated_since, zone)
    return _("Travel times are estimated: the road service has not answered since %(at)s.", at=at)
