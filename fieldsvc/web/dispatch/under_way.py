"""The technician sets off and arrives, noted by the staff."""

from flask import flash
from flask.typing import ResponseReturnValue

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import under_way
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.forms.versioned import VersionedForm, shown
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


@blueprint.post("/interventions/<int:intervention_id>/set-off")
def set_off(intervention_id: int) -> ResponseReturnValue:
    """The technician is on his way; the client is told."""
    form = VersionedForm()
    with shown(form):
        under_way.set_off(db(), unit(), intervention_id, version=form.seen_version, actor=actor(), now=now())
        flash(_("The client knows that somebody is on the way."), "good")
    return _back_to(intervention_id, form)


@blueprint.post("/interventions/<int:intervention_id>/arrive")
def arrive(intervention_id: int) -> ResponseReturnValue:
    """The technician is there."""
    form = VersionedForm()
    with shown(form):
        under_way.arrive(db(), unit(), intervention_id, version=form.seen_version, actor=actor(), now=now())
    return _back_to(intervention_id, form)


def _back_to(intervention_id: int, form: VersionedForm) -> ResponseReturnValue:
    for words in form.form_errors:
        flash(words, "warn")
    return go("intervention", intervention_id=intervention_id)
