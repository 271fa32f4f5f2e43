"""The waiting list for clients: joining it, what is waited for, and saying no to what is offered."""

from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField

from fieldsvc.core import phone
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking import drafts, waiting, waiting_wishes
from fieldsvc.domain.booking.models import WaitingEntry
from fieldsvc.domain.booking.waiting_wishes import NOON_MINUTE, Hours, Wishes, in_words, weekday_names
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.portal.booking import links_of
from fieldsvc.web.portal.routes import blueprint, go
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now


class WaitingForm(PageForm):
    """What suits somebody who waits, and how he is told."""

    weekdays = SelectMultipleField(_l("Days that suit you"), validate_choice=False)
    parts = SelectMultipleField(_l("Times of day"), validate_choice=False)
    channel = RadioField(_l("Tell me by"), validate_choice=False)


@blueprint.route("/book/<int:draft>/waiting", methods=["GET", "POST"])
def join_waiting(unit_slug: str, draft: int) -> ResponseReturnValue:
    """Put a booking that found no time on the waiting list, or change what suits."""
    found = drafts.running(db(), contact(), draft)
    if not found.has_known_place or drafts.step_of(found) == "questions":
        return go("when", draft=draft)
    hours = waiting_wishes.hours_of(db(), unit())
    entry = waiting.of_draft(db(), found)
    form = waiting_form(contact(), hours, entry)
    if form.validate_on_submit():
        with shown_in(form):
            wishes = waiting_wishes.read(form.weekdays.data or [], form.parts.data or [], hours)
            waiting.join(db(), unit(), contact(), draft, wishes, form.channel.data or "", now=now())
            flash(_("You are on the waiting list. We write to you as soon as a time is free."), "good")
            return go("waiting_list")
    page = render_template(
        "portal/booking/waiting_join.html",
        draft=found,
        links=links_of(found),
        form=form,
        entry=entry,
        number=waiting.number_of(db(), found, entry),
        hold_minutes=settings_of(unit()).waiting_hold_minutes,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/waiting")
def waiting_list(unit_slug: str) -> ResponseReturnValue:
    """Everything the client waits for."""
    return render_template("portal/booking/waiting_list.html", rows=rows_of(contact()))


@blueprint.post("/waiting/<int:entry_id>/leave")
def leave_waiting(unit_slug: str, entry_id: int) -> ResponseReturnValue:
    """Take the client off the list."""
    waiting.leave(db(), contact(), entry_id, now=now())
    flash(_("You are no longer on the waiting list."), "good")
    return go("waiting_list")


@blueprint.post("/waiting/<int:entry_id>/refuse")
def refuse_waiting(unit_slug: str, entry_id: int) -> ResponseReturnValue:
    """Give the time that is offered to the next; the client keeps waiting."""
    waiting.refuse(db(), contact(), entry_id, now=now())
    flash(_("Thank you for telling us. You stay on the list, and we write to you when another time is free."), "good")
    return go("waiting_list")


def with_holds(person: Contact) -> list[tuple[WaitingEntry, Intervention | None]]:
    """What a contact waits for, each with the time that is kept for him, if one is."""
    entries = waiting.entries_of(db(), person)
    return [(entry, entry.draft.hold if waiting.is_on_offer(entry, now=now()) else None) for entry in entries]


def rows_of(person: Contact) -> list[dict[str, Any]]:
    """What a contact waits for, each with its place on the list and what suits, in words."""
    return [
        {
            "entry": entry,
            "draft": entry.draft,
            "held": held,
            "number": waiting.number_of(db(), entry.draft, entry),
            "wishes": in_words(Wishes.of(entry)),
        }
        for entry, held in with_holds(person)
    ]


def waiting_form(person: Contact, hours: Hours, entry: WaitingEntry | None) -> WaitingForm:
    """The form with what suits him already; at first every day, the whole day, and the way he prefers."""
    ways = waiting.channels_of(person)
    wishes = Wishes.of(entry) if entry else Wishes()
    form = WaitingForm(
        weekdays=[str(day) for day in wishes.weekdays or hours.weekdays],
        parts=list(wishes.parts or hours.parts),
        channel=entry.channel if entry else _usual_channel(person),
    )
    names = weekday_names()
    form.weekdays.choices = [(str(day), names[day]) for day in hours.weekdays]
    named = _parts_in_words(hours)
    form.parts.choices = [(part, named[part]) for part in hours.parts]
    form.channel.choices = [(channel, _channel_in_words(channel, address)) for channel, address in ways.items()]
    return form


def _usual_channel(person: Contact) -> str:
    """The way he prefers, else e-mail."""
    ways = waiting.channels_of(person)
    return next((way for way in (person.channel, "email", "sms") if way in ways), "")


def _parts_in_words(hours: Hours) -> dict[str, str]:
    begins, ends = hours.begins_minute, hours.ends_minute
    morning, afternoon = _span(begins, min(NOON_MINUTE, ends)), _span(max(NOON_MINUTE, begins), ends)
    return {
        "morning": _("Morning, %(window)s", window=morning),
        "afternoon": _("Afternoon, %(window)s", window=afternoon),
    }


def _span(begins: int, ends: int) -> str:
    """Two minutes of wall time as hours: 08:00–12:00."""
    return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (begins, ends))


def _channel_in_words(channel: str, address: str) -> str:
    if channel == "sms":
        return _("SMS to %(phone)s", phone=phone.in_words(address))
    return _("E-mail to %(address)s", address=address)
