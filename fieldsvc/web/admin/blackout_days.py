"""The days on which the whole unit is closed."""

from datetime import date

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField
from wtforms.validators import Optional as MayBeEmpty

from fieldsvc.core.dates import day as day_in_words
from fieldsvc.core.dates import local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import ngettext
from fieldsvc.domain.interventions import planned_on
from fieldsvc.domain.teams.freed import freed
from fieldsvc.domain.units import blackout
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


class ClosedDayForm(PageForm):
    """A day, and why; clients read the reason."""

    day = DateField(_l("Day"), [MayBeEmpty()])
    reason = StringField(_l("Reason"))


@blueprint.route("/blackout-days", methods=["GET", "POST"])
def blackout_days() -> ResponseReturnValue:
    """List the closed days that are to come, and add one."""
    form = ClosedDayForm()
    if form.validate_on_submit():
        with shown_in(form):
            row = blackout.add(db(), unit(), form.day.data, (form.reason.data or "").strip(), actor=actor(), now=now())
            flash(_added(row.day_on), "good")
            return go("blackout_days")
    rows = blackout.since(db(), unit(), local_day(now(), unit().zone))
    page = render_template(
        "admin/blackout_days.html",
        page_of="admin.blackout_days",
        form=form,
        rows=rows,
        planned=planned_on.count(db(), unit(), [row.day_on for row in rows]),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/blackout-days/<int:blackout_day_id>/delete")
def delete_blackout_day(blackout_day_id: int) -> ResponseReturnValue:
    """Open on this day again; who waits for a time is offered it."""
    blackout.delete(db(), unit(), blackout_day_id, actor=actor(), now=now())
    freed(db(), unit().id, now=now())
    flash(_("You are open on this day again."), "good")
    return go("blackout_days")


def _added(day: date) -> str:
    words = _("You are closed on %(day)s.", day=day_in_words(day))
    planned = planned_on.count(db(), unit(), [day]).get(day, 0)
    if not planned:
        return words
    stays = ngettext(
        "%(num)s intervention is planned on this day and stays until you move it.",
        "%(num)s interventions are planned on this day and stay until you move them.",
        planned,
    )
    return f"{words} {stays}"
