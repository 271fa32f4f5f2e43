"""What may be answered to each kind of question, and how an answer reads."""

from typing import Any

import pytest

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import in_locale
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field

BRANDS = [{"code": "a", "label": {"en": "Acme", "pt-PT": "Ácme"}}, {"code": "other", "label": {"en": "Another"}}]


def question(kind: str, code: str = "q", *, required: bool = False) -> Field:
    return Field(
        code=code, kind=kind, label={"en": "?"}, options=BRANDS if kind == "choice" else [], is_required=required
    )


RIGHT: list[tuple[str, str, Any]] = [
    ("short_text", "  Twice a year ", "Twice a year"),
    ("short_text", "x" * 200, "x" * 200),
    ("short_text", "a\x00b", "ab"),
    ("long_text", "x" * 2000, "x" * 2000),
    ("number", "0", 0),
    ("number", "999999999", 999_999_999),
    ("yes_no", "yes", True),
    ("yes_no", "no", False),
    ("choice", "a", "a"),
    ("rating", "1", 1),
    ("rating", "5", 5),
    ("nps", "0", 0),
    ("nps", "10", 10),
]
WRONG: list[tuple[str, str]] = [
    ("short_text", "x" * 201),
    ("long_text", "x" * 2001),
    *(("number", text) for text in ("-1", "1.5", "1e3", "NaN", "1e308", "9" * 10, "١٢", "²", "one", "0x1")),
    *(("yes_no", text) for text in ("YES", "y", "1", "true", "ja")),
    *(("choice", text) for text in ("b", "Acme", "A", "['a']")),
    *(("rating", text) for text in ("0", "6", "-1", "05", "+5", "5.0", "٣", "NaN")),
    *(("nps", text) for text in ("-1", "11", "010", "1e1", "10.0", "1e308", "NaN")),
]


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
    assert {kind for kind, *_rest in RIGHT} == {kind for kind, _text in WRONG} == set(answers.READERS)


@pytest.mark.parametrize("kind", answers.READERS)
@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\x00", "\x00 \x00"])
def test_nothing_is_no_answer_and_refused_only_where_one_is_required(kind: str, text: str) -> None:
    assert answers.read([question(kind)], {"q": text}) == answers.read([question(kind)], {}) == {}
    with pytest.raises(Invalid):
        answers.read([question(kind, required=True)], {"q": text})


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
    assert answers.in_words(question("nps"), 10) == "10"
    with in_locale("pt-PT"):
        assert answers.in_words(question("yes_no"), True) == "Sim"
        assert answers.in_words(question("choice"), "a") == "Ácme"
