"""What recurs without anybody asking."""

from datetime import datetime, timedelta

from fieldsvc.domain.booking import holds
from fieldsvc.jobs.tasks import Tools

SWEEP_EVERY = timedelta(seconds=30)


class Schedule:
    """Remembers when each recurring piece of work was done last."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._swept_at: datetime | None = None

    def tick(self) -> None:
        """Do what is due: holds that ran out are taken away (they counted for nobody already)."""
        now = self._tools.now()
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return
        self._swept_at = now
        is_more = True
        while is_more:
            with self._tools.sessions.begin() as session:
                is_more = holds.sweep(session, now=now)
