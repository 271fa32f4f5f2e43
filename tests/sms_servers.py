"""SMS providers on this machine that can misbehave as real ones do."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Provider:
    """What the provider was handed, and how it answers; a message of the same key is taken once."""

    status: int = 202
    says: bytes = b"{}"
    location: str = ""
    pause_seconds: float = 0
    drops: bool = False
    """It hangs up without an answer."""
    requests: int = 0
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serving(provider: Provider) -> Iterator[str]:
    """The address of a server of `provider`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            provider.requests += 1
            provider.headers.append(dict(self.headers))
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if provider.drops:
                self.close_connection = True
                return
            time.sleep(provider.pause_seconds)
            if 200 <= provider.status < 300:
                provider.taken.setdefault(self.headers["Idempotency-Key"], body)
            self.send_response(provider.status)
            if provider.location:
                self.send_header("Location", provider.location)
            self.send_header("Content-Length", str(len(provider.says)))
            self.end_headers()
            try:
                self.wfile.write(provider.says)
            except OSError:
                return  # who asked has read enough

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the name is the library's)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/messages"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
