"""The planning assistant for dispatchers: the best candidates, a week of windows, and why nowhere else."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import Length

from fieldsvc.core.dates import local, local_day
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking import offers
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import moves
from fieldsvc.domain.planning.assistant import Refused, Suggestion, Suggestions, suggest_for
from fieldsvc.domain.planning.travel.words import travel_note
from fieldsvc.web import asked, offer_log
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.dispatch.slot_grid import grid_of, read_value
from fieldsvc.web.forms.versioned import VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

DAYS_ON_THE_PAGE = 7
DAYS_ON_THE_BOARD = 14
MOST_CANDIDATES = 8


class AssistantForm(VersionedForm):
    """The candidate that was chosen, and a reason when it breaks a promise."""

    candidate = StringField(_l("Candidate"))
    reason = StringField(_l("Reason for the change"), [Length(max=200)])


@blueprint.route("/interventions/<int:intervention_id>/assistant", methods=["GET", "POST"])
def assistant(intervention_id: int) -> ResponseReturnValue:
    """A week of candidates; one can be booked."""
    found = find.by_id(db(), unit().id, intervention_id)
    form = AssistantForm(version=str(found.version))
    if form.validate_on_submit():
        with shown(form):
            _book(intervention_id, form)
            flash(_("It is in the plan, and the client is told."), "good")
            return go("intervention", intervention_id=intervention_id)
    return _page(found, form)


@blueprint.get("/interventions/<int:intervention_id>/suggestions.json")
def suggestions(intervention_id: int) -> ResponseReturnValue:
    """The candidates that the board draws on its lanes."""
    found = find.by_id(db(), unit().id, intervention_id)
    answer = suggest_for(db(), unit(), found, _days(_today(), DAYS_ON_THE_BOARD), now=now())
    _note(found, answer)
    best = sorted(answer.found, key=lambda one: one.cost)[:MOST_CANDIDATES]
    return jsonify(
        candidates=[_candidate(number, one) for number, one in enumerate(best, start=1)],
        refused=[_refusal(one) for one in answer.refused],
    )


def _page(found: Intervention, form: AssistantForm) -> ResponseReturnValue:
    today = _today()
    first = max(asked.day("start") or today, today)
    days = _days(first, DAYS_ON_THE_PAGE)
    answer = suggest_for(db(), unit(), found, days, now=now())
    grid = grid_of(answer, found.activity_type, days, unit().zone)
    page = render_template(
        "dispatch/assistant.html",
        section="interventions",
        intervention=found,
        form=form,
        grid=grid,
        travel_note=travel_note(answer.estimated_since, unit().zone, now=now()),
        chosen=form.candidate.data or (grid.best[0].value if grid.best else ""),
        earlier=max(first - timedelta(days=DAYS_ON_THE_PAGE), today) if first > today else None,
        later=first + timedelta(days=DAYS_ON_THE_PAGE),
    )
    _note(found, answer)
    return page, form.status if form.errors else 200


def _book(intervention_id: int, form: AssistantForm) -> None:
    chosen = read_value(request.form.get("candidate", ""))
    if chosen is None:
        raise Invalid(_("Please choose one of the times."))
    (technician_id, *colleague_ids), begins_at = chosen
    moves.move(
        db(),
        unit(),
        intervention_id,
        technician_id,
        begins_at,
        colleague_ids=colleague_ids,
        version=form.seen_version,
        reason=form.reason.data or "",
        actor=actor(),
        now=now(),
    )
    offers.taken_by_staff(db(), unit().id, intervention_id, technician_id, begins_at, now=now())


def _note(found: Intervention, answer: Suggestions) -> None:
    """The offer log hears what the dispatcher was shown."""
    offer_log.note_shown(offers.of_intervention(found, answer), lambda: answer.refused)


def _today() -> date:
    return local_day(now(), unit().zone)


def _days(first: date, count: int) -> Sequence[date]:
    return [first + timedelta(days=number) for number in range(count)]


def _candidate(number: int, one: Suggestion) -> dict[str, Any]:
    return {
        "number": number,
        "technician": one.technician_id,
        "technicians": one.technician_ids,
        "technician_name": one.technician_name,
        "day": one.day.isoformat(),
        "begins": _minute(one),
        "minutes": one.minutes,
        "cost_minutes": one.cost_minutes,
        "cost_km": one.cost_km,
        "band": one.band,
        "because": one.because,
    }


def _minute(one: Suggestion) -> int:
    begins = local(one.begins_at, unit().zone)
    return begins.hour * 60 + begins.minute


def _refusal(one: Refused) -> dict[str, Any]:
    return {"name": one.technician_name, "day": one.day.isoformat(), "reason": one.because, "short_by": one.short_by}
