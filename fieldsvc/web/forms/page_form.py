"""The form of a page; the token against forged requests is checked for every POST, before any view."""

from typing import Any

from flask import request
from wtforms import Form


class PageForm(Form):
    """A form that is filled with what was posted, else with the `values` there are."""

    def __init__(self, **values: Any) -> None:
        super().__init__(request.form if request.method == "POST" else None, data=values)

    def validate_on_submit(self) -> bool:
        """Whether something was posted that can be taken."""
        return request.method == "POST" and self.validate()
