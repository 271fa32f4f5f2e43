"""The words of the offer log for the templates of the staff."""

from fieldsvc.domain.booking.offers_find import state_of
from fieldsvc.domain.booking.offers_lost import WORDS as LOST
from fieldsvc.domain.booking.offers_words import BANDS, SOURCES, STATES, missing_words
from fieldsvc.web.session import now


def offer_words() -> dict[str, object]:
    """What states, sources, bands and reasons are called."""
    return {
        "state_of": lambda row: state_of(row, now=now()),
        "states": STATES,
        "sources": SOURCES,
        "bands": BANDS,
        "lost_words": LOST,
        "missing_words": missing_words,
    }
