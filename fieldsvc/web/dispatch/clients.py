"""The list of the unit's clients, and the portal of many of them at once."""

from collections.abc import Mapping, Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import ngettext
from fieldsvc.domain.clients import bulk_access, lists
from fieldsvc.domain.clients.access import ACCESS, has_portal
from fieldsvc.domain.clients.csv_rows import KINDS
from fieldsvc.domain.clients.models import Client
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

KIND_WORDS = {"company": _l("Company"), "individual": _l("Individual"), "supplier": _l("Supplier")}
PORTAL_WORDS = {
    "open": _l("Can use it"),
    "closed": _l("Cannot use it"),
    "inherit": _l("Follows the unit"),
    "on": _l("On for this client"),
    "off": _l("Off for this client"),
}
MOST_AT_ONCE = 200


@blueprint.get("/clients")
def clients() -> ResponseReturnValue:
    """The clients that pass the filters of the address."""
    filters = _filters(request.args)
    page = lists.page(db(), unit(), filters, number=asked.number("page") or 1)
    return render_template(
        "dispatch/clients/list.html",
        section="clients",
        page=page,
        filters=filters,
        is_filtered=filters != lists.Filters(sort=filters.sort),
        kind_words=KIND_WORDS,
        portal_words=PORTAL_WORDS,
        access_words={name: PORTAL_WORDS[name] for name in ACCESS},
        has_portal=lambda client: has_portal(unit(), client),
        undo=asked.number("undo"),
    )


@blueprint.post("/clients/portal")
def change_portal_of_clients() -> ResponseReturnValue:
    """Say how many clients would change, and change them when that was confirmed."""
    access = request.form.get("access", "")
    if access not in ACCESS:
        raise Invalid(_("Please choose what the portal should be."))
    filters, chosen = _filters(request.form), _chosen()
    where = _which(filters, chosen)
    if "confirmed" not in request.form:
        count = bulk_access.count(db(), where, access)
        if count:
            return render_template(
                "dispatch/clients/confirm_portal.html",
                section="clients",
                count=count,
                access=access,
                access_words=PORTAL_WORDS[access],
                chosen=chosen,
                filters=filters,
            )
        flash(_("None of these clients would change."))
        return go("clients", **_query(filters))
    entries = bulk_access.change(db(), unit(), where, access, actor=actor(), now=now())
    words = ngettext("The portal of %(n)s client is changed.", "The portal of %(n)s clients is changed.", len(entries))
    flash(words, "good")
    return go("clients", **_query(filters), undo=min((entry.id for entry in entries), default=None))


@blueprint.post("/clients/portal/undo")
def undo_portal_of_clients() -> ResponseReturnValue:
    """Give the clients back what they had."""
    change_id = request.form.get("change", "")
    if not (change_id.isascii() and change_id.isdecimal() and len(change_id) <= 9):
        raise Invalid(_("This change does not exist."))
    count = bulk_access.undo(db(), unit(), int(change_id), actor=actor(), now=now())
    words = ngettext("%(n)s client has what he had before.", "%(n)s clients have what they had before.", count)
    flash(words, "good")
    return go("clients")


def _filters(given: Mapping[str, str]) -> lists.Filters:
    kind, portal, state = given.get("kind", ""), given.get("portal", ""), given.get("state", "active")
    sort = given.get("sort", "")
    return lists.Filters(
        text=given.get("q", "").strip()[:100],
        kind=kind if kind in KINDS else "",
        portal=portal if portal in lists.PORTAL else "",
        state=state if state in {"active", "left", ""} else "active",
        sort=sort if sort in lists.SORTS else "name",
    )


def _query(filters: lists.Filters) -> dict[str, str]:
    """The filters as the address says them."""
    query = {"q": filters.text, "kind": filters.kind, "portal": filters.portal, "sort": filters.sort}
    return {**{name: value for name, value in query.items() if value}, "state": filters.state}


def _chosen() -> list[int]:
    """The clients that were ticked; none when all that pass the filters are meant."""
    if "all" in request.form:
        return []
    ticked = [text for text in request.form.getlist("client") if text.isascii() and text.isdecimal() and len(text) <= 9]
    if not ticked:
        raise Invalid(_("Please tick at least one client first."))
    return [int(text) for text in ticked[:MOST_AT_ONCE]]


def _which(filters: lists.Filters, chosen: Sequence[int]) -> list[ColumnElement[bool]]:
    return [Client.unit_id == unit().id, Client.id.in_(chosen)] if chosen else lists.passing(unit(), filters)
