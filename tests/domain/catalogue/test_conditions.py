"""The condition language: a truth table for every condition and group, and trees that cannot be evaluated refused."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.catalogue.conditions import DEEPEST, GROUPS, REGISTRY, Facts, evaluate, validate
from tests.make import NOON

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def facts(**values: Any) -> Facts:
    return Facts(**{"now": NOON, "status": "scheduled", **values})


def leaf(condition: str, **parameters: Any) -> dict[str, Any]:
    return {"condition": condition, **parameters}


YES, NO = leaf("status_is", statuses=["scheduled"]), leaf("status_is", statuses=["completed"])

# Each condition at its limits: the tree, the facts, whether it allows.
LEAVES: list[tuple[dict[str, Any], Facts, bool]] = [
    (leaf("notice_hours", hours=24), facts(window_begins_at=NOON + 24 * HOUR), True),
    (leaf("notice_hours", hours=24), facts(window_begins_at=NOON + 24 * HOUR - SECOND), False),
    (leaf("notice_hours", hours=0), facts(window_begins_at=NOON), True),
    (leaf("notice_hours", hours=0), facts(window_begins_at=NOON - SECOND), False),
    (leaf("notice_hours", hours=10_000), facts(), True),
    (leaf("not_yet_begun"), facts(window_begins_at=NOON + SECOND), True),
    (leaf("not_yet_begun"), facts(window_begins_at=NOON), False),
    (leaf("not_yet_begun"), facts(window_begins_at=NOON - 1000 * HOUR), False),
    (leaf("not_yet_begun"), facts(), True),
    (leaf("status_is", statuses=["scheduled", "held"]), facts(), True),
    (leaf("status_is", statuses=["held"]), facts(), False),
    (leaf("status_is_not", statuses=["held"]), facts(), True),
    (leaf("status_is_not", statuses=["scheduled", "held"]), facts(), False),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": "yes"}), True),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": "no"}), False),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={}), False),
    (leaf("answer_is", field="leak", value="yes"), facts(), False),
    (leaf("answer_is", field="floors", value="3"), facts(answers={"floors": 3}), True),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": True}), True),
    (leaf("answer_is", field="leak", value="no"), facts(answers={"leak": False}), True),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": False}), False),
]


@pytest.mark.parametrize(("tree", "known", "allows"), LEAVES)
def test_each_condition_holds_at_its_limits(tree: dict[str, Any], known: Facts, allows: bool) -> None:
    validate(tree)
    verdict = evaluate(tree, known)
    assert verdict.is_allowed is allows
    assert verdict.words


def test_every_condition_has_both_a_line_that_allows_and_one_that_refuses() -> None:
    seen = {(tree["condition"], allows) for tree, _facts, allows in LEAVES}
    assert seen == {(name, allows) for name in REGISTRY for allows in (True, False)}


@pytest.mark.parametrize(
    ("tree", "allows"),
    [
        ({}, True),
        ({"all": [YES]}, True),
        ({"all": [NO]}, False),
        ({"all": [YES, YES]}, True),
        ({"all": [YES, NO]}, False),
        ({"all": [NO, YES]}, False),
        ({"any": [NO]}, False),
        ({"any": [NO, YES]}, True),
        ({"any": [NO, NO]}, False),
        ({"none": [NO]}, True),
        ({"none": [YES]}, False),
        ({"none": [NO, YES]}, False),
        ({"none": [NO, NO]}, True),
        ({"none": [{"none": [YES]}]}, True),
        ({"all": [{"any": [NO, YES]}, {"none": [NO]}]}, True),
        ({"all": [{"any": [NO, NO]}, {"none": [NO]}]}, False),
        ({"all": [{}]}, True),
        ({"none": [{}]}, False),
    ],
)
def test_each_group_holds(tree: dict[str, Any], allows: bool) -> None:
    validate(tree)
    assert evaluate(tree, facts()).is_allowed is allows


def test_a_refusal_says_the_condition_that_decided() -> None:
    late, notice = facts(window_begins_at=NOON + HOUR), leaf("notice_hours", hours=24)
    told = evaluate(notice, late)
    assert "24 hours" in told.words
    assert evaluate({"all": [YES, notice, NO]}, late) == told
    assert evaluate({"any": [notice, NO]}, late) == told
    assert evaluate({"all": [{"any": [notice]}]}, late) == told
    assert evaluate({"none": [YES]}, late).words


def deep(levels: int) -> dict[str, Any]:
    return {"all": [deep(levels - 1)]} if levels else YES


WRONG: list[tuple[Any, str]] = [
    (None, "conditions"),
    ([], "conditions"),
    ("status_is", "conditions"),
    (1, "conditions"),
    ({"some": [YES]}, "conditions"),
    ({"all": [YES], "any": [YES]}, "conditions"),
    ({"all": []}, "conditions.all"),
    ({"all": YES}, "conditions.all"),
    ({"any": None}, "conditions.any"),
    ({"all": [YES, {"any": [YES, None]}]}, "conditions.all[1].any[1]"),
    (leaf("unknown"), "conditions.condition"),
    ({"condition": None}, "conditions.condition"),
    ({"condition": ["status_is"]}, "conditions.condition"),
    ({"all": [leaf("__import__", name="os")]}, "conditions.all[0].condition"),
    (leaf("notice_hours"), "conditions.hours"),
    (leaf("notice_hours", hours="24"), "conditions.hours"),
    (leaf("notice_hours", hours=True), "conditions.hours"),
    (leaf("notice_hours", hours=-1), "conditions.hours"),
    (leaf("notice_hours", hours=10_001), "conditions.hours"),
    (leaf("notice_hours", hours=1.5), "conditions.hours"),
    (leaf("notice_hours", hours=24, minutes=5), "conditions.minutes"),
    (leaf("notice_hours", hours=24, facts={}), "conditions.facts"),
    (leaf("not_yet_begun", hours=24), "conditions.hours"),
    (leaf("status_is"), "conditions.statuses"),
    (leaf("status_is", statuses="scheduled"), "conditions.statuses"),
    (leaf("status_is", statuses=[]), "conditions.statuses"),
    (leaf("status_is_not", statuses=["held", 1]), "conditions.statuses"),
    (leaf("answer_is", field="leak"), "conditions.value"),
    (leaf("answer_is", field=1, value="yes"), "conditions.field"),
    (leaf("answer_is", field="leak", value=True), "conditions.value"),
    (deep(DEEPEST + 1), "conditions" + ".all[0]" * (DEEPEST + 1)),
]


@pytest.mark.parametrize(("tree", "path"), WRONG, ids=range(len(WRONG)))
def test_a_tree_that_cannot_be_evaluated_is_refused_with_the_path_of_what_is_wrong(tree: Any, path: str) -> None:
    with pytest.raises(Invalid) as refusal:
        validate(tree)
    assert refusal.value.words.startswith(path + ":")


def test_the_deepest_tree_is_taken() -> None:
    validate(deep(DEEPEST))
    assert evaluate(deep(DEEPEST), facts()).is_allowed


# --- Any tree -----------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.integers())


def leaves() -> st.SearchStrategy[dict[str, Any]]:
    """A condition of each kind with parameters it takes."""
    statuses = st.lists(st.text(), min_size=1)
    parameters: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "notice_hours": {"hours": st.integers(0, 10_000)},
        "not_yet_begun": {},
        "status_is": {"statuses": statuses},
        "status_is_not": {"statuses": statuses},
        "answer_is": {"field": st.text(), "value": st.text()},
    }
    assert set(parameters) == set(REGISTRY)
    return st.one_of([st.fixed_dictionaries({"condition": st.just(name), **parameters[name]}) for name in parameters])


def depth(tree: dict[str, Any]) -> int:
    """How many groups lie over the deepest leaf."""
    children: list[dict[str, Any]] = next((tree[group] for group in GROUPS if group in tree), [])
    return 1 + max(depth(child) for child in children) if children else 0


def trees(leaf_: st.SearchStrategy[Any], *, smallest: int) -> st.SearchStrategy[Any]:
    def grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        children = st.lists(inner, min_size=smallest, max_size=3)
        return st.sampled_from(GROUPS).flatmap(lambda group: children.map(lambda them: {group: them}))

    return st.recursive(leaf_, grow, max_leaves=8)


any_facts = st.builds(
    Facts,
    now=st.just(NOON),
    status=st.text(),
    window_begins_at=st.none() | st.integers(-(10**6), 10**6).map(lambda minutes: NOON + minutes * SECOND * 60),
    answers=st.none() | st.dictionaries(st.text(), SCALARS),
)


@given(tree=trees(leaves() | st.just({}), smallest=1), known=any_facts)
def test_a_tree_that_was_taken_always_has_a_verdict(tree: Any, known: Facts) -> None:
    assume(depth(tree) <= DEEPEST)  # the only thing that can be wrong with these
    validate(tree)
    verdict = evaluate(tree, known)
    if tree:
        assert evaluate({"none": [tree]}, known).is_allowed is not verdict.is_allowed
        assert evaluate({"all": [tree, tree]}, known).is_allowed is verdict.is_allowed
        assert evaluate({"any": [tree]}, known).is_allowed is verdict.is_allowed


json_like = st.recursive(
    SCALARS | leaves(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*GROUPS, "condition", "hours", "x"]) | st.text(), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(tree=json_like, known=any_facts)
def test_any_json_is_either_refused_or_evaluated(tree: Any, known: Facts) -> None:
    try:
        validate(tree)
    except Invalid:
        return
    assert evaluate(tree, known).is_allowed in {True, False}
