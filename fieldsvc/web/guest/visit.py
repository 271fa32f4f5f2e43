"""A visit behind a secret link: see it and confirm it without signing in, change it in a short session of the portal.

Mail scanners follow links, so that looking changes nothing, and whatever does is a button.
"""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking import actions, drafts
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.interventions import confirmation, find, visit_links
from fieldsvc.domain.interventions.lifecycle import ENDED
from fieldsvc.domain.interventions.models import VisitLink
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.web import principal
from fieldsvc.web.calendar_file import calendar_file
from fieldsvc.web.expected import expected_of
from fieldsvc.web.guest.questionnaire import blueprint
from fieldsvc.web.session import db, now
from fieldsvc.web.shown import shown_of


@blueprint.get("/visit/<token>")
def visit(token: str) -> ResponseReturnValue:
    """Show the visit, or say what to do when its link has ended."""
    link = _link(token)
    if link is None:
        return render_template("guest/visit_gone.html"), 404
    found, shown = link.intervention, shown_of(link.intervention)
    judged = actions.actions_of(db(), found, link.contact, now=now())
    is_on_the_way = found.status == "travelling" and shown.technician
    return render_template(
        "guest/visit.html",
        visit=found,
        token=token,
        shown=shown,
        possible={action.kind: action for action in judged if action.is_allowed},
        is_running=found.status not in ENDED,
        is_on_the_way=is_on_the_way,
        expected=expected_of(found, now=now()) if is_on_the_way else None,
        has_portal=has_portal(g.unit, link.contact.client),
    )


@blueprint.post("/visit/<token>/confirm")
def confirm_visit(token: str) -> ResponseReturnValue:
    """Say that the time suits."""
    link = _running(token)
    found = find.locked(db(), link.unit_id, link.intervention_id)
    actions.require(db(), found, link.contact, "confirm", now=now())
    by = Actor("guest", link.contact.id, link.contact.name)
    confirmation.confirm(db(), g.unit, found, actor=by, now=now())
    flash(_("Thank you, the time is confirmed."), "good")
    return redirect(url_for("guest.visit", token=token), 303)


@blueprint.post("/visit/<token>/<any(visit, cancel, reschedule):wanted>")
def change_visit(token: str, wanted: str) -> ResponseReturnValue:
    """Open the portal for a while, where the visit is changed; a link does that once."""
    link = _running(token)
    wanted_page = "portal.cancel" if wanted == "cancel" else "portal.visit"
    page = url_for(wanted_page, unit_slug=g.unit.slug, intervention_id=link.intervention_id)
    if not principal.is_signed_in(link.contact) and not _sign_in(link):
        flash(_("For your safety this link signs you in only once. Please sign in with a code."), "warn")
        return redirect(url_for("portal.sign_in", unit_slug=g.unit.slug, next=page), 303)
    if wanted == "reschedule":
        draft = drafts.reschedule(db(), link.contact, link.intervention_id, now=now())
        page = url_for("portal.when", unit_slug=g.unit.slug, draft=draft.id)
    return redirect(page, 303)


@blueprint.get("/visit/<token>/calendar.ics")
def visit_calendar(token: str) -> ResponseReturnValue:
    """Give the visit as a calendar file."""
    return calendar_file(_running(token).intervention)


def _link(token: str) -> VisitLink | None:
    """The running link of an address; of one that has ended only the unit is known."""
    link = visit_links.of_token(db(), token)
    if link is None:
        return None
    unit = db().get_one(BusinessUnit, link.unit_id)
    g.unit = unit if unit.is_active else None
    return link if unit.is_active and visit_links.is_running(link, now=now()) else None


def _sign_in(link: VisitLink) -> bool:
    """Sign its contact in for a while, unless the link has done so before or he has no portal."""
    if not has_portal(g.unit, link.contact.client) or not visit_links.use_to_sign_in(db(), link, now=now()):
        return False
    principal.sign_in("contact", link.contact_id, link.unit_id, lifetime=visit_links.SIGNED_IN_FOR)
    return True


def _running(token: str) -> VisitLink:
    link = _link(token)
    if link is None:
        raise NotFound(_("This link to a visit does not work any more."))
    return link
