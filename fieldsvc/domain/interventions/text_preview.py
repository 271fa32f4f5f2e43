"""What a text with codes will look like, with the values of an intervention that really exists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import in_locale
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.code_values import unit_values, values_of
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.notify import codes, render, sms_length
from fieldsvc.domain.notify.samples import samples
from fieldsvc.domain.notify.sms_length import SmsLength
from fieldsvc.domain.notify.values import Values
from fieldsvc.domain.units.models import BusinessUnit

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class Preview:
    """A filled text; `error` are the words of what cannot be saved."""

    label: str
    target: str
    filled: str = ""
    paragraphs: tuple[Markup, ...] = ()
    length: SmsLength | None = None
    error: str = ""


def preview(
    label: str, text: str, target: str, locale: str, allowed: Collection[str] | None, values: Values
) -> Preview:
    """`text` as its reader will see it, or why it cannot be saved."""
    try:
        codes.check(text, allowed)
    except Invalid as refusal:
        return Preview(label, target, error=refusal.words)
    with in_locale(locale):
        in_this_language = Values(values.makers)
        if target == "html":
            return Preview(label, target, paragraphs=tuple(render.paragraphs(text, in_this_language)))
        filled = codes.fill(text, in_this_language, target)
    return Preview(label, target, filled, length=sms_length.of(filled) if target == "sms" else None)


def values_for(unit: BusinessUnit, intervention: Intervention | None, *, now: datetime) -> Values:
    """The values of a preview: those of the intervention, and examples of what only exists in a message."""
    known = values_of(unit, intervention, now=now) if intervention else unit_values(unit, None, now)
    return Values(known.makers, samples(unit))


def example(session: Session, unit: BusinessUnit, reference: str) -> Intervention | None:
    """The intervention called `reference`; without one the newest that has a time, else the newest."""
    if reference:
        return session.scalar(_shown(unit).where(Intervention.reference == reference))
    has_time = Intervention.window_begins_at.is_not(None)
    return session.scalar(_shown(unit).order_by(has_time.desc(), Intervention.id.desc()).limit(1))


def examples(session: Session, unit: BusinessUnit, text: str) -> list[Intervention]:
    """Some interventions that are called like `text`, by their own number, client or address."""
    return find.search(session, unit, find.Filters(text=text), size=MOST_FOUND).rows


def _shown(unit: BusinessUnit) -> Select[Intervention]:
    return (
        select(Intervention).where(Intervention.unit_id == unit.id, Intervention.status != "held").options(*find.SHOWN)
    )
