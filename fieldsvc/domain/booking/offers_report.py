"""Offered, taken, lost, why: the figures of a period."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fieldsvc.domain.booking.models import Offer
from fieldsvc.domain.booking.offers import LEFT_AFTER
from fieldsvc.domain.booking.offers_find import Filters, passing
from fieldsvc.domain.units.models import BusinessUnit

BANDS = ("green", "orange", "red")
# The first and last rank of each bar.
RANKS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, None))


@dataclass(frozen=True, slots=True)
class Report:
    """How many offers there were and what became of them; costs are those of the engine, None without a slot taken.

    `offers` leaves out those that were replaced when the same person looked again.
    """

    offers: int
    taken: int
    lost: int
    left: int
    open: int
    empty: int
    ranks: list[int]
    bands: list[tuple[str, int]]
    median_taken: float | None
    median_best: float | None
    why_lost: list[tuple[str, int]]
    missing: list[tuple[str, int]]


def report(session: Session, unit: BusinessUnit, filters: Filters, *, now: datetime) -> Report:
    """The figures of the offers that pass the filters."""
    where = passing(unit, filters, now=now)
    counts = dict(session.execute(select(Offer.outcome, func.count()).where(*where).group_by(Offer.outcome)).all())
    left = session.scalar(
        select(func.count()).where(*where, Offer.outcome == "open", Offer.shown_at <= now - LEFT_AFTER)
    )
    rows = session.execute(
        select(Offer.taken, Offer.slots[(0, 4)].as_float()).where(*where, Offer.outcome == "taken")
    ).all()
    taken = [row[0] for row in rows]
    return Report(
        offers=sum(counts.values()) - counts.get("replaced", 0),
        taken=counts.get("taken", 0),
        lost=counts.get("lost", 0),
        left=left or 0,
        open=counts.get("open", 0) - (left or 0),
        empty=_empty(session, where),
        ranks=[sum(first <= one[0] <= (last or one[0]) for one in taken) for first, last in RANKS],
        bands=[(band, sum(one[8] == band for one in taken)) for band in BANDS],
        median_taken=median(one[5] for one in taken) if taken else None,
        median_best=median(row[1] for row in rows) if rows else None,
        why_lost=_why_lost(session, where),
        missing=_missing(session, where),
    )


def _empty(session: Session, where: Sequence[ColumnElement[bool]]) -> int:
    """Offers without a single slot."""
    none = func.json_array_length if session.get_bind().dialect.name == "sqlite" else func.jsonb_array_length
    counted = select(func.count()).where(*where, Offer.outcome != "replaced", none(Offer.slots) == 0)
    return session.scalar(counted) or 0


def _why_lost(session: Session, where: Sequence[ColumnElement[bool]]) -> list[tuple[str, int]]:
    rows = select(Offer.why, func.count()).where(*where, Offer.outcome == "lost").group_by(Offer.why)
    return sorted(((why, count) for why, count in session.execute(rows)), key=lambda one: (-one[1], one[0]))


def _missing(session: Session, where: Sequence[ColumnElement[bool]]) -> list[tuple[str, int]]:
    """How many technician-days had no slot, by reason."""
    codes: Counter[str] = Counter()
    for refused in session.scalars(select(Offer.refused).where(*where, Offer.outcome != "replaced")):
        codes.update(dict(refused))
    return sorted(codes.items(), key=lambda one: (-one[1], one[0]))
