"""The planning board of a day and of a week, and what changed on it since it was read."""

from datetime import date, timedelta

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.core import audit
from fieldsvc.core.dates import local_day
from fieldsvc.domain.planning.board import day_board, week_board
from fieldsvc.domain.planning.board_of_other_unit import units_that_show
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint
from fieldsvc.web.dispatch.script_words import board_words
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now


@blueprint.get("/board")
def board() -> ResponseReturnValue:
    """The day or the week that was asked for, else today."""
    day = asked.day() or _today()
    return _week(day) if request.args.get("view") == "week" else _day(day)


@blueprint.get("/changes")
def changes() -> ResponseReturnValue:
    """The board anew when something changed since the revision that was read; 204 when nothing did."""
    if asked.number("since") == audit.revision(db(), unit().id):
        return "", 204
    if request.args.get("view") == "week":
        return jsonify(revision=audit.revision(db(), unit().id))
    return jsonify(day_board(db(), unit(), asked.day() or _today(), now=now()))


def shown_board() -> ResponseReturnValue:
    """The day that the script shows, after a change."""
    return jsonify(board=day_board(db(), unit(), asked.day() or _today(), now=now()))


def _today() -> date:
    return local_day(now(), unit().zone)


def _day(day: date) -> ResponseReturnValue:
    return render_template(
        "dispatch/board_day.html",
        section="board",
        view="day",
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        board=day_board(db(), unit(), day, now=now()),
        other_units=units_that_show(db(), unit()),
        settings={"today": _today().isoformat(), "urls": _addresses(day)},
        script_words=board_words(),
    )


def _week(day: date) -> ResponseReturnValue:
    monday = day - timedelta(days=day.weekday())
    return render_template(
        "dispatch/board_week.html",
        section="board",
        view="week",
        day=day,
        before=day - timedelta(weeks=1),
        after=day + timedelta(weeks=1),
        week=week_board(db(), unit(), monday, now=now()),
        other_units=units_that_show(db(), unit()),
    )


def _addresses(day: date) -> dict[str, str]:
    """Where the script asks; the 0 stands for the intervention it asks about."""
    about = {
        name: url_for(f"dispatch.{name}", intervention_id=0)
        for name in (
            "check",
            "move",
            "lock",
            "unschedule",
            "intervention",
            "suggestions",
            "assistant",
            "late",
            "urgent",
        )
    }
    return {
        **about,
        "changes": url_for("dispatch.changes", day=day, view="day"),
        "undo": url_for("dispatch.undo"),
        "today": url_for("dispatch.board", view="day"),
    }
