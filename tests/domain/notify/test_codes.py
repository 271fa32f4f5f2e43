"""P: a text of an administrator is data. Codes become values once, escaped for where they stand, and nothing else."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markupsafe import escape

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.notify import codes
from fieldsvc.domain.notify.code_list import ABOUT_A_VISIT, ANYWHERE, REGISTRY, known
from fieldsvc.domain.notify.codes import TARGETS, check, fill

HOSTILE = Path("/work/shared/design/hostile_inputs.json")
ANA = {"client.name": "Ana", "unit.name": "Porto Clima", "portal.link": "https://fieldsvc.example/portal/porto/"}


def refused(text: str, allowed: frozenset[str] | None = None) -> str:
    with pytest.raises(Invalid) as refusal:
        check(text, allowed)
    return refusal.value.words


def is_taken(text: str) -> bool:
    try:
        check(text)
    except Invalid:
        return False
    return True


def test_a_code_becomes_its_value() -> None:
    assert fill("Hello {client.name} of {unit.name}!", ANA, "text") == "Hello Ana of Porto Clima!"


def test_braces_are_written_twice() -> None:
    text = "{{ and }} are {{{client.name}}}"
    check(text)
    assert fill(text, ANA, "text") == "{ and } are {Ana}"


def test_a_missing_value_has_the_words_of_the_text_else_those_of_the_code() -> None:
    assert fill("{technician.name|One of us} comes", {}, "text") == "One of us comes"
    assert fill("{technician.name} comes", {}, "text") == "our technician comes"
    assert fill("{technician.name|One of us}", {"technician.name": "  "}, "text") == "One of us"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello {client.nmae}", "Line 1, column 7: there is no code {client.nmae}. Did you mean {client.name}?"),
        ("One\nTwo {x", "Line 2, column 5: this brace is not closed. Write {{ to show a brace."),
        ("a } b", "Line 1, column 3: this brace closes nothing. Write }} to show a brace."),
        ("\r\n{{client.name}}", "Line 2, column 1: write a code with single braces: {client.name}."),
        ("{a\nb}", "Line 1, column 1: this brace is not closed. Write {{ to show a brace."),
        ("{}", "Line 1, column 1: there is no code {}."),
        ("{client.custom.*}", "Line 1, column 1: there is no code {client.custom.*}."),
    ],
)
def test_what_no_reader_should_see_is_refused_with_its_place(text: str, words: str) -> None:
    assert refused(text).startswith(words)


def test_a_code_is_refused_where_it_means_nothing() -> None:
    check("{outcome.result}", ABOUT_A_VISIT)
    assert "has no meaning in this text" in refused("{outcome.result}", ANYWHERE)
    check("{intervention.custom.brand}", ABOUT_A_VISIT)
    assert "has no meaning" in refused("{intervention.custom.brand}", frozenset({"intervention.custom.model"}))


def test_texts_have_a_limit() -> None:
    assert "shorten" in refused("x" * (codes.LONGEST + 1))
    assert "shorten" in refused("{client.name}" * 10_000)


@pytest.mark.skipif(not HOSTILE.exists(), reason="the list of hostile inputs is not part of the product")
def test_every_hostile_template_is_refused_or_shown_as_text() -> None:
    for text in [*json.loads(HOSTILE.read_text())["message_templates"], "{client.name}" * 10_000]:
        filled = {target: fill(text, ANA, target) for target in TARGETS}
        assert not is_taken(text) or filled["text"] == text
        assert not re.search(r"\{\w+(\.\w+)+\}", "".join(filled.values()))
        assert "SECRET_KEY" not in filled["html"] or "{ config.SECRET_KEY }" in filled["html"]


# --- Values are never read again, and never more than text ---------------------------------------------


def test_a_value_with_a_code_stays_what_it_is() -> None:
    values = {"client.name": "{sign_in.code}", "sign_in.code": "123456"}
    assert fill("{client.name}", values, "text") == "{sign_in.code}"
    assert fill("{client.name|x}", values, "sms") == "{sign_in.code}"


def test_no_value_makes_another_line_of_a_subject_or_an_sms() -> None:
    values = {"client.name": "x\r\nBcc: all@example.com\u2028y\x00z"}
    assert fill("News for {client.name}", values, "subject") == "News for x Bcc: all@example.comyz"
    assert "\n" not in fill("News\nfor {client.name}", values, "sms")


def test_an_sms_has_only_signs_that_cost_what_they_must() -> None:
    assert fill("10:00–12:00 “today”…", {}, "sms") == '10:00-12:00 "today"...'


def test_a_subject_is_never_long() -> None:
    assert len(fill("{client.name}" * 5, {"client.name": "x" * 5000}, "subject")) == codes.LONGEST_SUBJECT


def test_signs_that_turn_the_reading_direction_are_left_out() -> None:
    assert fill("{client.name}", {"client.name": "invoice\u202egpj.exe"}, "text") == "invoicegpj.exe"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("{portal.link}", "https://fieldsvc.example/portal/porto/"),
        ("https://shop.example/?who={client.name}", "https://shop.example/?who=%26a%3Db%2F%22%3E"),
        ("{portal.link}?who={client.name}", "https://fieldsvc.example/portal/porto/?who=%26a%3Db%2F%22%3E"),
        ("https://shop.example", "https://shop.example"),
        ("https:{client.name}", ""),
        ("https://{client.name}", ""),
        ("https://{client.name}/x", ""),
        ("https://shop.example{client.name}", ""),
        ("{client.name}", ""),
        ("javascript:alert(1)", ""),
        ("javascript:alert('{client.name}')", ""),
        ("{portal.link|javascript:alert(1)}", "https://fieldsvc.example/portal/porto/"),
        ("{questionnaire.link|javascript:alert(1)}", ""),
        ("//evil.example/{client.name}", ""),
        ("https://shop.example/ {client.name}", ""),
        ("", ""),
    ],
)
def test_a_link_leads_where_its_author_said_and_a_value_is_only_a_part_of_it(text: str, address: str) -> None:
    assert fill(text, {**ANA, "client.name": '&a=b/">'}, "link") == address


def test_a_link_whose_value_is_no_web_address_is_none() -> None:
    assert fill("{portal.link}", {"portal.link": "javascript:alert(1)"}, "link") == ""


VALUE = st.text(max_size=30) | st.sampled_from(["<b>", '"><script>', "{unit.name}", "{", "}", "a\r\nb", "&amp;", "|"])
VALUES = st.dictionaries(st.sampled_from(sorted(REGISTRY)), VALUE)
SCRAPS = [*"{}|\n%<", "{{", "}}", "{client.name}", "{unit.name|x}", "{no.code}", "client.name", "<i>", "{%"]
TEXT = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=5), max_size=12).map("".join)
RAW_CODE = re.compile(r"\{[a-z_]+(?:\.[\w-]+)+(?:\|[^{}]*)?\}")


@given(TEXT, VALUES)
def test_html_holds_no_markup_of_a_text_or_a_value(text: str, values: dict[str, str]) -> None:
    html = fill(text, values, "html")
    assert not set('<>"') & set(html)
    assert html == str(escape(fill(text, values, "text")))


@given(TEXT, st.sampled_from(sorted(TARGETS)))
def test_what_can_be_saved_never_reaches_anybody_as_a_raw_code(text: str, target: str) -> None:
    assume(is_taken(text))
    values = dict.fromkeys(REGISTRY, "value")
    assert not RAW_CODE.search(fill(text, values, target))
    assert not RAW_CODE.search(fill(text, {}, target))


@given(TEXT, VALUES, st.sampled_from(["subject", "sms"]))
def test_a_subject_and_an_sms_are_one_line(text: str, values: dict[str, str], target: str) -> None:
    assert len(fill(text, values, target).splitlines()) <= 1


@given(TEXT, VALUES)
def test_a_link_is_a_web_address_or_nothing(text: str, values: dict[str, str]) -> None:
    assert re.fullmatch(r"(https?://[\w.-]+\S*)?", fill(text, values, "link"))


@given(TEXT)
def test_what_can_be_saved_has_only_known_codes(text: str) -> None:
    assume(is_taken(text))
    assert all(isinstance(piece, codes.Words) or known(piece.name) for piece in codes.pieces(text))


@pytest.mark.parametrize("scrap", ["{", "{a", "{{", "{{ a.", "{client.name}", "}", "{{a.b|"])
def test_a_long_text_is_read_once(scrap: str) -> None:
    """Work that grows with the square of the length would not end here."""
    assert len(fill(scrap * (300_000 // len(scrap)), {"client.name": "Ana"}, "html")) <= 300_000
