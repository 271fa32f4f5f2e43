"""What a tree of conditions says while it is being built: its sentence, what is wrong, what is impossible."""

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.conditions import OFFERED, sentence, validate, warnings
from fieldsvc.web.admin.blueprint import blueprint

MOST_LABELS = 500


@blueprint.post("/conditions/say")
def say_conditions() -> ResponseReturnValue:
    """Say a tree that is being edited."""
    return jsonify(said(asked()))


def asked() -> dict[str, Any]:
    """What the editor sent. Raises `Invalid`."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # brackets within brackets within brackets
        sent = None
    if not isinstance(sent, dict):
        raise Invalid(_("This cannot be read."))
    return sent


def said(sent: dict[str, Any]) -> dict[str, Any]:
    """The sentence and the warnings of the tree that was sent; a tree that is not right yet says what is missing."""
    tree: Any = sent.get("tree")
    subject = str(sent.get("subject", ""))
    try:
        validate(tree, subject=subject if subject in OFFERED else "intervention")
    except Invalid as refusal:
        path = refusal.words.partition(": ")[0]
        return {"sentence": refusal.words, "warnings": [], "parts": {}, "wrong": path}
    labels = sent.get("labels")
    several = sent.get("several")
    return {
        "sentence": sentence(tree, _texts(labels) if isinstance(labels, dict) else {}),
        "warnings": warnings(tree, [str(code) for code in several] if isinstance(several, list) else ()),
        "parts": {},
        "wrong": "",
    }


def _texts(labels: dict[Any, Any]) -> dict[str, str]:
    return {str(code): str(label)[:200] for code, label in list(labels.items())[:MOST_LABELS]}
