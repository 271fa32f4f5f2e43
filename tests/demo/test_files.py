"""The files of the demo company are complete, in every language, and nobody in them is real."""

from collections.abc import Iterator
from typing import Any

import pytest

from fieldsvc.core import email, phone
from fieldsvc.core.text import LOCALES
from fieldsvc.demo import read
from fieldsvc.domain.clients.csv_rows import read_rows

FILES = (
    "activity_types.toml",
    "forms.toml",
    "opinions.toml",
    "story.toml",
    "technicians.toml",
    "triggers.toml",
    "unit.toml",
)
AROUND_PORTO = {"latitude": (41.10, 41.26), "longitude": (-8.71, -8.52)}


def texts_in(value: Any) -> Iterator[dict[str, str]]:
    """Every text that is given by language."""
    if isinstance(value, dict):
        if "en" in value:
            yield value
        for inner in value.values():
            yield from texts_in(inner)
    if isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


@pytest.mark.parametrize("file", FILES)
def test_every_text_is_there_in_every_language(file: str) -> None:
    for text in texts_in(read.settings(file)):
        assert set(text) == set(LOCALES), text
        assert all(words.strip() for words in text.values()), text


def test_the_clients_have_no_problem_and_addresses_that_nobody_owns() -> None:
    sheet = read_rows(read.text("clients.csv"))
    assert sheet.problems == []
    assert len(sheet.rows) == 150
    assert all(row.email is None or row.email.endswith("@client.example") for row in sheet.rows)
    assert all(row.email or row.phone for row in sheet.rows)


def test_some_clients_have_an_email_only_and_some_a_phone_only() -> None:
    rows = read_rows(read.text("clients.csv")).rows
    assert sum(row.phone is None for row in rows) >= 15
    assert sum(row.email is None for row in rows) >= 15
    assert sum(row.email is not None and row.phone is not None for row in rows) >= 75


def test_the_people_of_the_unit_have_valid_numbers_and_example_addresses() -> None:
    about, team = read.settings("unit.toml"), read.settings("technicians.toml")["technicians"]
    people = [about, about["dispatcher"], *team]
    assert len(team) == 10
    assert all(email.normal(one["email"]) and one["email"].endswith("@portoclima.example") for one in people)
    assert all(phone.normal(one["phone"]) for one in (about, *team))
    assert len({one["email"] for one in people}) == len(people)


def test_every_place_lies_around_porto() -> None:
    homes = [one["home"] for one in read.settings("technicians.toml")["technicians"]]
    for place in (*homes, *read.rows("clients.csv"), *read.rows("sites.csv")):
        for name, (least, most) in AROUND_PORTO.items():
            assert least < float(place[name]) < most, place


def test_the_files_agree_with_each_other() -> None:
    clients = {row["reference"] for row in read.rows("clients.csv")}
    sites = clients | {row["reference"] for row in read.rows("sites.csv")}
    assert {row["client"] for row in read.rows("sites.csv")} <= clients
    assert {row["site"] for row in read.rows("assets.csv")} == sites
