"""Triggers: what happens by itself, when, and what would have happened in the last month."""

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import conditions
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.triggers import preview, save
from fieldsvc.domain.triggers.acts import ACTS, act_words
from fieldsvc.domain.triggers.when import when_words
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.admin.trigger_form import TriggerForm, trigger_form
from fieldsvc.web.forms.order import asked_order, ordered
from fieldsvc.web.forms.versioned import shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

PAGE = "admin.triggers"


@blueprint.get("/triggers")
def triggers() -> ResponseReturnValue:
    """List the triggers with what each does and how often it has."""
    is_archived = request.args.get("show") == "archived"
    rows = save.listed(db(), unit(), is_archived=is_archived)
    return render_template(
        "admin/triggers/list.html",
        page_of=PAGE,
        rows=[(row, when_words(row.trigger), act_words(row.trigger), ACTS[row.trigger.action].icon) for row in rows],
        is_archived=is_archived,
    )


@blueprint.route("/triggers/new", methods=["GET", "POST"])
def new_trigger() -> ResponseReturnValue:
    """Write a new trigger; it begins switched off."""
    form = trigger_form(None)
    if form.validate_on_submit():
        with shown(form):
            added = save.add(db(), unit(), form.said(), actor=actor(), now=now())
            flash(_("The trigger is saved and still off. See what it would have done, then switch it on."), "good")
            return go("switch_trigger", trigger_id=added.id)
    return _editor(form, None)


@blueprint.route("/triggers/<int:trigger_id>", methods=["GET", "POST"])
def trigger(trigger_id: int) -> ResponseReturnValue:
    """Change a trigger, and see what it did."""
    found = save.by_id(db(), unit(), trigger_id)
    form = trigger_form(found)
    if form.validate_on_submit():
        with shown(form):
            version = form.seen_version
            save.change(db(), unit(), trigger_id, form.said(), version=version, actor=actor(), now=now())
            flash(_("Saved."), "good")
            return go("trigger", trigger_id=trigger_id)
    return _editor(form, found)


@blueprint.route("/triggers/<int:trigger_id>/switch", methods=["GET", "POST"])
def switch_trigger(trigger_id: int) -> ResponseReturnValue:
    """Show what the trigger would have done in the last month; then switch it on or off."""
    found = save.by_id(db(), unit(), trigger_id)
    if request.method == "POST":
        is_on = request.form.get("on") == "yes"
        save.switch(db(), unit(), trigger_id, is_on=is_on, actor=actor(), now=now())
        flash(_("The trigger is on.") if is_on else _("The trigger is off."), "good")
        return go("triggers")
    return render_template(
        "admin/triggers/switch.html",
        page_of=PAGE,
        trigger=found,
        when=when_words(found),
        does=act_words(found),
        sentence=conditions.sentence(found.conditions),
        preview=preview.would_have_fired(db(), unit(), found, now=now()),
    )


@blueprint.post("/triggers/<int:trigger_id>/archive")
def archive_trigger(trigger_id: int) -> ResponseReturnValue:
    """Put a trigger away; what it did stays readable."""
    save.archive(db(), unit(), trigger_id, actor=actor(), now=now())
    flash(_("The trigger is put away. You find it among the archived ones."), "good")
    return go("triggers")


@blueprint.post("/triggers/order")
def order_triggers() -> ResponseReturnValue:
    """Put the triggers in another order."""
    rows = [row.trigger.id for row in save.listed(db(), unit())]
    save.order(db(), unit(), asked_order(rows), actor=actor(), now=now())
    return ordered(url_for("admin.triggers"))


def _editor(form: TriggerForm, found: Trigger | None) -> ResponseReturnValue:
    page = render_template(
        "admin/triggers/edit.html",
        page_of=PAGE,
        form=form,
        trigger=found,
        acts=ACTS,
        firings=save.firings(db(), found) if found else [],
    )
    return page, form.status if form.errors else 200
