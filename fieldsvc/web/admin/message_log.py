"""The log of every message: what became of it, and sending it again."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext
from fieldsvc.domain.interventions import message_log as log
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.domain.notify.reasons import REASONS
from fieldsvc.web import asked
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

PAGE = "admin.message_log"
PERIODS = (1, 7, 30, 365)


@blueprint.get("/message-log")
def message_log() -> ResponseReturnValue:
    """The messages that pass the filters of the address."""
    filters = _filters()
    page, entries = log.search(db(), unit(), filters, now=now(), page=asked.number("page") or 1)
    return render_template(
        "admin/message_log/list.html",
        page_of=PAGE,
        page=page,
        entries=entries,
        filters=filters,
        is_filtered=filters != log.Filters(),
        kinds=KINDS,
        reasons=REASONS,
        kind_options=[("", _("All")), *((name, kind.title) for name, kind in KINDS.items())],
        day_options=[("", _("All")), *((days, ngettext("%(num)s day", "%(num)s days", days)) for days in PERIODS)],
    )


@blueprint.get("/message-log/<int:outbox_id>")
def logged_message(outbox_id: int) -> ResponseReturnValue:
    """One message with its words, and the reason when it did not leave."""
    entry = log.by_id(db(), unit(), outbox_id, now=now())
    return render_template(
        "admin/message_log/message.html",
        page_of=PAGE,
        entry=entry,
        text=log.shown_text(entry.message),
        kind=KINDS[entry.message.kind],
        reason=REASONS.get(entry.message.reason, entry.message.reason),
    )


@blueprint.post("/message-log/<int:outbox_id>/resend")
def resend_message(outbox_id: int) -> ResponseReturnValue:
    """Send the same words again."""
    again = log.resend(db(), unit(), outbox_id, actor=actor(), now=now())
    flash(_("The message is on its way again."), "good")
    return go("logged_message", outbox_id=again.id)


@blueprint.post("/message-log/<int:outbox_id>/stop")
def stop_message(outbox_id: int) -> ResponseReturnValue:
    """Keep a message from leaving."""
    log.stop(db(), unit(), outbox_id, actor=actor(), now=now())
    flash(_("The message is stopped."), "good")
    return go("logged_message", outbox_id=outbox_id)


def _filters() -> log.Filters:
    return log.Filters(
        text=request.args.get("q", "").strip()[: log.LONGEST_SEARCH],
        state=asked.one_of("state", log.STATES),
        channel=asked.one_of("channel", ("email", "sms")),
        kind=asked.one_of("kind", KINDS),
        days=days if (days := asked.number("days")) in PERIODS else None,
        intervention_id=asked.number("intervention"),
        client_id=asked.number("client"),
    )
