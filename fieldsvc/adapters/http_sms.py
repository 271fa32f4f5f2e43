"""Hands SMS to a provider over HTTP: one POST of JSON a message, the same message never twice.

The body is `{"to": "+351…", "text": "…", "id": "…", "sender": "…"}`, with a bearer token and the id as the
idempotency key. 2xx is taken, other 4xx is a refusal for good, everything else is tried again by the job.
"""

import http.client
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fieldsvc.adapters.deadline import cut_after
from fieldsvc.core.config import Config
from fieldsvc.domain.notify.deliver import Undeliverable
from fieldsvc.domain.notify.models import OutboxMessage

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 64_000
CHUNK = 8_192
LONGEST_WORDS = 200
TRY_AGAIN = (408, 425, 429)


class SmsSilent(Exception):
    """The provider did not take the message this time."""


@dataclass(frozen=True, slots=True)
class HttpSms:
    """A provider by the address that takes messages."""

    url: str
    token: str = field(default="", repr=False)
    sender: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS

    def send(self, message: OutboxMessage) -> None:
        """Hand the message over. Raises `Undeliverable` with the provider's words, or `SmsSilent`."""
        identity = message.message_id.strip("<>")
        body = {"to": message.recipient, "text": message.text, "id": identity, "sender": self.sender}
        try:
            status, answer = self._post(json.dumps(body).encode(), identity)
        except (OSError, http.client.HTTPException) as error:
            raise SmsSilent(f"{type(error).__name__}: {error}") from error
        if 200 <= status < 300:
            return
        if 400 <= status < 500 and status not in TRY_AGAIN:
            raise Undeliverable(f"HTTP {status}: {_words(answer)}".rstrip(": "))
        raise SmsSilent(f"HTTP {status}")

    def _post(self, body: bytes, identity: str) -> tuple[int, bytes]:
        deadline = time.monotonic() + self.timeout_seconds
        address = urlsplit(self.url)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=self.timeout_seconds)
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Idempotency-Key": identity,
            "Connection": "close",
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        try:
            connection.request("POST", path, body, headers)
            reader = connection.sock  # an answer that closes the connection takes it away from it
            with cut_after(deadline - time.monotonic(), reader):
                response = connection.getresponse()
            content = bytearray()
            # What was taken is taken, however long the answer is: only its beginning is read.
            while len(content) < MOST_BYTES and (chunk := response.read1(CHUNK)):
                content += chunk
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                reader.settimeout(left)
            return response.status, bytes(content)
        finally:
            connection.close()


def sms_provider(config: Config) -> HttpSms | None:
    """The provider the operator configured, if any."""
    if config.sms_url is None:
        return None
    return HttpSms(config.sms_url, config.sms_token, config.sms_sender)


def _words(answer: bytes) -> str:
    """What the provider says, in its own words; its page when they are no JSON."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        said = answer.decode("utf-8", "replace")
    if isinstance(said, dict):
        said = said.get("message") or said.get("error") or said.get("detail") or ""
    return " ".join(str(said).split())[:LONGEST_WORDS]
