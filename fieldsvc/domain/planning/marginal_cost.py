"""What one more visit cost when it was given its time, as the intervention keeps it."""

from typing import Any

import solver


def marginal_cost(candidate: solver.Candidate) -> dict[str, Any]:
    """Extra travel in minutes and kilometres, the wait at the door, and their weighted total."""
    cost = candidate.cost
    return {
        "travel_minutes": cost.travel_minutes,
        "km": round(cost.km, 2),
        "waiting_minutes": cost.waiting_minutes,
        "total": cost.total,
    }
