"""The moves of an intervention: all from × to, one writer, and each of them written down."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import fieldsvc
from fieldsvc.core import audit
from fieldsvc.core.audit import Actor
from fieldsvc.core.errors import NotAllowed
from fieldsvc.domain.interventions import lifecycle
from fieldsvc.domain.interventions.lifecycle import MOVES, WORDS
from tests import make
from tests.make import NOON

STATES = (
    "held",
    "requested",
    "unscheduled",
    "scheduled",
    "dispatched",
    "travelling",
    "in_progress",
    "completed",
    "cancelled",
)

# One line for each state, one figure for each of STATES: 1 where the move is allowed.
ALLOWED = {
    "held": "000100000",
    "requested": "001100001",
    "unscheduled": "000100001",
    "scheduled": "001011111",
    "dispatched": "001101111",
    "travelling": "000010111",
    "in_progress": "000000011",
    "completed": "000000000",
    "cancelled": "000000000",
}
DORA = Actor("staff", 7, "Dora")


def test_the_table_knows_every_state() -> None:
    assert set(MOVES) == set(WORDS) == set(STATES) == set(ALLOWED)
    assert {*lifecycle.PLANNED, *lifecycle.UNPLANNED, *lifecycle.ENDED} == set(STATES) - {"held"}


@pytest.mark.parametrize("before", STATES)
def test_a_move_happens_as_the_table_says_and_is_written_down(session: Session, before: str) -> None:
    unit = make.unit(session)
    for after, figure in zip(STATES, ALLOWED[before], strict=True):
        held_until = NOON if before == "held" else None
        row = make.intervention(session, unit, status=before, held_until=held_until)
        version, entries = row.version, len(audit.history(session, row))
        if figure == "1":
            lifecycle.move(session, row, after, actor=DORA, now=NOON, why="because")
            session.flush()
            newest = audit.history(session, row)[0]
            assert (row.status, row.held_until) == (after, None)
            assert row.version > version
            assert (newest.action, newest.actor_id, newest.at) == (f"intervention.{after}", 7, NOON)
            assert newest.data == {"before": before, "why": "because"}
            assert len(audit.history(session, row)) == entries + 1
        else:
            with pytest.raises(NotAllowed):
                lifecycle.move(session, row, after, actor=DORA, now=NOON)
            assert row.status == before
            assert len(audit.history(session, row)) == entries


def test_a_beginning_is_written_down_with_a_reference(session: Session) -> None:
    unit = make.unit(session)
    rows = [make.intervention(session, unit, status=status) for status in ("requested", "unscheduled", "scheduled")]
    assert len({row.reference for row in rows}) == 3
    for row in rows:
        assert row.reference == f"I-{10_000 + row.id}"
        [entry] = audit.history(session, row)
        assert (entry.action, entry.data) == (f"intervention.{row.status}", {"is_new": True})


# --- Nobody else writes a status ----------------------------------------------------------------------


def writers(source: str) -> Iterator[int]:
    """The lines that write the status of an intervention: an assignment, `setattr`, or an UPDATE."""
    for node in ast.walk(ast.parse(source)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [keyword.arg for keyword in node.keywords]
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if (name == "values" and "status" in given) or (name == "setattr" and "status" in texts):
                yield node.lineno
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            for part in parts:
                if isinstance(part, ast.Attribute) and part.attr == "status" and not is_other(part.value):
                    yield part.lineno


def is_other(owner: ast.expr) -> bool:
    """Forms and answers have a status too."""
    return isinstance(owner, ast.Name) and owner.id in {"form", "response", "answer"}


def test_nobody_but_the_lifecycle_writes_a_status() -> None:
    folder = Path(fieldsvc.__file__).parent
    files = list(folder.rglob("*.py"))
    found = {str(file.relative_to(folder)): list(writers(file.read_text())) for file in files}
    assert len(files) > 100
    assert [name for name, lines in found.items() if lines] == ["domain/interventions/lifecycle.py"]


@pytest.mark.parametrize(
    "line",
    [
        "intervention.status = 'x'",
        "a, visit.intervention.status = 1, 'x'",
        "update(Intervention).values(status='x')",
        "setattr(row, 'status', 'x')",
        "row.status: str = 'x'",
    ],
)
def test_such_a_line_would_be_noticed(line: str) -> None:
    assert list(writers(line)) == [1]
    assert list(writers("form.status = 422; x = row.status; Intervention(status='held')")) == []
