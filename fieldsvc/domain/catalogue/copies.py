"""What the copy of an activity type or a form is called."""

from collections.abc import Mapping

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import in_locale


def title_of_copy(title: Mapping[str, str], longest: int) -> dict[str, str]:
    """The title with “(copy)” after it, each language in its own words; one that would become too long stays."""
    return {locale: _copied(text, locale, longest) for locale, text in title.items()}


def _copied(text: str, locale: str, longest: int) -> str:
    with in_locale(locale):
        copied = _("%(title)s (copy)", title=text)
    return copied if len(copied) <= longest else text
