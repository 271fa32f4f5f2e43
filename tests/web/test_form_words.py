"""The form library's own messages speak the reader's language."""

import pytest
from flask import Flask
from wtforms import DateField

from fieldsvc.core.text import in_locale
from fieldsvc.web.forms.page_form import PageForm


class DayForm(PageForm):
    day = DateField("Day")


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "Not a valid date value."),
        ("pt-PT", "A data não é válida."),
        ("pt-BR", "A data não é válida."),
        ("fr", "N'est pas une date valide."),
    ],
)
def test_a_wrong_date_is_refused_in_the_readers_language(locale: str, words: str) -> None:
    with Flask(__name__).test_request_context(method="POST", data={"day": "never"}), in_locale(locale):
        form = DayForm()
        assert not form.validate_on_submit()
        assert form.day.errors == [words]
