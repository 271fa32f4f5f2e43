"""The demo's outbox: messages that would have left, to be read in the browser."""

import re

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.errors import NotFound
from fieldsvc.domain.notify import outbox
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.web.session import db

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

THIS_MACHINE = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+(?=/)")


@blueprint.get("/outbox", endpoint="outbox")
def list_messages() -> ResponseReturnValue:
    """The newest messages, those to one person when `q` says whom."""
    query = request.args.get("q", "")[:100]
    return render_template("demo/outbox.html", messages=outbox.latest(db(), query=query), query=query)


@blueprint.get("/outbox/<int:message_id>")
def message(message_id: int) -> ResponseReturnValue:
    """One message as its reader would see it."""
    row = db().get(OutboxMessage, message_id)
    if row is None:
        raise NotFound
    return render_template("demo/message.html", message=row, text=leading_here(row.text, request.host_url))


def leading_here(text: str, home: str) -> str:
    """`text` with its links to this machine at the address the demo has now: it may be started on another port."""
    return THIS_MACHINE.sub(home.rstrip("/"), text)
