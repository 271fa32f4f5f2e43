"""What an e-mail carries beside its words."""

import smtplib
import ssl

import pytest

from fieldsvc.adapters.smtp import Smtp, compose
from fieldsvc.core import links
from fieldsvc.core.config import Config
from fieldsvc.domain.notify.models import OutboxMessage
from tests.make import NOON

SENDER = "Alfa <help@alfa.example>"


def message(**values: object) -> OutboxMessage:
    defaults = {
        "kind": "visit_reminder",
        "contact_id": 7,
        "recipient": "ana@example.com",
        "subject": "Amanhã às 10:00",
        "text": "We look forward to seeing you.",
        "html": "<p>We look forward to seeing you.</p>",
        "message_id": "<5f6e@fieldsvc>",
        "attachments": [],
        "created_at": NOON,
    }
    return OutboxMessage(**{**defaults, **values})


def test_the_password_is_told_to_the_server_that_was_named_and_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Server:
        def __init__(self, *_address: object, **_options: object) -> None:
            """Nobody is called."""

        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_error: object) -> None:
            """Nothing is open."""

        def starttls(self, *, context: ssl.SSLContext | None = None) -> None:
            is_checked = context is not None and context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
            done.append("checked" if is_checked else "anybody")

        def login(self, *_secret: str) -> None:
            done.append("password")

        def send_message(self, _mail: object) -> None:
            done.append("mail")

    monkeypatch.setattr(smtplib, "SMTP", Server)
    config = Config(
        database_url="sqlite://",
        secret_key="only-for-tests-" * 4,
        smtp_host="mail.example",
        smtp_starttls=True,
        smtp_user="alfa",
        smtp_password="secret",
    )
    Smtp(config).send(message())
    assert done == ["checked", "password", "mail"]


def test_a_message_that_is_not_necessary_brings_the_button_to_have_no_more() -> None:
    mail = compose(message(), SENDER)
    assert mail["List-Unsubscribe"] == f"<{links.absolute('/messages/5f6e/no-more')}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("values", [{"kind": "visit_booked"}, {"contact_id": None}])
def test_what_is_necessary_and_what_goes_to_the_company_brings_none(values: dict[str, object]) -> None:
    mail = compose(message(**values), SENDER)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)


def test_an_email_is_the_same_message_however_often_it_is_handed_over() -> None:
    first, second = (compose(message(), SENDER) for _time in range(2))
    assert first["Message-ID"] == second["Message-ID"] == "<5f6e@fieldsvc>"


def test_a_calendar_file_keeps_its_method() -> None:
    event = ["visit.ics", "text/calendar; charset=utf-8; method=CANCEL", "BEGIN:VCALENDAR"]
    [file] = compose(message(attachments=[event]), SENDER).iter_attachments()
    assert (file.get_content_type(), file.get_param("method"), file.get_filename()) == (
        "text/calendar",
        "CANCEL",
        "visit.ics",
    )


def test_no_line_of_a_subject_becomes_a_header() -> None:
    with pytest.raises(ValueError, match="Header values may not contain"):
        compose(message(subject="Hello\r\nBcc: x@evil.example"), SENDER)
