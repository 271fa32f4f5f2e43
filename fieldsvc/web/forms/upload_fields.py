"""Photos, files and signatures in a form: what is kept already travels along signed, so that it is chosen once."""

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import Field as Element

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.catalogue.answers import file_of
from fieldsvc.domain.files import find, images, keep
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.web.files import Upload, uploads
from fieldsvc.web.principal import actor, unit
from fieldsvc.web.session import config, db, now


class UploadElement(Element):
    """A file that is sent with the form, or was kept before; its data is the text beside it, if there is any."""

    suffix = ""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was posted, else the answer there is."""
        self.process_errors = []
        self.upload: Upload | None = None
        self.kept_id = file_of(data)
        self.data = data.get("name", "") if isinstance(data, dict) else ""
        if formdata is not None:
            self._read(formdata)

    @property
    def is_given(self) -> bool:
        """Whether there is a file, new or kept."""
        return self.upload is not None or self.kept_id is not None

    @property
    def kept(self) -> StoredFile | None:
        """The file that was kept before."""
        if self.kept_id is None:
            return None
        return find.by_ids(db(), unit().id, [self.kept_id]).get(self.kept_id)

    @property
    def ticket(self) -> str:
        """What the form sends to say which file was kept; nobody can make one up."""
        kept = self.kept
        return _tickets().dumps([kept.id, kept.digest]) if kept else ""

    def keep(self) -> int:
        """The id of the file; a new one is kept now. Raises `Invalid`."""
        if self.upload is None:
            assert self.kept_id is not None
            return self.kept_id
        if self.flags.kind != "file" and not images.is_picture(self.upload.content):
            raise Invalid(_("Please choose a picture as PNG, JPEG, WebP or GIF."))
        return keep.keep(db(), unit().id, self.upload.name, self.upload.content, actor=actor(), now=now()).id

    def keep_if_possible(self) -> None:
        """Keep a new file for the next time the form is sent; what cannot be taken is forgotten."""
        try:
            self.kept_id, self.upload = self.keep(), None
        except Invalid:
            self.upload = None

    def _read(self, formdata: Any) -> None:
        self.data = formdata.get(self.name, "") if self.suffix else ""
        self.upload = next(iter(uploads(self.name + self.suffix)), None)
        is_removed = bool(formdata.get(f"{self.name}-remove"))
        self.kept_id = None if is_removed or self.upload else _kept_id(formdata.get(f"{self.name}-kept", ""))


class FileElement(UploadElement):
    """A photo or a file."""


class SignatureElement(UploadElement):
    """A signature that was drawn, or a name that was typed."""

    suffix = "-drawn"


def _kept_id(ticket: str) -> int | None:
    """The file of a ticket, if it is still the same: an upload that nothing took is deleted, and its number free."""
    try:
        file_id, digest = _tickets().loads(ticket)
    except (BadSignature, ValueError, TypeError):
        return None
    file = find.by_ids(db(), unit().id, [file_id]).get(file_id)
    return file.id if file is not None and file.digest == digest else None


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(config().secret_key, salt="kept file")
