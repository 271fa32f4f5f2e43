"""Reads a CSV file of clients into checked rows; what is wrong is said by line and column. No database."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fieldsvc.core import email, phone
from fieldsvc.core.errors import Invalid

NEEDED = ("reference", "name", "category", "address", "postcode", "city", "latitude", "longitude")
OPTIONAL = ("kind", "contact_name", "email", "phone", "access_notes")
FILLED = ("reference", "name", "address")
KINDS = ("company", "individual", "supplier")
LONGEST = {
    "reference": 64,
    "name": 200,
    "category": 100,
    "address": 300,
    "postcode": 20,
    "city": 100,
    "contact_name": 200,
    "access_notes": 2000,
}
SHORT_ENOUGH_TO_QUOTE = 40
MOST_ROWS = 100_000

# Characters nobody types: controls, and the invisible ones that make a text read otherwise than it is.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line, counted from 1; `column` is empty when it is the whole line."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (f"line {self.line}", self.column, self.reason) if part)


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client with its one site and, when there is one, its contact; every text is in its normal form."""

    line: int
    reference: str
    name: str
    kind: str
    category: str
    address: str
    postcode: str
    city: str
    location: tuple[float, float] | None
    access_notes: str
    contact_name: str
    email: str | None
    phone: str | None

    @property
    def has_contact(self) -> bool:
        """Whether the row names a person."""
        return bool(self.contact_name or self.email or self.phone)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: the good rows, what is wrong with the others, and columns that nothing is done with."""

    rows: list[ClientRow]
    problems: list[Problem]
    ignored_columns: list[str]


def decode(data: bytes) -> str:
    """The text of a file in UTF-8. Raises `Invalid` with the place of the first byte that is not."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Invalid("The file is in UTF-16. Save it as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise Invalid(
            f"Line {line} is not UTF-8: byte {wrong.start + 1} of the file is 0x{data[wrong.start]:02x}. "
            "Save the file as CSV in UTF-8."
        ) from wrong


def read_rows(text: str) -> Sheet:
    """Read every row of `text`; separators are commas, or semicolons or tabs as some spreadsheets write them."""
    lines = _Lines(text)
    header = next(lines, None)
    if header is None:
        return Sheet([], lines.problems or [Problem(1, "", "the file is empty")], [])
    columns = [cell.strip().lower() for cell in header.cells]
    wrong = _header_problems(columns)
    if wrong:
        return Sheet([], [*lines.problems, *wrong], [])
    ignored = [column for column in columns if column not in (*NEEDED, *OPTIONAL)]
    reader = _RowReader(columns, has_decimal_comma=lines.separator == ";")
    rows = [row for line in lines if (row := reader.read(line)) is not None]
    return Sheet(rows, sorted([*lines.problems, *reader.problems], key=lambda problem: problem.line), ignored)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: list[str]


class _Lines(Iterator[_Line]):
    """The lines of a file as cells; a line that is no CSV becomes a problem, an empty one is passed over."""

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self.separator = _separator(text)
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator, strict=True)
        self._count = 0

    def __next__(self) -> _Line:
        while True:
            number = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except csv.Error as error:
                self.problems.append(Problem(number, "", _csv_words(error)))
                continue
            if not any(cell.strip() for cell in cells):
                continue
            self._count += 1
            if self._count > MOST_ROWS + 1:
                self.problems.append(Problem(number, "", f"more than {MOST_ROWS} rows: split the file"))
                raise StopIteration
            return _Line(number, cells)


def _separator(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "").lower()
    return max((",", ";", "\t"), key=lambda one: len({cell.strip(' "') for cell in header.split(one)} & set(NEEDED)))


def _csv_words(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end" in words:
        return "a quotation mark is opened here and never closed"
    if "field limit" in words:
        return "a cell has more than 131072 characters: is a quotation mark missing?"
    return f'quotation marks are misplaced: write "" for one inside a cell ({words})'


def _header_problems(columns: list[str]) -> list[Problem]:
    missing = [column for column in NEEDED if column not in columns]
    problems = []
    if missing:
        reason = (
            f"the column {missing[0]} is missing" if len(missing) == 1 else f"columns missing: {', '.join(missing)}"
        )
        found = ", ".join(_quoted(column) for column in columns[:20])
        problems.append(
            Problem(1, "", f"{reason}. The first line names the columns {', '.join(NEEDED)}; it has {found}")
        )
    for column in dict.fromkeys(column for column in columns if columns.count(column) > 1 and column):
        problems.append(Problem(1, column, "this column comes more than once"))
    return problems


class _RowReader:
    """Checks one row after the other; remembers the references it has seen."""

    def __init__(self, columns: list[str], *, has_decimal_comma: bool) -> None:
        self.problems: list[Problem] = []
        self._columns = columns
        self._has_decimal_comma = has_decimal_comma
        self._lines_by_reference: dict[str, int] = {}

    def read(self, line: _Line) -> ClientRow | None:
        """The row of a line; None when something is wrong with it, and then every reason is in `problems`."""
        if len(line.cells) != len(self._columns):
            count = f"{len(line.cells)} cell" + ("s" if len(line.cells) != 1 else "")
            self.problems.append(Problem(line.number, "", f"has {count}, the first line has {len(self._columns)}"))
            return None
        before = len(self.problems)
        raw = dict(zip(self._columns, line.cells, strict=True))
        cells = {column: self._text(line.number, column, raw.get(column, "")) for column in (*NEEDED, *OPTIONAL)}
        row = ClientRow(
            line=line.number,
            reference=cells["reference"],
            name=cells["name"],
            kind=self._parsed(line.number, "kind", cells["kind"], _kind) or "company",
            category=cells["category"],
            address=cells["address"],
            postcode=cells["postcode"],
            city=cells["city"],
            location=self._location(line.number, cells["latitude"], cells["longitude"]),
            access_notes=cells["access_notes"],
            contact_name=cells["contact_name"],
            email=self._parsed(line.number, "email", cells["email"], _email),
            phone=self._parsed(line.number, "phone", cells["phone"], _phone),
        )
        self._check_reference(row)
        return row if len(self.problems) == before else None

    def _text(self, line: int, column: str, raw: str) -> str:
        text = unicodedata.normalize("NFC", raw.strip())
        unseen = _UNSEEN.search(text)
        if unseen:
            self._refuse(line, column, f"has the invisible character U+{ord(unseen[0]):04X}")
            return ""
        if column != "access_notes":
            if "\n" in text or "\r" in text:
                self._refuse(line, column, "has a line break")
                return ""
            text = " ".join(text.split())
        if not text and column in FILLED:
            self._refuse(line, column, "is empty")
        if len(text) > LONGEST.get(column, 254):
            self._refuse(line, column, f"has {len(text)} characters, at most {LONGEST.get(column, 254)} are kept")
            return ""
        return text

    def _location(self, line: int, latitude: str, longitude: str) -> tuple[float, float] | None:
        if not latitude and not longitude:
            return None
        if not latitude or not longitude:
            self._refuse(line, "longitude" if latitude else "latitude", "is empty: give both coordinates, or none")
            return None
        north = self._degrees(line, "latitude", latitude, 90)
        east = self._degrees(line, "longitude", longitude, 180)
        if north == 0 and east == 0:
            self._refuse(line, "latitude", "0, 0 lies in the sea: leave both empty when the place is not known")
        return None if north is None or east is None else (north, east)

    def _degrees(self, line: int, column: str, text: str, most: int) -> float | None:
        number = text.replace(",", ".") if self._has_decimal_comma else text
        if not _DEGREES.fullmatch(number):
            self._refuse(line, column, f"{_quoted(text)} is no number of degrees such as 41.1561")
            return None
        if abs(float(number)) > most:
            self._refuse(line, column, f"{text} is not between -{most} and {most}")
            return None
        return float(number)

    def _parsed(self, line: int, column: str, text: str, parse: Callable[[str], str]) -> str | None:
        try:
            return parse(text) if text else None
        except ValueError as refusal:
            self._refuse(line, column, str(refusal))
            return None

    def _check_reference(self, row: ClientRow) -> None:
        if not row.reference:
            return
        first = self._lines_by_reference.setdefault(row.reference, row.line)
        if first != row.line:
            self._refuse(row.line, "reference", f"{_quoted(row.reference)} is on line {first} already")

    def _refuse(self, line: int, column: str, reason: str) -> None:
        self.problems.append(Problem(line, column, reason))


def _kind(text: str) -> str:
    if text.lower() not in KINDS:
        raise ValueError(f"{_quoted(text)} is none of {', '.join(KINDS)}")
    return text.lower()


def _email(text: str) -> str:
    address = email.normal(text)
    if address is None:
        raise ValueError(f"{_quoted(text)} is no e-mail address")
    return address


def _phone(text: str) -> str:
    number = phone.normal(text)
    if number is None:
        raise ValueError(f"{_quoted(text)} is no phone number such as +351 912 345 678")
    return number


def _quoted(text: str) -> str:
    is_short = len(text) <= SHORT_ENOUGH_TO_QUOTE
    shown = text if is_short else text[:SHORT_ENOUGH_TO_QUOTE] + "…"
    return f"“{_UNSEEN.sub('�', shown)}”"
