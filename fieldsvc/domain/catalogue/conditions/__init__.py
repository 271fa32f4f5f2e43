"""Availability conditions: a JSON tree of `all` / `any` / `none` over small pure functions.

    {"all": [{"condition": "status_is", "statuses": ["scheduled"]}, {"condition": "notice_hours", "hours": 24}]}

A function gets frozen facts and its parameters and says yes or no; it touches no session and no clock. Names and
parameters are checked when a tree is saved; an unknown name refuses. Every verdict can be explained.
"""

from fieldsvc.domain.catalogue.conditions import (
    about_answers,
    about_client,
    about_intervention,
    about_now,
    about_times,
)
from fieldsvc.domain.catalogue.conditions.facts import Facts, Verdict
from fieldsvc.domain.catalogue.conditions.judge import ROOT, evaluate, explain, holds, part
from fieldsvc.domain.catalogue.conditions.registry import OFFERED, REGISTRY, Condition, Parameter, offered
from fieldsvc.domain.catalogue.conditions.sentence import clause, sentence
from fieldsvc.domain.catalogue.conditions.show_if import cycle
from fieldsvc.domain.catalogue.conditions.validate import DEEPEST, GROUPS, validate
from fieldsvc.domain.catalogue.conditions.warnings import findings, warnings

# Whoever imports the language has every condition in the registry.
ABOUT = (about_answers, about_client, about_intervention, about_now, about_times)

__all__ = [
    "ABOUT",
    "DEEPEST",
    "GROUPS",
    "OFFERED",
    "REGISTRY",
    "ROOT",
    "Condition",
    "Facts",
    "Parameter",
    "Verdict",
    "clause",
    "cycle",
    "evaluate",
    "explain",
    "findings",
    "holds",
    "offered",
    "part",
    "sentence",
    "validate",
    "warnings",
]
