"""One activity type, a tab a page; each saves what is on it, on the version that was shown."""

from datetime import timedelta
from typing import Any

from babel.dates import get_day_names
from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import babel_locale, pick
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue import activity_types as catalogue
from fieldsvc.domain.catalogue import find
from fieldsvc.domain.catalogue.activity_type_rules import read
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.catalogue.skills import with_counts
from fieldsvc.domain.interventions import of_activity_type
from fieldsvc.domain.teams.able import able
from fieldsvc.web.admin.activity_types_forms import (
    GeneralForm,
    PlanningForm,
    PortalForm,
    TabForm,
    TextsForm,
    forms_form,
    planning_form,
)
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.admin.texts import previewed
from fieldsvc.web.forms.rows import RowsField
from fieldsvc.web.forms.versioned import shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now

YEAR = timedelta(days=365)
TABS = {
    "general": "activity_type",
    "planning": "activity_type_planning",
    "portal": "activity_type_portal",
    "forms": "activity_type_forms",
    "texts": "activity_type_texts",
}


@blueprint.route("/activity-types/<int:activity_type_id>", methods=["GET", "POST"])
def activity_type(activity_type_id: int) -> ResponseReturnValue:
    """Its reference, its title and its picture."""
    row = find.by_id(db(), unit().id, activity_type_id)
    return _tab(row, "general", GeneralForm.of(row))


@blueprint.route("/activity-types/<int:activity_type_id>/planning", methods=["GET", "POST"])
def activity_type_planning(activity_type_id: int) -> ResponseReturnValue:
    """How long it takes, who can do it, and when it can be booked."""
    row = find.by_id(db(), unit().id, activity_type_id)
    form = planning_form(row, [counted.skill for counted in with_counts(db(), unit())])
    return _tab(row, "planning", form)


@blueprint.route("/activity-types/<int:activity_type_id>/portal", methods=["GET", "POST"])
def activity_type_portal(activity_type_id: int) -> ResponseReturnValue:
    """What clients see of it."""
    row = find.by_id(db(), unit().id, activity_type_id)
    return _tab(row, "portal", PortalForm.of(row))


@blueprint.route("/activity-types/<int:activity_type_id>/forms", methods=["GET", "POST"])
def activity_type_forms(activity_type_id: int) -> ResponseReturnValue:
    """What is asked, and the steps of the work."""
    row = find.by_id(db(), unit().id, activity_type_id)
    return _tab(row, "forms", forms_form(row, find.forms(db(), unit().id)))


@blueprint.route("/activity-types/<int:activity_type_id>/texts", methods=["GET", "POST"])
def activity_type_texts(activity_type_id: int) -> ResponseReturnValue:
    """What clients read about it."""
    row = find.by_id(db(), unit().id, activity_type_id)
    return _tab(row, "texts", TextsForm.of(row))


def _tab(row: ActivityType, tab: str, form: TabForm) -> ResponseReturnValue:
    if request.method == "POST" and not _is_unfinished(form):
        with shown(form):
            if form.validate():
                catalogue.change(db(), unit(), row.id, form.seen_version, form.values(), actor=actor(), now=now())
                flash(_("Saved."), "good")
                return go(TABS[tab], activity_type_id=row.id)
            # Everything that is wrong is said at once.
            read({name: value for name, value in form.values().items() if name not in form.errors})
    answer = render_template(
        f"admin/activity_types/{tab}.html",
        page_of="admin.activity_types",
        tab=tab,
        row=row,
        form=form,
        can_be_booked=any(one.kind in {"book", "ask"} and one.is_on and not one.is_archived for one in row.actions),
        planned=of_activity_type.planned(db(), unit().id, row.id),
        lately=of_activity_type.since(db(), unit().id, row.id, now() - YEAR),
        **_beside(row, form),
    )
    return answer, form.status if form.errors else 200


def _is_unfinished(form: TabForm) -> bool:
    """Whether a button of the form was used that saves nothing: a row more or less, a preview."""
    rows = [field for field in form if isinstance(field, RowsField)]
    return any(field.is_asked(request.form) for field in rows) or request.form.get("do") == "preview"


def _beside(row: ActivityType, form: TabForm) -> dict[str, Any]:
    """What a tab says beside its fields."""
    if isinstance(form, PlanningForm):
        return {
            "able": able(db(), unit().id, form.levels()),
            "measured": of_activity_type.measured(db(), unit().id, row.id),
            "weekdays": get_day_names("wide", locale=babel_locale()),
        }
    if isinstance(form, TextsForm):
        given = [
            {"label": str(field.label.text), "text": pick(field.data)}
            for field in (form.title, form.description, form.help)
        ]
        return {"preview": previewed(given, place="visit", reference=request.form.get("about", "")[:100])}
    return {}
