"""What an operator may set, and words for what cannot be."""

from pathlib import Path

import pytest

from fieldsvc.core import config
from fieldsvc.core.errors import Misconfigured

GOOD = {"FIELDSVC_DATABASE_URL": "sqlite:///x.db", "FIELDSVC_SECRET_KEY": "s" * 32}


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"FIELDSVC_DATABASE_URL": ""}, "FIELDSVC_DATABASE_URL"),
        ({"FIELDSVC_DATABASE_URL": "mysql://x"}, "FIELDSVC_DATABASE_URL"),
        ({"FIELDSVC_SECRET_KEY": ""}, "FIELDSVC_SECRET_KEY"),
        ({"FIELDSVC_SECRET_KEY": "s" * 31}, "FIELDSVC_SECRET_KEY"),
        ({"FIELDSVC_SMTP_PORT": "many"}, "FIELDSVC_SMTP_PORT"),
        ({"FIELDSVC_TRUSTED_PROXIES": "-1"}, "FIELDSVC_TRUSTED_PROXIES"),
        ({"FIELDSVC_RATE_LIMITS": "perhaps"}, "FIELDSVC_RATE_LIMITS"),
        ({"FIELDSVC_PUBLIC_URL": "fieldsvc.example"}, "FIELDSVC_PUBLIC_URL"),
        ({"FIELDSVC_PUBLIC_URL": "javascript:x"}, "FIELDSVC_PUBLIC_URL"),
        ({"FIELDSVC_PUBLIC_URL": "https://"}, "FIELDSVC_PUBLIC_URL"),
        ({"FIELDSVC_SMS_URL": "sms.example"}, "FIELDSVC_SMS_URL"),
        ({"FIELDSVC_SMS_URL": "file:///etc/passwd"}, "FIELDSVC_SMS_URL"),
        ({"FIELDSVC_SMS_URL": "https://user:word@sms.example/"}, "FIELDSVC_SMS_URL"),
        ({"FIELDSVC_SMS_URL": "https://sms.example:99999/"}, "FIELDSVC_SMS_URL"),
        ({"FIELDSVC_SMS_URL": "https://sms.example/ x"}, "FIELDSVC_SMS_URL"),
        ({"FIELDSVC_SMS_TOKEN": "x\r\nHost: evil"}, "FIELDSVC_SMS_TOKEN"),
        ({"FIELDSVC_SMS_SENDER": "A sender with a long name"}, "FIELDSVC_SMS_SENDER"),
        ({"FIELDSVC_ROADS": "http://127.0.0.1:5000"}, "FIELDSVC_ROADS"),
        ({"FIELDSVC_ROADS": "google:https://maps.example"}, "FIELDSVC_ROADS"),
        ({"FIELDSVC_ROADS": "osrm:file:///etc/passwd"}, "FIELDSVC_ROADS"),
        ({"FIELDSVC_ROADS": "osrm:http://maps.example?key=1"}, "FIELDSVC_ROADS"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(wrong: dict[str, str], names: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        config.read({**GOOD, **wrong})
    assert names in refusal.value.words
    assert "s" * 31 not in refusal.value.words


def test_what_is_not_said_has_its_default() -> None:
    found = config.read(GOOD)
    assert found == config.Config("sqlite:///x.db", "s" * 32)
    assert (found.is_demo, found.has_tls, found.rate_limits, found.trusted_proxies) == (False, False, True, 0)


def test_secrets_are_not_in_what_is_printed() -> None:
    found = config.read({**GOOD, "FIELDSVC_SMTP_PASSWORD": "hidden", "FIELDSVC_SMS_TOKEN": "hidden"})
    assert "s" * 32 not in repr(found)
    assert "hidden" not in repr(found)


@pytest.mark.parametrize("written", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_way_to_write_postgresql_is_taken(written: str) -> None:
    assert config.read({**GOOD, "FIELDSVC_DATABASE_URL": written}).database_url == "postgresql+psycopg://u@h/d"


def test_https_is_read_from_the_public_address() -> None:
    found = config.read({**GOOD, "FIELDSVC_PUBLIC_URL": "https://fieldsvc.example/"})
    assert (found.has_tls, found.public_url) == (True, "https://fieldsvc.example")


def test_a_demo_makes_its_secret_once_and_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDSVC_DATA", str(tmp_path / "data"))
    first, second = config.read({}, is_demo=True), config.read({}, is_demo=True)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("text", "value"), [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("No", False)])
def test_yes_and_no_may_be_written_in_several_ways(text: str, value: bool) -> None:
    assert config.read({**GOOD, "FIELDSVC_RATE_LIMITS": text}).rate_limits is value


@pytest.mark.parametrize(
    ("written", "kind", "url"),
    [
        ("osrm:http://127.0.0.1:5000", "osrm", "http://127.0.0.1:5000"),
        ("valhalla:https://maps.example/valhalla/", "valhalla", "https://maps.example/valhalla"),
    ],
)
def test_a_road_service_is_its_kind_and_its_address(written: str, kind: str, url: str) -> None:
    found = config.read({**GOOD, "FIELDSVC_ROADS": written})
    assert (found.roads_kind, found.roads_url) == (kind, url)
