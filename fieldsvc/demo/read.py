"""Reads the files of the demo company."""

import csv
import tomllib
from typing import Any

from fieldsvc.core.resources import folder


def text(name: str) -> str:
    """The text of one file."""
    return (folder("fixtures") / "demo" / name).read_text(encoding="utf-8")


def settings(name: str) -> dict[str, Any]:
    """One TOML file."""
    return tomllib.loads(text(name))


def rows(name: str) -> list[dict[str, str]]:
    """One CSV file, a dictionary by column for every line."""
    return list(csv.DictReader(text(name).splitlines()))


def kinds_of_work() -> dict[str, dict[str, Any]]:
    """What the files say of each activity type, by reference."""
    return {one["reference"]: one for one in settings("activity_types.toml")["activity_types"]}


def minute(clock: str) -> int:
    """Minutes of "08:30" from midnight."""
    hours, _colon, minutes = clock.partition(":")
    return 60 * int(hours) + int(minutes)
