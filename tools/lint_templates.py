"""Finds what a template must not hold: what the content security policy would block, what would let a
stranger's text run, and what a screen reader could not read.

    python -m tools.lint_templates [FOLDER]
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

ROOT = Path(__file__).resolve().parent.parent

# Templates that may say `|safe`, each with its reason. None so far.
SAFE_ALLOWED: dict[str, str] = {}

# A mail program reads no style sheet, so the bodies of messages carry their styles with them.
INLINE_STYLE_ALLOWED = "messages/"

# Scripts that hold data, which the browser never runs.
DATA_SCRIPTS = {"application/json"}

RESOURCE_ATTRIBUTES = {
    "audio": ("src",),
    "embed": ("src",),
    "form": ("action",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
EXTERNAL = re.compile(r"(?:^|[\s,])(?:https?:)?//", re.IGNORECASE)
SCRIPT_ADDRESS = re.compile(r"^\s*javascript:", re.IGNORECASE)
CSRF_EXPRESSION = re.compile(r"\bcsrf\(|\bcsrf_token\b|\bhidden_tag\(")
CSRF_FIELD = '<input name="csrf_token">'
PLACEHOLDER = "…"

Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that a template must not hold."""

    path: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words}"


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else ROOT / "templates"
    templates = sorted(path for path in folder.rglob("*") if path.is_file())
    faults = [
        fault
        for path in templates
        for fault in lint(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
    ]
    print("\n".join(map(str, faults)) or f"{len(templates)} templates hold nothing they must not")
    return 1 if faults else 0


def lint(path: str, source: str) -> list[Fault]:
    """Every fault of one template; `path` is relative to the folder of templates."""
    try:
        tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(source)
    except TemplateSyntaxError as error:
        return [Fault(path, error.lineno, f"not a template: {error.message}")]
    faults = list(_escaping_faults(path, tree))
    if path.endswith((".html", ".svg")):
        markup = _Markup(path)
        markup.feed(JINJA.sub(_stand_in, source))
        markup.close()
        faults += markup.faults
    return sorted(faults)


def _escaping_faults(path: str, tree: nodes.Template) -> Iterator[Fault]:
    for found in tree.find_all(nodes.Filter):
        if found.name == "safe" and path not in SAFE_ALLOWED:
            yield Fault(path, found.lineno, "|safe switches escaping off")
    for block in tree.find_all(nodes.ScopedEvalContextModifier):
        yield Fault(path, block.lineno, "{% autoescape %} changes escaping")


def _stand_in(jinja: re.Match[str]) -> str:
    """What HTML sees in place of a piece of Jinja: as many lines, and a token field where there is one."""
    lines = "\n" * jinja[0].count("\n")
    if not jinja[0].startswith("{{"):
        return " " + lines
    return (CSRF_FIELD if CSRF_EXPRESSION.search(jinja[0]) else PLACEHOLDER) + lines


class _Markup(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.faults: list[Fault] = []
        self._bare_form: int | None = None  # the line of a form that posts and showed no token yet

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        for words in (
            *_style_faults(self.path, tag, values),
            *_script_faults(tag, values),
            *_address_faults(tag, values),
            *_alternative_faults(tag, values),
        ):
            self._fault(words)
        self._watch_form(tag, values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._close_form()

    def close(self) -> None:
        super().close()
        self._close_form()

    def _watch_form(self, tag: str, values: dict[str, str]) -> None:
        if tag == "form" and values.get("method", "").lower() not in {"", "get", "dialog"}:
            self._bare_form = self.getpos()[0]
        if tag == "input" and values.get("name") == "csrf_token":
            self._bare_form = None

    def _close_form(self) -> None:
        if self._bare_form:
            self._fault("a form that posts has no csrf_token", self._bare_form)
            self._bare_form = None

    def _fault(self, words: str, line: int | None = None) -> None:
        self.faults.append(Fault(self.path, line or self.getpos()[0], words))


def _style_faults(path: str, tag: str, values: dict[str, str]) -> Iterator[str]:
    if path.startswith(INLINE_STYLE_ALLOWED):
        return
    if tag == "style":
        yield "inline <style>"
    if "style" in values:
        yield "inline style="


def _script_faults(tag: str, values: dict[str, str]) -> Iterator[str]:
    if tag == "script" and "src" not in values and values.get("type", "").lower() not in DATA_SCRIPTS:
        yield "inline <script>"
    for name in values:
        if name.startswith("on"):
            yield f"inline handler {name}="
        if name.startswith(("hx-on", "data-hx-on")):
            yield f"inline handler {name}"


def _address_faults(tag: str, values: dict[str, str]) -> Iterator[str]:
    if tag == "base":
        yield "<base> is refused by the content security policy"
    for name, value in values.items():
        if SCRIPT_ADDRESS.match(value):
            yield f"javascript: in {name}="
        if name in RESOURCE_ATTRIBUTES.get(tag, ()) and EXTERNAL.search(value):
            yield f"<{tag} {name}=> reaches outside: {value.strip()}"


def _alternative_faults(tag: str, values: dict[str, str]) -> Iterator[str]:
    needs_words = tag in {"img", "area"} or (tag == "input" and values.get("type", "").lower() == "image")
    if needs_words and "alt" not in values:
        yield f"<{tag}> has no alt="


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
