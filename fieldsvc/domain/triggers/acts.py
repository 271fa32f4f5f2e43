"""What a trigger can do: each act with its parameters, checked when saved, and its function.

An act answers with a state and words for the log; a refusal of the domain is written there too. Acts that change an
intervention are `is_change`: they do not answer to what another trigger did, so that no circle can begin.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from fieldsvc.core import jobs
from fieldsvc.core.audit import Actor
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import Invalid, NotAllowed
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import pick
from fieldsvc.domain.booking.cancel import cancel_by_staff
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions import notices, questionnaires
from fieldsvc.domain.interventions.complete import OUTCOMES, Closing, complete
from fieldsvc.domain.interventions.create import NewIntervention, create
from fieldsvc.domain.interventions.lifecycle import UNPLANNED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import codes, kinds
from fieldsvc.domain.notify.code_list import ABOUT_A_VISIT
from fieldsvc.domain.planning import moves
from fieldsvc.domain.planning.assistant import suggest_for
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.triggers.models import TriggerFiring
from fieldsvc.domain.triggers.webhook import CALL, check_url
from fieldsvc.domain.units.models import BusinessUnit

Outcome = tuple[str, str]
Parameters = Mapping[str, Any]
LONGEST_TEXT = 5000
MOST_DAYS = 365
CHANNELS = ("email", "sms")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time a trigger acts: on what, by whom and when."""

    session: Session
    unit: BusinessUnit
    intervention: Intervention
    trigger: Trigger
    firing: TriggerFiring
    actor: Actor
    now: datetime


class Reading(Protocol):
    """Checks and completes the parameters of an act."""

    def __call__(self, session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
        """The parameters as they are kept. Raises `Invalid` with the words by field."""
        ...


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of thing a trigger does."""

    words: Any
    icon: str
    is_change: bool
    read: Reading
    act: Callable[[Occasion], Outcome]


def _send_kind(on: Occasion) -> Outcome:
    kind = str(on.trigger.parameters["kind"])
    notices.send(on.session, on.unit, on.intervention, kind, now=on.now)
    return "done", _("Written: %(kind)s", kind=str(kinds.KINDS[kind].title))


def _send_text(on: Occasion) -> Outcome:
    text = on.trigger.parameters
    notices.send_text(
        on.session,
        on.unit,
        on.intervention,
        text["subject"],
        text["body"],
        channel=text["channel"],
        to=text["to"],
        now=on.now,
    )
    return "done", _("The message is written.")


def _call_webhook(on: Occasion) -> Outcome:
    jobs.enqueue(on.session, CALL, now=on.now, unit_id=on.unit.id, firing_id=on.firing.id)
    return "queued", _("The address will be called.")


def _assign(on: Occasion) -> Outcome:
    intervention, parameters = on.intervention, on.trigger.parameters
    if intervention.status not in UNPLANNED:
        raise NotAllowed(_("It has a time already."))
    first = local_day(on.now, on.unit.zone)
    days = [first + timedelta(days=number) for number in range(int(parameters["days"]) + 1)]
    wanted = parameters.get("technician_id")
    found = suggest_for(on.session, on.unit, intervention, days, now=on.now).found
    best = next((one for one in found if wanted in (None, one.technician_id)), None)
    if best is None:
        raise NotAllowed(_("Nobody who can do it is free in these days."))
    moves.move(
        on.session,
        on.unit,
        intervention.id,
        best.technician_id,
        best.begins_at,
        version=intervention.version,
        actor=on.actor,
        now=on.now,
    )
    return "done", _("Given to %(technician)s.", technician=best.technician_name)


def _cancel(on: Occasion) -> Outcome:
    reason, version = pick(on.trigger.parameters["reason"]), on.intervention.version
    cancel_by_staff(on.session, on.unit, on.intervention.id, reason, version=version, actor=on.actor, now=on.now)
    return "done", _("Cancelled.")


def _close(on: Occasion) -> Outcome:
    intervention, planned = on.intervention, on.intervention.planned
    begins_at = intervention.actual_begins_at or (planned.begins_at if planned else None)
    if begins_at is None or begins_at >= on.now:
        raise NotAllowed(_("The work has not begun yet."))
    ends_at = min(on.now, begins_at + timedelta(minutes=intervention.minutes))
    closing = Closing(begins_at, ends_at, str(on.trigger.parameters["outcome"]))
    complete(on.session, on.unit, intervention.id, closing, version=intervention.version, actor=on.actor, now=on.now)
    return "done", _("Closed.")


def _create(on: Occasion) -> Outcome:
    before, parameters = on.intervention, on.trigger.parameters
    new = NewIntervention(
        client_id=before.client_id,
        site_id=before.site_id,
        activity_type_id=int(parameters["activity_type_id"]),
        contact_id=before.contact_id,
        due_on=local_day(on.now, on.unit.zone) + timedelta(days=int(parameters["due_days"])),
        notes=_("After %(reference)s", reference=before.reference),
    )
    created = create(on.session, on.unit, new, actor=on.actor, now=on.now)
    return "done", _("Created %(reference)s.", reference=created.reference)


def _ask(on: Occasion) -> Outcome:
    if on.intervention.activity_type.questionnaire_id is None:
        raise NotAllowed(_("Its activity type has no questionnaire."))
    questionnaires.ask(on.session, on.unit, on.intervention, now=on.now)
    return "done", _("The client is asked.")


# --- What is kept of the parameters, and what is refused ---------------------------------------------


def _kind_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    kind = str(given.get("kind", ""))
    if kind not in TRIGGERED_KINDS:
        raise _wrong("kind", _("Please choose a message."))
    return {"kind": kind}


def _text_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    channel, to = str(given.get("channel", "")), str(given.get("to", ""))
    subject, body = _texts(given.get("subject")), _texts(given.get("body"))
    if channel not in CHANNELS:
        raise _wrong("channel", _("Please choose e-mail or SMS."))
    if to not in ("contact", "unit"):
        raise _wrong("to", _("Please choose who gets it."))
    if not body:
        raise _wrong("body", _("Please write the text in at least one language."))
    if channel == "email" and not subject:
        raise _wrong("subject", _("An e-mail needs a subject."))
    for name, texts in (("subject", subject), ("body", body)):
        for text in texts.values():
            _check_codes(name, text)
    return {"channel": channel, "to": to, "subject": subject, "body": body}


def _webhook_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    try:
        url = check_url(str(given.get("url", "")).strip())
    except Invalid as refusal:
        raise _wrong("url", refusal.words) from refusal
    return {"url": url, "secret": str(given.get("secret") or secrets.token_hex(24))}


def _assign_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    technician_id = given.get("technician_id") or None
    if technician_id is not None:
        technician_id = teams.by_id(session, unit.id, int(technician_id)).id
    return {"technician_id": technician_id, "days": _whole(given, "days", 30)}


def _cancel_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    reason = _texts(given.get("reason"))
    if not reason:
        raise _wrong("reason", _("Please say why, so that the client can be told."))
    return {"reason": reason}


def _close_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    if given.get("outcome") not in OUTCOMES:
        raise _wrong("outcome", _("Please say whether the work went well."))
    return {"outcome": given["outcome"]}


def _create_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    if not given.get("activity_type_id"):
        raise _wrong("activity_type_id", _("Please choose an activity type."))
    activity_type = catalogue.by_id(session, unit.id, int(given["activity_type_id"]))
    return {"activity_type_id": activity_type.id, "due_days": _whole(given, "due_days", MOST_DAYS)}


def _no_parameters(session: Session, unit: BusinessUnit, given: Parameters) -> dict[str, Any]:
    return {}


def _whole(given: Parameters, name: str, most: int) -> int:
    text = str(given.get(name, "")).strip()
    if not (text.isascii() and text.isdecimal() and int(text[:9]) <= most):
        raise _wrong(name, _("Please type a whole number from 0 to %(most)s.", most=most))
    return int(text)


def _texts(given: Any) -> dict[str, str]:
    texts = given if isinstance(given, Mapping) else {}
    return {str(locale): str(text).strip()[:LONGEST_TEXT] for locale, text in texts.items() if str(text).strip()}


def _check_codes(name: str, text: str) -> None:
    try:
        codes.check(text, ABOUT_A_VISIT)
    except Invalid as refusal:
        raise _wrong(name, refusal.words) from refusal


def _wrong(name: str, words: str) -> Invalid:
    return Invalid(words, {name: words})


TRIGGERED_KINDS = ("visit_reminder", "visit_booked", "questionnaire_reminder", "report_ready", "on_the_way")

ACTS: dict[str, Act] = {
    "message": Act(_l("Send one of our messages"), "mail", False, _kind_parameters, _send_kind),
    "text": Act(_l("Send a text of its own by e-mail or SMS"), "message", False, _text_parameters, _send_text),
    "questionnaire": Act(_l("Send the questionnaire"), "star", False, _no_parameters, _ask),
    "webhook": Act(_l("Call a web address"), "webhook", False, _webhook_parameters, _call_webhook),
    "assign": Act(_l("Plan it with a technician"), "user-check", True, _assign_parameters, _assign),
    "create": Act(_l("Create another intervention"), "plus", True, _create_parameters, _create),
    "cancel": Act(_l("Cancel the intervention"), "ban", True, _cancel_parameters, _cancel),
    "close": Act(_l("Close the intervention"), "circle-check", True, _close_parameters, _close),
}


def act_words(trigger: Trigger) -> str:
    """What the trigger does, such as "Send one of our messages: Reminder"."""
    words = str(ACTS[trigger.action].words)
    if trigger.action != "message":
        return words
    return f"{words}: {kinds.KINDS[trigger.parameters['kind']].title}"
