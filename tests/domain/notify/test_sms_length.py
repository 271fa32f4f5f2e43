"""An SMS is counted as a provider counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsvc.domain.notify import sms_length


@pytest.mark.parametrize(
    ("text", "units", "parts", "is_unicode"),
    [
        ("", 0, 1, False),
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("a" * 307, 307, 3, False),
        ("€" * 80, 160, 1, False),
        ("a" * 152 + "€" + "a" * 100, 254, 2, False),  # the euro takes two and is not cut
        ("ã" * 70, 70, 1, True),
        ("ã" * 71, 71, 2, True),
        ("10:00–12:00", 11, 1, True),
        ("👍" * 35, 70, 1, True),
        ("👍" * 36, 72, 2, True),
    ],
)
def test_its_units_and_parts(text: str, units: int, parts: int, is_unicode: bool) -> None:
    assert sms_length.of(text) == sms_length.SmsLength(units, parts, is_unicode)


@given(st.text(max_size=400))
def test_more_text_never_takes_fewer_parts(text: str) -> None:
    assert sms_length.of(text).parts <= sms_length.of(text + "a").parts
