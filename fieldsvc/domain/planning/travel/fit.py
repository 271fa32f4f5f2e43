"""Learns the factors of a unit's drives from closed visits, robustly.

What lies between two visits is a drive, and often a wait, a coffee or an errand: errors on one side only. The fit is
by iteratively reweighted least squares (P. W. Holland and R. E. Welsch, "Robust regression using iteratively
reweighted least-squares", Communications in Statistics A6(9), 1977) with different weights on both sides: Huber's for
legs that were quicker than the estimate, and Tukey's biweight, which forgets what lies far off (A. E. Beaton and
J. W. Tukey, "The fitting of power series", Technometrics 16(2), 1974), for those that took longer. Their scale is
measured below the fit alone, where nobody waited.

Areas and hours are shrunk towards "as usual" by ridge penalties that count as so many legs without any difference
(A. E. Hoerl and R. W. Kennard, "Ridge regression", Technometrics 12(1), 1970): where data is thin nothing is learned.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldsvc.domain.planning.travel.areas import areas_of
from fieldsvc.domain.planning.travel.factors import SLOWNESS, Factors, Legs, Numbers, hours_of

FEWEST_LEGS = 50
"""With fewer legs nothing is learned."""

USUAL_LEGS = 10
"""As many legs speak for the settings, and for an area that is like any other."""

USUAL_LEGS_OF_AN_HOUR = 20
"""As many legs speak for an hour that is like any other."""

HOURS = 24
EVEN = 0.05
"""Hours that differ by less than this are all alike."""

FIXED_MINUTES = (0.0, 15.0)
MINUTES_PER_KM = (0.5, 6.0)
SLOWEST = 0.25

ROUNDS = 40
START = 0.3
"""The fit begins where this share of the legs was quicker: with many waits the middle leg is no drive any more."""

HUBER = 1.345
BIWEIGHT = 3.5
LEAST_SCALE = 0.5


def learn(legs: Legs, usual: Factors) -> Factors:
    """The factors that explain `legs`; `usual` ones where these are few, or explain legs they never saw no better."""
    if len(legs) < FEWEST_LEGS:
        return usual
    unseen = np.arange(len(legs)) % 5 == 4
    found = _Fit.of(legs[~unseen], usual).run()
    scale = _scale(legs.minutes - found.minutes(legs))
    if _loss(found, legs[unseen], scale) >= _loss(usual, legs[unseen], scale):
        return usual
    return replace(_Fit.of(legs, usual).run(), legs=len(legs))


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """`columns` of the design are: fixed, km, and for each area the half of the km that begin and end there."""

    legs: Legs
    columns: Numbers
    areas: list[str]
    hours: NDArray[np.int64]
    prior: Numbers
    penalty: Numbers

    @classmethod
    def of(cls, legs: Legs, usual: Factors) -> "_Fit":
        """The fit of legs, with what is believed before any of them was seen."""
        ends = [[areas_of(*place) for place in places.tolist()] for places in (legs.origins, legs.destinations)]
        areas = sorted({area for both in ends for names in both for area in names})
        column = {area: 2 + number for number, area in enumerate(areas)}
        columns = np.zeros((len(legs), 2 + len(areas)))
        columns[:, 0], columns[:, 1] = 1, legs.km
        for both in ends:
            for row, names in enumerate(both):
                for area in names:
                    columns[row, column[area]] += legs.km[row] / 2
        prior = np.zeros(columns.shape[1])
        prior[:2] = usual.fixed_minutes, usual.minutes_per_km
        km = float(np.mean(legs.km**2))
        penalty = np.full(columns.shape[1], USUAL_LEGS * km / 4)
        penalty[:2] = USUAL_LEGS, USUAL_LEGS * km
        return cls(legs, columns, areas, hours_of(legs.leaves, HOURS), prior, penalty)

    def run(self) -> Factors:
        """Weigh, solve for the areas, solve for the hours, again and again."""
        minutes, slow = self.legs.minutes, np.ones(HOURS)
        drives = self.columns @ self.prior
        factors = self.prior * float(np.quantile(minutes / drives, START))
        for _ in range(ROUNDS):
            stretch = slow[self.hours]
            weights = _weights(minutes - stretch * (self.columns @ factors))
            factors = self._areas(weights, stretch)
            slow = self._hours(weights, self.columns @ factors)
        return self._factors(factors, slow)

    def _areas(self, weights: Numbers, stretch: Numbers) -> Numbers:
        weighted = self.columns * (weights * stretch**2)[:, None]
        squares = weighted.T @ self.columns + np.diag(self.penalty)
        return np.linalg.solve(squares, weighted.T @ (self.legs.minutes / stretch) + self.penalty * self.prior)

    def _hours(self, weights: Numbers, drives: Numbers) -> Numbers:
        usual = USUAL_LEGS_OF_AN_HOUR * float(np.mean(drives**2))
        along = np.bincount(self.hours, weights * self.legs.minutes * drives, HOURS)
        return (along + usual) / (np.bincount(self.hours, weights * drives**2, HOURS) + usual)

    def _factors(self, factors: Numbers, slow: Numbers) -> Factors:
        freest = float(slow.min()) if slow.max() > slow.min() * (1 + EVEN) else 1.0
        fixed, per_km = (float(one) for one in factors[:2] * freest)
        speeds = np.maximum(freest / slow, SLOWEST).round(3).tolist() if freest != 1.0 else []
        added = factors[2:] / max(float(factors[1]), MINUTES_PER_KM[0])
        return Factors(
            fixed_minutes=round(float(np.clip(fixed, *FIXED_MINUTES)), 3),
            minutes_per_km=round(float(np.clip(per_km, *MINUTES_PER_KM)), 3),
            slowness={
                area: round(float(np.clip(value, SLOWNESS[0] - 1, SLOWNESS[1] - 1)), 3)
                for area, value in zip(self.areas, added.tolist(), strict=True)
            },
            speeds=tuple(speeds),
        )


def _scale(residuals: Numbers) -> float:
    """The spread of the legs by the middle one of those below the fit: no wait makes a drive shorter."""
    below = -residuals[residuals < 0]
    return max(LEAST_SCALE, 1.4826 * float(np.median(below))) if len(below) else LEAST_SCALE


def _weights(residuals: Numbers) -> Numbers:
    away = residuals / _scale(residuals)
    quicker = HUBER / np.maximum(HUBER, -away)
    longer = np.clip(1 - (away / BIWEIGHT) ** 2, 0, None) ** 2
    return np.where(away > 0, longer, quicker)


def _loss(factors: Factors, legs: Legs, scale: float) -> float:
    """How badly factors explain legs: squares that grow no further beyond the reach of the biweight."""
    away = (legs.minutes - factors.minutes(legs)) / scale
    return float(np.mean(np.minimum(away**2, BIWEIGHT**2)))
