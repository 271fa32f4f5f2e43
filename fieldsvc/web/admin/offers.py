"""Offered, taken, lost, why: figures of a period, the searchable list, one offer with all its slots, and a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldsvc.adapters.xlsx import Cell
from fieldsvc.core.dates import at_wall_time, local, local_day
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import ngettext, pick
from fieldsvc.domain.booking import offers_find
from fieldsvc.domain.booking.offers_find import Filters, Shown, state_of
from fieldsvc.domain.booking.offers_lost import WORDS as LOST
from fieldsvc.domain.booking.offers_report import RANKS, Report, report
from fieldsvc.domain.booking.offers_words import BANDS, SOURCES, STATES
from fieldsvc.domain.catalogue import find as catalogue
from fieldsvc.web import asked
from fieldsvc.web.admin.blueprint import blueprint
from fieldsvc.web.offer_words import offer_words
from fieldsvc.web.principal import unit
from fieldsvc.web.session import db, now
from fieldsvc.web.spreadsheet import sheet

PAGE = "admin.offers"
DAYS = {"month": 30, "quarter": 91, "year": 365}
BAR_LEFT, BAR_STEP, BAR_BASE, BAR_ROOM = 8, 71, 196, 160


@dataclass(frozen=True, slots=True)
class Bar:
    """How often a slot of some ranks was taken."""

    words: str
    count: int
    x: int
    y: float
    height: float


@blueprint.get("/offers")
def offers() -> ResponseReturnValue:
    """What was shown in a period, and what became of it."""
    period, filters = _filters()
    figures = report(db(), unit(), filters, now=now())
    page, rows = offers_find.search(db(), unit(), filters, now=now(), number=asked.number("page") or 1)
    last_day = local_day(now(), unit().zone)
    return render_template(
        "admin/offers/list.html",
        page_of=PAGE,
        period=period,
        periods=[("month", _("30 days")), ("quarter", _("3 months")), ("year", _("12 months"))],
        first_day=last_day - timedelta(days=DAYS[period] - 1),
        last_day=last_day,
        filters=filters,
        is_filtered=any(request.args.get(name) for name in ("q", "state", "source", "type")),
        figures=figures,
        bars=_bars(figures),
        bars_words=ngettext(
            "%(n)s slot was taken; %(first)s times it was the cheapest one.",
            "%(n)s slots were taken; %(first)s times it was the cheapest one.",
            figures.taken,
            first=figures.ranks[0],
        ),
        page=page,
        rows=rows,
        types=[(row.id, pick(row.title)) for row in catalogue.in_use(db(), unit().id)],
        **offer_words(),
    )


@blueprint.get("/offers/<int:offer_id>")
def offer(offer_id: int) -> ResponseReturnValue:
    """Everything somebody was shown once, with who would have come and what it would have cost."""
    found = offers_find.by_id(db(), unit(), offer_id)
    names = offers_find.names_of(db(), found)
    return render_template("admin/offers/offer.html", page_of=PAGE, shown=found, names=names, **offer_words())


@blueprint.get("/offers/export")
def export_offers() -> ResponseReturnValue:
    """All offers of the list as a file, one line each."""
    _period, filters = _filters()
    head = [
        _("Shown"),
        _("Source"),
        _("Client"),
        _("Activity type"),
        _("Slots"),
        _("Best cost"),
        _("Outcome"),
        _("Why"),
        _("Taken rank"),
        _("Taken window"),
        _("Taken cost"),
        _("Band"),
    ]
    return sheet(request.args.get("as", "xlsx"), "offers", head, _lines(filters))


def _filters() -> tuple[str, Filters]:
    period = request.args.get("period", "")
    period = period if period in DAYS else "month"
    last_day = local_day(now(), unit().zone)
    return period, Filters(
        begins_at=at_wall_time(last_day - timedelta(days=DAYS[period] - 1), 0, unit().zone),
        ends_at=at_wall_time(last_day + timedelta(days=1), 0, unit().zone),
        text=request.args.get("q", "").strip(),
        state=asked.one_of("state", STATES),
        source=asked.one_of("source", SOURCES),
        activity_type_id=asked.number("type"),
    )


def _bars(figures: Report) -> list[Bar]:
    highest = max(1, *figures.ranks)
    bars = []
    for place, ((first, last), count) in enumerate(zip(RANKS, figures.ranks, strict=True)):
        height = round(count / highest * BAR_ROOM, 1)
        bars.append(
            Bar(_rank_words(first, last), count, BAR_LEFT + BAR_STEP * place, round(BAR_BASE - height, 1), height)
        )
    return bars


def _rank_words(first: int, last: int | None) -> str:
    if last is None:
        return _("%(rank)s and more", rank=first)
    return str(first) if first == last else f"{first}–{last}"


def _lines(filters: Filters) -> Iterator[list[Cell]]:
    for shown in offers_find.every(db(), unit(), filters, now=now()):
        yield _line(shown)


def _line(shown: Shown) -> list[Cell]:
    row, taken, zone = shown.row, shown.taken, unit().zone
    window = f"{local(taken.begins_at, zone):%Y-%m-%d %H:%M}–{local(taken.ends_at, zone):%H:%M}" if taken else ""
    return [
        local(row.shown_at, zone),
        str(SOURCES[row.source]),
        shown.client.name,
        pick(shown.activity_type.title),
        len(row.slots),
        row.slots[0][4] if row.slots else None,
        str(STATES[state_of(row, now=now())]),
        str(LOST.get(row.why, row.why)),
        taken.rank if taken else None,
        window,
        taken.cost if taken else None,
        str(BANDS[taken.band]) if taken else "",
    ]
