"""What happened in the last months and is promised for the next weeks, one booking after the other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from fieldsvc.core.dates import local
from fieldsvc.demo import read
from fieldsvc.demo.addresses import Address
from fieldsvc.demo.company import Company
from fieldsvc.demo.diary import Diary, Offer
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.teams.models import Technician

DAYS_BETWEEN = 6
LATELY = 14
MARGIN = 14
MOST_ATTEMPTS = 1200
BY_COST = 0.5


@dataclass(frozen=True, slots=True)
class Booking:
    """One visit of the story; `opinion` is what the client answered where the story says so."""

    name: str
    activity_type: ActivityType
    address: Address
    offer: Offer
    answers: dict[str, Any]
    is_told: bool = False
    opinion: dict[str, Any] | None = None


@dataclass(slots=True)
class Story:
    """Books the visits of the story into the diary."""

    company: Company
    addresses: list[Address]
    diary: Diary
    chance: Random
    today: date
    bookings: list[Booking] = field(default_factory=list)
    _about: dict[str, Any] = field(default_factory=lambda: read.settings("story.toml"))
    _work: dict[str, dict[str, Any]] = field(default_factory=read.kinds_of_work)
    _days_of_site: dict[int, list[date]] = field(default_factory=dict)

    def tell(self) -> list[Booking]:
        """Book everything: first the client to try, so that his times are good ones."""
        self._tell_of_the_client()
        self._tell_the_past()
        self._tell_what_is_to_come()
        return self.bookings

    def suited(self, activity_type: ActivityType) -> list[Address]:
        """The addresses where this work can come up; the client to try has no other work than what is told."""
        wanted = set(self._work[activity_type.reference]["assets"])
        told = {booking.address.site.id for booking in self.bookings if booking.is_told}
        return [
            one
            for one in self.addresses
            if one.site.id not in told and (not wanted or wanted & {asset.kind for asset in one.assets})
        ]

    def _tell_of_the_client(self) -> None:
        client = self._about["client"]
        address = next(one for one in self.addresses if one.contact.email == client["email"])
        for past in client["past"]:
            self._tell_one(address, past, self.today - timedelta(days=past["days_ago"]), -1)
        self._tell_one(address, client["coming"], self.today + timedelta(days=client["coming"]["in_days"]), 1)

    def _tell_one(self, address: Address, told: dict[str, Any], day: date, step: int) -> None:
        technician = self.company.technicians[told["technician"]]
        activity_type = self.company.activity_types[told["activity_type"]]
        while not (offers := self._offers(activity_type, address, day, technician)):
            day += timedelta(days=step)
        zone = self.company.unit.zone
        offer = min(offers, key=lambda one: abs(local(one.window[0], zone).hour - told["hour"]))
        self._book(activity_type, address, offer, told["answers"], told.get("questionnaire"), is_told=True)

    def _tell_the_past(self) -> None:
        long_ago, lately = self._about["visits_per_day_long_ago"], self._about["visits_per_day_lately"]
        everybody = list(self.company.technicians.values())
        for days_ago in range(self._about["history_days"], 0, -1):
            wanted = self._around(lately if days_ago <= LATELY else long_ago)
            for _number in range(wanted):
                # Days this empty would all go to whoever lives in the middle of town.
                in_any_order = self.chance.sample(everybody, len(everybody))
                self._book_anything(self.today - timedelta(days=days_ago), in_any_order)

    def _tell_what_is_to_come(self) -> None:
        days = [self.today + timedelta(days=offset) for offset in range(self._about["coming_days"] + 1)]
        working = sum(self.diary.working_minutes(day) for day in days)
        wanted = working * self._about["coming_share"] // 100
        taken = sum(booking.offer.busy_minutes for booking in self.bookings if booking.offer.day >= self.today)
        # People book the near days first.
        weights = [self.diary.working_minutes(day) * (1.5 - number / len(days)) for number, day in enumerate(days)]
        for _attempt in range(MOST_ATTEMPTS):
            if taken >= wanted:
                return
            [day] = self.chance.choices(days, weights)
            booking = self._book_anything(day, self._whom_to_ask(day))
            taken += booking.offer.busy_minutes if booking else 0

    def _whom_to_ask(self, day: date) -> Sequence[Technician | None]:
        """The engine alone would spare whoever lives far out: a dispatcher gives everybody work."""
        if self.chance.random() < BY_COST:
            return (None,)
        counts = Counter(booking.offer.candidate.technician for booking in self.bookings if booking.offer.day == day)
        return [*sorted(self.company.technicians.values(), key=lambda one: counts[str(one.id)]), None]

    def _book_anything(self, day: date, ask: Sequence[Technician | None] = (None,)) -> Booking | None:
        """Book some work on a day with the first of `ask` who has room for it; None is the whole team."""
        activity_type = self._any_work()
        address = self._any_address(activity_type, day)
        if address is None:
            return None
        offers = next((found for one in ask if (found := self._offers(activity_type, address, day, one))), None)
        if not offers:
            return None
        # Not everybody takes the cheapest window, which is why a plan can be improved.
        offer = self.chance.choice(offers[:3])
        return self._book(activity_type, address, offer, self.chance.choice(self._answers_to(activity_type)))

    def _answers_to(self, activity_type: ActivityType) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = self._work[activity_type.reference]["answers"]
        return answers

    def _any_work(self) -> ActivityType:
        [reference] = self.chance.choices(list(self._work), [one["share"] for one in self._work.values()])
        return self.company.activity_types[reference]

    def _any_address(self, activity_type: ActivityType, day: date) -> Address | None:
        """Of a few addresses the one where nobody was, or will be, for the longest time."""
        some = self.chance.sample(self.suited(activity_type), 8)
        best = max(some, key=lambda one: self._days_apart(one, day))
        return best if self._days_apart(best, day) >= DAYS_BETWEEN else None

    def _days_apart(self, address: Address, day: date) -> int:
        return min((abs((day - other).days) for other in self._days_of_site.get(address.site.id, ())), default=9999)

    def _offers(
        self, activity_type: ActivityType, address: Address, day: date, technician: Technician | None = None
    ) -> list[Offer]:
        return self.diary.offers(str(len(self.bookings)), activity_type, address, day, technician)

    def _book(
        self,
        activity_type: ActivityType,
        address: Address,
        offer: Offer,
        answers: dict[str, Any],
        opinion: dict[str, Any] | None = None,
        *,
        is_told: bool = False,
    ) -> Booking:
        self.diary.book(offer)
        self._days_of_site.setdefault(address.site.id, []).append(offer.day)
        booking = Booking(offer.visit.id, activity_type, address, offer, dict(answers), is_told, opinion)
        self.bookings.append(booking)
        return booking

    def _around(self, number: int) -> int:
        return self.chance.randint(round(0.6 * number), round(1.4 * number))


def days_of_the_story(today: date) -> list[date]:
    """Every day the story may touch; a visit told for a closed day waits for one that is not."""
    about = read.settings("story.toml")
    first, last = -about["history_days"] - MARGIN, about["coming_days"] + MARGIN
    return [today + timedelta(days=offset) for offset in range(first, last + 1)]
