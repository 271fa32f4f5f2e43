"""What a client can ask the company for before there is a visit."""

from dataclasses import dataclass

from fieldsvc.domain.booking import actions
from fieldsvc.web.portal.routes import address
from fieldsvc.web.portal.texts import said
from fieldsvc.web.principal import contact, unit
from fieldsvc.web.session import db, now

GENERAL = "calendar-plus"


@dataclass(frozen=True, slots=True)
class OfferLink:
    """One thing to ask for, and where that is done."""

    label: str
    help: str
    icon: str
    address: str


def offers_of() -> list[OfferLink]:
    """Everything the client may ask for now, in the administrator's order."""
    found = actions.offers_of(db(), unit(), contact(), now=now())
    return [_link(action) for action in found if action.is_allowed]


def _link(action: actions.Action) -> OfferLink:
    """What is booked is told apart by its work; everything else by what the administrator calls it."""
    work = actions.work_of(action.row)
    label, detail = said(action.label), said(action.row.help)
    if action.kind == "book":
        label, detail = said(work.title), detail or said(action.row.label)
    return OfferLink(label, detail, action.row.icon or work.icon or GENERAL, _address(action, work.reference))


def _address(action: actions.Action, reference: str) -> str:
    if action.kind == "ask":
        return address("ask_for", action_id=action.id)
    if action.kind == "form":
        return address("unit_form", action_id=action.id)
    return address("what", what=reference)
