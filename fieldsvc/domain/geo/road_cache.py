"""Drives that a road service told, kept by the cells of both ends, the service and its version.

One row holds all drives from one cell, packed: a day of 400 places has 160,000 pairs, which as rows of their own
would take half a second to read and thirty times the space.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from fieldsvc.domain.geo.models import DrivesFrom, RoadSource
from fieldsvc.domain.geo.roads import RoadTable

DRIVE = np.dtype([("cell", "<i8"), ("seconds", "<u4"), ("metres", "<u4")])
"""A destination and the drive to it, in the order of the cells."""

UNKNOWN = 2**32 - 1
"""There is no road, or the service does not tell."""

AT_ONCE = 500
Cells = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Drives:
    """Drives pair by pair; seconds and metres are NaN where the service was asked and knows no road."""

    origins: Cells
    destinations: Cells
    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]


def source(session: Session) -> RoadSource | None:
    """The road service that plans are made with."""
    return session.scalar(select(RoadSource))


def known(
    session: Session, provider: str, version: str, origins: Collection[int], destinations: Collection[int]
) -> Drives:
    """Every drive that is kept from some cells to some cells."""
    found = list(_packed(session, provider, version, origins))
    drives = np.frombuffer(b"".join(packed for _cell, packed in found), DRIVE)
    counts = [len(packed) // DRIVE.itemsize for _cell, packed in found]
    starts = np.repeat(np.array([cell for cell, _packed in found], np.int64), counts)
    is_wanted = np.isin(drives["cell"], np.array(list(destinations), np.int64))
    drives, starts = drives[is_wanted], starts[is_wanted]
    return Drives(starts, drives["cell"].astype(np.int64), _numbers(drives["seconds"]), _numbers(drives["metres"]))


def gaps(
    session: Session, provider: str, version: str, origins: Collection[int], destinations: Collection[int]
) -> list[tuple[list[int], list[int]]]:
    """What is not kept yet, as few rectangles of origins and destinations: cells with the same gaps go together."""
    rows, columns = np.array(sorted(origins), np.int64), np.array(sorted(destinations), np.int64)
    drives = known(session, provider, version, origins, destinations)
    is_missing = rows[:, None] != columns[None, :]
    is_missing[np.searchsorted(rows, drives.origins), np.searchsorted(columns, drives.destinations)] = False
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
    kept = dict(_packed(session, provider, version, origins))
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
            "drives": _merged(kept.get(cell, b""), _row(destinations, seconds, metres)),
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


def _row(destinations: Sequence[int], seconds: NDArray[np.float64], metres: NDArray[np.float64]) -> NDArray[np.void]:
    drives = np.empty(len(destinations), DRIVE)
    drives["cell"] = destinations
    for name, values in (("seconds", seconds), ("metres", metres)):
        drives[name] = np.where(np.isnan(values), UNKNOWN, np.clip(np.nan_to_num(values).round(), 0, UNKNOWN - 1))
    return drives


def _merged(kept: bytes, new: NDArray[np.void]) -> bytes:
    """Both, in the order of the cells; of two drives to one cell the new one stays."""
    both = np.concatenate([new, np.frombuffer(kept, DRIVE)])
    _cells, first = np.unique(both["cell"], return_index=True)
    return both[first].tobytes()


def _numbers(values: NDArray[np.uint32]) -> NDArray[np.float64]:
    return np.where(values == UNKNOWN, np.nan, values)
