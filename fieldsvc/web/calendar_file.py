"""A visit as a file for the calendar of its client."""

from flask import Response, abort
from flask.typing import ResponseReturnValue

from fieldsvc.domain.interventions import calendar_event
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.principal import unit
from fieldsvc.web.session import now
from fieldsvc.web.shown import shown_of


def calendar_file(found: Intervention) -> ResponseReturnValue:
    """A visit as a calendar file; one whose window is nobody's business has none."""
    if found.window_begins_at is None or not shown_of(found).arrival_window:
        abort(404)
    file = calendar_event.for_client(unit(), found, now=now())
    headers = {"Content-Disposition": f'attachment; filename="visit-{found.reference}.ics"'}
    return Response(file, content_type="text/calendar; charset=utf-8", headers=headers)
