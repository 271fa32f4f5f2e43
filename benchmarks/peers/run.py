"""One answer of one peer: a request as JSON on standard input, the answer as JSON on standard output.

Runs in the peers' own environment and imports nothing of this project. The request is `{"peer", "settings", "seconds",
"seed", "problem"}`, the problem in the engine's JSON format. The answer is `{"routes": [{"shift", "visits"}], "trace":
[[seconds, cost]], "seconds"}`, or `{"refused": "…"}` for a problem that the peer cannot express. Reading, importing and
writing are not timed; building the peer's model is.
"""

import importlib
import json
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = {"vroom": "pyvroom", "pyvrp": "pyvrp", "ortools": "ortools"}


def main() -> None:
    request = json.load(sys.stdin)
    answer = versions() if request.get("peer") is None else solved(request)
    json.dump(answer, sys.stdout)


def versions() -> dict[str, str]:
    """The versions of the peers that are installed."""
    found = {}
    for peer, package in PACKAGES.items():
        try:
            found[peer] = version(package)
        except PackageNotFoundError:
            continue
    return found


def solved(request: dict[str, Any]) -> dict[str, Any]:
    adapter = importlib.import_module(f"with_{request['peer']}")
    began = time.perf_counter()
    try:
        routes, trace = adapter.solve(
            request["problem"], began + request["seconds"], request["seed"], **request["settings"]
        )
    except NotImplementedError as error:
        return {"refused": str(error)}
    spent = time.perf_counter() - began
    return {"routes": routes, "trace": [[when - began, cost] for when, cost in trace], "seconds": spent}


if __name__ == "__main__":
    main()
