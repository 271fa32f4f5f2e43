"""Calls the web addresses of triggers: public ones only, looked up once, with a deadline, and no way elsewhere."""

import http.client
import ipaddress
import socket
import ssl
import string
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from fieldsvc.adapters.deadline import cut_after
from fieldsvc.domain.triggers.webhook import Call, WebhookFailed, WebhookRefused

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 100_000
CHUNK = 16_384
TRY_AGAIN = (408, 425, 429)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The network that carries IPv4 addresses of the Internet inside IPv6 ones (RFC 6052); one may be an inner one.
CARRIER = ipaddress.IPv6Network("64:ff9b::/96")
# Everything else that is reached from anywhere is in here (RFC 4291); outside are old dresses of inner addresses.
INTERNET = ipaddress.IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class Webhooks:
    """`allowed_hosts` are hosts of the inner network that the operator permits."""

    allowed_hosts: frozenset[str] = frozenset()
    timeout_seconds: float = TIMEOUT_SECONDS

    def call(self, call: Call) -> int:
        """The status of the answer, 200 to 299. Raises `WebhookFailed`, or `WebhookRefused` for good."""
        parts = urlsplit(call.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        deadline = time.monotonic() + self.timeout_seconds
        address = self._address(parts.hostname or "", port)
        try:
            status = _exchange(parts, address, port, call, deadline)
        except (OSError, http.client.HTTPException) as error:
            raise WebhookFailed(f"{type(error).__name__}: {error}") from error
        if 200 <= status < 300:
            return status
        if status >= 500 or status in TRY_AGAIN:
            raise WebhookFailed(f"HTTP {status}")
        raise WebhookRefused(f"HTTP {status}")

    def _address(self, host: str, port: int) -> str:
        """Where the host is, looked up once; the connection goes there and nowhere else."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise WebhookFailed(f"the host {host} is unknown") from error
        addresses = [str(entry[4][0]) for entry in found]
        if host.lower() not in self.allowed_hosts:
            for address in addresses:
                if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                    raise WebhookRefused(f"the host {host} is not on the public network")
        return addresses[0]


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet could reach this address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in CARRIER:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in INTERNET:
            return False
    return address.is_global and not address.is_multicast


def _exchange(parts: SplitResult, address: str, port: int, call: Call, deadline: float) -> int:
    raw = socket.create_connection((address, port), timeout=_left(deadline))
    try:
        if parts.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(parts.hostname or "", port)
        connection.sock = raw
        path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=string.punctuation)
        connection.request("POST", path, call.body, {**call.headers, "Connection": "close"})
        with cut_after(_left(deadline), raw):
            response = connection.getresponse()
        raw.settimeout(_left(deadline))
        read = 0
        while chunk := response.read1(CHUNK):
            read += len(chunk)
            if read > MOST_BYTES:
                break  # nobody reads the rest
            raw.settimeout(_left(deadline))
        return response.status
    finally:
        raw.close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the answer took too long")
    return left
