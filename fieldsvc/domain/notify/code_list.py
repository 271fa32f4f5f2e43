"""Every substitution code with what it stands for, and what is said when there is no value."""

import re
from dataclasses import dataclass, replace
from typing import Any

from fieldsvc.core.text import lazy_gettext as _l

CUSTOM = re.compile(r"(intervention|client)\.custom\.[\w-]{1,60}")


@dataclass(frozen=True, slots=True)
class Code:
    """One code; `words` say what stands in its place."""

    name: str
    words: Any
    fallback: Any = ""
    is_link: bool = False


_NOT_SET = _l("not decided yet")
_UNKNOWN = _l("not given")

_CODES = (
    Code("system.now", _l("The present day and hour")),
    Code("unit.name", _l("Your company's name")),
    Code("unit.phone", _l("Your company's phone")),
    Code("unit.email", _l("Your company's e-mail")),
    Code("unit.address", _l("Your company's address")),
    Code("unit.zone", _l("The city whose time counts")),
    Code("contact.name", _l("The name of the person who reads"), _l("dear client")),
    Code("client.reference", _l("The client's number"), _UNKNOWN),
    Code("client.name", _l("The client's name"), _UNKNOWN),
    Code("client.email", _l("The client's e-mail"), _UNKNOWN),
    Code("client.phone", _l("The client's phone"), _UNKNOWN),
    Code("client.custom.*", _l("A field of your own of the client"), _UNKNOWN),
    Code("intervention.reference", _l("The number of the visit"), _UNKNOWN),
    Code("intervention.title", _l("What is done"), _l("your visit")),
    Code("intervention.day", _l("The weekday, day and month"), _NOT_SET),
    Code("intervention.date", _l("The day, month and year"), _NOT_SET),
    Code("intervention.weekday", _l("The weekday"), _NOT_SET),
    Code("intervention.arrival_window", _l("Between which hours the technician arrives"), _NOT_SET),
    Code("intervention.address", _l("The address"), _UNKNOWN),
    Code("intervention.postcode", _l("The postcode"), _UNKNOWN),
    Code("intervention.expectation", _l("Who comes or calls, and how long it takes, as a sentence")),
    Code("intervention.duration", _l("How long the work takes")),
    Code("intervention.status", _l("The state, in the client's words")),
    Code("intervention.comment", _l("What the client wrote when he booked"), _l("no comment")),
    Code("intervention.cancel_reason", _l("Why it was cancelled, as a sentence")),
    Code("intervention.link", _l("The link to see, confirm, move or cancel the visit"), is_link=True),
    Code("intervention.staff_link", _l("The link to the visit for your own people"), is_link=True),
    Code("intervention.custom.*", _l("An answer to the questions before the booking"), _UNKNOWN),
    Code("technician.name", _l("The technician's name"), _l("our technician")),
    Code("technician.phone", _l("The technician's phone"), _UNKNOWN),
    Code("outcome.result", _l("Whether the work is done"), _NOT_SET),
    Code("outcome.comment", _l("What the technician wrote at the end"), _l("no comment")),
    Code("portal.link", _l("The link to the client portal"), is_link=True),
    Code("questionnaire.link", _l("The link to the questionnaire"), is_link=True),
    Code("sign_in.code", _l("The code to sign in")),
    Code("sign_in.link", _l("The link to sign in"), is_link=True),
    Code("sign_in.minutes", _l("How many minutes the code works")),
    Code("message.author", _l("Who wrote"), _l("somebody")),
    Code("message.text", _l("What was written"), _l("no words")),
    Code("document.title", _l("The name of the document"), _l("a document")),
    Code("waiting.title", _l("What the client waits for"), _l("your visit")),
    Code("waiting.window", _l("The day and the hours that are offered"), _NOT_SET),
    Code("waiting.until", _l("Until when the offer is kept")),
    Code("waiting.link", _l("The link to take the offer, or to leave the list"), is_link=True),
)

REGISTRY: dict[str, Code] = {code.name: code for code in _CODES}


def _beginning(*beginnings: str) -> frozenset[str]:
    return frozenset(name for name in REGISTRY if name.startswith(beginnings))


ANYWHERE = _beginning("system.", "unit.", "contact.", "client.", "portal.")
"""What a text of the portal knows when it is about no intervention."""

ABOUT_A_VISIT = ANYWHERE | _beginning("intervention.", "technician.", "outcome.")
"""What a text about one intervention knows."""


def known(name: str) -> Code | None:
    """The code called `name`; a field of a unit's own is one of `….custom.*`."""
    if name in REGISTRY:
        return None if name.endswith("*") else REGISTRY[name]
    found = CUSTOM.fullmatch(name)
    return replace(REGISTRY[f"{found[1]}.custom.*"], name=name) if found else None
