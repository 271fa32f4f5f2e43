"""The portal actions of a visit as buttons: where each leads, and how it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from fieldsvc.domain.booking.actions import Action
from fieldsvc.domain.interventions.models import Document, Intervention
from fieldsvc.web.portal.routes import address
from fieldsvc.web.portal.texts import said

# kind → page of the portal, and whether pressing the button does it at once
PAGES = {
    "confirm": ("confirm_visit", True),
    "book": ("book_visit", True),
    "reschedule": ("reschedule", True),
    "questionnaire": ("questionnaire", True),
    "cancel": ("cancel", False),
    "message": ("write", False),
    "file": ("add_file", False),
    "form": ("answer_form", False),
    "ask": ("ask_about", False),
}
OF_ONE_ACTION = {"form", "ask"}
# What a client is waited for stands before what he may do.
FIRST = ("confirm", "questionnaire", "document", "form", "book")


@dataclass(frozen=True, slots=True)
class Button:
    """One action: `is_sent` says that it posts; `words` say until when it is possible."""

    kind: str
    label: str
    icon: str
    address: str
    is_sent: bool
    help: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """What is not possible here any more, and why."""

    kind: str
    label: str
    icon: str
    words: str


def buttons_of(found: Sequence[Action], visit: Intervention, documents: Sequence[Document] = ()) -> list[Button]:
    """What the client may do now, in the order of the administrator, but first what is waited for."""
    waiting = next((document for document in documents if document.state == "waiting"), None)
    buttons = [_button(action, visit, waiting) for action in found if action.is_allowed]
    return sorted(buttons, key=lambda button: button.kind not in FIRST)


def closed_of(found: Sequence[Action], visit: Intervention) -> list[Closed]:
    """What the client would look for, and cannot do now."""
    return [
        Closed(action.kind, said(action.label, visit), action.icon, action.words)
        for action in found
        if not action.is_allowed and action.is_mentioned
    ]


def _button(action: Action, visit: Intervention, waiting: Document | None) -> Button:
    if action.kind == "document":
        leads_to = address("document", intervention_id=visit.id, document_id=waiting.id if waiting else 0)
        is_sent = False
    else:
        page, is_sent = PAGES[action.kind]
        values = {"action_id": action.id} if action.kind in OF_ONE_ACTION else {}
        leads_to = address(page, intervention_id=visit.id, **values)
    return Button(
        kind=action.kind,
        label=said(action.label, visit),
        icon=action.icon,
        address=leads_to,
        is_sent=is_sent,
        help=said(action.row.help, visit),
        words=action.words,
    )
