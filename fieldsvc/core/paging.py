"""One page of a long list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of many; `number` counts from 1."""

    rows: list[Row]
    total: int
    number: int
    size: int

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


def page_of(session: Session, rows: Select[Any], number: int, size: int) -> Page[Row]:
    """Page `number` of `rows`; a number past the end gives the last page."""
    counted: Select[Any] = select(func.count()).select_from(rows.order_by(None).subquery())
    total = session.scalar(counted) or 0
    last = max(1, -(-total // size))
    number = min(max(1, number), last)
    found: list[Row] = list(session.scalars(rows.limit(size).offset((number - 1) * size)))
    return Page(found, total, number, size)
