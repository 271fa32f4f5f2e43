"""Whatever code the engine gives as a reason, the staff reads a sentence."""

from string import Formatter

import pytest

import solver
from fieldsvc.core.text import LOCALES, in_locale
from fieldsvc.domain.planning.words import REASONS, Names, reason_words
from solver.words import SENTENCES

NAMES = Names(visits={"7": "Maria"}, technicians={"7": "Rui"}, skills={"7": {"en": "Gas"}})


def said_with(code: str) -> dict[str, object]:
    """The parameters that the solver's own sentence of a code fills in."""
    return {name: "7" for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}


def test_every_code_of_the_solver_has_words_and_no_other() -> None:
    assert REASONS.keys() == SENTENCES.keys()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_reason_is_a_whole_sentence_made_of_what_the_solver_tells(code: str, locale: str) -> None:
    with in_locale(locale):
        words = reason_words(solver.Reason(code, said_with(code)), NAMES)
    assert words[0].isupper() or words[0].isdigit()
    assert words.endswith(".")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("people", "This visit is not for Rui."),
        ("overrun", "It takes longer than planned: Maria."),
        ("lower_level", "If level 7 of Gas is enough instead of 7."),
    ],
)
def test_a_reason_names_people_and_not_ids(code: str, words: str) -> None:
    assert reason_words(solver.Reason(code, said_with(code)), NAMES) == words
