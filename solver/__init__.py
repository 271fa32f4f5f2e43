"""Planning for field service: where one more visit fits, many visits at once, and the law both obey."""

from solver.check import check
from solver.cost import cost_of
from solver.errors import ProblemError
from solver.model import Break, Follows, Lock, Place, Problem, Shift, Technician, Visit, Weights
from solver.optimise import Progress, optimise
from solver.plan import (
    Candidate,
    Cost,
    CostParts,
    Plan,
    Proposal,
    Reason,
    Refusal,
    Result,
    Route,
    Stop,
    Unplanned,
    Violation,
)
from solver.regret import Regret
from solver.schedule import schedule
from solver.slots import Calendar, propose
from solver.territory import Territory
from solver.traffic import Traffic
from solver.travel import Estimate, Matrix, Travel
from solver.warming import warm, warm_everything

__all__ = [
    "Break",
    "Calendar",
    "Candidate",
    "Cost",
    "CostParts",
    "Estimate",
    "Follows",
    "Lock",
    "Matrix",
    "Place",
    "Plan",
    "Problem",
    "ProblemError",
    "Progress",
    "Proposal",
    "Reason",
    "Refusal",
    "Regret",
    "Result",
    "Route",
    "Shift",
    "Stop",
    "Technician",
    "Territory",
    "Traffic",
    "Travel",
    "Unplanned",
    "Violation",
    "Visit",
    "Weights",
    "check",
    "cost_of",
    "optimise",
    "propose",
    "schedule",
    "warm",
    "warm_everything",
]
