"""One frozen object, read from the environment once."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fieldsvc.core.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Config:
    """Everything an operator sets before the product starts."""

    database_url: str
    secret_key: str = field(repr=False)
    is_demo: bool = False
    public_url: str = "http://127.0.0.1:8000"
    mail_from: str = "fieldsvc <no-reply@localhost>"
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: str | None = field(default=None, repr=False)
    smtp_starttls: bool = False
    sms_url: str | None = None
    sms_token: str = field(default="", repr=False)
    sms_sender: str = ""
    geocoder_url: str | None = None
    geocoder_agent: str = "fieldsvc"
    roads_kind: str = ""
    roads_url: str | None = None
    roads_edition: str = ""
    webhook_hosts: frozenset[str] = frozenset()
    """Hosts of the inner network that triggers may call."""
    broker_url: str | None = None
    run_worker: bool = True
    trusted_proxies: int = 0
    rate_limits: bool = True
    rate_limit_storage: str = "memory://"

    @property
    def has_tls(self) -> bool:
        """Whether people reach the product over HTTPS, so that cookies are marked secure."""
        return self.public_url.startswith("https://")


def data_directory() -> Path:
    """Where an installation without its own database keeps its files."""
    return Path(os.environ.get("FIELDSVC_DATA", "data")).absolute()


def read(environment: Mapping[str, str] = os.environ, *, is_demo: bool = False) -> Config:
    """The configuration of the environment; a demo makes what is missing, anything else refuses to start."""
    url = environment.get("FIELDSVC_DATABASE_URL", "")
    if not url:
        if not is_demo and "FIELDSVC_DATA" not in environment:
            raise Misconfigured(
                "FIELDSVC_DATABASE_URL is not set. Give a database, for example "
                "sqlite:////var/lib/fieldsvc/fieldsvc.db or postgresql+psycopg://user@host/fieldsvc."
            )
        url = f"sqlite:///{data_directory() / 'fieldsvc.db'}"
    secret = environment.get("FIELDSVC_SECRET_KEY", "")
    if not secret:
        if not is_demo:
            raise Misconfigured(
                "FIELDSVC_SECRET_KEY is not set. Make one with: "
                "python -c 'import secrets; print(secrets.token_hex(32))'"
            )
        secret = _kept_secret()
    if len(secret) < 32:
        raise Misconfigured("FIELDSVC_SECRET_KEY is too short: give at least 32 characters.")
    roads_kind, roads_url = _roads(environment.get("FIELDSVC_ROADS", ""))
    return Config(
        database_url=_normal_url(url),
        secret_key=secret,
        is_demo=is_demo,
        public_url=_public_url(environment.get("FIELDSVC_PUBLIC_URL", "http://127.0.0.1:8000")),
        mail_from=environment.get("FIELDSVC_MAIL_FROM", "fieldsvc <no-reply@localhost>"),
        smtp_host=environment.get("FIELDSVC_SMTP_HOST") or None,
        smtp_port=_number(environment, "FIELDSVC_SMTP_PORT", 25),
        smtp_user=environment.get("FIELDSVC_SMTP_USER") or None,
        smtp_password=environment.get("FIELDSVC_SMTP_PASSWORD") or None,
        smtp_starttls=_flag(environment, "FIELDSVC_SMTP_STARTTLS", False),
        sms_url=_sms_url(environment.get("FIELDSVC_SMS_URL", "")),
        sms_token=_sms_token(environment.get("FIELDSVC_SMS_TOKEN", "")),
        sms_sender=_sms_sender(environment.get("FIELDSVC_SMS_SENDER", "")),
        geocoder_url=environment.get("FIELDSVC_GEOCODER_URL") or None,
        geocoder_agent=environment.get("FIELDSVC_GEOCODER_AGENT", "fieldsvc"),
        roads_kind=roads_kind,
        roads_url=roads_url,
        roads_edition=environment.get("FIELDSVC_ROADS_EDITION", ""),
        webhook_hosts=frozenset(environment.get("FIELDSVC_WEBHOOK_HOSTS", "").lower().replace(",", " ").split()),
        broker_url=environment.get("FIELDSVC_BROKER_URL") or None,
        run_worker=_flag(environment, "FIELDSVC_RUN_WORKER", True),
        trusted_proxies=_number(environment, "FIELDSVC_TRUSTED_PROXIES", 0),
        rate_limits=_flag(environment, "FIELDSVC_RATE_LIMITS", True),
        rate_limit_storage=environment.get("FIELDSVC_RATE_LIMIT_STORAGE", "memory://"),
    )


def _normal_url(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise Misconfigured("FIELDSVC_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _public_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^/?#\s]+/?", url):
        raise Misconfigured(f"FIELDSVC_PUBLIC_URL must be like https://fieldsvc.example, not {url!r}.")
    return url.rstrip("/")


def _sms_url(url: str) -> str | None:
    """Where SMS are handed over."""
    if not url:
        return None
    if not re.fullmatch(r"https?://[^/?#\s@]+(?:/[^?#\s]*)?(?:\?[^#\s]*)?", url) or not _has_good_port(url):
        raise Misconfigured(f"FIELDSVC_SMS_URL must be like https://sms.example/messages, not {url!r}.")
    return url


def _has_good_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _sms_token(token: str) -> str:
    if not re.fullmatch(r"[!-~]*", token):
        raise Misconfigured("FIELDSVC_SMS_TOKEN must be plain letters, figures and signs without spaces.")
    return token


def _sms_sender(sender: str) -> str:
    if not re.fullmatch(r"\+?[A-Za-z0-9 ]{0,15}", sender):
        raise Misconfigured(f"FIELDSVC_SMS_SENDER must be a phone number or up to 15 letters, not {sender!r}.")
    return sender


def _roads(text: str) -> tuple[str, str | None]:
    """The kind of road service and its address."""
    if not text:
        return "", None
    found = re.fullmatch(r"(osrm|valhalla):(https?://[^/?#\s]+(?:/[^?#\s]*)?)", text)
    if found is None:
        raise Misconfigured(
            "FIELDSVC_ROADS must be osrm: or valhalla: and an address, for example "
            f"valhalla:http://127.0.0.1:8002, not {text!r}."
        )
    return found[1], found[2].rstrip("/")


def _kept_secret() -> str:
    """A demo keeps its secret beside its data, so that people stay signed in over a restart."""
    path = data_directory() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "")
    if not value:
        return default
    if not value.isdecimal():
        raise Misconfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _flag(environment: Mapping[str, str], name: str, default: bool) -> bool:
    value = environment.get(name, "").lower()
    if not value:
        return default
    if value not in {"1", "0", "true", "false", "yes", "no"}:
        raise Misconfigured(f"{name} must be yes or no, not {value!r}.")
    return value in {"1", "true", "yes"}
