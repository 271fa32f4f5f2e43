"""Every action of a client at an instant, shown or hidden, with what decides and when that changes.

What is shown is exactly what `actions_of` and `offers_of` say, which the portal asks too; the simulator only adds what
they leave out because it is switched off, and the instants at which time alone changes the answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.text import gettext as _
from fieldsvc.domain.booking.action_limits import uses_for_unit, uses_of
from fieldsvc.domain.booking.action_rules import Rules, Tree, judge, rules_of
from fieldsvc.domain.booking.actions import Action, actions_of, label_of, offers_of, unit_actions
from fieldsvc.domain.catalogue.actions import of_activity_type
from fieldsvc.domain.catalogue.conditions import REGISTRY, Facts
from fieldsvc.domain.catalogue.conditions.judge import parameters_of
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions import kept_in_history
from fieldsvc.domain.interventions.facts import facts_of, facts_of_contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.interventions.visibility import visible_to
from fieldsvc.domain.units.models import BusinessUnit

MOMENT, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Simulated:
    """One action at the instant: `because` is the deciding condition, `last` and `next` when the answer changes."""

    row: PortalAction
    label: str
    is_shown: bool
    because: str
    words: str
    last: datetime | None = None
    next: datetime | None = None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a contact finds, on one intervention and on the portal's first page."""

    of_intervention: list[Simulated]
    of_unit: list[Simulated]

    @property
    def last(self) -> datetime | None:
        """The latest instant before at which any answer changed."""
        return max((one.last for one in self._all if one.last is not None), default=None)

    @property
    def next(self) -> datetime | None:
        """The first instant after at which any answer changes."""
        return min((one.next for one in self._all if one.next is not None), default=None)

    @property
    def before_last(self) -> datetime | None:
        """A minute at which the answer was still the one before the last change."""
        return self.last - MINUTE if self.last is not None else None

    @property
    def after_next(self) -> datetime | None:
        """A minute at which the next change has happened."""
        return self.next + MINUTE if self.next is not None else None

    @property
    def _all(self) -> list[Simulated]:
        return [*self.of_intervention, *self.of_unit]


def simulate(
    session: Session, unit: BusinessUnit, contact: Contact, intervention: Intervention | None, *, now: datetime
) -> Simulation:
    """Judge everything the contact could do at `now`."""
    return Simulation(
        _of_intervention(session, unit, contact, intervention, now=now) if intervention is not None else [],
        _of_unit(session, unit, contact, now=now),
    )


def _of_intervention(
    session: Session, unit: BusinessUnit, contact: Contact, intervention: Intervention, *, now: datetime
) -> list[Simulated]:
    unseen = _unseen(session, contact, intervention, now=now)
    found = [] if unseen else actions_of(session, intervention, contact, now=now)
    judged = {one.id: one for one in found}
    rows = [row for row in of_activity_type(session, intervention.activity_type) if not row.is_for_unit]
    [facts] = facts_of(session, unit, [intervention], contact, now=now)
    uses = uses_of(session, [(intervention, row) for row in rows])
    return [
        _simulated(row, judged.get(row.id), facts, uses[intervention.id, row.id], unseen or _off(unit, contact, row))
        for row in rows
    ]


def _of_unit(session: Session, unit: BusinessUnit, contact: Contact, *, now: datetime) -> list[Simulated]:
    judged = {one.id: one for one in offers_of(session, unit, contact, now=now)}
    rows = unit_actions(session, unit)
    uses = uses_for_unit(session, contact, rows)
    facts = facts_of_contact(unit, contact, now=now)
    return [_simulated(row, judged.get(row.id), facts, uses[None, row.id], _off(unit, contact, row)) for row in rows]


def _simulated(row: PortalAction, judged: Action | None, facts: Facts, times_used: int, off: str) -> Simulated:
    if judged is None:
        return Simulated(row, label_of(row), False, off, "")
    last, following = changes(rules_of(row), facts, times_used)
    return Simulated(row, judged.label, judged.is_allowed, judged.because, judged.words, last, following)


def changes(rules: Rules, facts: Facts, times_used: int) -> tuple[datetime | None, datetime | None]:
    """The last instant before and the first after `facts.now` at which time alone changes the answer."""

    def is_allowed(at: datetime) -> bool:
        return judge(rules, replace(facts, now=at), times_used).is_allowed

    turns = sorted({turn for tree in rules.trees for turn in _turns(tree, facts)})
    changing = [turn for turn in turns if is_allowed(turn - MOMENT) != is_allowed(turn + MOMENT)]
    return (
        max((turn for turn in changing if turn < facts.now), default=None),
        min((turn for turn in changing if turn >= facts.now), default=None),
    )


def _turns(tree: Tree, facts: Facts) -> Iterator[datetime]:
    if "condition" in tree:
        yield from REGISTRY[tree["condition"]].turns(facts, **parameters_of(tree))
        return
    children: Iterable[Tree] = (child for group in tree.values() for child in group)
    for child in children:
        yield from _turns(child, facts)


def _unseen(session: Session, contact: Contact, intervention: Intervention, *, now: datetime) -> str:
    """Why the contact does not even find the intervention; nothing when he does."""
    theirs = select(Intervention.id).where(Intervention.id == intervention.id, visible_to(contact))
    if session.scalar(theirs) is None:
        return _("this contact does not see this visit")
    if kept_in_history.has_gone(intervention, now=now):
        return _("the visit is not shown any more, because it ended long ago")
    return ""


def _off(unit: BusinessUnit, contact: Contact, row: PortalAction) -> str:
    """Why an action is not even judged."""
    if not has_portal(unit, contact.client):
        return _("the client has no access to the portal")
    if not row.is_on:
        return _("the action is switched off")
    if not row.activity_type.is_on_portal:
        return _("the activity type is not on the portal")
    return _("its work is archived or not on the portal")
