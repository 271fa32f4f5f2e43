"""Planning for field service: where one more visit fits, many visits at once, and the law both obey."""

from solver.check import check
from solver.cost import cost_of
from solver.errors import ProblemError
from solver.events import Absent, Emergency, Event, Overrun
from solver.loads import Load, loads
from solver.model import Break, Follows, Lock, Place, Problem, Shift, Technician, Visit, Weights
from solver.offers import Promises
from solver.openings import Opening, openings
from solver.optimise import optimise
from solver.plan import (
    Assigned,
    Candidate,
    Change,
    Cost,
    CostParts,
    Plan,
    Proposal,
    Reason,
    Refusal,
    Result,
    Route,
    Seat,
    Stop,
    Unplanned,
    Violation,
)
from solver.regret import Regret
from solver.repair import Repair, Touched, Unkept, after_event, repair
from solver.replay import Outcome, Request, Rules, replay
from solver.resequence import propose_widely
from solver.run_search import Progress
from solver.schedule import schedule
from solver.slots import Calendar, propose
from solver.territory import Territory
from solver.traffic import Traffic
from solver.travel import Estimate, Matrix, Travel
from solver.warm_search import Rearranged, rearrange
from solver.warming import warm, warm_everything, warm_search

__all__ = [
    "Absent",
    "Assigned",
    "Break",
    "Calendar",
    "Candidate",
    "Change",
    "Cost",
    "CostParts",
    "Emergency",
    "Estimate",
    "Event",
    "Follows",
    "Load",
    "Lock",
    "Matrix",
    "Opening",
    "Outcome",
    "Overrun",
    "Place",
    "Plan",
    "Problem",
    "ProblemError",
    "Progress",
    "Promises",
    "Proposal",
    "Rearranged",
    "Reason",
    "Refusal",
    "Regret",
    "Repair",
    "Request",
    "Result",
    "Route",
    "Rules",
    "Seat",
    "Shift",
    "Stop",
    "Technician",
    "Territory",
    "Touched",
    "Traffic",
    "Travel",
    "Unkept",
    "Unplanned",
    "Violation",
    "Visit",
    "Weights",
    "after_event",
    "check",
    "cost_of",
    "loads",
    "openings",
    "optimise",
    "propose",
    "propose_widely",
    "rearrange",
    "repair",
    "replay",
    "schedule",
    "warm",
    "warm_everything",
    "warm_search",
]
