"""Uploads that nothing took are deleted after a day, and nothing else is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.files.keep import keep
from fieldsvc.domain.files.models import StoredFile
from fieldsvc.domain.interventions import forms_answered
from fieldsvc.domain.interventions.models import FormAnswer
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from fieldsvc.jobs import untaken_files
from tests import make
from tests.make import NOON

ANA = Actor("contact", 7, "Ana")
OLD = NOON - timedelta(days=1, seconds=1)

Keep = Callable[..., StoredFile]


@pytest.fixture
def unit(session: Session) -> BusinessUnit:
    return make.unit(session)


@pytest.fixture
def kept(session: Session, unit: BusinessUnit) -> Keep:
    def new(**values: Any) -> StoredFile:
        return keep(session, unit.id, "boiler.txt", b"hot", actor=ANA, **{"now": OLD, **values})

    return new


def left(session: Session) -> list[int]:
    is_more = True
    while is_more:
        is_more = untaken_files.sweep(session, now=NOON)
    return list(session.scalars(select(StoredFile.id).order_by(StoredFile.id)))


def test_an_upload_that_nothing_took_is_deleted_after_a_day(session: Session, kept: Keep) -> None:
    for _file in range(untaken_files.SWEPT_AT_ONCE + 1):
        kept()
    young = kept(now=NOON - timedelta(hours=23))
    assert left(session) == [young.id]


def test_what_a_row_refers_to_stays(session: Session, unit: BusinessUnit, kept: Keep) -> None:
    contact = make.contact(session, make.client(session, unit))
    visit = make.intervention(session, unit)
    form = make.form(session, unit, [{"code": "photo", "kind": "file", "label": {"en": "Photo"}}], kind="action")
    assert form.published is not None
    of_visit, of_draft, signed, logo, quote, of_form = kept(about=visit), kept(), kept(), kept(), kept(), kept()
    for answers in ({"photo": of_draft.id}, {"name": {"file": signed.id}}):
        session.add(
            BookingDraft(
                unit_id=unit.id,
                contact_id=contact.id,
                activity_type_id=visit.activity_type_id,
                answers=answers,
                created_at=OLD,
            )
        )
    session.add(
        FormAnswer(
            unit_id=unit.id,
            form_version_id=form.published.id,
            client_id=contact.client_id,
            answers={"photo": of_form.id},
            answered_at=OLD,
        )
    )
    settings.change(unit, logo_id=logo.id)
    make.document(session, visit, file_id=quote.id)
    assert left(session) == [of_visit.id, of_draft.id, signed.id, logo.id, quote.id, of_form.id]


def test_a_file_that_was_answered_about_nothing_belongs_to_its_answer(
    session: Session, unit: BusinessUnit, kept: Keep
) -> None:
    contact, kind = make.contact(session, make.client(session, unit)), make.activity_type(session, unit)
    form = make.form(session, unit, [{"code": "photo", "kind": "file", "label": {"en": "Photo"}}], kind="action")
    action, file = make.portal_action(session, kind, "form", is_for_unit=True, form=form), kept()
    answered = forms_answered.answer(session, contact, action, {}, {"photo": file.id}, now=NOON)
    assert (file.about_kind, file.about_id) == ("form_answer", answered.id)
