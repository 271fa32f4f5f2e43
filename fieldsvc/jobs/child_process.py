"""Runs a computation in a child process, so that a cancel can end it and the web's threads keep their processor."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from fieldsvc.jobs.progress import Progress

Result = TypeVar("Result")
Report = Callable[[int], None]

POLL_SECONDS = 0.5
PATIENCE_SECONDS = 5


class Cancelled(Exception):
    """Somebody asked the job to stop."""


def compute(work: Callable[[Any, Report], Result], asked: Any, progress: Progress) -> Result:
    """The result of `work(asked, report)`, done in a process of its own; `work` is a function of a module.

    Raises `Cancelled` when the job is to stop, `RuntimeError` when the child ended without a result.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_serve, args=(work, asked, theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        return _follow(ours, progress)  # type: ignore[no-any-return]
    except EOFError as error:
        raise RuntimeError("the computation ended without a result") from error
    finally:
        child.terminate()
        child.join(PATIENCE_SECONDS)
        ours.close()


def _follow(pipe: Connection, progress: Progress) -> Any:
    percent = 0
    while True:
        if pipe.poll(POLL_SECONDS):
            kind, value = pipe.recv()
            if kind == "result":
                return value
            if kind == "error":
                raise RuntimeError(value)
            percent = value
        progress.report(percent)
        if progress.is_cancelled():
            raise Cancelled


def _serve(work: Callable[[Any, Report], Any], asked: Any, pipe: Connection) -> None:
    try:
        pipe.send(("result", work(asked, lambda percent: pipe.send(("progress", percent)))))
    except Exception as error:
        pipe.send(("error", f"{type(error).__name__}: {error}"))
