"""Numbers, amounts and hours as people type them; what they may be is for the domain to say."""

import re
from typing import Any

from wtforms import Field
from wtforms.widgets import TextInput

from fieldsvc.core.text import gettext as _

AMOUNT = re.compile(r"(\d{1,7})(?:[.,](\d{1,2}))?")
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::00)?")
LONGEST_NUMBER = 9


class TypedField(Field):
    """A field whose value is read from what was typed; what cannot be read stays in the input."""

    widget = TextInput()
    typed = ""

    def process_data(self, value: Any) -> None:
        """Show the value there is."""
        self.data, self.typed = value, "" if value is None else self.written(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; nothing typed is no value."""
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if self.typed:
            self.data = self.read(self.typed)

    def _value(self) -> str:
        return self.typed

    def written(self, value: Any) -> str:
        """The value as it is typed."""
        return str(value)

    def read(self, text: str) -> Any:
        """The value of a text. Raises `ValueError` with words."""
        raise NotImplementedError


class WholeField(TypedField):
    """A whole number; `after` is its measure, such as minutes."""

    def __init__(self, label: Any = None, validators: Any = (), *, after: Any = "", **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.after = after

    def read(self, text: str) -> int:
        """Raises `ValueError` for anything but figures."""
        if not (text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= LONGEST_NUMBER):
            raise ValueError(_("Please type a whole number."))
        return int(text)


class PriceField(TypedField):
    """An amount in the currency's hundredths: 95, 95.5, 95,50."""

    after = "€"

    def written(self, value: int) -> str:
        """95.50."""
        return f"{value // 100}.{value % 100:02d}"

    def read(self, text: str) -> int:
        """Raises `ValueError` for what is no amount."""
        found = AMOUNT.fullmatch(text)
        if found is None or not text.isascii():
            raise ValueError(_("Please type an amount such as 95.50."))
        return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


class MinuteField(TypedField):
    """An hour of the day as the minute since midnight."""

    def written(self, value: int) -> str:
        """08:00."""
        return f"{value // 60 % 24:02d}:{value % 60:02d}"

    def read(self, text: str) -> int:
        """Raises `ValueError` for what is no hour of the day."""
        found = CLOCK.fullmatch(text)
        if found is None or not text.isascii() or int(found[1]) * 60 + int(found[2]) > 24 * 60:
            raise ValueError(_("Please type an hour such as 14:30."))
        return int(found[1]) * 60 + int(found[2])
