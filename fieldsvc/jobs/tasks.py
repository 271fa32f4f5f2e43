"""What each kind of job does: the work outside a transaction, then its effect inside the one that ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

import solver
from fieldsvc.core.db import READ_ONLY
from fieldsvc.core.jobs import Claim, Effect
from fieldsvc.domain.geo.roads import RoadService
from fieldsvc.domain.interventions.events import FIRE
from fieldsvc.domain.notify import deliver, outbox
from fieldsvc.domain.notify.deliver import Undeliverable
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning import drafts, optimise_day, repair_day, repair_drafts, repair_outcome
from fieldsvc.domain.teams import freed
from fieldsvc.domain.triggers.webhook import CALL, WebhookCaller
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs import child_process, travel, triggers, waiting
from fieldsvc.jobs.progress import Progress


@dataclass(frozen=True, slots=True)
class Tools:
    """What jobs need from the outside, given by the composition root."""

    sessions: sessionmaker[Session]
    channels: dict[str, deliver.Channel]
    now: Callable[[], datetime]
    roads: RoadService | None = None
    webhooks: WebhookCaller | None = None


Task = Callable[[Tools, Claim, Progress], Effect]


def deliver_message(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Hand one message to its channel; its id stays the same, so that a second delivery is the same message.

    One that is late, because its channel or the worker was down, does not leave in the quiet hours either.
    """
    message_id = int(claim.payload["message_id"])
    with tools.sessions() as session:
        session.connection(execution_options=READ_ONLY)
        message = session.get_one(OutboxMessage, message_id)
        unit = session.get_one(BusinessUnit, message.unit_id)
        silent_until = outbox.silent_until(unit, message.kind, now=tools.now())
    if message.state != "queued":  # it left already, or somebody stopped it
        return lambda _session: {}
    if silent_until is not None:
        return _postponed(message_id, silent_until, tools.now())
    try:
        tools.channels[message.channel].send(message)
    except Undeliverable as refusal:
        return _undeliverable(message_id, str(refusal))
    except Exception as error:
        with tools.sessions.begin() as session:
            deliver.mark_tried(session, message_id, f"{type(error).__name__}: {error}")
        raise

    def effect(session: Session) -> dict[str, Any]:
        deliver.mark_sent(session, message_id, now=tools.now())
        return {}

    return effect


def _postponed(message_id: int, until: datetime, now: datetime) -> Effect:
    def effect(session: Session) -> dict[str, Any]:
        outbox.send_after(session, session.get_one(OutboxMessage, message_id), until, now=now)
        return {}

    return effect


def _undeliverable(message_id: int, words: str) -> Effect:
    def effect(session: Session) -> dict[str, Any]:
        deliver.mark_tried(session, message_id, words)
        deliver.mark_failed(session, message_id, words)
        return {}

    return effect


def _message_given_up(session: Session, claim: Claim, error: str, now: datetime) -> None:
    deliver.mark_failed(session, int(claim.payload["message_id"]), error)


def optimise(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Look for a better plan of one day, in a child process; the draft keeps what was found."""
    return _drafted(tools, claim, progress, optimise_day.read, _better_day)


def _better_day(asked: optimise_day.DayProblem, report: Callable[[int], None]) -> optimise_day.Outcome:
    solver.warm_search()
    return optimise_day.compute(asked, report=report)


def repair(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Look for the plan that keeps most promises after an upset, in a child process."""
    return _drafted(tools, claim, progress, repair_day.read, _repaired)


def _repaired(asked: repair_day.UpsetDay, report: Callable[[int], None]) -> optimise_day.Outcome:
    solver.warm()
    return repair_outcome.compute(asked)


def _drafted(
    tools: Tools,
    claim: Claim,
    progress: Progress,
    read: Callable[..., Any],
    compute: Callable[[Any, Callable[[int], None]], optimise_day.Outcome],
) -> Effect:
    """What a child process makes of the day of a draft, which the draft keeps."""
    draft_id = int(claim.payload["draft_plan_id"])
    with tools.sessions() as session:
        session.connection(execution_options=READ_ONLY)
        asked = read(session, draft_id, now=tools.now())
    outcome = child_process.compute(compute, asked, progress)
    return lambda session: drafts.keep(session, draft_id, outcome, now=tools.now())


def ask_roads(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Ask the road service for the drives that plans will need."""
    if tools.roads is None:  # it was taken out of the configuration since
        return lambda _session: {}
    return travel.ask_roads(tools.sessions, tools.roads, tools.now, progress.is_cancelled)


def learn_travel(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Learn a unit's drives from its closed visits."""
    return travel.learn_travel(tools.sessions, int(claim.payload["of_unit"]), tools.now)


def offer_freed_time(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Offer to those who wait what became free; each offer stands by itself, also when this job is killed."""
    unit_id = int(claim.payload["of_unit"])
    offered = waiting.offer_freed_time(tools.sessions, unit_id, tools.now, progress.is_cancelled)
    return lambda _session: {"offered": offered}


def fire_trigger(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Let one trigger act for one cause."""
    return triggers.fire_trigger(claim, tools.now())


def call_webhook(tools: Tools, claim: Claim, progress: Progress) -> Effect:
    """Call the web address of one firing."""
    assert tools.webhooks is not None, "the composition root gives every worker its caller"
    return triggers.call_webhook(tools.sessions, tools.webhooks, claim)


TASKS: dict[str, Task] = {
    FIRE: fire_trigger,
    CALL: call_webhook,
    outbox.DELIVER: deliver_message,
    drafts.KIND: optimise,
    repair_drafts.KIND: repair,
    freed.KIND: offer_freed_time,
    travel.ASK: ask_roads,
    travel.LEARN: learn_travel,
}

# What a job leaves behind that is not tried again.
GIVEN_UP: dict[str, Callable[[Session, Claim, str, datetime], None]] = {
    FIRE: triggers.firing_given_up,
    CALL: triggers.call_given_up,
    outbox.DELIVER: _message_given_up,
}
