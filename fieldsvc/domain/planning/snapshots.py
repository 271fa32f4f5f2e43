"""Where an intervention stands in the plan, as the audit keeps it: what undo goes back to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldsvc.core.text import together
from fieldsvc.domain.interventions.models import Intervention


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Who comes, a planned start, the promised window and the lock."""

    technician_ids: tuple[int, ...]
    technician: str
    begins_at: datetime
    window: tuple[datetime, datetime] | None
    is_locked: bool

    @classmethod
    def of(cls, intervention: Intervention) -> "Snapshot | None":
        """Where the intervention stands now; None when it has no place."""
        crew = [visit for visit in intervention.visits if visit.is_occupying]
        if not crew:
            return None
        return cls(
            technician_ids=tuple(visit.technician_id for visit in crew),
            technician=together([technician.name for technician in intervention.crew]),
            begins_at=crew[0].begins_at,
            window=window_of(intervention),
            is_locked=intervention.is_locked,
        )

    @classmethod
    def read(cls, data: dict[str, Any] | None) -> "Snapshot | None":
        """A snapshot that was kept as JSON."""
        if data is None:
            return None
        window = [datetime.fromisoformat(at) for at in data["window"] or ()]
        return cls(
            technician_ids=tuple(data["technician_ids"]),
            technician=data["technician"],
            begins_at=datetime.fromisoformat(data["begins_at"]),
            window=(window[0], window[1]) if window else None,
            is_locked=data["is_locked"],
        )

    def as_json(self) -> dict[str, Any]:
        """The snapshot as the audit keeps it."""
        return {
            "technician_ids": list(self.technician_ids),
            "technician": self.technician,
            "begins_at": self.begins_at.isoformat(),
            "window": [at.isoformat() for at in self.window] if self.window else None,
            "is_locked": self.is_locked,
        }


def change(before: Snapshot | None, after: Snapshot | None) -> dict[str, Any]:
    """Two snapshots as the data of an audit entry."""
    return {
        "place_before": before.as_json() if before else None,
        "place_after": after.as_json() if after else None,
    }


def window_of(intervention: Intervention) -> tuple[datetime, datetime] | None:
    """The promised arrival window."""
    opens, closes = intervention.window_begins_at, intervention.window_ends_at
    return (opens, closes) if opens is not None and closes is not None else None
