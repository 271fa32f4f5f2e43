"""Collects the texts of the interface into the catalogues of `fieldsvc/locale` and compiles them.

python -m tools.messages            collect, update every messages.po, compile every messages.mo
python -m tools.messages --check    say what is missing, broken or not compiled; change nothing
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from fieldsvc.core.text import DEFAULT_LOCALE, LOCALES

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "fieldsvc/locale"

SOURCES = {"fieldsvc": [("**.py", "python")], "templates": [("**", "jinja2")]}
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
LINE_WIDTH = 110
HEADER = "# The words of fieldsvc. Run `make messages` after changing a text or a translation."
PROJECT = {"project": "fieldsvc", "version": "0"}


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    texts = collect()
    locales = [tag.replace("-", "_") for tag in LOCALES if tag != DEFAULT_LOCALE]
    if not arguments:
        for locale in locales:
            update(locale, texts)
    faults = [fault for locale in locales for fault in check(locale, texts)]
    print("\n".join(faults) or f"{len(texts)} texts are in the catalogues of {', '.join(locales)}")
    for locale in locales:
        print(f"{locale}: {_untranslated(locale)} texts wait for a translation")
    return 1 if faults else 0


def collect() -> Catalog:
    """Every text that the code and the templates show."""
    texts = Catalog(fuzzy=False, **PROJECT)
    for folder, methods in SOURCES.items():
        for name, _line, text, comments, context in extract_from_dir(
            ROOT / folder, methods, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
        ):
            texts.add(text, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return texts


def update(locale: str, texts: Catalog) -> None:
    """Bring the catalogue of `locale` up to `texts`, keeping its translations, and compile it."""
    catalogue = _read(locale)
    texts.creation_date = catalogue.creation_date  # so that nothing changes when no text did
    catalogue.update(texts, no_fuzzy_matching=True)
    source = _source(locale)
    source.parent.mkdir(parents=True, exist_ok=True)
    with source.open("wb") as file:
        write_po(file, catalogue, width=LINE_WIDTH, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    source.with_suffix(".mo").write_bytes(_compiled(catalogue))


def check(locale: str, texts: Catalog) -> list[str]:
    """Every fault of the catalogue of `locale`, in words."""
    catalogue = _read(locale)
    missing = [text for text in texts if text.id and not catalogue.get(text.id, text.context)]
    faults = [f"{locale}: not in the catalogue, run make messages: {text.id!r}" for text in missing]
    faults += [
        f"{locale}: {error} in the translation of {text.id!r}" for text, errors in catalogue.check() for error in errors
    ]
    compiled = _source(locale).with_suffix(".mo")
    if not compiled.is_file() or compiled.read_bytes() != _compiled(catalogue):
        faults.append(f"{locale}: messages.mo is not compiled from messages.po, run make messages")
    return faults


def _untranslated(locale: str) -> int:
    return len([text for text in _read(locale) if text.id and not _is_translated(text.string)])


def _is_translated(words: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(words) if isinstance(words, tuple | list) else bool(words)


def _read(locale: str) -> Catalog:
    source = _source(locale)
    if not source.is_file():
        return Catalog(locale, header_comment=HEADER, fuzzy=False, **PROJECT)
    with source.open("rb") as file:
        return read_po(file, locale)


def _source(locale: str) -> Path:
    return CATALOGUES / locale / "LC_MESSAGES/messages.po"


def _compiled(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
