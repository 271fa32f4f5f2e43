"""The words of each kind of message: the unit's own, part by part, else the product's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import audit, seen
from fieldsvc.core.errors import Invalid, NotFound
from fieldsvc.core.text import LOCALES, in_locale
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.notify import codes
from fieldsvc.domain.notify.kinds import KINDS, MessageKind
from fieldsvc.domain.notify.models import MessageText
from fieldsvc.domain.units.models import BusinessUnit

PARTS = ("subject", "body", "sms")
LONGEST = {"subject": 200, "body": 5000, "sms": 480}


@dataclass(frozen=True, slots=True)
class Texts:
    """A message with its codes still in it; an empty part is none."""

    subject: str = ""
    body: str = ""
    sms: str = ""

    def over(self, below: "Texts") -> "Texts":
        """These texts, with those of `below` where a part is empty."""
        return Texts(self.subject or below.subject, self.body or below.body, self.sms or below.sms)


def kind_of(name: str) -> MessageKind:
    """The kind called `name`, whose words a unit may change. Raises `NotFound`."""
    if name not in KINDS or not KINDS[name].has_own_page:
        raise NotFound(_("There is no such kind of message."))
    return KINDS[name]


def products(kind: MessageKind, locale: str) -> Texts:
    """The product's words in `locale`."""
    with in_locale(locale):
        return Texts(str(kind.subject), kind.body, str(kind.sms))


def own(session: Session, unit: BusinessUnit, kind: MessageKind, locale: str) -> Texts:
    """The unit's own words in `locale`; empty where it has none."""
    row = _row(session, unit, kind, locale)
    return Texts(row.subject, row.body, row.sms) if row else Texts()


def version_of(own: Texts) -> str:
    """The version of the unit's own words."""
    return seen.version_of(asdict(own))


def of(session: Session, unit: BusinessUnit, kind: MessageKind, locale: str) -> Texts:
    """What a message of this kind says in `locale`."""
    return own(session, unit, kind, locale).over(products(kind, locale))


def overridden(session: Session, unit: BusinessUnit) -> dict[str, set[str]]:
    """The languages in which the unit has its own words, by kind."""
    found: dict[str, set[str]] = {}
    for kind, locale in session.execute(
        select(MessageText.kind, MessageText.locale).where(MessageText.unit_id == unit.id)
    ):
        found.setdefault(kind, set()).add(locale)
    return found


def change(
    session: Session,
    unit: BusinessUnit,
    kind: MessageKind,
    locale: str,
    texts: Texts,
    *,
    version: str | None,
    actor: audit.Actor,
    now: datetime,
) -> None:
    """Put the unit's own words in place of the product's; a part that says the same, or nothing, stays the product's.

    `version` is that of the unit's `own` words that were shown. Raises `Stale`, `VersionMissing`, and `Invalid` with
    the words by part, for codes that mean nothing there as well.
    """
    if locale not in LOCALES:
        raise NotFound
    seen.check(version, asdict(own(session, unit, kind, locale)))
    check(kind, texts)
    product = products(kind, locale)
    kept = {part: given for part in PARTS if (given := getattr(texts, part)) != getattr(product, part)}
    row = _row(session, unit, kind, locale)
    if not any(kept.values()):
        if row is not None:
            reset(session, unit, kind, locale, actor=actor, now=now)
        return
    if row is None:
        row = MessageText(unit_id=unit.id, kind=kind.name, locale=locale)
        session.add(row)
    row.subject, row.body, row.sms = (kept.get(part, "") for part in PARTS)
    row.changed_at = now
    audit.record(session, "message_text.changed", row, actor=actor, now=now, kind=kind.name, locale=locale)


def reset(
    session: Session, unit: BusinessUnit, kind: MessageKind, locale: str, *, actor: audit.Actor, now: datetime
) -> None:
    """Say it in the product's words again."""
    row = _row(session, unit, kind, locale)
    if row is None:
        return
    audit.record(session, "message_text.reset", row, actor=actor, now=now, kind=kind.name, locale=locale)
    session.delete(row)


def check(kind: MessageKind, texts: Texts) -> None:
    """Raise `Invalid`, with the words by part, for what no reader should see."""
    wrong: dict[str, str] = {}
    for part in PARTS:
        text = getattr(texts, part)
        try:
            codes.check(text, kind.codes)
        except Invalid as refusal:
            wrong[part] = refusal.words
        if len(text) > LONGEST[part]:
            wrong[part] = _("Please shorten this to %(n)s characters.", n=LONGEST[part])
    if wrong:
        raise Invalid(_("Some texts need another look."), wrong)


def _row(session: Session, unit: BusinessUnit, kind: MessageKind, locale: str) -> MessageText | None:
    return session.scalar(
        select(MessageText).where(
            MessageText.unit_id == unit.id, MessageText.kind == kind.name, MessageText.locale == locale
        )
    )


def read(given: Mapping[str, str]) -> Texts:
    """The texts somebody typed, line ends and margins in order."""
    return Texts(*(given.get(part, "").replace("\r\n", "\n").strip() for part in PARTS))
