"""What holds for every file of the product, read from its source."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import fieldsvc

PACKAGE = Path(fieldsvc.__file__).parent
FINDS = Callable[[ast.AST], Iterator[ast.AST]]


def commits(tree: ast.AST) -> Iterator[ast.AST]:
    """Calls that end a transaction, or begin one of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_end = node.func.attr in {"commit", "rollback"} and not is_savepoint(node.func.value)
            if is_end or (node.func.attr == "begin" and not is_lifecycle(node.func.value)):
                yield node


def is_savepoint(owner: ast.expr) -> bool:
    """What `begin_nested()` gave, which ends inside the transaction."""
    return isinstance(owner, ast.Name) and owner.id in {"message", "savepoint", "nested"}


def is_lifecycle(owner: ast.expr) -> bool:
    return isinstance(owner, ast.Name) and owner.id == "lifecycle"


def local_imports(tree: ast.AST) -> Iterator[ast.AST]:
    """Imports of the product inside functions; a broker that is not configured is another matter."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
                if any(module.partition(".")[0] in {"fieldsvc", "solver", ""} for module in modules):
                    yield node


def clocks(tree: ast.AST) -> Iterator[ast.AST]:
    """Calls that ask what time it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if (owner, node.func.attr) in {
                ("datetime", "now"),
                ("datetime", "utcnow"),
                ("datetime", "today"),
                ("date", "today"),
                ("time", "time"),
                ("clock", "now"),
            }:
                yield node


def found_in(folder: str, finds: FINDS) -> list[str]:
    """Where `finds` finds something, over all files of a folder."""
    files = sorted((PACKAGE / folder).rglob("*.py"))
    assert len(files) > 4
    return [
        f"{file.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"
        for file in files
        for node in finds(ast.parse(file.read_text()))
    ]


def test_no_service_ends_a_transaction() -> None:
    assert found_in("domain", commits) == []


def test_no_service_asks_what_time_it_is() -> None:
    assert found_in("domain", clocks) == []


def test_nothing_of_the_product_is_imported_inside_a_function() -> None:
    assert found_in("", local_imports) == []


@pytest.mark.parametrize("audience", ["portal", "dispatch", "field", "guest"])
def test_no_page_commits(audience: str) -> None:
    files = sorted((PACKAGE / "web" / audience).rglob("*.py"))
    assert files
    assert [file.name for file in files if list(commits(ast.parse(file.read_text())))] == []


@pytest.mark.parametrize(
    ("finds", "line"),
    [
        (commits, "session.commit()"),
        (commits, "session.rollback()"),
        (commits, "with factory.begin() as session: pass"),
        (local_imports, "def f():\n    from fieldsvc.core import db"),
        (local_imports, "class A:\n    def f(self):\n        import solver"),
        (local_imports, "async def f():\n    from . import x"),
        (clocks, "datetime.now(UTC)"),
        (clocks, "clock.now()"),
        (clocks, "date.today()"),
    ],
)
def test_such_a_line_would_be_noticed(finds: FINDS, line: str) -> None:
    assert len(list(finds(ast.parse(line)))) == 1


def test_what_is_meant_is_not_taken_for_it() -> None:
    fine = "import os\nmessage.rollback()\nlifecycle.begin(session, row)\nnow.timestamp()"
    assert not [node for finds in (commits, local_imports, clocks) for node in finds(ast.parse(fine))]
