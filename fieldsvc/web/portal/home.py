"""The first page of a signed-in client."""

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldsvc.core.dates import local
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions, drafts
from fieldsvc.domain.interventions import find as interventions
from fieldsvc.domain.interventions import questionnaires
from fieldsvc.web.portal.countdown import running_hold
from fieldsvc.web.portal.routes import blueprint
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now

NOON, EVENING = 12, 18


@blueprint.get("/")
def home(unit_slug: str) -> ResponseReturnValue:
    """Show what comes next, what waits for an answer, and what can be booked."""
    coming = interventions.coming(db(), contact())
    offered = actions.actions_of(db(), coming[0], contact(), now=now()) if coming else []
    unfinished = drafts.unfinished(db(), contact(), now=now())
    return render_template(
        "portal/home/home.html",
        greeting=_greeting(),
        unfinished=unfinished,
        held=running_hold(unfinished, now=now()) if unfinished else None,
        coming=coming,
        possible=[action for action in offered if action.is_allowed],
        past=interventions.past(db(), contact(), now=now(), limit=3),
        questionnaires=questionnaires.open_for(db(), contact(), now=now()),
        offered=actions.bookable(db(), unit(), contact(), now=now()),
    )


def _greeting() -> str:
    name = contact().name.partition(" ")[0]
    hour = local(now(), unit().zone).hour
    if hour < NOON:
        return _("Good morning, %(name)s", name=name)
    return _("Good afternoon, %(name)s", name=name) if hour < EVENING else _("Good evening, %(name)s", name=name)
