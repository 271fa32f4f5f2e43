"""Everything the page of a visit shows its client, and nothing that its activity type keeps to itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fieldsvc.core import audit
from fieldsvc.core.text import pick
from fieldsvc.domain.booking import actions
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions import attachments, documents, forms_answered, messages, progress
from fieldsvc.domain.interventions.lifecycle import ENDED, PLANNED
from fieldsvc.domain.interventions.models import Document, FormAnswer, Intervention, Message
from fieldsvc.web.answered import Answer, answers_of
from fieldsvc.web.portal.visit_buttons import Button, Closed, buttons_of, closed_of
from fieldsvc.web.principal import contact
from fieldsvc.web.session import db, now
from fieldsvc.web.shown import Shown, shown_of


@dataclass(frozen=True, slots=True)
class AnsweredForm:
    """A form with its answers, and where they can still be changed."""

    title: str
    answers: list[Answer]
    answered_at: datetime
    change_with: int | None
    """The action that still changes them."""


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One visit as its client sees it now."""

    visit: Intervention
    shown: Shown
    buttons: list[Button]
    closed: list[Closed]
    trail: list[progress.Step]
    messages: list[Message]
    has_unread: bool
    documents: list[Document]
    files: Sequence[StoredFile]
    answers: list[Answer]
    forms: list[AnsweredForm]
    report: list[Answer]
    report_photos: list[StoredFile]

    @property
    def is_running(self) -> bool:
        """Whether the visit has not ended."""
        return self.visit.status not in ENDED

    @property
    def is_on_the_way(self) -> bool:
        """Whether somebody is driving to the client now."""
        return self.visit.status == "travelling" and self.shown.technician

    @property
    def is_promised(self) -> bool:
        """Whether there is a promise to show and to put into a calendar."""
        visit = self.visit
        return self.shown.arrival_window and visit.window_begins_at is not None and visit.status in PLANNED

    def can(self, kind: str) -> Button | None:
        """The button of this kind, if the client may use it now."""
        return next((button for button in self.buttons if button.kind == kind), None)


def page_of(visit: Intervention) -> VisitPage:
    """The page of one visit; the number of queries does not grow with what was said and done."""
    shown = shown_of(visit)
    offered = actions.actions_of(db(), visit, contact(), now=now())
    letters = documents.of_intervention(db(), visit)
    said = messages.of_intervention(db(), visit, with_notes=False)
    kept = attachments.for_client(db(), visit)
    by_id = {stored.id: stored for stored in kept}
    answered = list(forms_answered.of_intervention(db(), visit))
    forms = list(_forms(answered, offered)) if shown.answers else []
    closing = [one for one in answered if one.action_id is None]
    changed_below = {form.change_with for form in forms}
    buttons = buttons_of([action for action in offered if action.id not in changed_below], visit, letters)
    report = list(_closing_answers(closing)) if shown.report else []
    in_report = {answer.file_id for answer in report}
    of_letters = {document.file_id for document in letters}
    entries = audit.history(db(), visit)
    return VisitPage(
        visit=visit,
        shown=shown,
        buttons=buttons,
        closed=closed_of(offered, visit),
        trail=progress.trail(entries, visit, is_report_shown=shown.report) if shown.status else [],
        messages=said,
        has_unread=any(one.author_kind == "staff" and one.read_at is None for one in said),
        documents=letters,
        files=[stored for stored in kept if stored.id not in in_report | of_letters],
        answers=list(_intake(visit)) if shown.answers else [],
        forms=forms,
        report=report,
        report_photos=[by_id[one.file_id] for one in report if one.file_id in by_id],
    )


def _intake(visit: Intervention) -> Iterator[Answer]:
    return answers_of(visit.form_version.questions if visit.form_version else [], visit.answers)


def _closing_answers(closing: Sequence[FormAnswer]) -> Iterator[Answer]:
    for one in closing:
        yield from answers_of([field for field in one.form_version.questions if field.is_for_client], one.answers)


def _forms(answered: Sequence[FormAnswer], offered: Sequence[actions.Action]) -> Iterator[AnsweredForm]:
    changeable = {action.id for action in offered if action.is_allowed and action.kind == "form"}
    for one in answered:
        if one.action_id is None:
            continue
        yield AnsweredForm(
            title=pick(one.form_version.form.title),
            answers=list(answers_of(one.form_version.questions, one.answers)),
            answered_at=one.answered_at,
            change_with=one.action_id if one.action_id in changeable else None,
        )
