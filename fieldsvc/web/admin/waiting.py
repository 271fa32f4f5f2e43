"""The waiting list for the staff: who waits for what, why nothing was offered yet, offering by hand, removing."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from fieldsvc.core import audit, dates
from fieldsvc.core.audit import AuditEntry
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.booking import waiting, waiting_find, waiting_offers
from fieldsvc.domain.booking.slots import read_window
from fieldsvc.domain.booking.waiting_wishes import Wishes, in_words
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.web import asked
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

PAGE = "admin.waiting_entries"
MOST_SLOTS = 8
STATES = {
    "waiting": _l("Waiting"),
    "offered": _l("Has an offer"),
    "taken": _l("Has a time"),
    "left": _l("Left the list"),
}
ACTIONS = {
    "waiting.joined": ("bell", _l("Joined the list, or changed what suits")),
    "waiting.offered": ("send", _l("A time was offered")),
    "waiting.declined": ("circle-x", _l("Said no, thank you")),
    "waiting.expired": ("hourglass", _l("The time to answer ran out")),
    "waiting.taken": ("circle-check", _l("Booked a time")),
    "waiting.left": ("ban", _l("Left the list")),
}


class RemoveForm(PageForm):
    """Why somebody is taken off the list."""

    reason = StringField(
        _l("Why?"),
        [InputRequired(_l("Please say why, so that a colleague can answer when the client asks.")), Length(max=200)],
    )


@blueprint.get("/waiting")
def waiting_entries() -> ResponseReturnValue:
    """Who waits, the longest first."""
    filters = waiting_find.Filters(
        text=request.args.get("q", "").strip(),
        state=asked.one_of("state", STATES),
        activity_type_id=asked.number("type"),
    )
    return render_template(
        "admin/waiting/list.html",
        page_of=PAGE,
        page=waiting_find.search(db(), unit(), filters, number=asked.number("page") or 1),
        filters=filters,
        is_filtered=filters != waiting_find.Filters(),
        types=[(row.id, pick(row.title)) for row in catalogue.in_use(db(), unit().id)],
        **_words(),
    )


@blueprint.get("/waiting/<int:entry_id>")
def waiting_entry(entry_id: int) -> ResponseReturnValue:
    """One entry: what suits, what could be offered now or why nothing can, and what happened."""
    return _page(entry_id, RemoveForm())


@blueprint.post("/waiting/<int:entry_id>/offer")
def offer_waiting(entry_id: int) -> ResponseReturnValue:
    """Offer a time out of turn: the one that was chosen, else the best."""
    window = read_window(request.form.get("window", ""))
    held = waiting_offers.offer_by_hand(db(), unit(), entry_id, window, actor=actor(), now=now())
    assert held.held_until is not None
    until = dates.hour(held.held_until, unit().zone)
    flash(_("The time is kept until %(hour)s, and the client is told.", hour=until), "good")
    return go("waiting_entry", entry_id=entry_id)


@blueprint.post("/waiting/<int:entry_id>/remove")
def remove_waiting(entry_id: int) -> ResponseReturnValue:
    """Take somebody off the list."""
    form = RemoveForm()
    if form.validate_on_submit():
        with shown_in(form):
            waiting.remove(db(), unit(), entry_id, form.reason.data or "", actor=actor(), now=now())
            flash(_("The client no longer waits."), "good")
            return go("waiting_entry", entry_id=entry_id)
    return _page(entry_id, form)


def _page(entry_id: int, form: RemoveForm) -> ResponseReturnValue:
    entry = waiting.by_id(db(), unit(), entry_id)
    outlook = waiting_find.outlook(db(), unit(), entry, now=now())
    page = render_template(
        "admin/waiting/entry.html",
        page_of=PAGE,
        entry=entry,
        form=form,
        outlook=outlook,
        slots=outlook.slots[:MOST_SLOTS],
        number=waiting.number_of(db(), entry.draft, entry),
        history=[_event(row) for row in audit.history(db(), entry)],
        **_words(),
    )
    return page, 422 if form.errors else 200


def _words() -> dict[str, object]:
    return {
        "states": STATES,
        "wishes_of": lambda entry: in_words(Wishes.of(entry)),
        "is_on_offer": lambda entry: waiting.is_on_offer(entry, now=now()),
    }


def _event(row: AuditEntry) -> dict[str, object]:
    icon, words = ACTIONS.get(row.action, ("info-circle", row.action))
    window = read_window(row.data.get("window", ""))
    details = [row.data.get("reason", "")]
    if window is not None:
        zone = unit().zone
        details.append(f"{dates.day_short(window[0], zone)}, {dates.window(*window, zone)}")
    who = row.actor_name if row.actor_kind != "system" else _("the system")
    return {"icon": icon, "words": words, "who": who, "details": [one for one in details if one], "at": row.at}
