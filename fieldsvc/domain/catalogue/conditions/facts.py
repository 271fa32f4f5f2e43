"""What a condition may know, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions may know at one instant: of an intervention, its client, the contact who asks, and answers.

    Without an intervention (an action of the unit, a form that is being filled) its part is empty.
    """

    now: datetime
    zone: str = "UTC"
    kind: str = ""
    status: str = ""
    window_begins_at: datetime | None = None
    window_ends_at: datetime | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    due_on: date | None = None
    confirmed_at: datetime | None = None
    is_locked: bool = False
    times_moved: int = 0
    band: str = ""
    technicians: int = 0
    outcome: str = ""
    postcode: str = ""
    questionnaire_waits: bool = False
    document_waits: bool = False
    client_kind: str = ""
    client_category: str = ""
    client_fields: Mapping[str, Any] = field(default_factory=dict)
    contact_role: str = ""
    contact_has_email: bool = False
    contact_has_phone: bool = False
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether, and why in words for the client; `path` is the condition that decided, where one did."""

    is_allowed: bool
    words: str
    path: str = ""
