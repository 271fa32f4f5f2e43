"""Tables as files for a spreadsheet: what somebody typed is always text, never a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import StringIO
from itertools import chain
from typing import IO, Any

import xlsxwriter

Cell = str | int | float | date | datetime | None

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
COLUMN_WIDTH = 22
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What XML cannot hold.
UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), "\ufffd")


def write_xlsx(file: IO[bytes], name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table, row by row; one that is longer than a sheet goes on in the next."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        instants = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet, line = _sheet(book, name, head, bold), 1
        for row in rows:
            if line == MOST_ROWS:
                sheet, line = _sheet(book, name, head, bold), 1
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, _text(value))
                elif isinstance(value, datetime):
                    sheet.write_datetime(line, place, value.replace(tzinfo=None), instants)
                elif isinstance(value, date):
                    sheet.write_datetime(line, place, value, days)
                elif value is not None:
                    sheet.write_number(line, place, value)
            line += 1


def write_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The same as text, line by line, with a mark that tells a spreadsheet the encoding."""
    line = StringIO()
    writer = csv.writer(line)
    line.write("\ufeff")
    for row in chain([head], rows):
        writer.writerow([_inert(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _sheet(book: Any, name: str, head: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet(_sheet_name(name, len(book.worksheets()) + 1))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(head) - 1), COLUMN_WIDTH)
    for place, words in enumerate(head):
        sheet.write_string(0, place, _text(words), bold)
    return sheet


def _text(value: str) -> str:
    return value.translate(UNWRITABLE)[:LONGEST_TEXT]


def _sheet_name(name: str, number: int) -> str:
    plain = "".join(letter for letter in _text(name) if letter not in "[]:*?/\\").strip("' ") or "Sheet"
    ending = f" {number}" if number > 1 else ""
    return plain[: LONGEST_NAME - len(ending)] + ending


def _inert(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # An apostrophe is what spreadsheets take for "this is text".
        return f"'{value}" if value.startswith(BEGINS_A_FORMULA) else value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)
