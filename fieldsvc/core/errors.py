"""What can be refused, each with words a person can act on; `web/errors.py` turns them into answers."""

from collections.abc import Mapping, Sequence
from typing import Any


class DomainError(Exception):
    """A refusal with words for a person; nothing was changed."""

    status = 400

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words


class Invalid(DomainError):
    """What was typed cannot be taken; `fields` says which field and why."""

    status = 422

    def __init__(self, words: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.fields = dict(fields or {})


class NotFound(DomainError):
    """It does not exist, or it is somebody else's: the answer is the same."""

    status = 404


class Forbidden(DomainError):
    """The person is known and may not do this."""

    status = 403


class NotAllowed(DomainError):
    """The thing may not be done now: a notice has passed, a condition says no, a state does not permit it."""

    status = 409


class SlotGone(DomainError):
    """The chosen slot is no longer free, or its hold ran out."""

    status = 409


class Stale(DomainError):
    """Somebody changed the row since it was shown; `current` is what it is now."""

    status = 409

    def __init__(self, words: str, current: Mapping[str, Any]) -> None:
        super().__init__(words)
        self.current = dict(current)


class VersionMissing(DomainError):
    """An edit came without the version it was made on."""

    status = 428


class PlanRefused(DomainError):
    """The planning law says no; `violations` are sentences."""

    status = 422

    def __init__(self, words: str, violations: Sequence[str]) -> None:
        super().__init__(words)
        self.violations = list(violations)


class TooMany(DomainError):
    """A limit was reached; try again after `retry_after` seconds."""

    status = 429

    def __init__(self, words: str, retry_after: int) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something we depend on does not answer in time; trying again later may help."""

    status = 503


class Misconfigured(DomainError):
    """The configuration cannot be used; the words name the variable and what is expected."""

    status = 500
