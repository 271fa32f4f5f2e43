"""Where messages go when no way out is configured: they stay in the outbox, where the demo shows them."""

from dataclasses import dataclass

from fieldsvc.domain.notify.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class OutboxOnly:
    """Counts a message as delivered, because its reader reads the outbox itself."""

    def send(self, message: OutboxMessage) -> None:
        """Nothing leaves this machine."""
