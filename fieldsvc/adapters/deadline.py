"""Ends a connection at its deadline, whatever the other side does meanwhile.

A socket's own timeout counts from one byte to the next: who drips the head of his answer keeps a worker for hours.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Cut the connection when the block takes longer. Raises `TimeoutError` then, whatever the block made of it."""
    is_over = threading.Event()

    def cut() -> None:
        is_over.set()
        with suppress(OSError):  # it has ended by itself
            # Not `SSLSocket.shutdown`, which takes the encryption away from whoever is reading.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, seconds), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if is_over.is_set():
            raise TimeoutError("timed out")
