"""The kinds of message: what each is sent for, what it may say, and the product's own words for it.

The words are in English here and come in every language from the catalogues; a unit may put its own in their place
(`texts.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.notify.code_list import ABOUT_A_VISIT, ANYWHERE, REGISTRY


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message.

    A `is_necessary` one goes to those as well who want nothing else. One that `can_wait` is not sent in the quiet
    hours. An `is_secret` one lets its reader in, so that nobody else may read it.
    """

    name: str
    title: Any
    words: Any
    subject: Any
    paragraphs: Sequence[Any]
    sms: Any
    codes: frozenset[str] = ABOUT_A_VISIT
    is_necessary: bool = False
    can_wait: bool = True
    is_secret: bool = False
    is_for_unit: bool = False
    """Goes to the company's own e-mail."""
    has_own_page: bool = True
    """Whether a unit may put its own words in place of the product's."""

    @property
    def body(self) -> str:
        """The product's paragraphs in the present language."""
        return "\n\n".join(str(paragraph) for paragraph in self.paragraphs)


def _codes(*beginnings: str) -> frozenset[str]:
    return frozenset(name for name in REGISTRY if name.startswith(beginnings))


_HELLO = _l("Hello {contact.name},")
_WHAT_WHEN_WHERE = (
    "{intervention.title}\n{intervention.day}, {intervention.arrival_window} ({unit.zone})\n{intervention.address}"
)
_WHAT_WHERE = "{intervention.title}\n{intervention.address}"
_WHO_COMES = "{intervention.expectation}"
_CHANGE = _l("See, change or cancel your visit:\n{intervention.link}")
_SEE = _l("See your visit:\n{intervention.link}")
_THANKS = _l("Thank you!")

_KINDS = (
    MessageKind(
        "sign_in_code",
        _l("Sign-in code"),
        _l("When a client signs in to the portal."),
        _l("{sign_in.code} is your sign-in code for {unit.name}"),
        (
            _HELLO,
            _l("Your code is {sign_in.code}. It works once, for {sign_in.minutes} minutes."),
            _l("You can also sign in by this link:\n{sign_in.link}"),
            _l("If you did not ask for this, you need not do anything."),
        ),
        _l("{sign_in.code} is your sign-in code for {unit.name}. It works for {sign_in.minutes} minutes."),
        codes=_codes("system.", "unit.", "portal.", "contact.", "sign_in."),
        is_necessary=True,
        can_wait=False,
        is_secret=True,
    ),
    MessageKind(
        "visit_booked",
        _l("Visit booked"),
        _l("When a visit gets its time, with a file for the calendar."),
        _l("Your visit is booked: {intervention.day}"),
        (_HELLO, _l("Your visit is booked."), _WHAT_WHEN_WHERE, _WHO_COMES, _CHANGE),
        _l(
            "{unit.name}: your visit is booked for {intervention.day}, {intervention.arrival_window}. "
            "{intervention.link}"
        ),
        is_necessary=True,
        can_wait=False,
    ),
    MessageKind(
        "visit_rescheduled",
        _l("Visit moved"),
        _l("When a visit gets another time, with a file for the calendar."),
        _l("Your visit has a new time: {intervention.day}"),
        (_HELLO, _l("Your visit has been moved. This is its new time:"), _WHAT_WHEN_WHERE, _WHO_COMES, _CHANGE),
        _l(
            "{unit.name}: your visit has a new time, {intervention.day}, {intervention.arrival_window}. "
            "{intervention.link}"
        ),
        is_necessary=True,
        can_wait=False,
    ),
    MessageKind(
        "visit_cancelled",
        _l("Visit cancelled"),
        _l("When a visit is cancelled, by the client or by you."),
        _l("Your visit of {intervention.day} is cancelled"),
        (
            _HELLO,
            _l("This visit will not take place:"),
            _WHAT_WHEN_WHERE,
            "{intervention.cancel_reason}",
            _l("You can book another one at any time:\n{portal.link}"),
        ),
        _l("{unit.name}: your visit of {intervention.day} is cancelled."),
        is_necessary=True,
        can_wait=False,
    ),
    MessageKind(
        "visit_unscheduled",
        _l("Visit without a time"),
        _l("When you take a visit's time back and will propose another one."),
        _l("We need to find a new time for your visit"),
        (
            _HELLO,
            _l("We are sorry: we cannot keep the time of this visit. We will contact you with a new one."),
            _WHAT_WHERE,
            _SEE,
        ),
        _l(
            "{unit.name}: we are sorry, we cannot keep the time of your visit. "
            "We will contact you with a new one. {intervention.link}"
        ),
        is_necessary=True,
        can_wait=False,
    ),
    MessageKind(
        "visit_reminder",
        _l("Reminder of a visit"),
        _l("Two days before a visit, with a link to confirm or move it."),
        _l("Your visit is on {intervention.day}"),
        (
            _HELLO,
            _l("We look forward to seeing you:"),
            _WHAT_WHEN_WHERE,
            _WHO_COMES,
            _l("Please confirm the time, or choose another one:\n{intervention.link}"),
        ),
        _l(
            "{unit.name}: we come on {intervention.day}, {intervention.arrival_window}. "
            "Confirm or move it: {intervention.link}"
        ),
    ),
    MessageKind(
        "visit_confirmed",
        _l("Visit confirmed"),
        _l("When a client has confirmed the time of his visit."),
        _l("Thank you, your visit on {intervention.day} is confirmed"),
        (_HELLO, _l("Thank you for confirming your visit:"), _WHAT_WHEN_WHERE, _CHANGE),
        _l("{unit.name}: thank you, your visit on {intervention.day}, {intervention.arrival_window} is confirmed."),
        can_wait=False,
    ),
    MessageKind(
        "on_the_way",
        _l("Technician on the way"),
        _l("When the technician sets off for the client."),
        _l("{technician.name|Our technician} is on the way"),
        (
            _HELLO,
            _l("{technician.name|Our technician} is on the way to you for: {intervention.title}."),
            _l("You can follow your visit here:\n{intervention.link}"),
        ),
        _l("{unit.name}: {technician.name|our technician} is on the way to you. {intervention.link}"),
        is_necessary=True,
        can_wait=False,
    ),
    MessageKind(
        "report_ready",
        _l("Report ready"),
        _l("When the work is done and its report can be read."),
        _l("The report of your visit is ready"),
        (
            _HELLO,
            _l("The work is done: {intervention.title}. {outcome.result}."),
            _l("Read the report of your visit:\n{intervention.link}"),
        ),
        _l("{unit.name}: the report of your visit is ready. {intervention.link}"),
    ),
    MessageKind(
        "document_waiting",
        _l("Document to approve"),
        _l("When a quote or another document waits for the client's answer."),
        _l("{document.title} waits for your answer"),
        (
            _HELLO,
            _l("We have prepared {document.title} for you: {intervention.title}."),
            _l("Read it, and approve or decline it here:\n{intervention.link}"),
        ),
        _l("{unit.name}: {document.title} waits for your answer. {intervention.link}"),
        codes=ABOUT_A_VISIT | _codes("document."),
        is_necessary=True,
    ),
    MessageKind(
        "new_message",
        _l("Message to a client"),
        _l("When one of your people writes to a client about his visit."),
        _l("A message about your visit: {intervention.title}"),
        (
            _HELLO,
            _l("{message.author} writes:"),
            "{message.text}",
            _l("Read and answer it here:\n{intervention.link}"),
        ),
        _l("{unit.name}: {message.text} {intervention.link}"),
        codes=ABOUT_A_VISIT | _codes("message."),
        is_necessary=True,
    ),
    MessageKind(
        "call_requested",
        _l("A client wants to hear from you"),
        _l("To your company's own e-mail, when a client asks for a call or writes a message."),
        _l("{client.name} wants to hear from you"),
        (
            _l("{contact.name} of {client.name} wants to hear from you: {intervention.title}."),
            "{message.text}",
            _l("Phone: {client.phone}\nE-mail: {client.email}"),
            _l("Open the visit:\n{intervention.staff_link}"),
        ),
        _l("{client.name} wants to hear from you. Phone: {client.phone} {intervention.staff_link}"),
        codes=ABOUT_A_VISIT | _codes("message."),
        is_necessary=True,
        can_wait=False,
        is_for_unit=True,
    ),
    MessageKind(
        "waiting_joined",
        _l("On the waiting list"),
        _l("When a client joins the waiting list."),
        _l("You are on our waiting list"),
        (
            _HELLO,
            _l("You are on our waiting list for: {waiting.title}. We write to you as soon as a time is free."),
            _l("See your place or leave the list:\n{waiting.link}"),
        ),
        _l("{unit.name}: you are on our waiting list. We write to you as soon as a time is free. {waiting.link}"),
        codes=ANYWHERE | _codes("waiting."),
    ),
    MessageKind(
        "waiting_offer",
        _l("Offer from the waiting list"),
        _l("When a time becomes free for somebody who waits; it is kept for him for a while."),
        _l("A time is free for you: {waiting.window}"),
        (
            _HELLO,
            _l("A time has become free for: {waiting.title}."),
            "{waiting.window} ({unit.zone})",
            _l("We keep it for you until {waiting.until}. Take it here:\n{waiting.link}"),
        ),
        _l("{unit.name}: {waiting.window} is free for you until {waiting.until}. Take it here: {waiting.link}"),
        codes=ANYWHERE | _codes("waiting."),
        is_necessary=True,
        can_wait=False,
    ),
    MessageKind(
        "questionnaire",
        _l("Questionnaire"),
        _l("When the work is done and you ask how it was."),
        _l("How was our visit?"),
        (
            _HELLO,
            _l("{technician.name|One of us} was at your place for: {intervention.title}."),
            _l("Would you tell us how it was? It takes a minute and needs no sign-in:\n{questionnaire.link}"),
            _THANKS,
        ),
        _l("{unit.name}: how was our visit? Please tell us, it takes a minute: {questionnaire.link}"),
        codes=ABOUT_A_VISIT | _codes("questionnaire."),
    ),
    MessageKind(
        "questionnaire_reminder",
        _l("Reminder of a questionnaire"),
        _l("Once, some days later, when a questionnaire has no answer yet."),
        _l("Would you tell us how our visit was?"),
        (
            _HELLO,
            _l("Some days ago we asked you about: {intervention.title}. Your opinion would still help us."),
            _l("It takes a minute and needs no sign-in:\n{questionnaire.link}"),
            _THANKS,
        ),
        _l("{unit.name}: would you tell us how our visit was? It takes a minute: {questionnaire.link}"),
        codes=ABOUT_A_VISIT | _codes("questionnaire."),
    ),
    MessageKind(
        "trigger",
        _l("Message of a trigger"),
        _l("When one of your triggers writes to a client; it has its own words."),
        _l("News about your visit: {intervention.title}"),
        (_HELLO, _l("There is news about your visit:"), _WHAT_WHERE, _SEE),
        _l("{unit.name}: there is news about your visit. {intervention.link}"),
        has_own_page=False,
    ),
    MessageKind(
        "test",
        _l("Test"),
        _l("When one of your people tries out the words of a message on himself."),
        "",
        (),
        "",
        codes=frozenset(REGISTRY),
        is_necessary=True,
        can_wait=False,
        has_own_page=False,
    ),
)

KINDS: dict[str, MessageKind] = {kind.name: kind for kind in _KINDS}
