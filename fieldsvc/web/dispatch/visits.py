"""What the planning board asks and changes: JSON in, the board out. Refusals become JSON in `web/errors.py`."""

from dataclasses import asdict

from flask import jsonify
from flask.typing import ResponseReturnValue

from fieldsvc.domain.planning import moves
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint
from fieldsvc.web.dispatch.board import shown_board
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import db, now


@blueprint.post("/visits/<int:intervention_id>/check")
def check(intervention_id: int) -> ResponseReturnValue:
    """What a move would mean, without making it."""
    place = asked.wanted_place(asked.body())
    verdict = moves.check(
        db(),
        unit(),
        intervention_id,
        place.technician_id,
        place.begins_at(unit().zone),
        colleague_ids=place.colleague_ids,
        instead_of=place.instead_of,
        now=now(),
    )
    return jsonify(asdict(verdict))


@blueprint.post("/visits/<int:intervention_id>/move")
def move(intervention_id: int) -> ResponseReturnValue:
    """Give an intervention a technician and a planned start."""
    sent = asked.body()
    place = asked.wanted_place(sent)
    moves.move(
        db(),
        unit(),
        intervention_id,
        place.technician_id,
        place.begins_at(unit().zone),
        colleague_ids=place.colleague_ids,
        instead_of=place.instead_of,
        version=asked.version(sent),
        reason=asked.text(sent, "reason"),
        actor=actor(),
        now=now(),
    )
    return shown_board()


@blueprint.post("/visits/<int:intervention_id>/lock")
def lock(intervention_id: int) -> ResponseReturnValue:
    """Keep the optimiser away from a visit, or let it in again."""
    sent = asked.body()
    is_locked = sent.get("locked") is True
    moves.lock(db(), unit(), intervention_id, version=asked.version(sent), locked=is_locked, actor=actor(), now=now())
    return shown_board()


@blueprint.post("/visits/<int:intervention_id>/unschedule")
def unschedule(intervention_id: int) -> ResponseReturnValue:
    """Take a visit off the board; the intervention waits for a new time."""
    version = asked.version(asked.body())
    moves.unschedule(db(), unit(), intervention_id, version=version, actor=actor(), now=now())
    return shown_board()


@blueprint.post("/undo")
def undo() -> ResponseReturnValue:
    """Take back one's own last change of the board."""
    moves.undo(db(), unit(), actor=actor(), now=now())
    return shown_board()
