"""Learns the factors of a unit's drives from closed visits, robustly.

What lies between two visits is a drive, and often a wait, a coffee or an errand: errors on one side only. The fit is
by iteratively reweighted least squares (P. W. Holland and R. E. Welsch, "Robust regression using iteratively
reweighted least-squares", Communications in Statistics A6(9), 1977) in two stages, as V. J. Yohai does ("High
breakdown-point and high efficiency robust estimates for regression", The Annals of Statistics 15(2), 1987). The first
is a regression on a low quantile (R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46(1), 1978), which
sees a slow area or hour as what it is. The second weighs legs that were quicker than the estimate by Huber, and those
that took longer by the biweight of Beaton and Tukey (Technometrics 16(2), 1974), which forgets what lies far off; their
scale is measured below the fit alone, where nobody waited.

Areas and hours are shrunk towards "as usual" by ridge penalties that count as so many legs without any difference
(A. E. Hoerl and R. W. Kennard, "Ridge regression", Technometrics 12(1), 1970): where data is thin nothing is learned.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fieldsvc.domain.planning.travel.areas import SIDES, areas_of
from fieldsvc.domain.planning.travel.factors import SLOWNESS, Factors, Legs, Numbers, hours_of

FEWEST_LEGS = 100
"""With fewer legs nothing is learned."""

BETTER = 0.99
"""What is learned is taken when its error on legs that it never saw is below this part of the usual one."""

PARTS = 5
"""Each of so many parts of the legs is tried with what the other parts teach."""

USUAL_LEGS = 10
"""As many legs speak for the settings, and for an area that is like any other."""

USUAL_LEGS_OF_AN_HOUR = 40
"""As many legs speak for an hour that is like any other."""

HOURS = 24
EVEN = 0.1
"""Hours that differ by less than this are all alike."""

FIXED_MINUTES = (0.0, 15.0)
MINUTES_PER_KM = (0.5, 6.0)
SLOWEST = 0.25

ROUNDS = 30
"""As many for each of the two stages."""

LOW = 0.3
"""The quantile of the first stage: with many waits the middle leg is no drive any more."""

HUBER = 1.345
BIWEIGHT = 3.5
LEAST_SCALE = 0.03
NEXT_TO_NOTHING = 1e-3
NO_DIFFERENCE = 0.01


def learn(legs: Legs, usual: Factors) -> Factors:
    """The factors that explain `legs`; the `usual` ones where these are few, or explain unseen legs no better."""
    if len(legs) < FEWEST_LEGS:
        return usual
    if not _is_better(_tried(legs, usual), usual.minutes(legs), legs.minutes):
        return usual
    return replace(_Fit.of(legs, usual).run(), legs=len(legs))


def _tried(legs: Legs, usual: Factors) -> Numbers:
    """The minutes of each leg by what the legs of other parts teach.

    The parts are made by chance, as days repeat themselves; always by the same one, so that the same legs teach the
    same.
    """
    parts = np.random.default_rng(len(legs)).integers(0, PARTS, len(legs))
    minutes = np.empty(len(legs))
    for part in range(PARTS):
        is_unseen = parts == part
        minutes[is_unseen] = _Fit.of(legs[~is_unseen], usual).run().minutes(legs[is_unseen])
    return minutes


@dataclass(slots=True, eq=False)
class _Fit:
    """What is believed so far; each step improves one part of it and leaves the others alone.

    `ends` are the numbers of the areas in which legs begin and end, shape (kinds of area, 2, legs).
    """

    legs: Legs
    usual: Factors
    names: list[str]
    districts: slice
    ends: NDArray[np.int64]
    hours: NDArray[np.int64]
    fixed: float
    per_km: float
    added: Numbers
    slow: Numbers = field(default_factory=lambda: np.ones(HOURS))

    @classmethod
    def of(cls, legs: Legs, usual: Factors) -> "_Fit":
        """The fit of legs that begins with the usual factors."""
        names = [[areas_of(*place) for place in places.tolist()] for places in (legs.origins, legs.destinations)]
        known: dict[str, int] = {}
        ends = np.array(
            [
                [[known.setdefault(name[kind], len(known)) for name in end] for end in names]
                for kind in range(len(SIDES))
            ]
        )
        return cls(
            legs=legs,
            usual=usual,
            names=list(known),
            districts=slice(0, int(ends[0].max()) + 1),
            ends=ends,
            hours=hours_of(legs.leaves, HOURS),
            fixed=usual.fixed_minutes,
            per_km=usual.minutes_per_km,
            added=np.zeros(len(known)),
        )

    def run(self) -> Factors:
        """Weigh the legs and improve each part, again and again, in both stages."""
        for weigh in (_quantile_weights, _one_sided_weights):
            for _ in range(ROUNDS):
                drives = self._drives()
                usual_error = 1 + drives  # errors grow with the drive; the minute is the clock's
                weights = weigh((self.legs.minutes - drives) / usual_error) / usual_error**2
                self._line(weights)
                for ends in self.ends:
                    self._areas(weights, ends)
                self._level(weights)
                self._hours(weights)
        return self._factors()

    def _slowness(self) -> Numbers:
        """The mean slowness of both ends."""
        return 1 + np.asarray(self.added[self.ends].sum(axis=(0, 1))) / 2

    def _drives(self) -> Numbers:
        return self.slow[self.hours] * (self.fixed + self.per_km * self.legs.km * self._slowness())

    def _line(self, weights: Numbers) -> None:
        """The fixed minutes and those per kilometre: two equations."""
        slow = self.slow[self.hours]
        columns = np.stack([slow, slow * self.legs.km * self._slowness()])
        weighted = columns * weights
        usual = np.diag(USUAL_LEGS * np.mean(weighted * columns, axis=1))
        believed = np.array([self.usual.fixed_minutes, self.usual.minutes_per_km])
        line = np.linalg.solve(weighted @ columns.T + usual, weighted @ self.legs.minutes + usual @ believed)
        self.fixed = float(np.clip(line[0], *FIXED_MINUTES))
        self.per_km = float(np.clip(line[1], *MINUTES_PER_KM))

    def _areas(self, weights: Numbers, ends: NDArray[np.int64]) -> None:
        """Every area of one kind at once; as both ends of a leg move, each takes half of the step."""
        column = self.slow[self.hours] * self.per_km * self.legs.km / 2
        missing = weights * column * (self.legs.minutes - self._drives())
        squares = weights * column**2
        count, usual = len(self.names), USUAL_LEGS * float(np.mean(squares))
        pull = sum(np.bincount(end, missing, count) for end in ends) - usual * self.added
        pull[np.bincount(ends.ravel(), minlength=count) == 0] = 0
        self.added = self.added + pull / (sum(2 * np.bincount(end, squares, count) for end in ends) + usual)

    def _level(self, weights: Numbers) -> None:
        """What all areas have in common belongs to the minutes per kilometre, and so to places that nobody saw."""
        mean = float(np.average(self._slowness(), weights=weights))
        self.per_km = float(np.clip(self.per_km * mean, *MINUTES_PER_KM))
        self.added[self.districts] += 1 - mean
        self.added /= mean

    def _hours(self, weights: Numbers) -> None:
        drives = self._drives() / self.slow[self.hours]
        usual = USUAL_LEGS_OF_AN_HOUR * float(np.mean(weights * drives**2))
        along = np.bincount(self.hours, weights * self.legs.minutes * drives, HOURS) + usual
        self.slow = along / (np.bincount(self.hours, weights * drives**2, HOURS) + usual)

    def _factors(self) -> Factors:
        freest = float(self.slow.min())
        is_even = float(self.slow.max()) <= freest * (1 + EVEN)
        speeds = () if is_even else tuple(np.maximum(freest / self.slow, SLOWEST).round(3).tolist())
        stretch = 1.0 if is_even else freest
        added = np.clip(self.added, SLOWNESS[0] - 1, SLOWNESS[1] - 1).round(3).tolist()
        return Factors(
            fixed_minutes=round(float(np.clip(self.fixed * stretch, *FIXED_MINUTES)), 3),
            minutes_per_km=round(float(np.clip(self.per_km * stretch, *MINUTES_PER_KM)), 3),
            slowness={
                name: value for name, value in zip(self.names, added, strict=True) if abs(value) >= NO_DIFFERENCE
            },
            speeds=speeds,
        )


def _scale(errors: Numbers) -> float:
    """The spread of the legs by the middle one of those below the fit: no wait makes a drive shorter."""
    below = -errors[errors < 0]
    return max(LEAST_SCALE, 1.4826 * float(np.median(below))) if len(below) else LEAST_SCALE


def _quantile_weights(errors: Numbers) -> Numbers:
    return np.asarray(np.where(errors > 0, LOW, 1 - LOW) / np.maximum(np.abs(errors), LEAST_SCALE))


def _one_sided_weights(errors: Numbers) -> Numbers:
    away = errors / _scale(errors)
    quicker = HUBER / np.maximum(HUBER, -away)
    longer = np.clip(1 - (away / BIWEIGHT) ** 2, NEXT_TO_NOTHING, None) ** 2
    return np.asarray(np.where(away > 0, longer, quicker))


def _is_better(found: Numbers, usual: Numbers, minutes: Numbers) -> bool:
    """Whether estimates of legs are better than the usual ones, over the legs that are not far off for both."""
    errors = [(minutes - drives) / (1 + (found + usual) / 2) for drives in (found, usual)]
    reach = BIWEIGHT * _scale(errors[0])
    losses = [np.minimum(error**2, reach**2) for error in errors]
    is_drive = np.minimum(*losses) < reach**2
    return bool(losses[0][is_drive].sum() < BETTER * losses[1][is_drive].sum())
