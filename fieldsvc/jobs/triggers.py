"""The jobs of triggers: one firing a transaction, and the calls of web addresses outside of one."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.db import READ_ONLY
from fieldsvc.core.jobs import MAX_ATTEMPTS, Claim, Effect
from fieldsvc.domain.triggers import webhook
from fieldsvc.domain.triggers.fire import Cause, fire, give_up
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.triggers.webhook import WebhookCaller, WebhookFailed, WebhookRefused


def fire_trigger(claim: Claim, now: datetime) -> Effect:
    """Let one trigger act for one cause; technicians are locked once a transaction, so there is one firing in each."""

    def effect(session: Session) -> dict[str, Any]:
        firing = fire(session, int(claim.payload["trigger_id"]), _cause(claim), now=now)
        return {"state": firing.state} if firing else {}

    return effect


def firing_given_up(session: Session, claim: Claim, error: str, now: datetime) -> None:
    """Write down that the trigger could not act, else the clock would bring its cause back for a whole day."""
    give_up(session, int(claim.payload["trigger_id"]), _cause(claim), now=now)


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


def call_given_up(session: Session, claim: Claim, error: str, now: datetime) -> None:
    """Write down that the address will not be called any more."""
    webhook.mark(session, int(claim.payload["firing_id"]), "failed", error)


def _cause(claim: Claim) -> Cause:
    asked = claim.payload
    of = datetime.fromisoformat(asked["instant"]) if "instant" in asked else int(asked["entry_id"])
    return Cause(int(asked["intervention_id"]), of, bool(asked.get("is_after_a_trigger")))


def _marked(firing_id: int, state: str, words: str) -> Effect:
    def effect(session: Session) -> dict[str, Any]:
        webhook.mark(session, firing_id, state, words)
        return {}

    return effect
