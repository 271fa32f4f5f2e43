"""The filters of lists: what was asked for is what is shown as chosen, and what makes no sense chooses nothing."""

import re

import pytest

from tests.web.world import Web

LISTS = {
    "/settings/message-log": {"state": "sent", "channel": "sms", "kind": "visit_booked", "days": "30"},
    "/settings/offers": {"state": "taken", "source": "portal", "type": "1"},
    "/settings/waiting": {"state": "offered", "type": "1"},
    "/settings/forms": {"kind": "intake", "state": "archived"},
    "/settings/forms/1/answers": {"type": "1", "technician": "1"},
    "/dispatch/satisfaction": {"type": "1", "technician": "1"},
}


def chosen(page: str) -> dict[str, str]:
    """What each filter of a page has chosen, by its name."""
    found = {}
    for name, options in re.findall(r'<select[^>]* id="filter-(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        [found[name]] = re.findall(r'<option value="([^"]*)" selected>', options)
    return found


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_the_filters_it_was_asked_for(web: Web, path: str) -> None:
    assert chosen(web.browser("administrator").get(path, query_string=LISTS[path]).text) == LISTS[path]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("value", ["", "None", "0", "-1", "full moon", "9" * 400])
def test_a_filter_that_makes_no_sense_filters_nothing(web: Web, path: str, value: str) -> None:
    answer = web.browser("administrator").get(path, query_string=dict.fromkeys(LISTS[path], value))
    assert answer.status_code == 200
    assert set(chosen(answer.text).values()) == {""}
