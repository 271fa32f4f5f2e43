"""Which form may be asked: one of the unit, made for the moment, published and not archived."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.models import Form


def refusal(session: Session, unit_id: int, form_id: int, kind: str, *, present_id: int | None) -> str:
    """Why a form of this kind cannot be chosen; nothing when it can. The one that is there already stays possible."""
    form = session.scalar(select(Form).where(Form.id == form_id, Form.unit_id == unit_id))
    if form is None or (form_id != present_id and (form.kind != kind or form.is_archived)):
        return _("Please choose one of the forms.")
    return "" if form.published_number is not None else _("Publish this form first; it has no questions yet.")
