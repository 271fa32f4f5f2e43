"""What clients think: figures, charts with their tables, comments; by period, technician and activity type."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.adapters.xlsx import Cell
from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import find
from fieldsvc.domain.catalogue import forms as catalogue
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.catalogue.models import Form
from fieldsvc.domain.interventions import form_answers as given
from fieldsvc.domain.interventions.comments import comments
from fieldsvc.domain.interventions.satisfaction import Filters, report
from fieldsvc.domain.teams import find as teams
from fieldsvc.web import asked
from fieldsvc.web.dispatch.blueprint import blueprint
from fieldsvc.web.dispatch.charts import month_line, score_bars
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now
from fieldsvc.web.spreadsheet import cell_of, sheet, wall_time

DAYS = {"month": 30, "quarter": 91, "year": 365}
COMMENTS = 10
LONGEST_PERIOD = timedelta(days=366 * 5)


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are looked at; `name` is one of `DAYS`, or empty for days somebody chose."""

    name: str
    first_day: date
    last_day: date


@blueprint.get("/satisfaction")
def satisfaction() -> ResponseReturnValue:
    """The answers of the last 30 days, three months, year, or of chosen days."""
    period = _period()
    filters = _filters(period)
    found = report(db(), unit(), filters)
    text = request.args.get("q", "").strip()[:100]
    return render_template(
        "dispatch/satisfaction.html",
        section="satisfaction",
        period=period,
        periods=[("month", _("30 days")), ("quarter", _("3 months")), ("year", _("12 months"))],
        report=found,
        line=month_line(found.months, period.last_day),
        scores=score_bars(found.distribution),
        comments=comments(db(), unit(), filters, text, asked.number("page") or 1, COMMENTS),
        text=text,
        filters=filters,
        is_filtered=bool(filters.technician_id or filters.activity_type_id),
        technicians=[(row.id, row.name) for row in teams.active(db(), unit().id)],
        types=[(row.id, pick(row.title)) for row in find.in_use(db(), unit().id)],
    )


@blueprint.get("/satisfaction/export")
def export_satisfaction() -> ResponseReturnValue:
    """Every answer behind the figures, as a spreadsheet or as CSV."""
    filters = _filters(_period())
    forms = catalogue.of_kind(db(), unit(), "questionnaire")
    columns = [(form, field) for form in forms for field in given.columns(form)]
    head = [_("Answered"), _("Client"), _("Intervention"), _("Technician"), _("Form")]
    head += [pick(field.label) for _form, field in columns]
    return sheet(request.args.get("as", "xlsx"), "satisfaction", head, _rows(forms, columns, filters))


def _rows(forms: list[Form], columns: list[tuple[Form, Field]], filters: Filters) -> Iterator[list[Cell]]:
    wanted = given.Filters(
        begins_at=filters.begins_at,
        ends_at=filters.ends_at,
        activity_type_id=filters.activity_type_id,
        technician_id=filters.technician_id,
    )
    for form in forms:
        for one in given.every(db(), form, wanted):
            when = wall_time(one.at, unit().zone)
            about: list[Cell] = [when, one.client, one.reference, one.technician, pick(form.title)]
            yield about + [
                cell_of(field, one.answers.get(field.code)) if other is form else None for other, field in columns
            ]


def _period() -> Period:
    """The period that was asked for; days chosen the wrong way round are turned."""
    today = local_day(now(), unit().zone)
    first, last = asked.day("from"), asked.day("to")
    if first is not None or last is not None:
        first, last = sorted((first or last or today, last or today))
        return Period("", max(first, last - LONGEST_PERIOD), last)
    name = request.args.get("period", "")
    name = name if name in DAYS else "year"
    return Period(name, today - timedelta(days=DAYS[name] - 1), today)


def _filters(period: Period) -> Filters:
    zone = unit().zone
    return Filters(
        begins_at=at_wall_time(period.first_day, 0, zone),
        ends_at=at_wall_time(period.last_day + timedelta(days=1), 0, zone),
        technician_id=asked.number("technician"),
        activity_type_id=asked.number("type"),
    )
