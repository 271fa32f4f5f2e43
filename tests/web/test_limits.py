"""P38: strangers are slowed down, with words, and only where it was asked for."""

import pytest
from werkzeug.test import TestResponse

from tests.web.conftest import NewWeb
from tests.web.world import Web

SIGN_IN = "/portal/alfa/sign-in"


@pytest.fixture
def limited(new_web: NewWeb) -> Web:
    return new_web(rate_limits=True)


def knock(web: Web, path: str = SIGN_IN, *, address: str = "192.0.2.1", **headers: str) -> TestResponse:
    return web.browser().post(path, environ_overrides={"REMOTE_ADDR": address}, headers=headers)


def test_after_thirty_tries_in_a_minute_a_stranger_waits(limited: Web) -> None:
    assert [knock(limited).status_code for _try in range(30)] == [422] * 30
    answer = knock(limited)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Please wait a moment" in answer.text
    assert "There were many attempts in a short time." in answer.text
    assert "Try again in 1 minute." in answer.text
    assert limited.browser().get(SIGN_IN, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200
    assert knock(limited, address="192.0.2.2").status_code == 422, "somebody else need not wait"
    in_portuguese = knock(limited, **{"Accept-Language": "pt-PT"})
    assert in_portuguese.status_code == 429
    assert "Please wait" not in in_portuguese.text
    as_json = knock(limited, Accept="application/json")
    assert as_json.json == {"error": "Too Many Requests"}


@pytest.mark.parametrize(
    ("path", "tries"),
    [
        ("/portal/alfa/sign-in/code", 30),
        ("/portal/alfa/sign-in/link/x", 30),
        ("/portal/alfa/sign-in/resend", 10),
        ("/staff/sign-in", 30),
    ],
)
def test_every_door_has_its_limit(limited: Web, path: str, tries: int) -> None:
    assert 429 not in {knock(limited, path).status_code for _try in range(tries)}
    assert knock(limited, path).status_code == 429


def test_a_header_does_not_make_a_stranger_somebody_else(limited: Web, new_web: NewWeb) -> None:
    behind_a_proxy = new_web(rate_limits=True, trusted_proxies=1)
    addresses = [f"198.51.100.{number}" for number in range(31)]
    direct = [knock(limited, **{"X-Forwarded-For": one}) for one in addresses]
    assert direct[-1].status_code == 429
    forwarded = [knock(behind_a_proxy, **{"X-Forwarded-For": f"203.0.113.1, {one}"}) for one in addresses]
    assert forwarded[-1].status_code == 422, "a proxy that is trusted says who asks"
    forged = [knock(behind_a_proxy, **{"X-Forwarded-For": f"{one}, 203.0.113.2"}) for one in addresses]
    assert forged[-1].status_code == 429, "and what came before it is not believed"


def test_without_limits_nobody_waits(web: Web) -> None:
    assert {knock(web).status_code for _try in range(40)} == {422}
