"""The language a contact is written to in."""

from fieldsvc.core.text import LOCALES
from fieldsvc.domain.clients.models import Contact


def choose(contact: Contact, locale: str) -> None:
    """Write to `contact` in `locale` from now on; a language there is not is passed over."""
    if locale in LOCALES:
        contact.locale = locale
