"""The jobs of triggers: one firing a transaction, and the calls of web addresses outside of one."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.db import READ_ONLY
from fieldsvc.core.jobs import MAX_ATTEMPTS, Claim, Effect
from fieldsvc.domain.triggers import webhook
from fieldsvc.domain.triggers.fire import Cause, fire, give_up
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.triggers.webhook import WebhookCaller, WebhookFailed, WebhookRefused

log = structlog.get_logger()


def fire_trigger(claim: Claim, now: datetime) -> Effect:
    """Let one trigger act for one cause; technicians are locked once a transaction, so there is one firing in each.

    One that fails at the last attempt is written down, else the clock would bring it back for a whole day.
    """
    asked = claim.payload
    of = datetime.fromisoformat(asked["instant"]) if "instant" in asked else int(asked["entry_id"])
    cause = Cause(int(asked["intervention_id"]), of, bool(asked.get("is_after_a_trigger")))

    def effect(session: Session) -> dict[str, Any]:
        trigger_id = int(asked["trigger_id"])
        try:
            with session.begin_nested():
                firing = fire(session, trigger_id, cause, now=now)
        except Exception as error:
            if claim.attempts < MAX_ATTEMPTS:
                raise
            log.warning("trigger.gave_up", trigger=trigger_id, job=claim.job_id, error=type(error).__name__)
            firing = give_up(session, trigger_id, cause, now=now)
        return {"state": firing.state} if firing else {}

    return effect


def call_webhook(sessions: sessionmaker[Session], caller: WebhookCaller, claim: Claim) -> Effect:
    """Call the address of one firing; the last failure, and a refusal at once, are written to it."""
    firing_id = int(claim.payload["firing_id"])
    try:
        with sessions() as session:
            session.connection(execution_options=READ_ONLY)
            call = webhook.call_of(session.get_one(TriggerFiring, firing_id))
        status = caller.call(call)
    except WebhookRefused as refusal:
        return _marked(firing_id, "failed", str(refusal))
    except WebhookFailed as failure:
        if claim.attempts >= MAX_ATTEMPTS:
            return _marked(firing_id, "failed", str(failure))
        raise
    return _marked(firing_id, "done", f"HTTP {status}")


def _marked(firing_id: int, state: str, words: str) -> Effect:
    def effect(session: Session) -> dict[str, Any]:
        webhook.mark(session, firing_id, state, words)
        return {}

    return effect
