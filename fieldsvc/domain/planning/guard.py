"""What every write to the calendar does first: lock the technicians, and forget holds that ran out."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.teams.models import Technician


def take(session: Session, technician_ids: Iterable[int], *, now: datetime) -> None:
    """Keep everybody else from writing these technicians' visits until the transaction ends.

    On PostgreSQL their rows are locked in the order of their ids, so that two bookings never wait for each other;
    on SQLite the transaction holds the only write lock already.
    """
    ids = sorted(set(technician_ids))
    rows = select(Technician.id).where(Technician.id.in_(ids)).order_by(Technician.id)
    session.execute(rows.with_for_update(key_share=True)).all()
    _release_expired_holds(session, ids, now=now)


def _release_expired_holds(session: Session, technician_ids: list[int], *, now: datetime) -> None:
    expired = select(Intervention.id).where(Intervention.status == "held", Intervention.held_until <= now)
    session.execute(
        update(Visit)
        .where(Visit.technician_id.in_(technician_ids), Visit.is_occupying, Visit.intervention_id.in_(expired))
        .values(is_occupying=False)
        .execution_options(synchronize_session="fetch")
    )
