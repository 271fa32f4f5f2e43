"""Rows of a form that somebody adds, takes away and puts in order; without a script each button sends the form.

A row is a form of its own, called `steps-3`; hidden inputs called `steps` name the rows in their order. The buttons are
`do` (`add-steps`, `remove-steps-3`), `up` and `down` (see `templates/macros/order.html`).
"""

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField

from fieldsvc.web.forms.order import moved

MOST = 100


class RowsField(FieldList):  # type: ignore[type-arg]
    """Several rows of the form `row`."""

    def __init__(self, row: type, label: Any = None, **kwargs: Any) -> None:
        super().__init__(FormField(row), label, **kwargs)
        self.added: int | None = None

    def process(self, formdata: Any, data: Any = (), extra_filters: Any = None) -> None:
        """Read the rows that were posted, in their order, else those there are."""
        self.entries, self.process_errors, self.object_data = [], [], data
        stored = list(data or ())
        if formdata is None:
            for number, row in enumerate(stored):
                self._add(number, row)
            return
        for number in _numbers(formdata.getlist(self.name)):
            # What a row had in languages that are not asked for stays.
            self._add(number, stored[number] if number < len(stored) else {}, formdata)

    def is_asked(self, formdata: Any) -> bool:
        """Do to the rows what a button asks for; say whether one did."""
        wanted = formdata.get("do", "")
        numbers = [entry.number for entry in self.entries]
        if wanted == f"add-{self.name}":
            if len(numbers) < MOST:
                self.added = max([*numbers, len(list(self.object_data or ())) - 1]) + 1
                self._add(self.added, {})
            return True
        gone = wanted.removeprefix(f"remove-{self.name}-")
        if gone != wanted:
            self.entries = [entry for entry in self.entries if str(entry.number) != gone]
            return True
        for button, step in (("up", -1), ("down", 1)):
            row = formdata.get(button, "")
            if row in map(str, numbers):
                by_number = {entry.number: entry for entry in self.entries}
                self.entries = [by_number[number] for number in moved(numbers, int(row), step)]
                return True
        return False

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        """Check every row; the field's own errors are words, as those of any other field."""
        self.errors = list(self.process_errors)
        for entry in self.entries:
            if not entry.validate(form):
                self.errors += [words for messages in entry.form.errors.values() for words in messages]
        return not self.errors

    def _add(self, number: int, row: Any, formdata: Any = None) -> None:
        self._add_entry(formdata, row, index=number)  # type: ignore[attr-defined]
        self.entries[-1].number = number


def _numbers(posted: Sequence[str]) -> list[int]:
    numbers = (int(text) for text in posted[:MOST] if text.isascii() and text.isdecimal() and len(text) < 5)
    return list(dict.fromkeys(numbers))
