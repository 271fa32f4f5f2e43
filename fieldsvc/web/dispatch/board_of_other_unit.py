"""One day of another unit, to look at and not to touch."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldsvc.domain.planning.board_of_other_unit import board_of_other_unit, units_that_show
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint, go
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now


@blueprint.get("/units/<slug>/board")
def other_board(slug: str) -> ResponseReturnValue:
    """What a unit shows of the day that was asked for, else of today; of the reader's own unit, his own board."""
    if slug == unit().slug:
        return go("board", day=asked.day())
    board = board_of_other_unit(db(), unit(), slug, asked.day(), now=now())
    return render_template(
        "dispatch/board_of_other_unit.html",
        section="board",
        slug=slug,
        board=board,
        day=board.day,
        before=board.day - timedelta(days=1),
        after=board.day + timedelta(days=1),
        other_units=units_that_show(db(), unit()),
    )
