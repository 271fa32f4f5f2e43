"""What may be answered to each kind of question, and how an answer reads."""

from typing import Any

import pytest

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import in_locale
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import CHOICES, KINDS, Field

BRANDS = [{"code": "a", "label": {"en": "Acme", "pt-PT": "Ácme"}}, {"code": "other", "label": {"en": "Another"}}]


def question(kind: str, code: str = "q", *, required: bool = False, **values: Any) -> Field:
    options = BRANDS if kind in CHOICES else []
    return Field(code=code, kind=kind, label={"en": "?"}, options=options, is_required=required, **values)


RIGHT: list[tuple[str, str, Any]] = [
    ("short_text", "  Twice a year ", "Twice a year"),
    ("short_text", "x" * 200, "x" * 200),
    ("short_text", "a\x00b", "ab"),
    ("long_text", "x" * 2000, "x" * 2000),
    ("long_text", "one\r\ntwo", "one\ntwo"),
    ("date", "2026-02-28", "2026-02-28"),
    ("time", "00:00", "00:00"),
    ("time", "23:59", "23:59"),
    ("number", "0", 0),
    ("number", "-0", 0),
    ("number", "999999999", 999_999_999),
    ("yes_no", "yes", True),
    ("yes_no", "no", False),
    ("choice", "a", "a"),
    ("choices", "other", ["other"]),
    ("signature", " Ana Alves ", {"name": "Ana Alves"}),
    ("rating", "1", 1),
    ("rating", "5", 5),
    ("nps", "0", 0),
    ("nps", "10", 10),
]
WRONG: list[tuple[str, str]] = [
    ("short_text", "x" * 201),
    ("long_text", "x" * 2001),
    *(("date", text) for text in ("28.02.2026", "2026-02-30", "20260228", "2026-W09-1", "0001-01-01", "3000-01-01")),
    *(("time", text) for text in ("24:00", "7:30", "12:60", "12:30:00", "noon")),
    *(("number", text) for text in ("-1", "1.5", "1e3", "NaN", "1e308", "9" * 10, "١٢", "²", "one", "0x1", "1,", ",1")),
    *(("yes_no", text) for text in ("YES", "y", "1", "true", "ja")),
    *(("choice", text) for text in ("b", "Acme", "A", "['a']")),
    *(("choices", text) for text in ("b", "a,other", "['a']")),
    *((kind, text) for kind in ("photo", "file") for text in ("1", "photo.jpg", "../1")),
    ("signature", "x" * 101),
    *(("rating", text) for text in ("0", "6", "-1", "05", "+5", "5.0", "٣", "NaN")),
    *(("nps", text) for text in ("-1", "11", "010", "1e1", "10.0", "1e308", "NaN")),
]
ASKED = [kind for kind in KINDS if kind != "text"]


@pytest.mark.parametrize(("kind", "text", "answer"), RIGHT)
def test_an_answer_is_taken_as_what_it_is(kind: str, text: str, answer: Any) -> None:
    found = answers.read([question(kind)], {"q": text})["q"]
    assert (found, type(found)) == (answer, type(answer))


@pytest.mark.parametrize(("kind", "text"), WRONG, ids=range(len(WRONG)))
def test_any_other_answer_is_refused_at_its_question(kind: str, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        answers.read([question(kind)], {"q": text})
    assert list(refusal.value.fields) == ["q"]
    assert refusal.value.fields["q"]


def test_every_kind_is_tried_both_ways() -> None:
    assert {kind for kind, *_rest in RIGHT} | {"photo", "file"} == {kind for kind, _text in WRONG} == set(ASKED)


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\x00", "\x00 \x00"])
def test_nothing_is_no_answer_and_refused_only_where_one_is_required(kind: str, text: str) -> None:
    assert answers.read([question(kind)], {"q": text}) == answers.read([question(kind)], {}) == {}
    with pytest.raises(Invalid):
        answers.read([question(kind, required=True)], {"q": text})


def test_a_text_that_is_only_shown_asks_nothing() -> None:
    assert answers.read([question("text", required=True)], {"q": "typed by force"}) == {}


@pytest.mark.parametrize(
    ("text", "number"), [("2.5", 2.5), ("2,5", 2.5), ("2.50", 2.5), ("2.0", 2), ("-3,75", -3.75), ("10", 10)]
)
def test_a_number_has_a_comma_or_a_point_and_stays_within_its_bounds(text: str, number: float) -> None:
    asked = question("number", decimals=2, lowest=-10, highest=10)
    found = answers.read([asked], {"q": text})["q"]
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize("text", ["2.555", "10.01", "-10,5", "1.000,5", "1 000", "--1"])
def test_a_number_beyond_its_bounds_or_digits_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        answers.read([question("number", decimals=2, lowest=-10, highest=10)], {"q": text})


def test_several_answers_are_kept_in_the_order_of_the_question() -> None:
    assert answers.read([question("choices")], {"q": ["other", "", "a", "a"]}) == {"q": ["a", "other"]}
    with pytest.raises(Invalid):
        answers.read([question("choices")], {"q": ["a", "b"]})


def test_a_photo_a_file_and_a_drawn_signature_are_the_file_that_was_kept() -> None:
    asked = [question("photo", "p", required=True), question("file", "f"), question("signature", "s", required=True)]
    found = answers.read(asked, {"s": "typed as well"}, {"p": 7, "s": 8, "other": 9})
    assert found == {"p": 7, "s": {"file": 8}}
    assert answers.files_of(asked, found) == {"p": 7, "s": 8}
    assert answers.files_of(asked, {"s": {"name": "Ana"}}) == {}


def test_all_that_is_wrong_is_said_at_once_and_what_was_not_asked_is_left_out() -> None:
    asked = [question("number", "a"), question("yes_no", "b", required=True), question("short_text", "c")]
    with pytest.raises(Invalid) as refusal:
        answers.read(asked, {"a": "many", "c": "fine", "d": "not asked"})
    assert set(refusal.value.fields) == {"a", "b"}
    assert answers.read(asked, {"b": "no", "d": "not asked", "unit_id": "2"}) == {"b": False}


def test_an_answer_reads_as_a_person_says_it() -> None:
    assert answers.in_words(question("yes_no"), True) == "Yes"
    assert answers.in_words(question("yes_no"), False) == "No"
    assert answers.in_words(question("choice"), "a") == "Acme"
    assert answers.in_words(question("choice"), "an option that is gone") == "an option that is gone"
    assert answers.in_words(question("choices"), ["a", "other"]) == "Acme, Another"
    assert answers.in_words(question("nps"), 10) == "10"
    assert answers.in_words(question("date"), "2026-11-23") == "23 November 2026"
    assert answers.in_words(question("time"), "09:05") == "09:05"
    assert answers.in_words(question("number"), 1234.5) == "1,234.5"
    assert answers.in_words(question("signature"), {"name": "Ana"}) == "Signed by Ana"
    assert answers.in_words(question("signature"), {"file": 3}) == "Signed"
    with in_locale("pt-PT"):
        assert answers.in_words(question("yes_no"), True) == "Sim"
        assert answers.in_words(question("choice"), "a") == "Ácme"
        assert answers.in_words(question("number"), 2.5) == "2,5"
