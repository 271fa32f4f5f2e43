"""P28: triggers call public addresses only, looked up once, bounded in time and size; and what a receiver can check."""

import contextlib
import ipaddress
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fieldsvc.adapters.webhooks import MOST_BYTES, Webhooks, is_public
from fieldsvc.core.errors import Invalid
from fieldsvc.domain.triggers.webhook import Call, WebhookFailed, WebhookRefused, check_url

HOSTILE = Path(__file__).resolve().parents[3] / "shared/design/hostile_inputs.json"


@dataclass
class Sink:
    """A receiver of calls that can misbehave."""

    url: str = ""
    port: int = 0
    status: int = 200
    location: str = ""
    body: bytes = b"ok"
    pause_seconds: float = 0
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def sink() -> Iterator[Sink]:
    state = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.calls.append((dict(self.headers), body))
            state.paths.append(self.path)
            time.sleep(state.pause_seconds)
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            with contextlib.suppress(OSError):  # the caller has gone, as it should
                self.wfile.write(state.body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    state.url = f"http://127.0.0.1:{state.port}/hook?one=1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def call(url: str, body: bytes = b"{}") -> Call:
    return Call(url, body, {"Content-Type": "application/json", "Idempotency-Key": "trigger-firing-7"})


def permitted(**settings: Any) -> Webhooks:
    return Webhooks(frozenset({"127.0.0.1", "localhost"}), **settings)


def test_a_permitted_host_is_called_with_body_and_headers(sink: Sink) -> None:
    assert permitted().call(call(sink.url, b'{"id": 7}')) == 200
    [(headers, body)] = sink.calls
    assert json.loads(body) == {"id": 7}
    assert headers["Idempotency-Key"] == "trigger-firing-7"
    assert headers["Host"] == f"127.0.0.1:{sink.port}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0.0.0.0"])
def test_this_machine_is_never_called_unless_it_is_permitted(sink: Sink, host: str) -> None:
    with pytest.raises(WebhookRefused):
        Webhooks().call(call(f"http://{host}:{sink.port}/hook"))
    assert sink.calls == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "fec0::1",
        "64:ff9b:1:7f00:0:100:808:808",
    ],
)
def test_an_address_of_an_inner_network_is_not_public_in_any_dress(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_host_with_one_inner_address_among_public_ones_is_refused(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, sink.port)) for address in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: found)
    with pytest.raises(WebhookRefused):
        Webhooks().call(call(f"http://rebind.test:{sink.port}/"))
    assert sink.calls == []


def test_a_name_is_looked_up_once_so_that_it_cannot_change_between_check_and_call(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: str, *arguments: Any, **options: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    caller = Webhooks(frozenset({"rebind.test"}))
    assert caller.call(call(f"http://rebind.test:{sink.port}/")) == 200
    assert [host for host in asked if host == "rebind.test"] == ["rebind.test"]
    assert sink.calls[0][0]["Host"] == f"rebind.test:{sink.port}"


def test_a_redirect_is_not_followed(sink: Sink) -> None:
    sink.status, sink.location = 302, "http://10.0.0.1/"
    with pytest.raises(WebhookRefused, match="302"):
        permitted().call(call(sink.url))
    assert len(sink.calls) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_an_answer_that_may_be_better_later_is_a_failure_to_try_again(sink: Sink, status: int) -> None:
    sink.status = status
    with pytest.raises(WebhookFailed) as failure:
        permitted().call(call(sink.url))
    assert not isinstance(failure.value, WebhookRefused)


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_an_answer_that_stays_the_same_is_a_refusal(sink: Sink, status: int) -> None:
    sink.status = status
    with pytest.raises(WebhookRefused):
        permitted().call(call(sink.url))


def test_a_slow_receiver_is_given_up_at_the_deadline(sink: Sink) -> None:
    sink.pause_seconds = 3
    with pytest.raises(WebhookFailed):
        permitted(timeout_seconds=0.3).call(call(sink.url))


def test_an_address_in_another_alphabet_is_called(sink: Sink) -> None:
    assert permitted().call(call(f"http://127.0.0.1:{sink.port}/aviso-amanhã?cor=azul%20céu")) == 200
    assert sink.paths == ["/aviso-amanh%C3%A3?cor=azul%20c%C3%A9u"]


def test_an_endless_answer_is_not_read_to_its_end(sink: Sink) -> None:
    sink.body = b"x" * (MOST_BYTES * 50)
    assert permitted().call(call(sink.url)) == 200


def test_nobody_at_the_address_is_a_failure_to_try_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(WebhookFailed):
        permitted().call(call(f"http://127.0.0.1:{port}/"))


def test_an_unknown_host_is_a_failure_to_try_again() -> None:
    with pytest.raises(WebhookFailed):
        Webhooks().call(call("http://no-such-host.invalid/"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://user:pass@10.0.0.1/",
        "http://example.com:99999/",
        "http://example.com/\r\nHost: evil",
        "http://exa mple.com/",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_what_is_no_web_address_is_refused_when_it_is_saved(url: str) -> None:
    with pytest.raises(Invalid):
        check_url(url)


@pytest.mark.skipif(not HOSTILE.is_file(), reason="the list of hostile input is not beside the project")
def test_every_hostile_address_is_refused_when_saved_or_when_called(sink: Sink) -> None:
    listed = json.loads(HOSTILE.read_text())["webhook_urls"]
    assert len(listed) == 10
    for line in listed:
        url = line.split(" ")[0]
        with pytest.raises((Invalid, WebhookFailed)):
            Webhooks().call(call(check_url(url)))
    assert sink.calls == []
