"""The form of a page; the token against forged requests is checked for every POST, before any view."""

from typing import Any

from flask import request
from wtforms import Form
from wtforms.i18n import get_translations
from wtforms.meta import DefaultMeta

from fieldsvc.core.text import current_locale


class PageForm(Form):
    """A form that is filled with what was posted, else with the `values` there are."""

    class Meta(DefaultMeta):
        """The library's own messages, such as that of a wrong date, in the reader's language."""

        cache_translations = False

        def get_translations(self, form: Any) -> Any:
            """WTForms' catalogue of the reader's language; its `pt` speaks for Portugal and Brazil."""
            locale = current_locale()
            return None if locale == "en" else get_translations([locale.replace("-", "_"), locale.split("-")[0]])

    def __init__(self, **values: Any) -> None:
        super().__init__(request.form if request.method == "POST" else None, data=values)

    def validate_on_submit(self) -> bool:
        """Whether something was posted that can be taken."""
        return request.method == "POST" and self.validate()
