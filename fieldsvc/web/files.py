"""Files that come with a form, and files that are given to a browser: shown only when they are pictures."""

from io import BytesIO
from typing import NamedTuple

from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage

from fieldsvc.domain.files import keep
from fieldsvc.domain.files.models import StoredFile

INERT = "default-src 'none'; sandbox; frame-ancestors 'none'"
SHOWN = {"image/png", "image/jpeg"}


class Upload(NamedTuple):
    """A file as it came; nothing in it is believed."""

    name: str
    content: bytes


def uploads(field: str) -> list[Upload]:
    """What was chosen in the field `field` of a form; of a file that is too large one byte too many is read."""
    return [_read(sent) for sent in request.files.getlist(field) if sent.filename]


def send(file: StoredFile) -> Response:
    """Give a file to the browser: pictures to be shown, everything else to be saved; none of it runs."""
    response = send_file(
        BytesIO(file.content),
        mimetype=file.content_type,
        as_attachment=file.content_type not in SHOWN,
        download_name=file.name,
        etag=file.digest,
        conditional=True,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = INERT
    return response


def _read(sent: FileStorage) -> Upload:
    return Upload(sent.filename or "", sent.stream.read(keep.LARGEST + 1))
