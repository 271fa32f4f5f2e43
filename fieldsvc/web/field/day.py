"""A technician's own day, and the secret address of his calendar."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from fieldsvc.core import links
from fieldsvc.core.dates import local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.feeds import addresses
from fieldsvc.domain.interventions import under_way
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning.technician_day import tour
from fieldsvc.web.field.blueprint import blueprint, his, technician
from fieldsvc.web.forms.versioned import VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

# Where a browser keeps a fresh secret until the next page has shown it, once.
FRESH_TOKEN = "feed_token"  # noqa: S105  (the name of a key)


@blueprint.get("/")
def day() -> ResponseReturnValue:
    """His visits in order, of the day that was asked for or of today."""
    today = local_day(now(), unit().zone)
    shown = _day(request.args.get("day", "")) or today
    token = cookie.pop(FRESH_TOKEN, None)
    return render_template(
        "field/day.html",
        day=shown,
        is_today=shown == today,
        before=shown - timedelta(days=1),
        after=shown + timedelta(days=1),
        tour=tour(db(), unit(), technician(), shown, now=now()),
        feed=addresses.present(db(), technician()),
        feed_address=links.absolute(url_for("feeds.technician", token=token)) if token else None,
    )


@blueprint.post("/visits/<int:intervention_id>/set-off")
def set_off(intervention_id: int) -> ResponseReturnValue:
    """He is on his way; the client is told."""
    return _step(intervention_id, under_way.set_off)


@blueprint.post("/visits/<int:intervention_id>/arrive")
def arrive(intervention_id: int) -> ResponseReturnValue:
    """He is there."""
    return _step(intervention_id, under_way.arrive)


@blueprint.post("/feed/rotate")
def rotate_feed() -> ResponseReturnValue:
    """Make a new secret address; the one before stops working."""
    cookie[FRESH_TOKEN] = addresses.rotate(db(), technician(), actor=actor(), now=now())
    return redirect(url_for("field.day", _anchor="feed"), 303)


@blueprint.post("/feed/revoke")
def revoke_feed() -> ResponseReturnValue:
    """Stop sharing the calendar."""
    addresses.revoke(db(), technician(), actor=actor(), now=now())
    flash(_("Your calendar is not shared any more."), "good")
    return redirect(url_for("field.day", _anchor="feed"), 303)


def _step(intervention_id: int, step: Callable[..., Intervention]) -> ResponseReturnValue:
    """Take the next step of one of his own visits; what somebody changed meanwhile is said above the day."""
    found = his(intervention_id)
    form = VersionedForm()
    with shown(form):
        step(db(), unit(), found.id, version=form.seen_version, actor=actor(), now=now())
    for words in form.form_errors:
        flash(words, "warn")
    return redirect(url_for("field.day", day=request.form.get("day") or None), 303)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None
