"""Propose: where one more visit fits, at what marginal cost, and why nowhere else."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from solver.candidates import Bands, candidates
from solver.cost import worth
from solver.crews import crew_candidates, too_few
from solver.days import Days
from solver.model import Problem, Visit
from solver.plan import Plan, Proposal, Reason, Refusal
from solver.questions import Lines, Pass, Question, fit_rows
from solver.refusals import Rows, refusals, why_left_out

USUAL_BANDS = (15, 30)


def propose(problem: Problem, visit: Visit, limit: int | None = None, *, reasons: bool = False) -> Proposal:
    """Where a visit fits into today's plan, best first; a visit that the plan serves is taken out of it
    first.
    """
    calendar = Calendar(problem)
    if visit.id in problem.index.planned:
        calendar.remove(visit.id)
    return calendar.propose(visit, limit, reasons=reasons)


class Calendar(Days):
    """The technician-days of a problem with what today's plan serves on them, kept ready for the next question."""

    def __init__(self, problem: Problem, plan: Plan | None = None) -> None:
        super().__init__(problem, plan)
        self._pass = Pass(self)

    def propose(
        self,
        visit: Visit,
        limit: int | None = None,
        shifts: Collection[str] | None = None,
        *,
        reasons: bool = False,
        bands: Bands = USUAL_BANDS,
    ) -> Proposal:
        """Where a visit that is not planned fits, best first: at most `limit` candidates, on `shifts` or
        anywhere. Of a crew that is planned in part, where those can begin who are missing.

        There is one candidate for every separate interval of starts in every gap and window; for a crew one for every
        interval in which the same technicians are the cheapest who can begin together. The cost is marginal: extra
        travel, and the waiting at the door when the visit begins as early as it can. `bands` are the extra travel
        minutes up to which a candidate is green and orange. With `reasons`, every technician-day without a candidate
        says why; the colleagues whom a crew does not need are not refused.
        """
        question = Question.of(self, visit)
        asked = np.arange(len(self.rows.shifts)) if shifts is None else np.array([self.row(one) for one in shifts], int)
        with self.held_for(visit):
            found = self._pass.find(question, fit_rows(self, visit, asked))
            if question.seats == 1:
                best = candidates(self, question, found, limit, bands)
            else:
                best = crew_candidates(self, question, found, limit, bands)
            return Proposal(best, self._refusals(question, asked, found) if reasons else ())

    def why_not(self, visit: Visit) -> tuple[Refusal, ...]:
        """Why every technician-day without a candidate has none, as `propose` says with `reasons`."""
        question = Question.of(self, visit)
        every = np.arange(len(self.rows.shifts))
        with self.held_for(visit):
            return self._refusals(question, every, self._pass.find(question, fit_rows(self, visit, every)))

    def why_left_out(self, visit: Visit, most: int = 3) -> tuple[Reason, ...]:
        """Why no day serves a visit: the `most` days that came nearest, or else what all days lack.

        The reason `cost` stands alone: there is room, and using it costs more than it is worth.
        """
        best = self.propose(visit, limit=1).candidates
        if best:
            return (Reason("cost", {"extra": best[0].cost.total, "worth": worth(self.problem, visit)}),)
        with self.held_for(visit):
            return why_left_out(self, Question.of(self, visit), most)

    def _refusals(self, question: Question, asked: Rows, found: Lines) -> tuple[Refusal, ...]:
        """Why the rows that were asked take no visit, apart from those that were found."""
        alone = too_few(self, question, found) if question.seats > 1 else {}
        return refusals(self, question, asked, found[:, 0], alone)
