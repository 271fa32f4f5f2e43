"""Everything the pages and messages say is said in every language, whole and up to date."""

import re
from collections import Counter
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from fieldsvc.core.text import DEFAULT_LOCALE, LOCALES
from tools import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|</?\w+[^>]*>")

# What only the other side of the ocean says, and what French need not borrow or say to a friend.
FOREIGN = {
    "pt_PT": re.compile(r"\b(você|celular|usuário|senha|tela|equipe|contato|arquivo)s?\b", re.I),
    "pt_BR": re.compile(
        r"\b(telemóvel|utilizador|palavra-passe|ecrã|equipa|contacto|morada|ficheiro|consigo|planead[oa])s?\b", re.I
    ),
    "fr": re.compile(
        r"(?<!\()\b(the|your|please|booking|slot|board|dispatcher|skill|shift|feedback|tu|toi|te|ton|ta|tes)s?\b", re.I
    ),
}

pytestmark = pytest.mark.parametrize("locale", [tag.replace("-", "_") for tag in LOCALES if tag != DEFAULT_LOCALE])


@cache
def _texts() -> Catalog:
    return messages.collect()


@cache
def _catalogue(locale: str) -> Catalog:
    return messages._read(locale)


def _translations(locale: str) -> list[Message]:
    return [message for message in _catalogue(locale) if message.id]


def _forms(words: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (words or "",) if isinstance(words, str | None) else tuple(words)


def _end(words: str) -> str:
    return words[-1] if words[-1] in ".:?!…, " else ""


def _pairs(message: Message) -> list[tuple[str, str]]:
    return list(zip(_forms(message.id), _forms(message.string), strict=True))


def test_a_fresh_collection_finds_no_text_outside_the_catalogue_and_none_left_over(locale: str) -> None:
    collected = {(str(text.id), text.context) for text in _texts() if text.id}
    assert {(str(message.id), message.context) for message in _translations(locale)} == collected


def test_every_text_is_translated_in_all_its_forms(locale: str) -> None:
    assert [message.id for message in _translations(locale) if not all(map(str.strip, _forms(message.string)))] == []


def test_no_translation_is_a_guess(locale: str) -> None:
    assert [message.id for message in _translations(locale) if message.fuzzy] == []


def test_a_translation_fills_in_what_its_text_fills_in(locale: str) -> None:
    def inserted(words: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(words))

    pairs = [pair for message in _translations(locale) for pair in _pairs(message)]
    assert [(text, words) for text, words in pairs if inserted(text) != inserted(words)] == []


def test_a_translation_ends_as_its_text_does(locale: str) -> None:
    """So that no full stop, colon or question mark is lost where sentences stand beside each other."""
    pairs = [pair for message in _translations(locale) for pair in _pairs(message)]
    assert [(text, words) for text, words in pairs if _end(text) != _end(words)] == []


def test_what_is_compiled_is_what_is_written(locale: str) -> None:
    assert messages.check(locale, _texts()) == []


def test_each_country_reads_its_own_words(locale: str) -> None:
    said = [words for message in _translations(locale) for words in _forms(message.string)]
    assert [words for words in said if FOREIGN[locale].search(words)] == []
