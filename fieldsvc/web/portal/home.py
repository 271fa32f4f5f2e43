"""The first page of a signed-in client."""

from collections.abc import Mapping, Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldsvc.core.dates import local
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions, drafts
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.portal.countdown import running_hold
from fieldsvc.web.portal.offers import offers_of
from fieldsvc.web.portal.routes import blueprint
from fieldsvc.web.portal.texts import said
from fieldsvc.web.portal.to_do import to_do
from fieldsvc.web.portal.visit_buttons import Button, buttons_of
from fieldsvc.web.portal.waiting import with_holds
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now
from fieldsvc.web.shown import shown_of

NOON, EVENING = 12, 18
DECIDING = {"confirm", "book", "reschedule"}
JUDGED = 10  # visits whose actions are looked at


@blueprint.get("/")
def home(unit_slug: str) -> ResponseReturnValue:
    """Show what comes next, what waits for an answer, and what can be asked for."""
    coming = interventions.coming(db(), contact())
    offered = actions.actions_of_each(db(), coming[:JUDGED], contact(), now=now()) if coming else {}
    following = coming[0] if coming else None
    unfinished = drafts.unfinished(db(), contact(), now=now())
    waits = with_holds(contact())
    if unfinished is not None and any(entry.draft_id == unfinished.id for entry, _held in waits):
        unfinished = None
    return render_template(
        "portal/home/home.html",
        greeting=_greeting(),
        home_text=said(settings_of(unit()).home_text),
        unfinished=unfinished,
        held=running_hold(unfinished, now=now()) if unfinished else None,
        coming=coming,
        shown=shown_of(following) if following else None,
        buttons=_buttons(offered, following) if following else [],
        past=interventions.past(db(), contact(), now=now(), limit=3),
        waits=waits,
        to_do=to_do(coming[:JUDGED], offered),
        offers=offers_of(),
    )


def _buttons(offered: Mapping[int, Sequence[actions.Action]], visit: Intervention) -> list[Button]:
    """What decides about the next visit; the rest is on its own page, and forms stand among what waits."""
    return [button for button in buttons_of(offered[visit.id], visit) if button.kind in DECIDING]


def _greeting() -> str:
    name = contact().name.partition(" ")[0]
    hour = local(now(), unit().zone).hour
    if hour < NOON:
        return _("Good morning, %(name)s", name=name)
    return _("Good afternoon, %(name)s", name=name) if hour < EVENING else _("Good evening, %(name)s", name=name)
