"""Forms as an administrator keeps them."""

from sqlalchemy.orm import Session

from fieldsvc.core.text import in_locale
from fieldsvc.domain.catalogue import forms
from tests import make
from tests.make import DISPATCHER, NOON


def test_a_copy_says_that_it_is_one_in_each_language_whoever_makes_it(session: Session) -> None:
    unit = make.unit(session)
    model = make.form(session, unit, [], title={"en": "Before the visit", "pt-PT": "Antes da visita"})
    with in_locale("fr"):
        copy = forms.copy(session, unit, model.id, actor=DISPATCHER, now=NOON)
    assert copy.title == {"en": "Before the visit (copy)", "pt-PT": "Antes da visita (cópia)"}


def test_the_title_of_a_copy_is_never_longer_than_one_may_be(session: Session) -> None:
    unit = make.unit(session)
    model = make.form(session, unit, [], title={"en": "x" * forms.LONGEST_TITLE})
    copy = forms.copy(session, unit, model.id, actor=DISPATCHER, now=NOON)
    assert copy.title == model.title
