from __future__ import annotations

import pytest

import solver
from solver import questions, travel


@pytest.fixture(scope="session", autouse=True)
def _warmed() -> None:
    """Compiled kernels for every test; those that want NumPy ask for `with_numpy`."""
    assert solver.warm()


@pytest.fixture
def with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (questions, travel):
        monkeypatch.setattr(module, "compiled", lambda: False)
