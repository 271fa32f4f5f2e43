"""The times a client may choose from, why there are not more, and keeping the chosen one for a while."""

from collections.abc import Sequence
from datetime import date

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.dates import local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import draft_action, drafts, holds, offers, waiting, waiting_wishes
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.booking.slots import Slots, read_window
from fieldsvc.domain.booking.why_none import opening_after, why_none, why_not_on
from fieldsvc.domain.planning.windows import Window
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web import offer_log
from fieldsvc.web.portal.booking import links_of
from fieldsvc.web.portal.countdown import countdown_of, kept_window, running_hold
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.portal.waiting import waiting_form
from fieldsvc.web.portal.week import Week, week_of
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now


@blueprint.get("/book/<int:draft>/when")
def when(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Show a week of times; after a time was lost, the nearest ones first."""
    found = drafts.of_contact(db(), contact(), draft)
    if found.finished_at is not None:
        return go("visit", intervention_id=found.result_id)
    step = drafts.step_of(found)
    if step in {"where", "questions"}:
        return go(step, draft=draft)
    if not found.has_known_place:
        return render_template("portal/booking/not_located.html", draft=found, links=links_of(found))
    draft_action.action_of(db(), unit(), contact(), found, now=now())  # what could not be booked is not shown
    slots = holds.slots_for(db(), unit(), found, now=now())
    lost = _lost_window(found) if "lost" in request.args else None
    held = running_hold(found, now=now())
    week = week_of(slots, unit().zone, _first_day(lost))
    entry = waiting.of_draft(db(), found)
    hours = waiting_wishes.hours_of(db(), unit())
    page = render_template(
        "portal/booking/when.html",
        draft=found,
        links=links_of(found),
        slots=slots,
        week=week,
        held=held,
        countdown=countdown_of(held, now=now()) if held else None,
        chosen=kept_window(found, now=now()),
        is_lost="lost" in request.args,
        nearest=slots.nearest(lost) if lost else [],
        reasons=_reasons(slots, found),
        is_asked_why="why" in request.args,
        by_day=_by_day(week, slots, found, hours.weekdays) if _asks_why(week) else {},
        later=_later(slots, week),
        opening=opening_after(slots, found.activity_type, hours.weekdays),
        entry=entry,
        number=waiting.number_of(db(), found, entry),
        form=waiting_form(contact(), hours, entry) if not slots.slots else None,
        hold_minutes=settings_of(unit()).waiting_hold_minutes,
    )
    what = offers.of_draft(found, contact().client_id, slots.slots)
    offer_log.note_shown(what, lambda: slots.explained().refused)
    return page


@blueprint.post("/book/<int:draft>/hold")
def hold(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Keep the chosen time while the client confirms."""
    found = drafts.running(db(), contact(), draft)
    window = read_window(request.form.get("window", ""))
    if window is None:
        flash(_("Please choose a time first."), "warn")
        return go("when", draft=draft)
    with offer_log.noting_loss(draft, window):
        holds.hold(db(), unit(), contact(), found, window, now=now())
    return go("confirm", draft=draft)


@blueprint.post("/book/<int:draft>/hold/extend")
def extend_hold(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Keep the time a little longer, once."""
    found = drafts.running(db(), contact(), draft)
    with offer_log.noting_loss(draft, wanted_window(found)):
        holds.extend(db(), unit(), found, now=now())
    return go("confirm", draft=draft)


def wanted_window(draft: BookingDraft) -> Window | None:
    """The window that was chosen last."""
    return read_window("/".join(draft.wanted_window))


def _lost_window(draft: BookingDraft) -> Window | None:
    return read_window(request.args.get("window", "")) or wanted_window(draft)


def _first_day(lost: Window | None) -> date | None:
    asked = request.args.get("from", type=date.fromisoformat)
    return asked or (local_day(lost[0], unit().zone) if lost else None)


def _reasons(slots: Slots, draft: BookingDraft) -> Sequence[object]:
    """Why there is nothing to choose at all."""
    if slots.slots:
        return []
    minutes = draft.reschedules.minutes if draft.reschedules else draft.activity_type.minutes
    return why_none(slots.explained(), draft.activity_type, minutes, unit().zone, now=now())


def _asks_why(week: Week) -> bool:
    return not week.total or "why" in request.args


def _by_day(week: Week, slots: Slots, draft: BookingDraft, weekdays: Sequence[int]) -> dict[date, str]:
    """Why each day of the week without a slot has none."""
    explained = slots.explained()
    return {day.on: why_not_on(day.on, explained, draft.activity_type, weekdays) for day in week.days if not day.count}


def _later(slots: Slots, week: Week) -> int:
    """How many slots there are in the week of the next one, as an empty week says."""
    if week.total or week.next_slot_on is None:
        return 0
    return week_of(slots, unit().zone, week.next_slot_on).total
