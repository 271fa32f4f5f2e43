"""Shows at the fields of a form what the domain refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

from fieldsvc.core.errors import Invalid
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.session import roll_back


@contextmanager
def shown_in(form: PageForm, prefix: str = "") -> Iterator[None]:
    """Put the words of an `Invalid` at the fields it names, else above the form; nothing is written then.

    Questions of an administrator have a `prefix` before their names.
    """
    try:
        yield
    except Invalid as refusal:
        roll_back()
        for name, words in refusal.fields.items():
            add_error(form, prefix + name if prefix + name in form else name, words)
        if not refusal.fields:
            form.form_errors.append(refusal.words)


def add_error(form: PageForm, name: str, words: str) -> None:
    """Say at the field `name`, or above the form when it has no such field, what is wrong."""
    if name in form:
        form[name].errors = [*form[name].errors, words]
    else:
        form.form_errors.append(words)
