"""What a file is, by what is in it: its name and what the browser says of it count for nothing."""

import re
from dataclasses import dataclass

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _

OFFICE = "application/vnd.openxmlformats-officedocument"
# What a text begins with that something else than a reader would run.
RUNS = re.compile(rb"\s*(<|#!|%!|MZ|@echo|\{\\rtf)", re.IGNORECASE)
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is kept as it came, never opened here and only ever offered to be saved."""

    content_type: str
    endings: tuple[str, ...]


PDF = Kind("application/pdf", ("pdf",))
TEXT = Kind("text/plain", ("txt",))
CSV = Kind("text/csv", ("csv",))
DOCUMENT = Kind(f"{OFFICE}.wordprocessingml.document", ("docx",))
SHEET = Kind(f"{OFFICE}.spreadsheetml.sheet", ("xlsx",))
PICTURES = {"image/png": ("png",), "image/jpeg": ("jpg", "jpeg")}


def of_document(name: str, content: bytes) -> Kind:
    """The kind of a file that is no picture. Raises `Invalid` for what is not taken."""
    found = PDF if content.startswith(b"%PDF-") else _office(content) or _text(name, content)
    if found is None:
        raise Invalid(
            _("We take pictures (PNG, JPEG, WebP, GIF), PDFs, texts (TXT, CSV) and DOCX or XLSX without macros.")
        )
    return found


def _office(content: bytes) -> Kind | None:
    """Word and Excel files, by the names in the archive, which stand there as they are; nothing is unpacked."""
    if not content.startswith(b"PK\x03\x04") or b"[Content_Types].xml" not in content or b"vbaProject.bin" in content:
        return None
    if b"word/document.xml" in content:
        return DOCUMENT
    return SHEET if b"xl/workbook.xml" in content else None


def _text(name: str, content: bytes) -> Kind | None:
    kind = {"txt": TEXT, "csv": CSV}.get(name.rpartition(".")[2].lower())
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    runs = RUNS.match(words[:1000].encode()) is not None
    return None if runs or CONTROL.search(words) else kind
