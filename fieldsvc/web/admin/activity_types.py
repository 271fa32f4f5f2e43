"""The list of activity types: find, add, copy, put in order, archive, delete."""

from collections.abc import Callable

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import activity_types as catalogue
from fieldsvc.domain.catalogue import find
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.interventions import of_activity_type
from fieldsvc.web.admin.activity_types_forms import NewForm
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.forms.order import asked_order, ordered
from fieldsvc.web.forms.versioned import shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

STATES: dict[str, Callable[[ActivityType], bool]] = {
    "": lambda row: not row.is_archived,
    "portal": lambda row: not row.is_archived and row.is_on_portal,
    "hidden": lambda row: not row.is_archived and not row.is_on_portal,
    "archived": lambda row: row.is_archived,
}


@blueprint.get("/activity-types")
def activity_types() -> ResponseReturnValue:
    """List them, with how often each was used; the whole list can be put in order."""
    text, state = request.args.get("q", "").strip()[:100], request.args.get("state", "")
    state = state if state in STATES else ""
    rows = [row for row in find.every(db(), unit().id) if STATES[state](row) and _is_found(row, text)]
    return render_template(
        "admin/activity_types/list.html",
        page_of="admin.activity_types",
        rows=rows,
        counts=of_activity_type.counts(db(), unit().id),
        text=text,
        state=state,
        can_order=not text and not state and len(rows) > 1,
    )


@blueprint.route("/activity-types/new", methods=["GET", "POST"])
def new_activity_type() -> ResponseReturnValue:
    """The first few words about a new activity type; its tabs have the rest."""
    form = NewForm(minutes=60)
    if form.validate_on_submit():
        with shown(form):
            made = catalogue.add(db(), unit(), form.values(), actor=actor(), now=now())
            flash(_("The activity type is added. Clients do not see it yet."), "good")
            return go("activity_type_planning", activity_type_id=made.id)
    page = render_template("admin/activity_types/new.html", page_of="admin.activity_types", form=form)
    return page, form.status if form.errors else 200


@blueprint.post("/activity-types/order")
def order_activity_types() -> ResponseReturnValue:
    """Put the activity types in the order clients see them in."""
    present = [row.id for row in find.in_use(db(), unit().id)]
    catalogue.order(db(), unit(), asked_order(present), actor=actor(), now=now())
    return ordered(url_for("admin.activity_types"))


@blueprint.post("/activity-types/<int:activity_type_id>/copy")
def copy_activity_type(activity_type_id: int) -> ResponseReturnValue:
    """Make another one like it, and open it."""
    made = catalogue.copy(db(), unit(), activity_type_id, actor=actor(), now=now())
    flash(_("This is the copy. Clients do not see it yet."), "good")
    return go("activity_type", activity_type_id=made.id)


@blueprint.post("/activity-types/<int:activity_type_id>/archive")
def archive_activity_type(activity_type_id: int) -> ResponseReturnValue:
    """Take it away from everything new."""
    row = catalogue.archive(db(), unit(), activity_type_id, actor=actor(), now=now())
    flash(_("%(title)s is archived. What was done with it stays as it is.", title=pick(row.title)), "good")
    return go("activity_types")


@blueprint.post("/activity-types/<int:activity_type_id>/restore")
def restore_activity_type(activity_type_id: int) -> ResponseReturnValue:
    """Bring it back."""
    row = catalogue.restore(db(), unit(), activity_type_id, actor=actor(), now=now())
    flash(_("%(title)s is back. Clients do not see it yet.", title=pick(row.title)), "good")
    return go("activity_type_portal", activity_type_id=row.id)


@blueprint.post("/activity-types/<int:activity_type_id>/delete")
def delete_activity_type(activity_type_id: int) -> ResponseReturnValue:
    """Take away one that was never used."""
    catalogue.delete(db(), unit(), activity_type_id, actor=actor(), now=now())
    flash(_("The activity type is deleted."), "good")
    return go("activity_types")


def _is_found(row: ActivityType, text: str) -> bool:
    return text.casefold() in " ".join([row.reference, *row.title.values()]).casefold()
