"""Which language a reader gets."""

import threading
from collections.abc import Mapping

import pytest

from fieldsvc.core import text


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        (None, "en"),
        ({}, "en"),
        ({"pt-PT": 1}, "pt-PT"),
        ({"pt-br": 1}, "pt-BR"),
        ({"pt": 1}, "pt-PT"),
        ({"pt-AO": 1}, "pt-PT"),
        ({"en-US": 1, "pt-PT": 0.9}, "en"),
        ({"en-US": 0.5, "pt-PT": 0.9}, "pt-PT"),
        ({"zh": 1, "pt-BR": 0.1}, "pt-BR"),
        ({"fr-CA": 1, "en": 0.5}, "fr"),
        ({"zh": 1}, "en"),
        ({"": 1, "x-nonsense": 1}, "en"),
    ],
)
def test_a_reader_gets_the_language_he_likes_best_of_those_there_are(
    accepted: Mapping[str, float] | None, chosen: str
) -> None:
    assert text.best_locale(accepted) == chosen


WORDS = {"en": "Boiler", "pt-PT": "Caldeira", "pt-BR": ""}


@pytest.mark.parametrize(
    ("locale", "words", "picked"),
    [
        ("en", WORDS, "Boiler"),
        ("pt-PT", WORDS, "Caldeira"),
        ("pt-BR", WORDS, "Caldeira"),
        ("fr", WORDS, "Boiler"),
        ("fr", {**WORDS, "fr": "Chaudière"}, "Chaudière"),
        ("pt-BR", {"en": "Boiler"}, "Boiler"),
        ("en", {"pt-PT": "Caldeira"}, "Caldeira"),
        ("en", {"en": "", "pt-PT": ""}, ""),
        ("en", {}, ""),
        ("en", None, ""),
        ("en", "plain", "plain"),
    ],
)
def test_an_administrators_text_falls_back_to_a_sister_then_english_then_any(
    locale: str, words: Mapping[str, str] | str | None, picked: str
) -> None:
    assert text.pick(words, locale) == picked


def test_a_language_lasts_for_its_block_and_its_thread() -> None:
    seen = []
    with text.in_locale("pt-PT"):
        thread = threading.Thread(target=lambda: seen.append(text.current_locale()))
        thread.start()
        thread.join()
        assert text.gettext("Yes") == "Sim"
        with text.in_locale("nonsense"):
            assert text.current_locale() == "en"
        assert text.current_locale() == "pt-PT"
    assert seen == ["en"]
    assert text.gettext("Yes") == "Yes"


def test_words_of_the_moment_are_chosen_when_they_are_read() -> None:
    words = text.lazy_gettext("Yes")
    with text.in_locale("pt-PT"):
        assert str(words) == "Sim"
    assert str(words) == "Yes"


def test_a_per_cent_sign_in_what_people_typed_is_only_a_sign() -> None:
    assert text.gettext("Hello %(name)s", name="%(n)s %d 100%") == "Hello %(n)s %d 100%"
