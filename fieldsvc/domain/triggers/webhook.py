"""Web addresses that triggers call: what is sent, and what is refused before anything is."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.triggers.models import TriggerFiring

CALL = "call_webhook"
LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the body is JSON, and its signature is the HMAC-SHA256 of the body under the trigger's secret."""

    url: str
    body: bytes
    headers: dict[str, str]


class WebhookCaller(Protocol):
    """Calls public addresses only, with a deadline, and follows no redirect."""

    def call(self, call: Call) -> int:
        """The status of the answer. Raises `WebhookFailed`; a `WebhookRefused` is not worth another try."""
        ...


class WebhookFailed(Exception):
    """The address did not take the call this time."""


class WebhookRefused(WebhookFailed):
    """The address will never be called, such as one of the inner network."""


def check_url(url: str) -> str:
    """The address, when it may be kept: https or http, a host, no user and no password. Raises `Invalid`."""
    words = _("Please type a web address such as https://example.com/hook.")
    if len(url) > LONGEST_URL or re.search(r"[\s\x00-\x1f\\]", url):
        raise Invalid(words)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid(words) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password or port == 0:
        raise Invalid(words)
    return url


def call_of(firing: TriggerFiring) -> Call:
    """What a firing tells its address. Raises `WebhookRefused` when the trigger calls none any more."""
    if firing.trigger.action != "webhook":
        raise WebhookRefused("the trigger was changed before the address was called")
    intervention = firing.intervention
    body = json.dumps(
        {
            "id": firing.id,
            "trigger": firing.trigger.name,
            "fired_at": firing.fired_at.isoformat(),
            "intervention": {
                "id": intervention.id,
                "reference": intervention.reference,
                "status": intervention.status,
                "window_begins_at": _instant(intervention.window_begins_at),
                "window_ends_at": _instant(intervention.window_ends_at),
                "client": intervention.client.reference,
                "activity_type": intervention.activity_type.reference,
            },
        },
        ensure_ascii=False,
    ).encode()
    parameters: dict[str, Any] = firing.trigger.parameters
    signature = hmac.new(str(parameters["secret"]).encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "fieldsvc",
        "X-Fieldsvc-Signature": f"sha256={signature}",
        "Idempotency-Key": f"trigger-firing-{firing.id}",
    }
    return Call(str(parameters["url"]), body, headers)


def mark(session: Session, firing_id: int, state: str, words: str) -> None:
    """Note what became of the call."""
    firing = session.get_one(TriggerFiring, firing_id)
    firing.state, firing.words = state, words[:500]


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
