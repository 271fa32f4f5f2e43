"""The condition language: a truth table for every condition and group, and trees that cannot be evaluated refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.catalogue.conditions import (
    DEEPEST,
    GROUPS,
    OFFERED,
    REGISTRY,
    Condition,
    Facts,
    Parameter,
    clause,
    cycle,
    evaluate,
    explain,
    findings,
    holds,
    offered,
    part,
    sentence,
    validate,
    warnings,
)
from fieldsvc.domain.catalogue.conditions.about_intervention import STATUSES
from fieldsvc.domain.catalogue.fields import Field
from fieldsvc.domain.interventions.lifecycle import MOVES
from tests.make import NOON, TODAY

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


def facts(**values: Any) -> Facts:
    return Facts(**{"now": NOON, "status": "scheduled", **values})


def leaf(condition: str, **parameters: Any) -> dict[str, Any]:
    return {"condition": condition, **parameters}


YES, NO = leaf("status_is", statuses=["scheduled"]), leaf("status_is", statuses=["completed"])

# Each condition at its limits: the tree, the facts, whether it allows.
LEAVES: list[tuple[dict[str, Any], Facts, bool]] = [
    (leaf("status_is", statuses=["scheduled", "completed"]), facts(), True),
    (leaf("status_is", statuses=["completed"]), facts(), False),
    (leaf("status_is", statuses=["completed"]), facts(status=""), False),
    (leaf("status_is_not", statuses=["completed"]), facts(), True),
    (leaf("status_is_not", statuses=["scheduled", "completed"]), facts(), False),
    (leaf("activity_kind_is", kinds=["call", "remote"]), facts(kind="call"), True),
    (leaf("activity_kind_is", kinds=["call", "remote"]), facts(kind="intervention"), False),
    (leaf("activity_kind_is", kinds=["call"]), facts(), False),
    (leaf("is_confirmed"), facts(confirmed_at=NOON), True),
    (leaf("is_confirmed"), facts(), False),
    (leaf("is_not_confirmed"), facts(), True),
    (leaf("is_not_confirmed"), facts(confirmed_at=NOON), False),
    (leaf("is_locked"), facts(is_locked=True), True),
    (leaf("is_locked"), facts(), False),
    (leaf("is_not_locked"), facts(), True),
    (leaf("is_not_locked"), facts(is_locked=True), False),
    (leaf("moved_at_most", times=2), facts(times_moved=2), True),
    (leaf("moved_at_most", times=2), facts(times_moved=3), False),
    (leaf("moved_at_most", times=0), facts(), True),
    (leaf("band_is", bands=["green", "orange"]), facts(band="orange"), True),
    (leaf("band_is", bands=["green", "orange"]), facts(band="red"), False),
    (leaf("band_is", bands=["green"]), facts(), False),
    (leaf("technician_assigned"), facts(technicians=1), True),
    (leaf("technician_assigned"), facts(), False),
    (leaf("no_technician"), facts(), True),
    (leaf("no_technician"), facts(technicians=2), False),
    (leaf("outcome_is", outcome="ok"), facts(outcome="ok"), True),
    (leaf("outcome_is", outcome="ok"), facts(outcome="not_ok"), False),
    (leaf("outcome_is", outcome="not_ok"), facts(), False),
    (leaf("questionnaire_waits"), facts(questionnaire_waits=True), True),
    (leaf("questionnaire_waits"), facts(), False),
    (leaf("document_waits"), facts(document_waits=True), True),
    (leaf("document_waits"), facts(), False),
    (leaf("postcode_begins_with", beginnings=["41", "4000-"]), facts(postcode="4000-001"), True),
    (leaf("postcode_begins_with", beginnings=["41", "4000-"]), facts(postcode="4001-001"), False),
    (leaf("postcode_begins_with", beginnings=["4"]), facts(), False),
    # times of the intervention
    (leaf("notice_hours", hours=24), facts(window_begins_at=NOON + 24 * HOUR), True),
    (leaf("notice_hours", hours=24), facts(window_begins_at=NOON + 24 * HOUR - SECOND), False),
    (leaf("notice_hours", hours=0), facts(window_begins_at=NOON), True),
    (leaf("notice_hours", hours=0), facts(window_begins_at=NOON - SECOND), False),
    (leaf("notice_hours", hours=10_000), facts(), True),
    (leaf("less_than_hours_before", hours=24), facts(window_begins_at=NOON + 24 * HOUR - SECOND), True),
    (leaf("less_than_hours_before", hours=24), facts(window_begins_at=NOON + 24 * HOUR), False),
    (leaf("less_than_hours_before", hours=24), facts(window_begins_at=NOON + SECOND), True),
    (leaf("less_than_hours_before", hours=24), facts(window_begins_at=NOON), False),
    (leaf("less_than_hours_before", hours=24), facts(), False),
    (leaf("not_yet_begun"), facts(window_begins_at=NOON + SECOND), True),
    (leaf("not_yet_begun"), facts(window_begins_at=NOON), False),
    (leaf("not_yet_begun"), facts(window_begins_at=NOON - 1000 * HOUR), False),
    (leaf("not_yet_begun"), facts(), True),
    (leaf("window_known"), facts(window_begins_at=NOON), True),
    (leaf("window_known"), facts(), False),
    (leaf("window_unknown"), facts(), True),
    (leaf("window_unknown"), facts(window_begins_at=NOON), False),
    (leaf("hours_after_closing", hours=5), facts(closed_at=NOON - 5 * HOUR), True),
    (leaf("hours_after_closing", hours=5), facts(closed_at=NOON - 5 * HOUR - SECOND), False),
    (leaf("hours_after_closing", hours=5), facts(), False),
    (leaf("created_within", days=2), facts(created_at=NOON - 48 * HOUR), True),
    (leaf("created_within", days=2), facts(created_at=NOON - 48 * HOUR - SECOND), False),
    (leaf("created_within", days=2), facts(), False),
    (leaf("due_passed"), facts(due_on=TODAY - DAY), True),
    (leaf("due_passed"), facts(due_on=TODAY), False),
    (leaf("due_passed"), facts(), False),
    (leaf("due_passed"), facts(due_on=TODAY, zone="Pacific/Auckland"), True),  # already tomorrow there
    (leaf("due_within", days=2), facts(due_on=TODAY + 2 * DAY), True),
    (leaf("due_within", days=2), facts(due_on=TODAY + 3 * DAY), False),
    (leaf("due_within", days=0), facts(due_on=TODAY), True),
    (leaf("due_within", days=2), facts(due_on=TODAY - DAY), False),
    (leaf("due_within", days=2), facts(), False),
    # the client and his contact
    (leaf("contact_role_is", roles=["all", "site"]), facts(contact_role="site"), True),
    (leaf("contact_role_is", roles=["all", "site"]), facts(contact_role="own"), False),
    (leaf("client_kind_is", kinds=["individual"]), facts(client_kind="individual"), True),
    (leaf("client_kind_is", kinds=["individual"]), facts(client_kind="company"), False),
    (leaf("client_category_is", categories=["gold", "silver"]), facts(client_category="gold"), True),
    (leaf("client_category_is", categories=["gold", "silver"]), facts(client_category="Gold"), False),
    (leaf("client_category_is_not", categories=["gold"]), facts(), True),
    (leaf("client_category_is_not", categories=["gold"]), facts(client_category="gold"), False),
    (leaf("client_field_is", name="floors", value="3"), facts(client_fields={"floors": 3}), True),
    (leaf("client_field_is", name="floors", value="3"), facts(client_fields={"floors": "30"}), False),
    (leaf("client_field_is", name="floors", value="3"), facts(), False),
    (leaf("contact_has_email"), facts(contact_has_email=True), True),
    (leaf("contact_has_email"), facts(), False),
    (leaf("contact_has_phone"), facts(contact_has_phone=True), True),
    (leaf("contact_has_phone"), facts(), False),
    # now, on the unit's clock; NOON is a Monday
    (leaf("weekday_is", weekdays=["mon", "sun"]), facts(), True),
    (leaf("weekday_is", weekdays=["tue"]), facts(), False),
    (leaf("weekday_is", weekdays=["tue"]), facts(zone="Pacific/Auckland"), True),
    (leaf("hour_between", begins=12, ends=13), facts(), True),
    (leaf("hour_between", begins=12, ends=13), facts(now=NOON + HOUR - SECOND), True),
    (leaf("hour_between", begins=12, ends=13), facts(now=NOON + HOUR), False),
    (leaf("hour_between", begins=12, ends=13), facts(now=NOON - SECOND), False),
    (leaf("hour_between", begins=12, ends=13), facts(zone="Europe/Paris"), False),
    (leaf("hour_between", begins=22, ends=6), facts(now=NOON + 10 * HOUR), True),
    (leaf("hour_between", begins=22, ends=6), facts(now=NOON + 18 * HOUR), False),
    (leaf("hour_between", begins=0, ends=24), facts(now=NOON + 12 * HOUR - SECOND), True),
    (leaf("from_day", first="2026-11-23"), facts(), True),
    (leaf("from_day", first="2026-11-24"), facts(), False),
    (leaf("from_day", first="2026-11-24"), facts(zone="Pacific/Auckland"), True),
    (leaf("before_day", first="2026-11-24"), facts(), True),
    (leaf("before_day", first="2026-11-23"), facts(), False),
    # answers
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": "yes"}), True),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": "no"}), False),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={}), False),
    (leaf("answer_is", field="leak", value="yes"), facts(), False),
    (leaf("answer_is", field="floors", value="3"), facts(answers={"floors": 3}), True),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": True}), True),
    (leaf("answer_is", field="leak", value="no"), facts(answers={"leak": False}), True),
    (leaf("answer_is", field="leak", value="yes"), facts(answers={"leak": False}), False),
    (leaf("answer_is", field="rooms", value="b"), facts(answers={"rooms": ["a", "b"]}), True),
    (leaf("answer_is", field="rooms", value="c"), facts(answers={"rooms": ["a", "b"]}), False),
    (leaf("answer_is_not", field="leak", value="yes"), facts(answers={"leak": False}), True),
    (leaf("answer_is_not", field="leak", value="yes"), facts(answers={"leak": True}), False),
    (leaf("answer_is_not", field="leak", value="yes"), facts(), True),
    (leaf("answer_is_one_of", field="brand", values=["a", "b"]), facts(answers={"brand": "b"}), True),
    (leaf("answer_is_one_of", field="brand", values=["a", "b"]), facts(answers={"brand": "c"}), False),
    (leaf("answer_is_one_of", field="brand", values=["a", "b"]), facts(), False),
    (leaf("answer_at_least", field="floors", value=3), facts(answers={"floors": 3}), True),
    (leaf("answer_at_least", field="floors", value=3), facts(answers={"floors": 2.99}), False),
    (leaf("answer_at_least", field="floors", value=3), facts(answers={"floors": "many"}), False),
    (leaf("answer_at_least", field="floors", value=-1), facts(), False),
    (leaf("answer_at_most", field="floors", value=3), facts(answers={"floors": "3"}), True),
    (leaf("answer_at_most", field="floors", value=3), facts(answers={"floors": 4}), False),
    (leaf("answer_at_most", field="floors", value=3), facts(), False),
    (leaf("is_answered", field="leak"), facts(answers={"leak": False}), True),
    (leaf("is_answered", field="leak"), facts(answers={"leak": ""}), False),
    (leaf("is_answered", field="rooms"), facts(answers={"rooms": []}), False),
    (leaf("is_not_answered", field="leak"), facts(), True),
    (leaf("is_not_answered", field="leak"), facts(answers={"leak": 0}), False),
]


@pytest.mark.parametrize(("tree", "known", "allows"), LEAVES)
def test_each_condition_holds_at_its_limits(tree: dict[str, Any], known: Facts, allows: bool) -> None:
    validate(tree)
    verdict = evaluate(tree, known)
    assert verdict.is_allowed is allows
    assert verdict.words
    assert clause(tree)


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
    assert evaluate({"all": [YES, notice, NO]}, late).words == told.words
    assert evaluate({"any": [notice, NO]}, late).words == told.words
    assert evaluate({"all": [{"any": [notice]}]}, late).words == told.words
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
    (leaf("status_is_not", statuses=["scheduled", 1]), "conditions.statuses"),
    (leaf("status_is_not", statuses=["scheduled", "gone"]), "conditions.statuses"),
    (leaf("status_is_not", statuses=["scheduled"] * 9), "conditions.statuses"),
    (leaf("outcome_is", outcome="good"), "conditions.outcome"),
    (leaf("outcome_is", outcome=["ok"]), "conditions.outcome"),
    (leaf("client_category_is", categories=["a", " "]), "conditions.categories[1]"),
    (leaf("client_category_is", categories=["a"] * 51), "conditions.categories"),
    (leaf("client_category_is", categories="gold"), "conditions.categories"),
    (leaf("from_day", first="23/11/2026"), "conditions.first"),
    (leaf("from_day", first="20261123"), "conditions.first"),
    (leaf("from_day", first="9999-01-01"), "conditions.first"),
    (leaf("from_day", first=20261123), "conditions.first"),
    (leaf("hour_between", begins=24, ends=24), "conditions.begins"),
    ({"all": [YES] * 51}, "conditions.all"),
    (leaf("answer_is", field="leak"), "conditions.value"),
    (leaf("answer_is", field=1, value="yes"), "conditions.field"),
    (leaf("answer_is", field="leak", value=True), "conditions.value"),
    (leaf("answer_is", field="leak", value="x" * 201), "conditions.value"),
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


def test_an_intervention_has_exactly_the_statuses_that_conditions_know() -> None:
    assert set(STATUSES) == set(MOVES) - {"held"}


# --- What a tree says of itself -----------------------------------------------------------------------


def test_a_tree_says_itself_in_one_sentence() -> None:
    tree = {
        "all": [
            leaf("status_is", statuses=["scheduled", "dispatched"]),
            leaf("notice_hours", hours=24),
            {"any": [leaf("contact_role_is", roles=["all"]), leaf("client_kind_is", kinds=["individual"])]},
            {"none": [leaf("is_locked"), leaf("due_passed")]},
        ]
    }
    assert sentence(tree) == (
        "When the status is scheduled or dispatched, it is at least 24 hours before the arrival window, (the contact "
        "sees all visits of the company or the client is a private person) and (not when the visit is locked in the "
        "plan or the due date has passed)."
    )
    assert sentence({}) == "Always."
    assert sentence({"none": [leaf("is_locked")]}) == "Not when the visit is locked in the plan."
    labels = {"leak": "Is there a leak?"}
    asked = sentence(leaf("answer_is", field="leak", value="yes"), labels)
    assert asked == "When the answer to “Is there a leak?” is “yes”."


def test_every_part_of_a_tree_is_explained_with_its_own_verdict() -> None:
    tree = {"all": [YES, {"none": [NO]}, {"any": [NO]}]}
    told = {path: verdict.is_allowed for path, _words, verdict in explain(tree, facts())}
    assert told == {
        "conditions": False,
        "conditions.all[0]": True,
        "conditions.all[1]": True,
        "conditions.all[1].none[0]": False,
        "conditions.all[2]": False,
        "conditions.all[2].any[0]": False,
    }
    assert evaluate(tree, facts()).path == "conditions.all[2].any[0]"
    assert evaluate({"none": [NO, YES]}, facts()).path == "conditions.none[1]"


IMPOSSIBLE: list[dict[str, Any]] = [
    {"all": [leaf("status_is", statuses=["scheduled"]), leaf("status_is_not", statuses=["scheduled"])]},
    {"all": [leaf("notice_hours", hours=24), leaf("less_than_hours_before", hours=12)]},
    {"all": [leaf("less_than_hours_before", hours=1), leaf("window_unknown")]},
    {"all": [leaf("is_confirmed"), {"any": [leaf("is_not_confirmed"), leaf("is_not_confirmed")]}]},
    {"all": [leaf("answer_is", field="a", value="x"), leaf("answer_is", field="a", value="y")]},
    {"all": [leaf("answer_is", field="a", value="x"), leaf("is_not_answered", field="a")]},
    {"all": [leaf("answer_at_least", field="a", value=5), leaf("answer_at_most", field="a", value=4)]},
    {"all": [leaf("from_day", first="2026-12-01"), leaf("before_day", first="2026-12-01")]},
    {"all": [leaf("weekday_is", weekdays=["mon"]), leaf("weekday_is", weekdays=["tue"])]},
    {"all": [leaf("hour_between", begins=8, ends=12), leaf("hour_between", begins=12, ends=18)]},
    {"none": [leaf("is_locked"), leaf("is_not_locked")]},
]
ALWAYS: list[dict[str, Any]] = [
    {"any": [leaf("is_locked"), leaf("is_not_locked")]},
    {"any": [leaf("notice_hours", hours=10), {"none": [leaf("notice_hours", hours=24)]}]},
    {"none": [{"all": [leaf("due_passed"), leaf("due_within", days=3)]}]},
]
SENSIBLE: list[dict[str, Any]] = [
    {},
    YES,
    {"all": [leaf("notice_hours", hours=12), leaf("less_than_hours_before", hours=24)]},
    {"all": [leaf("created_within", days=1), leaf("hours_after_closing", hours=1)]},
    {"all": [leaf("answer_at_least", field="a", value=4), leaf("answer_at_most", field="a", value=4)]},
    {"all": [leaf("weekday_is", weekdays=["mon"]), leaf("from_day", first="2026-12-01")]},
    {"any": [leaf("status_is", statuses=["scheduled"]), leaf("client_category_is", categories=["a"])]},
    {"all": [leaf("postcode_begins_with", beginnings=["40"]), leaf("postcode_begins_with", beginnings=["4000"])]},
]


@pytest.mark.parametrize("tree", IMPOSSIBLE)
def test_what_can_never_hold_is_pointed_out(tree: dict[str, Any]) -> None:
    [words] = warnings({"all": [YES, tree]})
    assert words.startswith("This can never be so: ")


@pytest.mark.parametrize("tree", ALWAYS)
def test_what_always_holds_is_pointed_out(tree: dict[str, Any]) -> None:
    assert any(words.startswith(("This is always so: ", "This can never be so: ")) for words in warnings(tree))


@pytest.mark.parametrize("tree", SENSIBLE)
def test_nothing_is_said_of_what_can_be_either(tree: dict[str, Any]) -> None:
    assert warnings(tree) == []


SEVERAL: list[dict[str, Any]] = [
    {"all": [leaf("answer_is", field="a", value="x"), leaf("answer_is", field="a", value="y")]},
    {
        "all": [
            leaf("answer_is", field="a", value="x"),
            leaf("answer_is", field="a", value="y"),
            leaf("answer_is_not", field="a", value="z"),
        ]
    },
    {"any": [leaf("answer_is", field="a", value=str(number)) for number in range(40)]},
]


@pytest.mark.parametrize("tree", SEVERAL)
def test_answers_that_can_be_given_together_are_no_contradiction(tree: dict[str, Any]) -> None:
    assert warnings(tree, several={"a"}) == []


def test_what_contradicts_itself_does_so_for_a_question_with_several_answers_too() -> None:
    tree = {"all": [leaf("answer_is", field="a", value="x"), leaf("answer_is_not", field="a", value="x")]}
    [words] = warnings(tree, several={"a"})
    assert words.startswith("This can never be so: ")


# --- What may be asked where --------------------------------------------------------------------------


def test_a_question_of_a_form_may_depend_on_answers_only() -> None:
    assert {one.name for one in offered("answers")} == {name for name in REGISTRY if "answer" in name}
    validate(leaf("answer_is", field="leak", value="yes"), subject="answers")
    with pytest.raises(Invalid):
        validate(YES, subject="answers")


def test_an_action_of_the_unit_may_not_ask_about_an_intervention() -> None:
    validate(leaf("weekday_is", weekdays=["mon"]), subject="unit")
    with pytest.raises(Invalid):
        validate({"any": [leaf("client_kind_is", kinds=["company"]), YES]}, subject="unit")


def test_every_condition_can_be_used_somewhere() -> None:
    assert {one.name for subject in OFFERED for one in offered(subject)} == set(REGISTRY)


def field(code: str, *depends_on: str) -> Field:
    trees = [leaf("is_answered", field=other) for other in depends_on]
    return Field(code, "short_text", {"en": code}, show_if={"all": [{"any": trees}]} if trees else {})


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ([field("a"), field("b", "a"), field("c", "a", "b")], {}),
        ([field("a", "a")], {"a": "own answer"}),
        ([field("a", "b"), field("b")], {"a": "comes later"}),
        ([field("a", "b"), field("b", "a")], {"a": "each other"}),
        ([field("a", "c"), field("b", "a"), field("c", "b")], {"a": "comes later"}),
        ([field("a", "gone")], {"a": "no question"}),
    ],
)
def test_a_question_may_depend_only_on_those_before_it(fields: list[Field], wrong: dict[str, str]) -> None:
    found = cycle(fields)
    assert set(found) == set(wrong)
    assert all(part_of in found[code] for code, part_of in wrong.items())


# --- Any tree -----------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.integers())


def leaves() -> st.SearchStrategy[dict[str, Any]]:
    """A condition of each kind with parameters it takes."""
    return st.one_of([_leaves_of(condition) for condition in REGISTRY.values()])


def _leaves_of(condition: Condition) -> st.SearchStrategy[dict[str, Any]]:
    parameters = {name: VALUES[parameter.kind](parameter) for name, parameter in condition.parameters.items()}
    return st.fixed_dictionaries({"condition": st.just(condition.name), **parameters})


some_text = st.sampled_from(["a", "b", "leak", "yes", "4000"])
VALUES: dict[str, Callable[[Parameter], st.SearchStrategy[Any]]] = {
    "number": lambda one: st.integers(one.lowest, one.highest) | st.integers(0, 9).filter(lambda n: n >= one.lowest),
    "choice": lambda one: st.sampled_from(list(one.options)),
    "choices": lambda one: st.lists(st.sampled_from(list(one.options)), min_size=1, unique=True),
    "text": lambda one: some_text,
    "texts": lambda one: st.lists(some_text, min_size=1, max_size=3),
    "day": lambda one: st.dates(date(2026, 11, 1), date(2026, 12, 31)).map(date.isoformat),
    "question": lambda one: some_text,
}


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
    status=st.sampled_from(["", *STATUSES]),
    zone=st.sampled_from(["Europe/Lisbon", "Pacific/Auckland"]),
    window_begins_at=st.none() | st.integers(-(10**6), 10**6).map(lambda minutes: NOON + minutes * SECOND * 60),
    answers=st.none() | st.dictionaries(some_text, SCALARS),
)


@given(tree=trees(leaves() | st.just({}), smallest=1), known=any_facts)
def test_a_tree_that_was_taken_always_has_a_verdict(tree: Any, known: Facts) -> None:
    assume(depth(tree) <= DEEPEST)  # the only thing that can be wrong with these
    validate(tree)
    verdict = evaluate(tree, known)
    assert holds(tree, known) is verdict.is_allowed
    if verdict.path:
        assert "condition" in part(tree, verdict.path)
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


spans = st.integers(-400, 400).map(lambda hours: hours * HOUR)
real_facts = st.builds(
    Facts,
    now=spans.map(lambda span: NOON + span),
    zone=st.sampled_from(["Europe/Lisbon", "Pacific/Auckland"]),
    status=st.sampled_from(list(STATUSES)),
    window_begins_at=st.none() | spans.map(lambda span: NOON + span),
    created_at=st.none() | spans.map(lambda span: NOON + span),
    closed_at=st.none() | spans.map(lambda span: NOON + span),
    due_on=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
    confirmed_at=st.none() | st.just(NOON),
    is_locked=st.booleans(),
    times_moved=st.integers(0, 12),
    technicians=st.integers(0, 3),
    outcome=st.sampled_from(["", "ok", "not_ok"]),
    band=st.sampled_from(["", "green", "orange", "red"]),
    postcode=st.sampled_from(["", "4000-001", "a", "b"]),
    questionnaire_waits=st.booleans(),
    document_waits=st.booleans(),
    client_kind=st.sampled_from(["company", "individual", "supplier"]),
    client_category=some_text | st.just(""),
    client_fields=st.dictionaries(some_text, some_text, max_size=2),
    contact_role=st.sampled_from(["own", "site", "all"]),
    contact_has_email=st.booleans(),
    contact_has_phone=st.booleans(),
    answers=st.dictionaries(some_text, some_text | st.booleans() | st.integers(-2, 12) | st.floats(-2, 12), max_size=3),
)


@given(tree=trees(leaves(), smallest=1), known=real_facts)
def test_what_is_said_to_be_always_or_never_so_is_so_for_any_facts(tree: Any, known: Facts) -> None:
    for finding in findings(tree):
        assert holds(part(tree, finding.path), known) is finding.always
