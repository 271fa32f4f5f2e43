"""SMS by a provider's HTTP address: taken once, refused for good or tried again, and never more than a moment."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fieldsvc.adapters.http_sms import HttpSms, SmsSilent, sms_provider
from fieldsvc.core.config import Config
from fieldsvc.domain.notify.deliver import Undeliverable
from fieldsvc.domain.notify.models import OutboxMessage
from tests.sms_servers import Provider, serving


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def sms(provider: Provider) -> Iterator[HttpSms]:
    with serving(provider) as url:
        yield HttpSms(url, "a-token", "Alfa", timeout_seconds=5)


def message(text: str = "Olá, até já 👋") -> OutboxMessage:
    return OutboxMessage(recipient="+351912345678", text=text, message_id="<id-1@fieldsvc>", channel="sms")


def test_a_message_is_one_post_of_json(sms: HttpSms, provider: Provider) -> None:
    sms.send(message())
    said = {"to": "+351912345678", "text": "Olá, até já 👋", "id": "id-1@fieldsvc", "sender": "Alfa"}
    assert provider.taken == {"id-1@fieldsvc": said}
    assert provider.headers[0]["Authorization"] == "Bearer a-token"
    assert provider.headers[0]["Content-Type"] == "application/json"


def test_a_second_delivery_has_the_same_key(sms: HttpSms, provider: Provider) -> None:
    sms.send(message())
    sms.send(message())
    assert (provider.requests, len(provider.taken)) == (2, 1)


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b'{"message": "no such number"}', "HTTP 400: no such number"),
        (b'{"error": "blocked\\n  by the carrier"}', "HTTP 400: blocked by the carrier"),
        (b"<h1>Bad</h1>", "HTTP 400: <h1>Bad</h1>"),
        (b"", "HTTP 400"),
        (b"[" * 100_000, "HTTP 400: " + "[" * 200),
        (b"\xff\xfe", "HTTP 400: \ufffd\ufffd"),
    ],
)
def test_a_refusal_is_for_good_with_the_providers_words(
    sms: HttpSms, provider: Provider, says: bytes, words: str
) -> None:
    provider.status, provider.says = 400, says
    with pytest.raises(Undeliverable) as refusal:
        sms.send(message())
    assert str(refusal.value) == words


@pytest.mark.parametrize("status", [408, 429, 500, 503, 301, 302, 307])
def test_anything_else_may_be_tried_again(sms: HttpSms, provider: Provider, status: int) -> None:
    provider.status, provider.location = status, sms.url
    with pytest.raises(SmsSilent, match=str(status)):
        sms.send(message())
    assert provider.requests == 1, "no redirect is followed"


def test_a_provider_that_hangs_up_is_silent(sms: HttpSms, provider: Provider) -> None:
    provider.drops = True
    with pytest.raises(SmsSilent):
        sms.send(message())


def test_a_provider_that_takes_too_long_is_silent(sms: HttpSms, provider: Provider) -> None:
    provider.pause_seconds = 1
    with pytest.raises(SmsSilent, match="timed out"):
        replace(sms, timeout_seconds=0.1).send(message())


def test_a_provider_that_is_not_there_is_silent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(SmsSilent):
            HttpSms(url, timeout_seconds=1).send(message())


def test_of_a_huge_answer_only_the_beginning_is_read(sms: HttpSms, provider: Provider) -> None:
    provider.says = b"x" * 20_000_000
    sms.send(message())
    assert len(provider.taken) == 1


def test_the_token_is_in_no_words() -> None:
    assert "a-token" not in repr(HttpSms("http://x/", "a-token"))


def test_without_an_address_there_is_no_provider() -> None:
    config = Config("sqlite://", "s" * 32)
    assert sms_provider(config) is None
    found = sms_provider(replace(config, sms_url="https://x.example/", sms_token="t", sms_sender="Alfa"))
    assert found == HttpSms("https://x.example/", "t", "Alfa")
