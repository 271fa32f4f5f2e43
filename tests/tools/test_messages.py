"""The catalogues follow the texts, keep their translations, and say what is wrong with them."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import messages


@pytest.fixture(autouse=True)
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of catalogues."""
    monkeypatch.setattr(messages, "CATALOGUES", tmp_path)
    return tmp_path


def _texts(*words: str) -> Catalog:
    texts = Catalog(fuzzy=False)
    for text in words:
        texts.add(text, locations=[("page.html", 0)])
    return texts


def _translate(catalogues: Path, text: str, translation: str) -> None:
    source = catalogues / "pt_PT/LC_MESSAGES/messages.po"
    before = f'msgid "{text}"\nmsgstr ""'
    content = source.read_text()
    assert before in content
    source.write_text(content.replace(before, f'msgid "{text}"\nmsgstr "{translation}"'))


def test_the_texts_of_code_and_templates_are_collected() -> None:
    found = {location.split("/")[0] for text in messages.collect() for location, _ in text.locations}
    assert found == {"fieldsvc", "templates"}


def test_a_translation_outlives_an_update(catalogues: Path) -> None:
    messages.update("pt_PT", _texts("Visit"))
    _translate(catalogues, "Visit", "Visita")
    messages.update("pt_PT", _texts("Visit", "Plan"))
    assert 'msgstr "Visita"' in (catalogues / "pt_PT/LC_MESSAGES/messages.po").read_text()
    assert messages.check("pt_PT", _texts("Visit", "Plan")) == []


def test_an_update_without_a_new_text_changes_nothing(catalogues: Path) -> None:
    source = catalogues / "pt_PT/LC_MESSAGES/messages.po"
    messages.update("pt_PT", _texts("Visit"))
    before = source.read_bytes()
    messages.update("pt_PT", _texts("Visit"))
    assert source.read_bytes() == before


def test_a_text_that_is_in_no_catalogue_is_found() -> None:
    messages.update("pt_PT", _texts("Visit"))
    assert messages.check("pt_PT", _texts("Visit", "Plan")) == [
        "pt_PT: not in the catalogue, run make messages: 'Plan'"
    ]


def test_a_translation_that_was_not_compiled_is_found(catalogues: Path) -> None:
    messages.update("pt_PT", _texts("Visit"))
    _translate(catalogues, "Visit", "Visita")
    assert messages.check("pt_PT", _texts("Visit")) == [
        "pt_PT: messages.mo is not compiled from messages.po, run make messages"
    ]


def test_a_translation_with_another_placeholder_is_found(catalogues: Path) -> None:
    texts = _texts("%(hours)s hours")
    messages.update("pt_PT", texts)
    _translate(catalogues, "%(hours)s hours", "%(minutes)s horas")
    messages.update("pt_PT", texts)
    assert len(messages.check("pt_PT", texts)) == 1
