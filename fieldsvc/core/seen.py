"""A version for what has none in its table: a digest of what was shown, which is sent back with the change."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fieldsvc.core.errors import Stale, VersionMissing
from fieldsvc.core.text import gettext as _


def version_of(values: Mapping[str, Any]) -> str:
    """A few letters that stand for these values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def check(version: str | None, values: Mapping[str, Any]) -> None:
    """Raise `Stale` when these are not the values that were shown, `VersionMissing` when nobody says which were."""
    if not version:
        raise VersionMissing(_("The version that was shown is missing from this request."))
    present = version_of(values)
    if version != present:
        words = _("Somebody else has changed this page in the meantime. Your entries are still here.")
        raise Stale(words, {"version": present})
