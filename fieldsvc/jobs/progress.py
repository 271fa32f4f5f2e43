"""How a running job and those who wait for it speak to each other."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How a job says how far it is (0 to 100), and learns that it shall stop."""

    report: Callable[[int], None]
    is_cancelled: Callable[[], bool]
