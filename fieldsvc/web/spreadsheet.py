"""Tables that are given to the browser as files."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from flask import Response, abort

from fieldsvc.adapters.xlsx import Cell, write_csv, write_xlsx
from fieldsvc.core.dates import local
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBERS = ("number", "rating", "nps")


def sheet(kind: str, name: str, head: Sequence[str], rows: Iterator[Sequence[Cell]]) -> Response:
    """A table as a file to be saved: `xlsx` or `csv`; anything else is not found."""
    if kind == "csv":
        response = Response("".join(write_csv(head, rows)), content_type="text/csv; charset=utf-8")
    elif kind == "xlsx":
        file = BytesIO()
        write_xlsx(file, name, head, rows)
        response = Response(file.getvalue(), content_type=XLSX)
    else:
        abort(404)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return response


def cell_of(field: Field, answer: Any) -> Cell:
    """An answer as a spreadsheet keeps it: numbers and days as what they are, all else in words."""
    if answer is None:
        return None
    if field.kind in NUMBERS:
        return float(answer) if isinstance(answer, float) else int(answer)
    return date.fromisoformat(answer) if field.kind == "date" else answers.in_words(field, answer)


def wall_time(at: datetime, zone: str) -> datetime:
    """An instant as a spreadsheet shows it: wall time of the zone."""
    return local(at, zone).replace(tzinfo=None)
