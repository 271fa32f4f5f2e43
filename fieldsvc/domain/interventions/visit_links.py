"""Secret links to one visit, for people who do not sign in: see, confirm, move, cancel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core import audit, tokens
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention, VisitLink

AFTER_THE_WINDOW = timedelta(days=1)
WITHOUT_A_WINDOW = timedelta(days=30)
SIGNED_IN_FOR = timedelta(hours=2)
"""How long the session of the portal lasts that a link may open."""


def make(session: Session, intervention: Intervention, contact: Contact, *, now: datetime) -> str:
    """A new secret that leads this contact to this visit; only its hash is kept."""
    token = tokens.make()
    session.add(
        VisitLink(
            unit_id=intervention.unit_id,
            intervention_id=intervention.id,
            contact_id=contact.id,
            token_hash=tokens.digest(token),
            created_at=now,
            expires_at=_end(intervention) or now + WITHOUT_A_WINDOW,
        )
    )
    return token


def of_token(session: Session, token: str) -> VisitLink | None:
    """The link behind a secret, running or not; None for an unknown one."""
    return session.scalar(
        select(VisitLink)
        .where(VisitLink.token_hash == tokens.digest(token))
        .options(joinedload(VisitLink.contact).joinedload(Contact.client))
    )


def is_running(link: VisitLink, *, now: datetime) -> bool:
    """Whether the link still leads its contact to the visit; one that moved takes its links along."""
    if link.revoked_at is not None or not link.contact.is_active or not link.contact.client.is_active:
        return False
    return max(link.expires_at, _end(link.intervention) or link.expires_at) > now


def use_to_sign_in(session: Session, link: VisitLink, *, now: datetime) -> bool:
    """Let the link open a session of the portal, once: who finds it in an old mailbox opens none."""
    used = session.execute(
        update(VisitLink)
        .where(VisitLink.id == link.id, VisitLink.signed_in_at.is_(None))
        .values(signed_in_at=now)
        .execution_options(synchronize_session="fetch")
        .returning(VisitLink.id)
    )
    return used.first() is not None


def running_of(session: Session, intervention: Intervention, *, now: datetime) -> Sequence[VisitLink]:
    """The links that lead to the visit now, the newest first."""
    rows = (
        select(VisitLink)
        .where(VisitLink.intervention_id == intervention.id, VisitLink.revoked_at.is_(None))
        .order_by(VisitLink.id.desc())
        .options(joinedload(VisitLink.contact).joinedload(Contact.client))
    )
    return [link for link in session.scalars(rows) if is_running(link, now=now)]


def revoke_all(session: Session, intervention: Intervention, *, actor: audit.Actor, now: datetime) -> None:
    """End every link to the visit at once."""
    session.execute(
        update(VisitLink)
        .where(VisitLink.intervention_id == intervention.id, VisitLink.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session="fetch")
    )
    audit.record(session, "visit_link.revoked", intervention, actor=actor, now=now)


def _end(intervention: Intervention) -> datetime | None:
    ends_at = intervention.window_ends_at
    return ends_at + AFTER_THE_WINDOW if ends_at is not None else None
