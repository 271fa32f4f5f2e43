"""The drives that are known from one cell, in the order of their destinations, and how they are packed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int64]
UNKNOWN = 2**32 - 1
"""The service was asked and knows no road, or does not tell."""

BYTES_OF_A_DRIVE = 16


@dataclass(frozen=True, slots=True, eq=False)
class DrivesFromCell:
    """Whole seconds and metres to each of the `cells`, `UNKNOWN` where there is no road."""

    cells: Cells
    seconds: NDArray[np.uint32]
    metres: NDArray[np.uint32]

    @classmethod
    def told(cls, cells: Sequence[int], seconds: NDArray[np.float64], metres: NDArray[np.float64]) -> "DrivesFromCell":
        """What a service told, NaN where it knows no road."""
        order = np.argsort(np.array(cells, np.int64), kind="stable")
        return cls(np.array(cells, np.int64)[order], _whole(seconds)[order], _whole(metres)[order])

    @classmethod
    def unpacked(cls, packed: bytes) -> "DrivesFromCell":
        """What `packed` wrote."""
        count = len(packed) // BYTES_OF_A_DRIVE
        return cls(
            np.frombuffer(packed, "<i8", count),
            np.frombuffer(packed, "<u4", count, 8 * count),
            np.frombuffer(packed, "<u4", count, 12 * count),
        )

    def packed(self) -> bytes:
        """All cells, then all seconds, then all metres, little-endian."""
        parts = self.cells.astype("<i8"), self.seconds.astype("<u4"), self.metres.astype("<u4")
        return b"".join(part.tobytes() for part in parts)

    def over(self, older: "DrivesFromCell") -> "DrivesFromCell":
        """These drives, and the older ones to other cells."""
        cells, first = np.unique(np.concatenate([self.cells, older.cells]), return_index=True)
        return DrivesFromCell(
            cells,
            np.concatenate([self.seconds, older.seconds])[first],
            np.concatenate([self.metres, older.metres])[first],
        )

    def to(self, cell: int) -> int | None:
        """The position of the drive to a cell; None when the service was not asked about it."""
        at = int(self.cells.searchsorted(cell))
        return at if at < len(self.cells) and self.cells[at] == cell else None

    def to_each(self, cells: Cells) -> tuple[NDArray[np.bool_], Cells]:
        """Which of some cells there are drives to, and the positions of these."""
        if not len(self.cells):
            return np.zeros(len(cells), np.bool_), np.zeros(0, np.int64)
        at = np.minimum(self.cells.searchsorted(cells), len(self.cells) - 1)
        is_known = self.cells[at] == cells
        return is_known, at[is_known]


Drives = Mapping[int, DrivesFromCell]
"""What is known, by the cell where a drive begins."""


def _whole(values: NDArray[np.float64]) -> NDArray[np.uint32]:
    whole = np.clip(np.nan_to_num(values).round(), 0, UNKNOWN - 1)
    return np.where(np.isnan(values), UNKNOWN, whole).astype(np.uint32)
