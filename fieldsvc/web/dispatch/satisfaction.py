"""What clients think: figures, charts with their tables, comments, by period."""

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions.satisfaction import report
from fieldsvc.web.dispatch.blueprint import blueprint
from fieldsvc.web.dispatch.charts import month_line, score_bars
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now

DAYS = {"month": 30, "quarter": 91, "year": 365}


@blueprint.get("/satisfaction")
def satisfaction() -> ResponseReturnValue:
    """The answers of the last 30 days, three months or year."""
    period = request.args.get("period", "")
    period = period if period in DAYS else "year"
    last_day = local_day(now(), unit().zone)
    first_day = _first_day(last_day, period)
    ends_at = at_wall_time(last_day + timedelta(days=1), 0, unit().zone)
    found = report(db(), unit(), at_wall_time(first_day, 0, unit().zone), ends_at)
    return render_template(
        "dispatch/satisfaction.html",
        section="satisfaction",
        period=period,
        periods=[("month", _("30 days")), ("quarter", _("3 months")), ("year", _("12 months"))],
        first_day=first_day,
        last_day=last_day,
        report=found,
        line=month_line(found.months, last_day),
        scores=score_bars(found.distribution),
    )


def _first_day(last_day: date, period: str) -> date:
    return last_day - timedelta(days=DAYS[period] - 1)
