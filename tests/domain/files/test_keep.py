"""P32: what people upload is checked by its content, and what is kept is inert."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.domain.files import find, images, keep, names
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.units.models import BusinessUnit
from tests import make

ANA = Actor("contact", 7, "Ana")
LIST = Path("/work/shared/design/hostile_inputs.json")


@pytest.fixture
def kept(session: Session, unit: BusinessUnit) -> Callable[[str, bytes], StoredFile]:
    return lambda name, content: keep.keep(session, unit.id, name, content, actor=ANA, now=make.NOON)


Keep = Callable[[str, bytes], StoredFile]


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    """A blue picture."""
    written = io.BytesIO()
    Image.new(mode, size, "blue" if mode in {"RGB", "RGBA"} else 0).save(written, kind, **options)
    return written.getvalue()


def pixel_flood(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of some 100 KB that would need gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compressobj(9)
    rows = b"".join(pixels.compress(bytes(3 * width + 1)) for _ in range(1000)) + pixels.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive(*members: str, content: bytes = b"x") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in members:
            packed.writestr(member, content)
    return written.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")
EXCEL = archive("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "content_type", "kept_name"),
    [
        ("boiler.png", picture("PNG"), "image/png", "boiler.png"),
        ("boiler.jpeg", picture("JPEG"), "image/jpeg", "boiler.jpeg"),
        ("boiler.webp", picture("WEBP"), "image/jpeg", "boiler.jpg"),
        ("boiler.webp", picture("WEBP", mode="LA", lossless=True), "image/png", "boiler.png"),
        ("boiler.gif", picture("GIF"), "image/png", "boiler.png"),
        ("photo.exe", picture("JPEG"), "image/jpeg", "photo.exe.jpg"),
        ("offer.pdf", b"%PDF-1.7\n%%EOF", "application/pdf", "offer.pdf"),
        ("notes.txt", "à la carte\r\n".encode(), "text/plain", "notes.txt"),
        ("list.csv", b"a;b\n1;2\n", "text/csv", "list.csv"),
        ("letter.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "letter.docx"),
        ("sums.xlsx", EXCEL, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "sums.xlsx"),
    ],
    ids=range(11),
)
def test_the_content_says_what_a_file_is(
    kept: Keep, name: str, content: bytes, content_type: str, kept_name: str
) -> None:
    file = kept(name, content)
    assert (file.content_type, file.name) == (content_type, kept_name)
    assert file.size == len(file.content)
    assert (file.author_kind, file.author_id, file.author_name) == ("contact", 7, "Ana")


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


REFUSED = {
    "svg": ("x.svg", SVG),
    "svg that says it is a picture": ("x.png", SVG),
    "svg that says it is text": ("x.txt", b"\n  " + SVG),
    "web page": ("x.html", b"<!doctype html><script>alert(1)</script>"),
    "web page that says it is text": ("x.txt", b"\xef\xbb\xbf <html><script>alert(1)</script>"),
    "script": ("x.js", b"alert(1)"),
    "shell script as text": ("x.txt", b"#!/bin/sh\nrm -rf /"),
    "program": ("x.exe", b"MZ\x90\x00\x03"),
    "program as text": ("x.txt", b"MZ\x90\x00\x03"),
    "archive": ("x.zip", archive("a.txt")),
    "nested archive": ("42.docx", archive("lib 0.zip", content=bytes(100_000))),
    "archive that leaves its folder": ("x.docx", archive("../../etc/cron.d/x")),
    "document with macros": ("x.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
    "entities": ("x.xml", b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>'),
    "nothing": ("x.png", b""),
    "half a picture": ("x.png", picture("PNG")[:60]),
    "half a photo": ("x.jpg", picture("JPEG", (400, 400))[:400]),
    "head of a picture alone": ("x.webp", b"RIFF\x10\x00\x00\x00WEBPVP8X" + bytes(30)),
    "pixel flood": ("x.png", pixel_flood()),
    "too many passes": ("x.jpg", picture("JPEG", progressive=True) + b"\xff\xda" * 100),
    "too large": ("x.pdf", b"%PDF-" + bytes(keep.LARGEST)),
}


@pytest.mark.parametrize(("name", "content"), REFUSED.values(), ids=REFUSED)
def test_what_could_run_or_weigh_us_down_is_refused_with_words(kept: Keep, name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        kept(name, content)
    assert refusal.value.words.endswith(".")


def test_a_pdf_that_wants_to_run_something_is_kept_as_it_is_and_only_ever_saved(kept: Keep) -> None:
    hostile = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n<script>alert(1)</script>"
    file = kept("x.pdf", hostile)
    assert file.content_type == "application/pdf"
    assert file.content == hostile


def test_a_photo_keeps_neither_its_place_nor_its_camera_and_stands_upright(kept: Keep) -> None:
    notes = Image.Exif()
    notes[0x0110] = "SECRETCAMERA"
    notes[0x0112] = 6  # lies on its side
    notes.get_ifd(0x8825)[2] = (41.0, 9.0, 0.0)
    photo = picture("JPEG", (40, 20), exif=notes, comment=b"SECRETCOMMENT")
    assert b"SECRETCAMERA" in photo
    file = kept("photo.jpg", photo)
    with Image.open(io.BytesIO(file.content)) as image:
        assert image.size == (20, 40)
        assert dict(image.getexif()) == {}
    assert b"SECRET" not in file.content


def test_what_hides_behind_a_picture_is_left_behind(kept: Keep) -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        file = kept("x", picture(kind) + b"<script>alert(1)</script>PK\x03\x04")
        assert b"<script>" not in file.content


def test_the_notes_in_a_png_are_left_behind(kept: Keep) -> None:
    chunk = b"tEXtComment\x00SECRET"
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    png = picture("PNG")
    assert b"SECRET" not in kept("x.png", png[:33] + whole + png[33:]).content


def test_a_picture_with_holes_stays_so(kept: Keep) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(written, "PNG")
    with Image.open(io.BytesIO(kept("x.png", written.getvalue()).content)) as image:
        assert image.getpixel((0, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../../../etc/cron.d/x", "x.pdf"),
        ("C:\\Users\\ana\\offer.PDF", "offer.pdf"),
        ("name.pdf\x00.exe", "name.pdf.exe.pdf"),
        ("CON", "_CON.pdf"),
        ("nul.pdf", "_nul.pdf"),
        (".htaccess", "htaccess.pdf"),
        (".", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("'\"><svg onload=alert(1)>.jpg'", "'___svg onload=alert(1)_.jpg'.pdf"),
        ("x" * 4096 + ".pdf", "x" * 100 + ".pdf"),
        ("é" * 255 + ".pdf", "é" * 100 + ".pdf"),
        ("👩‍👩‍👧‍👦.pdf", "👩‍👩‍👧‍👦.pdf"),
    ],
)
def test_a_name_misleads_nobody(name: str, safe: str) -> None:
    assert names.safe(name, ("pdf",)) == safe


@pytest.mark.skipif(not LIST.exists(), reason="the list of hostile inputs is not here")
def test_every_hostile_name_of_the_list_becomes_one_a_folder_can_hold() -> None:
    listed = json.loads(LIST.read_text())["attachments"]
    assert len(listed) >= 10
    for name in listed:
        safe = names.safe(name, ("pdf",))
        assert safe.endswith(".pdf")
        assert len(safe.encode()) <= 255
        assert not set(safe) & set('/\\<>:"|?*\x00\r\n')


def test_a_logo_is_a_png_of_at_most_512_pixels_height() -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        with Image.open(io.BytesIO(images.as_logo(picture(kind, (3000, 1000))))) as logo:
            assert (logo.format, logo.height) == ("PNG", 512)
    with Image.open(io.BytesIO(images.as_logo(picture("PNG", (60, 20), "P")))) as logo:
        assert logo.size == (60, 20)


@pytest.mark.parametrize("content", [SVG, b"%PDF-1.7", pixel_flood(), picture("PNG") + bytes(2_000_000)], ids=range(4))
def test_a_logo_that_is_no_picture_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        images.as_logo(content)


def test_nobody_finds_the_file_of_another_unit(session: Session, kept: Keep, unit: BusinessUnit) -> None:
    file, other = kept("x.pdf", b"%PDF-"), make.unit(session)
    assert find.by_id(session, unit.id, file.id).content == b"%PDF-"
    with pytest.raises(NotFound):
        find.by_id(session, other.id, file.id)


def test_what_is_for_staff_only_is_not_among_the_files_of_a_client(session: Session, unit: BusinessUnit) -> None:
    client = make.client(session, unit)
    for name, is_internal in (("a.pdf", True), ("b.pdf", False)):
        keep.keep(session, unit.id, name, b"%PDF-", actor=ANA, now=make.NOON, about=client, is_internal=is_internal)
    assert [file.name for file in find.of_row(session, client, with_internal=False)] == ["b.pdf"]
    assert [file.name for file in find.of_row(session, client, with_internal=True)] == ["a.pdf", "b.pdf"]


MEASURE = """
import sys
from fieldsvc.core.errors import Invalid
from fieldsvc.domain.files import images

def most() -> int:
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

before = most()
for path in sys.argv[1:]:
    for draw in (images.drawn_again, images.as_logo):
        try:
            draw(open(path, "rb").read())
        except Invalid:
            pass
print((most() - before) // 1024)
"""


def test_no_picture_takes_more_than_100_mb(tmp_path: Path) -> None:
    largest = {
        "photo": picture("JPEG", (7900, 5000)),
        "progressive": picture("JPEG", (3200, 2400), progressive=True),
        "whole": picture("PNG", (3600, 2700), "RGBA"),
        "webp": picture("WEBP", (2100, 1900), "RGBA"),
        "flood": pixel_flood(),
    }
    for name, content in largest.items():
        (tmp_path / name).write_bytes(content)
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, tmp_path.iterdir())], capture_output=True, text=True, check=True
    )
    assert 20 < int(measured.stdout) < 100
