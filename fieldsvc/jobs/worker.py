"""The worker: Dramatiq carries wake-ups, a dispatcher finds due rows, a schedule does what recurs."""

import threading
from dataclasses import dataclass

import dramatiq
import structlog
from dramatiq.brokers.stub import StubBroker

from fieldsvc.core import jobs
from fieldsvc.core.db import READ_ONLY
from fieldsvc.jobs.run import run
from fieldsvc.jobs.schedule import Schedule
from fieldsvc.jobs.tasks import Tools

log = structlog.get_logger()

POLL_SECONDS = 0.5
LONGEST_JOB_MS = 6 * 3600 * 1000


@dataclass(slots=True)
class Worker:
    """Threads that do the jobs of one process; `stop` lets the running ones end."""

    threads: dramatiq.Worker
    dispatcher: threading.Thread
    stopping: threading.Event

    def stop(self) -> None:
        """Take no new jobs and wait for those that run."""
        self.stopping.set()
        self.dispatcher.join()
        self.threads.stop()


def broker_for(url: str | None) -> dramatiq.Broker:
    """The broker that carries wake-ups: in process by default, Redis or RabbitMQ by address."""
    if url is None:
        return StubBroker()
    if url.startswith("redis"):
        from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415  (an extra: not everybody installs it)

        return RedisBroker(url=url)  # type: ignore[no-untyped-call]
    from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415  (an extra: not everybody installs it)

    return RabbitmqBroker(url=url)


def start(tools: Tools, broker_url: str | None = None, *, threads: int = 4) -> Worker:
    """Begin to do jobs in this process, beside whatever else it does."""
    broker = broker_for(broker_url)
    dramatiq.set_broker(broker)

    # Attempts and their delays live in the job row, so the broker tries once and sets no short limit.
    @dramatiq.actor(broker=broker, queue_name="jobs", max_retries=0, time_limit=LONGEST_JOB_MS)
    def wake(job_id: int) -> None:
        run(tools, job_id)

    worker = dramatiq.Worker(broker, worker_threads=threads, worker_timeout=200)
    worker.start()
    stopping = threading.Event()
    dispatcher = threading.Thread(target=_dispatch, args=(tools, wake, stopping), name="dispatcher", daemon=True)
    dispatcher.start()
    return Worker(worker, dispatcher, stopping)


def _dispatch(tools: Tools, wake: "dramatiq.Actor[[int], None]", stopping: threading.Event) -> None:
    """Turn by turn, wake the workers and do what recurs; whatever goes wrong in one turn, the next one comes."""
    schedule = Schedule(tools)
    sent: dict[int, float] = {}
    while not stopping.wait(POLL_SECONDS):
        try:
            sent = _wake_due(tools, wake, sent)
            schedule.tick()
        except Exception as error:
            log.warning("worker.turn_failed", error=type(error).__name__)


def _wake_due(tools: Tools, wake: "dramatiq.Actor[[int], None]", sent: dict[int, float]) -> dict[int, float]:
    """Wake the workers for every row that can be claimed: new ones, delayed ones, and those of a dead process.

    A row that was just woken (`sent`) is left alone for a moment: a worker may not have claimed it yet.
    """
    with tools.sessions() as session:
        session.connection(execution_options=READ_ONLY)
        due = jobs.due(session, now=tools.now())
    instant = tools.now().timestamp()
    sent = {job_id: at for job_id, at in sent.items() if instant - at < 5}
    for job_id in due:
        if job_id not in sent:
            wake.send(job_id)
            sent[job_id] = instant
    return sent
