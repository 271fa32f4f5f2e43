"""What a client may do: the portal actions of his interventions and of the unit, judged in one place.

First comes who may use the portal, then what the product always asks of a kind (`action_rules.py`), how often
(`action_limits.py`), and last the administrator's conditions. Pages, their POST routes and the simulator all ask here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fieldsvc.core.errors import NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.booking.action_limits import uses_for_unit, uses_of
from fieldsvc.domain.booking.action_rules import Judgement, judge, rules_of
from fieldsvc.domain.catalogue.action_kinds import KINDS
from fieldsvc.domain.catalogue.models import ActivityType, PortalAction
from fieldsvc.domain.clients.access import has_portal
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.facts import facts_of, facts_of_contact
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class Action:
    """One action and what was judged of it: see `Judgement`."""

    row: PortalAction
    judgement: Judgement

    @property
    def is_allowed(self) -> bool:
        """Whether the client may use it now."""
        return self.judgement.is_allowed

    @property
    def words(self) -> str:
        """Until when it is possible, or why it is not, for the client."""
        return self.judgement.words

    @property
    def because(self) -> str:
        """The condition that decided, for the staff."""
        return self.judgement.because

    @property
    def is_mentioned(self) -> bool:
        """Whether a client hears why it is refused."""
        return self.judgement.is_mentioned

    @property
    def id(self) -> int:
        """The number of the action."""
        return self.row.id

    @property
    def kind(self) -> str:
        """What it does."""
        return self.row.kind

    @property
    def label(self) -> str:
        """What its button says."""
        return label_of(self.row)

    @property
    def icon(self) -> str:
        """The icon of its button."""
        return self.row.icon or KINDS[self.row.kind].icon


def actions_of(session: Session, intervention: Intervention, contact: Contact, *, now: datetime) -> list[Action]:
    """Every action that is on for the intervention, allowed or not, in the administrator's order."""
    return actions_of_each(session, [intervention], contact, now=now)[intervention.id]


def actions_of_each(
    session: Session, interventions: Sequence[Intervention], contact: Contact, *, now: datetime
) -> dict[int, list[Action]]:
    """The actions of several interventions of one unit, by intervention; the number of queries does not grow."""
    unit = session.get_one(BusinessUnit, contact.unit_id)
    if not has_portal(unit, contact.client):
        return {row.id: [] for row in interventions}
    rows = _rows_of(session, interventions)
    uses = uses_of(session, [(row, action) for row in interventions for action in rows[row.id]])
    facts = facts_of(session, unit, interventions, contact, now=now)
    return {
        row.id: [Action(action, judge(rules_of(action), known, uses[row.id, action.id])) for action in rows[row.id]]
        for row, known in zip(interventions, facts, strict=True)
    }


def offers_of(session: Session, unit: BusinessUnit, contact: Contact, *, now: datetime) -> list[Action]:
    """Every action of the unit that is on, allowed or not, in the order of the activity types."""
    if not has_portal(unit, contact.client):
        return []
    rows = [action for action in unit_actions(session, unit) if is_offered(action)]
    uses = uses_for_unit(session, contact, rows)
    facts = facts_of_contact(unit, contact, now=now)
    return [Action(action, judge(rules_of(action), facts, uses[None, action.id])) for action in rows]


def unit_actions(session: Session, unit: BusinessUnit) -> list[PortalAction]:
    """Every action of the unit that is not archived, off ones too."""
    rows = (
        select(PortalAction)
        .join(ActivityType, ActivityType.id == PortalAction.activity_type_id)
        .where(ActivityType.unit_id == unit.id, PortalAction.is_for_unit, PortalAction.is_archived.is_(False))
        .order_by(ActivityType.position, ActivityType.id, PortalAction.position, PortalAction.id)
        .options(joinedload(PortalAction.activity_type), joinedload(PortalAction.new_activity_type))
    )
    return list(session.scalars(rows))


def bookable(session: Session, unit: BusinessUnit, contact: Contact, *, now: datetime) -> list[ActivityType]:
    """The work that the contact may book now, each once, in the administrator's order."""
    offers = offers_of(session, unit, contact, now=now)
    return list(dict.fromkeys(work_of(one.row) for one in offers if one.kind == "book" and one.is_allowed))


def require(
    session: Session, intervention: Intervention, contact: Contact, wanted: str | int, *, now: datetime
) -> PortalAction:
    """The action of this kind (or with this number) that the client may use now.

    Raises `NotAllowed` with the condition that decided.
    """
    return _named(actions_of(session, intervention, contact, now=now), wanted)


def require_offer(
    session: Session, unit: BusinessUnit, contact: Contact, wanted: str | int, *, now: datetime
) -> PortalAction:
    """The action of the unit of this kind (or with this number) that the client may use now. Raises `NotAllowed`."""
    return _named(offers_of(session, unit, contact, now=now), wanted)


def first_allowed(found: Sequence[Action]) -> PortalAction:
    """The first of some actions that the client may use. Raises `NotAllowed` with why the first of all is refused."""
    allowed = next((action for action in found if action.is_allowed), None)
    if allowed is None:
        raise NotAllowed(_("%(why)s Please call us.", why=found[0].words))
    return allowed.row


def label_of(action: PortalAction) -> str:
    """What the button of an action says."""
    return pick(action.label) or str(KINDS[action.kind].label)


def work_of(action: PortalAction) -> ActivityType:
    """The work that an action books or asks for."""
    return action.new_activity_type or action.activity_type


def is_live(action: PortalAction) -> bool:
    """Whether clients may have the action at all: it is on, and so is its activity type."""
    return action.is_on and not action.is_archived and action.activity_type.is_on_portal


def is_offered(action: PortalAction) -> bool:
    """Whether clients may have the action where it stands, and new work that it begins is still taken."""
    if action.is_for_unit:
        new_work = [action.activity_type, work_of(action)]
    else:
        new_work = [work_of(action)] if action.kind == "ask" else []
    return is_live(action) and all(kind.is_on_portal and not kind.is_archived for kind in new_work)


def _rows_of(session: Session, interventions: Sequence[Intervention]) -> dict[int, list[PortalAction]]:
    kinds = {row.activity_type_id for row in interventions}
    found = session.scalars(
        select(PortalAction)
        .where(PortalAction.activity_type_id.in_(kinds), PortalAction.is_for_unit.is_(False))
        .order_by(PortalAction.position, PortalAction.id)
        .options(joinedload(PortalAction.activity_type), joinedload(PortalAction.new_activity_type))
    ).all()
    return {
        row.id: [action for action in found if action.activity_type_id == row.activity_type_id and is_offered(action)]
        for row in interventions
    }


def _named(found: Sequence[Action], wanted: str | int) -> PortalAction:
    named = [action for action in found if wanted in (action.kind, action.id)]
    if not named:
        raise NotAllowed(_("This cannot be done online for this visit. Please call us."))
    return first_allowed(named)
