"""A question is asked exactly when its condition holds for the answers before it; a hidden one never blocks."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldsvc.domain.catalogue import answers
from fieldsvc.domain.catalogue.fields import Field

OPTIONS = [{"code": code, "label": {"en": code}} for code in ("a", "b", "c")]
VALUES: dict[str, list[Any]] = {
    "short_text": ["", "x", "y" * 201],
    "number": ["", "0", "3", "7,5", "many"],
    "yes_no": ["", "yes", "no", "perhaps"],
    "choice": ["", "a", "b", "z"],
    "choices": [[], ["a"], ["a", "c"], ["z"]],
    "rating": ["", "1", "5", "9"],
    "text": ["typed by force"],
}


@st.composite
def forms(draw: st.DrawFn) -> list[Field]:
    """Random questions, each with a random condition over any question of the form, also over later ones."""
    codes = [f"q{number}" for number in range(draw(st.integers(1, 7)))]
    return [
        Field(
            code=code,
            kind=draw(st.sampled_from(sorted(VALUES))),
            label={"en": code},
            options=OPTIONS,
            is_required=draw(st.booleans()),
            show_if=draw(conditions(codes)),
            decimals=1,
        )
        for code in codes
    ]


def conditions(codes: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Trees over the answers to `codes`; often none at all."""
    code = st.sampled_from(codes)
    value = st.sampled_from(["yes", "no", "a", "b", "3", "x"])
    leaf = st.one_of(
        st.fixed_dictionaries({"condition": st.just("answer_is"), "field": code, "value": value}),
        st.fixed_dictionaries({"condition": st.just("answer_is_not"), "field": code, "value": value}),
        st.fixed_dictionaries({"condition": st.just("answer_at_least"), "field": code, "value": st.integers(0, 8)}),
        st.fixed_dictionaries({"condition": st.sampled_from(["is_answered", "is_not_answered"]), "field": code}),
    )
    group = st.sampled_from(["all", "any", "none"])
    tree = st.recursive(
        leaf, lambda inner: st.builds(lambda name, parts: {name: parts}, group, st.lists(inner, min_size=1, max_size=3))
    )
    return st.one_of(st.just({}), tree)


@st.composite
def filled(draw: st.DrawFn) -> tuple[list[Field], dict[str, Any]]:
    """A form and what somebody typed into it, wrong answers and answers to hidden questions included."""
    fields = draw(forms())
    return fields, {field.code: draw(st.sampled_from(VALUES[field.kind])) for field in fields}


@given(filled())
def test_what_is_asked_is_what_is_required_and_kept(case: tuple[list[Field], dict[str, Any]]) -> None:
    fields, typed = case
    found = answers.look(fields, typed)
    shown = {field.code for field in found.shown}
    assert set(found.answers) | set(found.wrong) <= shown
    assert not set(found.answers) & set(found.wrong)
    unanswered = {field.code for field in found.shown if field.is_required and field.is_asked} - set(found.answers)
    assert unanswered <= set(found.wrong)


@given(filled())
def test_answers_to_hidden_questions_change_nothing(case: tuple[list[Field], dict[str, Any]]) -> None:
    fields, typed = case
    found = answers.look(fields, typed)
    shown = {field.code for field in found.shown}
    assert answers.look(fields, {code: value for code, value in typed.items() if code in shown}) == found


@given(filled())
def test_answers_that_were_read_show_the_same_questions_again(case: tuple[list[Field], dict[str, Any]]) -> None:
    fields, typed = case
    found = answers.look(fields, typed)
    again = answers.kept(fields, found.answers)
    assert (again.shown, again.answers) == (found.shown, found.answers)


@given(forms())
def test_every_form_can_be_completed(fields: list[Field]) -> None:
    """Answering what is required, again and again, ends: no hidden question stands in the way."""
    right: dict[str, Any] = {
        "short_text": "x",
        "number": "3",
        "yes_no": "yes",
        "choice": "a",
        "choices": ["a"],
        "rating": "5",
    }
    typed: dict[str, Any] = {}
    for _round in fields:
        wrong = answers.look(fields, typed).wrong
        typed |= {field.code: right[field.kind] for field in fields if field.code in wrong}
    assert answers.look(fields, typed).wrong == {}


def test_a_hidden_required_question_blocks_nobody_and_keeps_nothing() -> None:
    fields = [
        Field("shown", "yes_no", {"en": "Error?"}, is_required=True),
        Field(
            "code",
            "short_text",
            {"en": "Which?"},
            is_required=True,
            show_if={"condition": "answer_is", "field": "shown", "value": "yes"},
        ),
    ]
    assert answers.read(fields, {"shown": "no", "code": "F.732"}) == {"shown": False}
    assert set(answers.look(fields, {"shown": "yes"}).wrong) == {"code"}
