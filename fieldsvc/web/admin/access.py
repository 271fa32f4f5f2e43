"""How far the portal is open: the four levels of the unit on one page, with the way to change each."""

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldsvc.domain.booking.actions import label_of
from fieldsvc.domain.booking.portal_overview import overview
from fieldsvc.web.admin.blueprint import blueprint
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db


@blueprint.get("/access")
def access() -> ResponseReturnValue:
    """Show the four levels."""
    return render_template(
        "admin/access/access.html", page_of="admin.access", levels=overview(db(), unit()), label_of=label_of
    )
