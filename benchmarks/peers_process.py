"""The peers' program, in their own environment: one process an answer, JSON in and out, one thread."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

PYTHON = Path(__file__).resolve().parents[1] / ".venv-peers" / "bin" / "python"
PROGRAM = Path(__file__).resolve().parent / "peers" / "run.py"
COMMAND = (str(PYTHON), str(PROGRAM))
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class PeerFailed(Exception):
    """A peer gave no answer; the words are the last line that it wrote."""


def asked(request: Mapping[str, object], patience: float, command: Sequence[str] = COMMAND) -> dict[str, Any]:
    """What the peers' program replies to a request within `patience` seconds. Raises `PeerFailed`."""
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=patience,
            check=True,
            env={**os.environ, **ONE_THREAD},
        )
        reply: object = json.loads(done.stdout)
    except subprocess.CalledProcessError as error:
        raise PeerFailed((error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]) from error
    except subprocess.TimeoutExpired as error:
        raise PeerFailed(f"no answer within {patience:g} s") from error
    except (OSError, ValueError) as error:
        raise PeerFailed(str(error)) from error
    if not isinstance(reply, dict):
        raise PeerFailed("the reply is not an object")
    return reply


@cache
def peer_versions(python: Path = PYTHON) -> dict[str, str]:
    """The versions of the peers in their environment; none where `make peers` was not run."""
    if not python.exists():
        return {}
    return {name: str(one) for name, one in asked({"peer": None}, 60, (str(python), str(PROGRAM))).items()}
