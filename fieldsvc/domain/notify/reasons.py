"""Why a message is not sent, in words."""

from typing import Any

from fieldsvc.core.text import lazy_gettext as _l

REASONS: dict[str, Any] = {
    "opted_out": _l("The reader wants no messages that are not necessary."),
    "no_address": _l("There is neither an e-mail nor a phone for this way."),
    "not_for_clients": _l("It is about a task, and clients do not see tasks."),
    "outdated": _l("The visit was moved or cancelled before it was sent."),
    "stopped": _l("Somebody of your company stopped it before it was sent."),
}
