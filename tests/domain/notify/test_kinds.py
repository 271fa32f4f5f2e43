"""The product's own words of every message can be filled: in each language, with every value and with none."""

import re

import pytest

from fieldsvc.core.text import LOCALES, in_locale
from fieldsvc.domain.notify import codes, texts
from fieldsvc.domain.notify.code_list import REGISTRY
from fieldsvc.domain.notify.kinds import KINDS, MessageKind
from fieldsvc.domain.notify.texts import PARTS

ALL = [(kind, locale) for kind in KINDS.values() for locale in LOCALES if kind.has_own_page]
EVERY = pytest.mark.parametrize(("kind", "locale"), ALL, ids=[f"{kind.name}-{locale}" for kind, locale in ALL])


@EVERY
def test_the_products_words_may_be_saved_as_a_units_own(kind: MessageKind, locale: str) -> None:
    texts.check(kind, texts.products(kind, locale))


@EVERY
def test_no_part_is_empty_and_none_reaches_a_client_with_a_code_in_it(kind: MessageKind, locale: str) -> None:
    product = texts.products(kind, locale)
    targets = {"subject": "subject", "body": "text", "sms": "sms"}
    for values in ({}, dict.fromkeys(REGISTRY, "value")):
        for part in PARTS:
            with in_locale(locale):
                filled = codes.fill(getattr(product, part), values, targets[part])
            assert filled
            assert not re.search(r"[{}]", filled)


@EVERY
def test_a_translation_has_the_codes_of_its_text(kind: MessageKind, locale: str) -> None:
    def used(locale: str, part: str) -> list[str]:
        text = getattr(texts.products(kind, locale), part)
        return sorted(piece.name for piece in codes.pieces(text) if isinstance(piece, codes.Place))

    for part in PARTS:
        assert used(locale, part) == used("en", part)


def test_every_code_of_a_kind_exists() -> None:
    assert all(kind.codes <= set(REGISTRY) for kind in KINDS.values())
