"""Whoever we ask has so much time for the whole of his answer, also when every byte of its head comes soon enough."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from fieldsvc.adapters.http_sms import HttpSms, SmsSilent
from fieldsvc.adapters.json_server import JsonServer
from fieldsvc.adapters.webhooks import Webhooks
from fieldsvc.domain.geo.roads import RoadsSilent
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.triggers.webhook import Call, WebhookFailed

SECONDS = 0.5
DRIP = b"HTTP/1.1 200 OK\r\n" + b"X-Slow: " + b"x" * 10_000


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server whose answer never gets beyond its head."""
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            for number in range(len(DRIP)):
                if stop.wait(0.05):
                    return
                connection.sendall(DRIP[number : number + 1])

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listening.accept()[0],), daemon=True).start()

    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    stop.set()
    listening.close()


def call_a_webhook(url: str) -> None:
    Webhooks(frozenset({"127.0.0.1"}), timeout_seconds=SECONDS).call(Call(url, b"{}", {}))


def send_an_sms(url: str) -> None:
    HttpSms(url, timeout_seconds=SECONDS).send(OutboxMessage(message_id="<1@x>", recipient="+351", text="Hello"))


def ask_for_roads(url: str) -> None:
    JsonServer(url, timeout_seconds=SECONDS).ask("/status")


@pytest.mark.parametrize(
    ("ask", "failure"),
    [(call_a_webhook, WebhookFailed), (send_an_sms, SmsSilent), (ask_for_roads, RoadsSilent)],
)
def test_who_drips_the_head_of_his_answer_is_left_at_the_deadline(
    dripping: str, ask: Callable[[str], None], failure: type[Exception]
) -> None:
    began = time.monotonic()
    with pytest.raises(failure):
        ask(dripping)
    assert time.monotonic() - began < 10 * SECONDS
