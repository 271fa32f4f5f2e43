"""What only a process of its own can show: a light import, and answers without a compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FIXTURE = Path(__file__).parents[2] / "fixtures" / "solver" / "two_technicians.json"

PROPOSE = f"""
import sys
import solver
from solver.__main__ import main
assert "numba" not in sys.modules
assert main(["propose", {str(FIXTURE)!r}, "--visit", "leak"]) == 0
assert "numba" not in sys.modules
"""

WARM = """
import solver
print(solver.warm())
"""

WITHOUT_NUMBA = f"""
import sys
sys.modules["numba"] = None
from solver.__main__ import main
import solver
assert not solver.warm()
assert main(["optimise", {str(FIXTURE)!r}, "--iterations", "50"]) == 0
"""


def run(code: str, **environment: str) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    answer = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_importing_and_proposing_does_not_load_numba() -> None:
    assert '"leak"' not in run(PROPOSE)


def test_without_a_cache_that_can_be_written_nothing_is_compiled() -> None:
    assert run(WARM, NUMBA_CACHE_DIR="/dev/null/nowhere").strip() == "False"


def test_without_numba_the_same_plan_is_found_slowly() -> None:
    plan = run(WITHOUT_NUMBA)
    compiled = run(WITHOUT_NUMBA.replace('sys.modules["numba"] = None', "").replace("not solver", "solver"))
    assert plan.replace(" ", "").split('"seconds"')[0] == compiled.replace(" ", "").split('"seconds"')[0]
