"""Keeps what people upload: checked by content, pictures drawn again, everything else inert."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.files import images, kinds, names
from fieldsvc.domain.files.models import StoredFile

LARGEST = 10_000_000


def keep(
    session: Session,
    unit_id: int,
    name: str,
    content: bytes,
    *,
    actor: Actor,
    now: datetime,
    about: Any = None,
    is_internal: bool = False,
) -> StoredFile:
    """Keep a file that `actor` sent; `about` is the row it belongs to, if it has one yet. Raises `Invalid`."""
    if not content:
        raise Invalid(_("This file is empty. Please choose another one."))
    if len(content) > LARGEST:
        raise Invalid(_("This file is larger than 10 MB. Please choose a smaller one."))
    if images.is_picture(content):
        picture = images.drawn_again(content)
        content, content_type, endings = picture.content, picture.content_type, kinds.PICTURES[picture.content_type]
    else:
        kind = kinds.of_document(name, content)
        content_type, endings = kind.content_type, kind.endings
    file = stored(
        session,
        unit_id,
        names.safe(name, endings),
        content_type,
        content,
        actor=actor,
        now=now,
        is_internal=is_internal,
    )
    if about is not None:
        belong_to(file, about)
    return file


def belong_to(file: StoredFile, about: Any) -> None:
    """Say to which row a file belongs, such as the intervention whose form was sent with it."""
    file.about_kind, file.about_id = about.__tablename__, about.id


def stored(
    session: Session,
    unit_id: int,
    name: str,
    content_type: str,
    content: bytes,
    *,
    actor: Actor,
    now: datetime,
    is_internal: bool = False,
) -> StoredFile:
    """Write a file that has been checked."""
    row = StoredFile(
        unit_id=unit_id,
        name=name,
        content_type=content_type,
        content=content,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        author_kind=actor.kind,
        author_id=actor.id,
        author_name=actor.name,
        is_internal=is_internal,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row
