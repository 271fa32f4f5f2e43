"""The skills that technicians have and activity types need."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Regexp

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue import skills as catalogue_skills
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.forms.texts import RequiredText, TextsField
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


class SkillForm(PageForm):
    """The name of a skill."""

    name = TextsField(_l("Name"), [RequiredText(_l("Please give it a name in at least one language."))])


class NewSkillForm(SkillForm):
    """A new skill: its code never changes, because technicians and imports go by it."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Please type a code.")),
            Regexp(r"[a-z][a-z0-9-]{0,39}\Z", message=_l("Please use small letters, figures and dashes only.")),
        ],
    )


@blueprint.route("/skills", methods=["GET", "POST"])
def skills() -> ResponseReturnValue:
    """List the skills with who has them, and add one."""
    form = NewSkillForm()
    if form.validate_on_submit():
        with shown_in(form):
            catalogue_skills.add(db(), unit(), form.code.data or "", form.name.data, actor=actor(), now=now())
            flash(_("The skill is added."), "good")
            return go("skills")
    page = render_template(
        "admin/skills.html", page_of="admin.skills", form=form, rows=catalogue_skills.with_counts(db(), unit())
    )
    return page, 422 if form.errors else 200


@blueprint.route("/skills/<int:skill_id>", methods=["GET", "POST"])
def skill(skill_id: int) -> ResponseReturnValue:
    """Rename a skill."""
    found = catalogue_skills.by_id(db(), unit(), skill_id)
    form = SkillForm(name=found.name)
    if form.validate_on_submit():
        with shown_in(form):
            catalogue_skills.rename(db(), found, form.name.data, actor=actor(), now=now())
            flash(_("Saved."), "good")
            return go("skills")
    page = render_template("admin/skill.html", page_of="admin.skills", form=form, skill=found)
    return page, 422 if form.errors else 200


@blueprint.post("/skills/<int:skill_id>/delete")
def delete_skill(skill_id: int) -> ResponseReturnValue:
    """Take away a skill that nobody has and nothing needs."""
    catalogue_skills.delete(db(), unit(), skill_id, actor=actor(), now=now())
    flash(_("The skill is deleted."), "good")
    return go("skills")
