"""What was answered to questions, as pages show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldsvc.core.text import pick
from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import UPLOADS, Field


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer in words, and the file that was given with it."""

    question: str
    words: str
    file_id: int | None = None


def answers_of(asked: Sequence[Field], given: Mapping[str, Any]) -> Iterator[Answer]:
    """Each question that was answered, with the answer as a person reads it."""
    for field in asked:
        if field.code in given:
            answer = given[field.code]
            file_id = answers.file_of(answer) if field.kind in UPLOADS else None
            yield Answer(pick(field.label), answers.in_words(field, answer), file_id)
