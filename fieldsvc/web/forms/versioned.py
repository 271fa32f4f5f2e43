"""Forms of staff that change a row: the version that was shown travels along, and nothing typed is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from wtforms import HiddenField, StringField, ValidationError

from fieldsvc.core.errors import Invalid, NotAllowed, PlanRefused, SlotGone, Stale
from fieldsvc.core.text import gettext as _
from fieldsvc.web.forms.page_form import PageForm
from fieldsvc.web.forms.refusals import add_error
from fieldsvc.web.session import roll_back

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class VersionedForm(PageForm):
    """A form that knows which version of the row its reader saw."""

    version = HiddenField()
    status = 422

    @property
    def seen_version(self) -> int | None:
        """The version that was shown; the domain refuses a change without one."""
        text = next(iter(self.version.raw_data or ()), "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


class SeenForm(VersionedForm):
    """A form of what has no version of its own: a digest of what was shown stands for it (core/seen.py)."""

    @property
    def seen(self) -> str | None:
        """The digest of what was shown; the domain refuses a change without one."""
        return next(iter(self.version.raw_data or ()), None)


class ClockField(StringField):
    """An hour and minute of wall time, such as 14:30."""

    @property
    def minute(self) -> int:
        """The minute of the day; only for a field that passed its validation."""
        hours, minutes = (self.data or "").strip().split(":")
        return int(hours) * 60 + int(minutes)

    def pre_validate(self, form: object) -> None:
        """Refuse what is not an hour of the day."""
        if not CLOCK.fullmatch((self.data or "").strip()):
            raise ValidationError(_("Please type an hour such as 14:30."))


@contextmanager
def shown(form: VersionedForm, prefix: str = "") -> Iterator[None]:
    """Say above the form, or at its fields (perhaps called with `prefix`), why it was refused; nothing is written then.

    After a `Stale` the form holds the present version, so that sending it again is a decision made on what is now.
    """
    try:
        yield
    except Stale as refusal:
        _refuse(form, refusal.status, refusal.words)
        form.version.data = str(refusal.current.get("version", ""))
    except Invalid as refusal:
        _refuse(form, refusal.status)
        for name, words in (refusal.fields or {"": refusal.words}).items():
            add_error(form, prefix + name if prefix + name in form else name, words)
    except PlanRefused as refusal:
        _refuse(form, refusal.status, *dict.fromkeys(refusal.violations or [refusal.words]))
    except (NotAllowed, SlotGone) as refusal:
        _refuse(form, refusal.status, refusal.words)


def _refuse(form: VersionedForm, status: int, *words: str) -> None:
    roll_back()
    form.status = status
    if words:
        form.form_errors.append(" ".join(words))
