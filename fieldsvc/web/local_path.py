"""Addresses within the product that a person may be sent on to; anything else would be an open redirect."""

import re

LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def local_path(wanted: str | None) -> str | None:
    """`wanted` when it is a path of ours; None for another site's address, and for what a browser reads as one."""
    return wanted if wanted and LOCAL_PATH.fullmatch(wanted) else None
