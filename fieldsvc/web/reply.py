"""What staff write about an intervention: to its client, or as a note that the client never sees."""

from flask import flash, request
from wtforms import TextAreaField

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.interventions import messages
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import shown_in
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


class ReplyForm(PageForm):
    """A message to the client, or a note that he never sees."""

    text = TextAreaField(_l("Message or note"))


def is_written(form: ReplyForm, about: Intervention) -> bool:
    """Write what was posted, if anything was; the button says to whom. What is wrong is said at the field."""
    if form.validate_on_submit():
        with shown_in(form):
            _write(form.text.data or "", about)
            return True
    return False


def _write(text: str, about: Intervention) -> None:
    if request.form.get("to") == "client":
        messages.write_as_staff(db(), unit(), about, text, actor=actor(), now=now())
        flash(_("Sent to the client."), "good")
    else:
        messages.note(db(), about, text, actor=actor(), now=now())
        flash(_("The note is written. The client does not see it."), "good")
