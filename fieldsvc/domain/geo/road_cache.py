"""Drives that a road service told, kept by the cells of both ends, the service and its version.

One row holds all drives from one cell, packed: a day of 400 places has 160,000 pairs, which as rows of their own
would take half a second to read and thirty times the space.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from fieldsvc.domain.geo.drives import DrivesFromCell
from fieldsvc.domain.geo.models import DrivesFrom, RoadSource
from fieldsvc.domain.geo.roads import RoadTable

AT_ONCE = 500
NONE = DrivesFromCell.unpacked(b"")


def source(session: Session) -> RoadSource | None:
    """The road service that plans are made with."""
    return session.scalar(select(RoadSource))


def known(session: Session, provider: str, version: str, origins: Collection[int]) -> dict[int, DrivesFromCell]:
    """Every drive that is kept from some cells, wherever it leads."""
    return {cell: DrivesFromCell.unpacked(packed) for cell, packed in _packed(session, provider, version, origins)}


def gaps(
    session: Session, provider: str, version: str, origins: Collection[int], destinations: Collection[int]
) -> list[tuple[list[int], list[int]]]:
    """What is not kept yet, as few rectangles of origins and destinations: cells with the same gaps go together."""
    rows, columns = np.array(sorted(origins), np.int64), np.array(sorted(destinations), np.int64)
    drives = known(session, provider, version, origins)
    is_missing = rows[:, None] != columns[None, :]
    for row, cell in enumerate(rows.tolist()):
        if cell in drives:
            is_missing[row, drives[cell].to_each(columns)[0]] = False
    patterns, which = np.unique(is_missing, axis=0, return_inverse=True)
    return [
        (rows[which.ravel() == number].tolist(), columns[pattern].tolist())
        for number, pattern in enumerate(patterns)
        if pattern.any()
    ]


def remember(
    session: Session,
    provider: str,
    version: str,
    origins: Sequence[int],
    destinations: Sequence[int],
    table: RoadTable,
    *,
    now: datetime,
) -> None:
    """Keep a table of drives between cells, beside what is kept already."""
    kept = known(session, provider, version, origins)
    for some in _parts(origins):
        session.execute(
            delete(DrivesFrom).where(
                DrivesFrom.provider == provider, DrivesFrom.version == version, DrivesFrom.origin_cell.in_(some)
            )
        )
    rows = [
        {
            "provider": provider,
            "version": version,
            "origin_cell": cell,
            "drives": DrivesFromCell.told(destinations, seconds, metres).over(kept.get(cell, NONE)).packed(),
            "asked_at": now,
        }
        for cell, seconds, metres in zip(origins, table.seconds, table.metres, strict=True)
    ]
    if rows:
        session.execute(insert(DrivesFrom), rows)


def begin(session: Session, provider: str, version: str) -> None:
    """Plan with a version from its first drive on, when there is no other one to plan with."""
    row = _source_of(session, provider)
    if row.answered_at is None:
        row.version = version


def answered(session: Session, provider: str, version: str, *, now: datetime) -> None:
    """The service told every drive that is wanted: plans are made with this version, and older ones are forgotten."""
    row = _source_of(session, provider)
    row.version, row.answered_at, row.silent_since, row.error = version, now, None, ""
    session.execute(delete(DrivesFrom).where((DrivesFrom.provider != provider) | (DrivesFrom.version != version)))


def fell_silent(session: Session, provider: str, error: str, *, now: datetime) -> None:
    """The service could not be asked; what it told before is still good."""
    row = _source_of(session, provider)
    row.silent_since, row.error = row.silent_since or now, error[:500]


def forget(session: Session) -> None:
    """There is no road service any more."""
    session.execute(delete(RoadSource))
    session.execute(delete(DrivesFrom))


def _source_of(session: Session, provider: str) -> RoadSource:
    session.execute(delete(RoadSource).where(RoadSource.provider != provider))
    row = session.get(RoadSource, provider)
    if row is None:
        row = RoadSource(provider=provider, version="")
        session.add(row)
    return row


def _packed(session: Session, provider: str, version: str, origins: Collection[int]) -> Iterator[tuple[int, bytes]]:
    for some in _parts(origins):
        rows = session.execute(
            select(DrivesFrom.origin_cell, DrivesFrom.drives).where(
                DrivesFrom.provider == provider, DrivesFrom.version == version, DrivesFrom.origin_cell.in_(some)
            )
        )
        yield from ((row.origin_cell, row.drives) for row in rows)


def _parts(cells: Collection[int]) -> Iterator[list[int]]:
    """So many cells as one statement may name."""
    every = list(cells)
    yield from (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))
