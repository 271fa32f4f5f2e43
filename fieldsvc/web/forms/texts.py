"""A text in every language of the unit: one input a language, read as `{locale: text}`."""

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from fieldsvc.core.text import LOCALES
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.principal import unit


class TextsField(Field):
    """A text in several languages; `many` lines or one. Inputs are named `name-pt-PT`."""

    def __init__(
        self,
        label: Any = None,
        validators: list[Any] | None = None,
        *,
        longest: int = 200,
        rows: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.longest, self.rows = longest, rows

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages of the unit, each with its name."""
        return [(tag, LOCALES[tag]) for tag in settings_of(unit()).languages if tag in LOCALES]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was posted, else what there is."""
        self.process_errors = []
        self.data = dict(data or {})
        if formdata is None:
            return
        prefix = f"{self.name}-"
        given = {key.removeprefix(prefix): formdata[key] for key in formdata if key.startswith(prefix)}
        if given:
            typed = {locale: text.replace("\x00", "").strip() for locale, text in given.items()}
            self.data = {locale: text for locale, text in {**self.data, **typed}.items() if text}

    def pre_validate(self, form: Any) -> None:
        """Refuse a text that is too long in any language."""
        if any(len(text) > self.longest for text in self.data.values()):
            raise ValidationError(_("Please shorten this to %(n)s characters.", n=self.longest))


class RequiredText:
    """At least one language must have the text."""

    field_flags = {"required": True}  # noqa: RUF012  (WTForms reads it from the class)

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse an empty text."""
        if not any(text.strip() for text in field.data.values()):
            raise ValidationError(str(self.message))
