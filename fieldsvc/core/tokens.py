"""Secrets that are given out once and kept only as a hash."""

import hashlib
import hmac
import secrets


def make() -> str:
    """A secret of 256 bits that fits in an address."""
    return secrets.token_urlsafe(32)


def make_code(digits: int = 6) -> str:
    """A one-time code of `digits` figures."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def digest(secret: str) -> str:
    """The hash under which a long secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed_digest(key: str, secret: str) -> str:
    """The hash under which a short secret is kept, useless without the key of the installation."""
    return hmac.new(key.encode(), secret.encode(), hashlib.sha256).hexdigest()


def equal(left: str, right: str) -> bool:
    """Whether two digests are the same, in constant time."""
    return hmac.compare_digest(left, right)
