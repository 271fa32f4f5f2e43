"""What was answered to a form: a table with a column for each question, searched, filtered, and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.adapters.xlsx import Cell
from fieldsvc.core.dates import at_wall_time
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import answers, find
from fieldsvc.domain.catalogue import forms as catalogue
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.interventions import form_answers as given
from fieldsvc.domain.teams import find as teams
from fieldsvc.web import asked
from fieldsvc.web.admin.blueprint import blueprint
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db
from fieldsvc.web.spreadsheet import cell_of, sheet, wall_time

PAGE = 50


@dataclass(frozen=True, slots=True)
class Period:
    """The days that were asked for."""

    first: date | None
    last: date | None


@blueprint.get("/forms/<int:form_id>/answers")
def form_answers(form_id: int) -> ResponseReturnValue:
    """The answers, the newest first, fifty a page."""
    row = catalogue.by_id(db(), unit(), form_id)
    period = Period(asked.day("from"), asked.day("to"))
    return render_template(
        "admin/forms/answers.html",
        page_of="admin.forms",
        row=row,
        columns=given.columns(row),
        found=given.page(db(), row, _filters(period), asked.number("page") or 1, PAGE),
        in_words=answers.in_words,
        text=_text(),
        period=period,
        versions=[(version.number, str(version.number)) for version in reversed(row.versions)],
        types=[(one.id, pick(one.title)) for one in find.in_use(db(), unit().id)],
        technicians=[(one.id, one.name) for one in teams.active(db(), unit().id)],
        wanted={name: asked.number(name) for name in ("type", "technician", "version")},
        is_filtered=any(request.args.get(name) for name in ("q", "from", "to", "type", "technician", "version")),
    )


@blueprint.get("/forms/<int:form_id>/answers/export")
def export_answers(form_id: int) -> ResponseReturnValue:
    """The same answers, all of them, as a spreadsheet or as CSV."""
    row = catalogue.by_id(db(), unit(), form_id)
    columns = given.columns(row)
    found = given.every(db(), row, _filters(Period(asked.day("from"), asked.day("to"))))
    head = [_("Answered"), _("Client"), _("Intervention"), _("Technician"), _("Version"), *_heads(columns)]
    return sheet(request.args.get("as", "xlsx"), row.code, head, _cells(found, columns, unit().zone))


def _heads(columns: list[Field]) -> list[str]:
    return [pick(field.label) for field in columns]


def _cells(found: Iterator[given.Answered], columns: list[Field], zone: str) -> Iterator[list[Cell]]:
    for one in found:
        about: list[Cell] = [wall_time(one.at, zone), one.client, one.reference, one.technician, one.version]
        yield about + [cell_of(field, one.answers.get(field.code)) for field in columns]


def _text() -> str:
    return request.args.get("q", "").strip()[:100]


def _filters(period: Period) -> given.Filters:
    zone = unit().zone
    return given.Filters(
        text=_text(),
        begins_at=at_wall_time(period.first, 0, zone) if period.first else None,
        ends_at=at_wall_time(period.last + timedelta(days=1), 0, zone) if period.last else None,
        activity_type_id=asked.number("type"),
        technician_id=asked.number("technician"),
        version=asked.number("version"),
    )
