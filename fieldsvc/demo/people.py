"""Whom a visitor of the demo can be."""

from dataclasses import dataclass

from fieldsvc.demo import read

SLUG: str = read.settings("unit.toml")["slug"]


@dataclass(frozen=True, slots=True)
class Person:
    """One way to sign in; a client has no password, his code arrives in the demo's outbox."""

    role: str
    name: str
    login: str
    password: str


def people() -> list[Person]:
    """A client, the dispatcher, the administrator and a technician."""
    unit = read.settings("unit.toml")
    email = read.settings("story.toml")["client"]["email"]
    client = next(row for row in read.rows("clients.csv") if row["email"] == email)
    technician = read.settings("technicians.toml")["technicians"][0]
    password = unit["password"]
    return [
        Person("client", client["name"], client["email"], ""),
        Person("dispatcher", unit["dispatcher"]["name"], unit["dispatcher"]["email"], password),
        Person("administrator", unit["administrator"]["name"], unit["administrator"]["email"], password),
        Person("technician", technician["name"], technician["email"], password),
    ]
