"""Structured logs: one JSON object a line, without personal data."""

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger


def set_up(*, is_demo: bool) -> None:
    """Write JSON lines to standard error; a demo writes them for a person to read."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            where_it_broke,
            structlog.dev.ConsoleRenderer(colors=False) if is_demo else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def where_it_broke(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write of an exception its kind and the lines it passed, not its words: those may quote what somebody typed."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    broken = []
    while isinstance(error, BaseException):
        broken.append(f"{type(error).__qualname__}\n{''.join(traceback.format_tb(error.__traceback__))}")
        error = error.__cause__ or error.__context__
    if broken:
        event["exception"] = "caused by ".join(broken)
    return event
