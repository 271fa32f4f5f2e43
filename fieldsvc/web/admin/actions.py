"""The portal actions of an activity type: the list, the editor, and a try before saving."""

from flask import flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking.action_rules import rules_of
from fieldsvc.domain.booking.actions import label_of
from fieldsvc.domain.catalogue import actions as catalogue
from fieldsvc.domain.catalogue import find
from fieldsvc.domain.catalogue.action_kinds import KINDS
from fieldsvc.domain.catalogue.models import Form, PortalAction
from fieldsvc.domain.interventions import of_activity_type
from fieldsvc.web.admin.actions_form import ActionForm, action_form, new_action_form
from fieldsvc.web.admin.actions_try import tried
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.admin.conditions import asked
from fieldsvc.web.forms.order import asked_order, ordered
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.forms.versioned import shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

LATEST = 30


@blueprint.route("/activity-types/<int:activity_type_id>/actions", methods=["GET", "POST"])
def actions(activity_type_id: int) -> ResponseReturnValue:
    """List what clients may do with an activity type, and add something."""
    row = find.by_id(db(), unit().id, activity_type_id)
    form = new_action_form()
    if form.validate_on_submit():
        with shown_in(form):
            where, _colon, kind = (form.kind.data or "").rpartition(":")
            added = catalogue.add(db(), row, kind, is_for_unit=where == "unit", actor=actor(), now=now())
            flash(_("The action is added. Clients have it when you switch it on."), "good")
            return go("action", action_id=added.id)
    page = render_template(
        "admin/actions/list.html",
        page_of="admin.activity_types",
        tab="actions",
        row=row,
        form=form,
        rows=catalogue.of_activity_type(db(), row),
        label_of=label_of,
        rules_of=rules_of,
        kinds=KINDS,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/activity-types/<int:activity_type_id>/actions/order")
def order_actions(activity_type_id: int) -> ResponseReturnValue:
    """Put the actions in the order clients see them in."""
    row = find.by_id(db(), unit().id, activity_type_id)
    present = [action.id for action in catalogue.of_activity_type(db(), row)]
    catalogue.order(db(), row, asked_order(present), actor=actor(), now=now())
    return ordered(url_for("admin.actions", activity_type_id=row.id))


@blueprint.route("/actions/<int:action_id>", methods=["GET", "POST"])
def action(action_id: int) -> ResponseReturnValue:
    """Shape one action."""
    found = catalogue.by_id(db(), unit(), action_id)
    form = action_form(found, _forms(found), find.every(db(), unit().id))
    if form.validate_on_submit():
        with shown(form):
            catalogue.change(
                db(), unit(), action_id, form.wanted(), version=form.seen_version, actor=actor(), now=now()
            )
            flash(_("Saved."), "good")
            return go("action", action_id=action_id)
    return _editor(found, form)


@blueprint.post("/actions/<int:action_id>/switch")
def switch_action(action_id: int) -> ResponseReturnValue:
    """Give clients an action, or take it from them, from the list."""
    is_on = request.form.get("on") == "yes"
    changed = catalogue.switch(db(), unit(), action_id, is_on, actor=actor(), now=now())
    words = _("Clients have this action now.") if is_on else _("Clients do not have this action any more.")
    flash(words, "good")
    return go("actions", activity_type_id=changed.activity_type_id)


@blueprint.post("/actions/<int:action_id>/remove")
def remove_action(action_id: int) -> ResponseReturnValue:
    """Take an action away."""
    activity_type_id = catalogue.by_id(db(), unit(), action_id).activity_type_id
    was_used = catalogue.remove(db(), unit(), action_id, actor=actor(), now=now())
    words = _("The action is archived; what clients did with it stays.") if was_used else _("The action is deleted.")
    flash(words, "good")
    return go("actions", activity_type_id=activity_type_id)


@blueprint.post("/actions/<int:action_id>/try")
def try_action(action_id: int) -> ResponseReturnValue:
    """What the action that is being edited would mean, without saving it."""
    return jsonify(tried(catalogue.by_id(db(), unit(), action_id), asked()))


def _editor(found: PortalAction, form: ActionForm) -> ResponseReturnValue:
    page = render_template(
        "admin/actions/edit.html",
        page_of="admin.activity_types",
        action=found,
        kind=KINDS[found.kind],
        label=label_of(found),
        form=form,
        latest=[] if found.is_for_unit else of_activity_type.latest(db(), unit().id, found.activity_type_id, LATEST),
    )
    return page, form.status if form.errors else 200


def _forms(found: PortalAction) -> list[Form]:
    offered = [row for row in find.forms(db(), unit().id) if row.kind == "action" and row is not found.form]
    return [*offered, found.form] if found.form is not None else offered
