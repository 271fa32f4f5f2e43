"""A worker in a process of its own, for tests that kill it; its channel writes each delivery to a file."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from fieldsvc.core import clock, db
from fieldsvc.domain import tables  # noqa: F401  (registers every table)
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.jobs import worker
from fieldsvc.jobs.tasks import Tools


@dataclass(frozen=True)
class SlowSink:
    """Takes a while to deliver, so that a kill finds work half done."""

    path: Path

    def send(self, message: OutboxMessage) -> None:
        with self.path.open("a") as file:
            file.write(f"begin {message.message_id}\n")
            file.flush()
            time.sleep(0.1)
            file.write(f"end {message.message_id}\n")


def main(url: str, sink: str) -> None:
    sessions = db.sessions(db.create_engine(url))
    channel = SlowSink(Path(sink))
    worker.start(Tools(sessions, {"email": channel, "sms": channel}, clock.now), threads=4)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
