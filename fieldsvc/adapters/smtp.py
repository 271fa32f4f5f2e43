"""Sends e-mail by SMTP."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

from fieldsvc.core.config import Config
from fieldsvc.domain.notify.deliver import Undeliverable
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.notify.outbox import unsubscribe_link

TIMEOUT_SECONDS = 10
FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server; one connection a message."""

    config: Config

    def send(self, message: OutboxMessage) -> None:
        """Hand the message over. Raises `Undeliverable`, `OSError` or `smtplib.SMTPException`."""
        assert self.config.smtp_host is not None, "built only when a host is configured"
        with smtplib.SMTP(self.config.smtp_host, self.config.smtp_port, timeout=TIMEOUT_SECONDS) as server:
            if self.config.smtp_starttls:
                # Without a context of its own the library would tell the password to whoever answers.
                server.starttls(context=ssl.create_default_context())
            if self.config.smtp_user:
                server.login(self.config.smtp_user, self.config.smtp_password or "")
            try:
                server.send_message(compose(message, self.config.mail_from))
            except smtplib.SMTPRecipientsRefused as refusal:
                code, words = next(iter(refusal.recipients.values()))
                if code < FOR_GOOD:
                    raise
                raise Undeliverable(f"{code} {_said(words)}") from refusal
            except smtplib.SMTPDataError as refusal:
                if refusal.smtp_code < FOR_GOOD:
                    raise
                raise Undeliverable(f"{refusal.smtp_code} {_said(refusal.smtp_error)}") from refusal


def compose(message: OutboxMessage, sender: str) -> EmailMessage:
    """The e-mail of an outbox row: text, HTML, attachments, and the id that makes a second delivery the same."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.recipient
    mail["Subject"] = message.subject
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if way_out := unsubscribe_link(message.kind, message.contact_id, message.message_id):
        # RFC 8058: the reader's mail program shows a button, and posts this to the address.
        mail["List-Unsubscribe"] = f"<{way_out}/no-more>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for name, content_type, content in message.attachments:
        main, _slash, rest = content_type.partition("/")
        subtype, *parameters = (part.strip() for part in rest.split(";"))
        options = dict(parameter.split("=", 1) for parameter in parameters if not parameter.startswith("charset"))
        assert main == "text", "we attach text files only"
        mail.add_attachment(content, subtype=subtype, filename=name, params=options)
    return mail


def _said(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
