"""Serves the product with gunicorn, inside this process."""

import errno
import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from fieldsvc.app import create_app
from fieldsvc.core import memory
from fieldsvc.core.config import Config
from fieldsvc.core.errors import Misconfigured

BOOT_SECONDS = 120  # the first start on a machine may compile the planning engine


class Server(BaseApplication):  # type: ignore[misc]
    """One gunicorn: threads share a process, and each process does jobs beside its requests."""

    def __init__(
        self,
        settings: Config,
        *,
        host: str,
        port: int,
        threads: int = 8,
        processes: int = 1,
        when_ready: Callable[[], None] | None = None,
    ) -> None:
        self._settings = settings
        self._app: Flask | None = None
        self._options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "worker_class": "gthread",
            "workers": processes,
            "threads": threads,
            "timeout": BOOT_SECONDS,
            "graceful_timeout": 10,
            "loglevel": "warning",
            "proc_name": "fieldsvc",
            "post_worker_init": lambda worker: when_ready() if when_ready and worker.age == 1 else None,
            "worker_exit": lambda _server, _worker: self._stop_jobs(),
        }
        super().__init__()

    def load_config(self) -> None:
        """Give gunicorn its settings; it reads no file and no environment of its own."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in the process that serves it: threads do not survive a fork."""
        self._app = create_app(self._settings)
        memory.settle()
        return self._app

    def _stop_jobs(self) -> None:
        worker = self._app.extensions.get("fieldsvc_worker") if self._app else None
        if worker is not None:
            worker.stop()


def require_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, with what to do about it."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as refusal:
        raise Misconfigured(f"There is no host named {host} here.") from refusal
    except OSError as refusal:
        if refusal.errno == errno.EADDRINUSE:
            other = port % 65535 + 1
            raise Misconfigured(
                f"Port {port} is in use. Stop what runs there, or choose another one: "
                f"--port {other}, or make demo PORT={other}"
            ) from refusal
        raise Misconfigured(f"Cannot listen on {host}:{port}: {refusal.strerror}.") from refusal
