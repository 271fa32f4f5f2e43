"""Writes the offer log when the page has been sent, in a transaction of its own.

A GET changes nothing that anybody can see (RFC 9110, section 9.2.1); like an access log this one is about the request
itself. It keeps nobody waiting, and a line that cannot be written is a warning in the log of the process.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog
from flask import Response, after_this_request, current_app, request
from sqlalchemy.orm import Session, sessionmaker

from fieldsvc.core.db import READ_ONLY
from fieldsvc.core.errors import SlotGone
from fieldsvc.domain.booking import offers, offers_lost
from fieldsvc.domain.booking.offers import Shown
from fieldsvc.domain.planning.assistant import Refused
from fieldsvc.domain.planning.windows import Window
from fieldsvc.web import viewing
from fieldsvc.web.session import now

log = structlog.get_logger()

Sessions = sessionmaker[Session]
WhyOthers = Callable[[], Sequence[Refused]]


def note_shown(what: Shown, why_others: WhyOthers) -> None:
    """Write what this page shows, unless it is what the same person was shown last; `why_others` is asked only then."""
    if viewing.is_on():
        return
    at = now()

    def write(sessions: Sessions) -> None:
        with sessions() as session:
            session.connection(execution_options=READ_ONLY)
            if not offers.is_new(session, what):
                return
        refused = why_others()
        with sessions.begin() as session:
            offers.shown(session, what, refused, now=at)

    _when_sent(write)


@contextmanager
def noting_loss(draft_id: int, window: Window | None) -> Iterator[None]:
    """Write that the chosen slot was gone, when the block says so; the refusal goes on its way."""
    try:
        yield
    except SlotGone:
        if window is not None:
            _note_lost(draft_id, window, now())
        raise


def _note_lost(draft_id: int, window: Window, at: datetime) -> None:
    def write(sessions: Sessions) -> None:
        with sessions.begin() as session:
            offers_lost.lost(session, draft_id, window, now=at)

    _when_sent(write)


def _when_sent(write: Callable[[Sessions], None]) -> None:
    if request.method == "HEAD" or viewing.is_on():  # nobody was shown anything, or a colleague only looks
        return
    sessions: Sessions = current_app.extensions["fieldsvc"].sessions

    def write_or_warn() -> None:
        try:
            write(sessions)
        except Exception as error:
            log.warning("offer.not_logged", error=type(error).__name__)

    @after_this_request
    def arrange(response: Response) -> Response:
        response.call_on_close(write_or_warn)
        return response
