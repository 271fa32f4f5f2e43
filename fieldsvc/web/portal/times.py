"""The times a client may choose from, and keeping the chosen one for a while."""

from datetime import date

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.dates import local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import drafts, holds
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.booking.slots import Slots, read_window, why_none, window_key
from fieldsvc.domain.planning.windows import Window
from fieldsvc.web.portal.booking import links_of
from fieldsvc.web.portal.countdown import countdown_of, running_hold
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.portal.week import week_of
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now


@blueprint.get("/book/<int:draft>/when")
def when(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Show a week of times; after a time was lost, the nearest ones first."""
    found = drafts.of_contact(db(), contact(), draft)
    if found.finished_at is not None:
        return go("visit", intervention_id=found.result_id)
    step = drafts.step_of(found)
    if found.site is None or step == "questions":
        return go(step, draft=draft)
    if not found.site.is_located:
        return render_template("portal/booking/not_located.html", draft=found, links=links_of(found))
    slots = holds.slots_for(db(), unit(), found, now=now())
    lost = _lost_window(found) if "lost" in request.args else None
    held = running_hold(found, now=now())
    return render_template(
        "portal/booking/when.html",
        draft=found,
        links=links_of(found),
        week=week_of(slots, unit().zone, _first_day(lost)),
        held=held,
        countdown=countdown_of(held, now=now()) if held else None,
        chosen=_chosen(found),
        is_lost="lost" in request.args,
        nearest=slots.nearest(lost) if lost else [],
        reasons=_reasons(slots, found),
    )


@blueprint.post("/book/<int:draft>/hold")
def hold(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Keep the chosen time while the client confirms."""
    found = drafts.running(db(), contact(), draft)
    window = read_window(request.form.get("window", ""))
    if window is None:
        flash(_("Please choose a time first."), "warn")
        return go("when", draft=draft)
    holds.hold(db(), unit(), contact(), found, window, now=now())
    return go("confirm", draft=draft)


@blueprint.post("/book/<int:draft>/hold/extend")
def extend_hold(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Keep the time a little longer, once."""
    holds.extend(db(), unit(), drafts.running(db(), contact(), draft), now=now())
    return go("confirm", draft=draft)


def _lost_window(draft: BookingDraft) -> Window | None:
    return read_window(request.args.get("window", "")) or read_window("/".join(draft.wanted_window))


def _first_day(lost: Window | None) -> date | None:
    asked = request.args.get("from", type=date.fromisoformat)
    return asked or (local_day(lost[0], unit().zone) if lost else None)


def _chosen(draft: BookingDraft) -> str:
    held = running_hold(draft, now=now())
    if held is None or held.window_begins_at is None or held.window_ends_at is None:
        return ""
    return window_key((held.window_begins_at, held.window_ends_at))


def _reasons(slots: Slots, draft: BookingDraft) -> list[str]:
    """Why there is nothing to choose; the answer costs another look at every calendar."""
    if slots.slots:
        return [_("All our technicians are busy during this week.")]
    explained = holds.slots_for(db(), unit(), draft, now=now(), reasons=True)
    return why_none(explained, draft.activity_type)
