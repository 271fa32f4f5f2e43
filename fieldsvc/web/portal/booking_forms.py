"""What is typed on the way to a booking."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms import Field, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.booking.drafts import NewAddress
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue.fields import Field as Question
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Site
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.questions import QuestionsForm, questions_form

ELSEWHERE = "elsewhere"
SHORT = Length(max=200, message=_l("Please shorten this to 200 characters."))


class WhatForm(PageForm):
    """Which work is wanted."""

    activity_type = IntegerField(_l("What do you need?"), [InputRequired(_l("Please choose what you need."))])


class WhereForm(PageForm):
    """Which site, or an address that is not on file yet."""

    site = StringField(_l("Where should we come?"), [InputRequired(_l("Please choose an address."))])
    address = StringField(_l("Street and number"), [SHORT])
    postcode = StringField(_l("Postcode"), [SHORT])
    city = StringField(_l("Town"), [SHORT])
    access_notes = StringField(_l("How do we get in?"), [SHORT])

    @property
    def is_elsewhere(self) -> bool:
        """Whether a new address was typed."""
        return bool(self.site.data == ELSEWHERE)

    def validate_site(self, field: Field) -> None:
        """A site is named by its number."""
        if not self.is_elsewhere and not re.fullmatch(r"[0-9]{1,9}", field.data or ""):
            raise ValidationError(_("Please choose an address."))

    def validate_address(self, field: Field) -> None:
        """A new address needs its street."""
        if self.is_elsewhere and not (field.data or "").strip():
            raise ValidationError(_("Please type the street and the number."))

    def validate_city(self, field: Field) -> None:
        """A new address needs its town."""
        if self.is_elsewhere and not (field.data or "").strip():
            raise ValidationError(_("Please type the town."))

    def site_id(self) -> int:
        """The site that was chosen."""
        return int(self.site.data or 0)

    def new_address(self) -> NewAddress:
        """The address as it was typed."""
        fields = (self.address, self.postcode, self.city, self.access_notes)
        return NewAddress(*((field.data or "").strip() for field in fields))


class BookingQuestionsForm(QuestionsForm):
    """The questions of the activity type, and room for anything else."""

    notes = TextAreaField(_l("Anything else the technician should know?"))


def what_form(offered: Sequence[ActivityType], draft: BookingDraft | None, reference: str | None) -> WhatForm:
    """A form with the choice of before, or the one a link names."""
    named = next((row.id for row in offered if row.reference == reference), None)
    return WhatForm(activity_type=draft.activity_type_id if draft else named)


def where_form(sites: Sequence[Site], draft: BookingDraft) -> WhereForm:
    """A form with the site of before; a client's only site is chosen for him."""
    chosen: Any = draft.site_id or (sites[0].id if len(sites) == 1 else None if sites else ELSEWHERE)
    return WhereForm(site=str(chosen) if chosen else None)


def booking_questions_form(questions: Sequence[Question], draft: BookingDraft) -> BookingQuestionsForm:
    """A form with the answers of before."""
    return questions_form(questions, draft.answers, BookingQuestionsForm, notes=draft.notes)
