from __future__ import annotations

import pytest

import solver


@pytest.fixture(scope="session", autouse=True)
def _warmed() -> None:
    """Compiled kernels: calendars are booked and plans are made."""
    assert solver.warm()
