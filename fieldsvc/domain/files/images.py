"""Pictures that people upload, drawn again: what is kept holds pixels and nothing else.

What is no picture, or needs more memory than a page may use, is refused before it is decoded. The place, the camera
and every other note in the file are left behind, moving pictures stand still, and all of them stand upright.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _

LARGEST_PHOTO = 40_000_000
"""Pixels of a JPEG, which its decoder makes smaller."""
LARGEST_WHOLE = {PngImageFile: 10_000_000, GifImageFile: 10_000_000, WebPImageFile: 4_000_000, JpegImageFile: 8_000_000}
"""Pixels of a picture that is decoded as a whole, as a progressive JPEG is."""
KEPT_OF_PHOTO = 9_000_000
MOST_SCANS = 40
"""Passes over a progressive JPEG: each takes as long as a picture."""
LARGEST_LOGO = 2_000_000
LOGO_SIZE = 2048, 512

ImageFile = PngImageFile | JpegImageFile | GifImageFile | WebPImageFile


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept; `content_type` is PNG or JPEG."""

    content: bytes
    content_type: str


def is_picture(content: bytes) -> bool:
    """Whether the bytes begin like a picture of a kind that is taken."""
    return _kind(content) is not None


def drawn_again(content: bytes) -> Picture:
    """The picture without anything that is not picture. Raises `Invalid`."""
    with _refused_when_damaged():
        image = _decoded(content)
        if isinstance(image, JpegImageFile) or (isinstance(image, WebPImageFile) and image.mode == "RGB"):
            return Picture(_written(image, "JPEG", ("L", "RGB"), quality=88), "image/jpeg")
        return Picture(_as_png(image), "image/png")


def as_logo(content: bytes) -> bytes:
    """A logo as PNG, at most 512 pixels high. Raises `Invalid`."""
    if len(content) > LARGEST_LOGO:
        raise Invalid(_("This picture is larger than 2 MB. Please choose a smaller one."))
    with _refused_when_damaged():
        image: Image.Image = _decoded(content)
        if image.mode not in {"L", "RGB", "RGBA"}:
            image = image.convert("RGBA")
        image.thumbnail(LOGO_SIZE)
        return _as_png(image)


def _kind(content: bytes) -> type[ImageFile] | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if content.startswith(b"\xff\xd8\xff"):
        return JpegImageFile
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GifImageFile
    return WebPImageFile if content.startswith(b"RIFF") and content[8:12] == b"WEBP" else None


@contextmanager
def _refused_when_damaged() -> Iterator[None]:
    try:
        yield
    except Invalid:
        raise
    except Exception as error:  # decoders fail on hostile bytes in every way there is
        raise Invalid(_("This picture is damaged and cannot be shown. Please choose another one.")) from error


def _decoded(content: bytes) -> ImageFile:
    """The picture, upright; its size is known and judged before a pixel is decoded."""
    kind = _kind(content)
    if kind is None:
        raise Invalid(_("Please choose a picture as PNG, JPEG, WebP or GIF."))
    image = kind(BytesIO(content))
    pixels = image.width * image.height
    is_streamed = isinstance(image, JpegImageFile) and not _is_decoded_whole(image, content)
    if pixels > (LARGEST_PHOTO if is_streamed else LARGEST_WHOLE[kind]):
        raise Invalid(_("This picture has too many pixels. Please make it smaller and try again."))
    if pixels > KEPT_OF_PHOTO and is_streamed:
        factor = 2 if pixels <= 4 * KEPT_OF_PHOTO else 4
        image.draft(None, (image.width // factor, image.height // factor))
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _is_decoded_whole(image: JpegImageFile, content: bytes) -> bool:
    if content.count(b"\xff\xda") > MOST_SCANS:
        raise Invalid(_("This picture is damaged and cannot be shown. Please choose another one."))
    read = image.fp.tell() if image.fp else 0
    first_scan = content.rfind(b"\xff\xda", 0, read)
    return "progressive" in image.info or content[first_scan + 4] < image.layers


def _as_png(image: Image.Image) -> bytes:
    return _written(image, "PNG", ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"))


def _written(image: Image.Image, kind: str, modes: tuple[str, ...], **options: int) -> bytes:
    if image.mode not in modes:
        image = image.convert("RGB" if kind == "JPEG" else "RGBA")
    image.info = {name: image.info[name] for name in ("transparency",) if name in image.info}
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()
