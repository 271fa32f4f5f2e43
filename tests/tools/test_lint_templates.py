"""Every rule of the template lint fires on a fault and is silent on its right form."""

from pathlib import Path

import pytest

from tools.lint_templates import ROOT, lint, main

WRONG = {
    "inline style=": '<p style="color: red">a</p>',
    "inline <style>": "<style>p { color: red }</style>",
    "inline <script>": "<script>go()</script>",
    "inline handler onclick=": '<button onclick="go()">a</button>',
    "inline handler hx-on:click": '<button hx-on:click="go()">a</button>',
    "javascript: in href=": '<a href=" JavaScript:go()">a</a>',
    "|safe switches": "{{ words|safe }}",
    "{% autoescape %} changes": "{% autoescape false %}{{ words }}{% endautoescape %}",
    "<script src=> reaches outside": '<script src="https://example.com/a.js"></script>',
    "<link href=> reaches outside": '<link rel="stylesheet" href="//example.com/a.css">',
    "<img srcset=> reaches outside": '<img alt="" srcset="/a.png 1x, https://example.com/b.png 2x">',
    "<base> is refused": '<base href="/">',
    "a form that posts has no csrf_token": '<form method="post"><button>a</button></form>',
    "not a template": "{% if words %}<p>a</p>",
    "<img> has no alt=": '<img src="/a.png">',
}

RIGHT = (
    '<p class="{% if red %}red{% endif %}" {% if red %}hidden{% endif %}>a</p>',
    "<script src=\"{{ url_for('static', filename='a.js') }}\"></script>",
    '<script type="application/json">{{ facts|tojson }}</script>',
    '<a href="https://example.com/">elsewhere</a>',
    '<form method="get"><button>a</button></form>',
    '<form method="post">{{ csrf() }}<button>a</button></form>',
    '<form method="post">{{ form.hidden_tag() }}<button>a</button></form>',
    '<form method="post"><input type="hidden" name="csrf_token" value="{{ token }}"></form>',
    '<img src="/a.png" alt="">',
    "{% trans %}words{% endtrans %}",
    '{# <p style="color: red"> #}',
)


@pytest.mark.parametrize("words", WRONG)
def test_a_fault_is_found_on_its_line(words: str) -> None:
    faults = lint("page.html", f"<!doctype html>\n{{#\n#}}{WRONG[words]}")
    assert [fault.line for fault in faults] == [3]
    assert words in str(faults[0])


@pytest.mark.parametrize("source", RIGHT)
def test_what_is_right_is_let_through(source: str) -> None:
    assert lint("page.html", source) == []


def test_a_token_of_one_form_does_not_serve_the_next() -> None:
    source = '<form method="post">{{ csrf() }}</form>\n<form method="post"></form>'
    assert [fault.line for fault in lint("page.html", source)] == [2]


def test_the_body_of_a_message_carries_its_styles() -> None:
    assert lint("messages/code.html", '<p style="color: red">a</p>') == []


def test_plain_text_is_only_parsed() -> None:
    assert lint("messages/code.txt", "5 <img> 6") == []
    assert lint("messages/code.txt", "{{ code") != []


def test_a_fault_fails_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.html").write_text("<img>")
    assert main([str(tmp_path)]) == 1
    assert "page.html:1: <img> has no alt=" in capsys.readouterr().out


def test_our_own_templates_have_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert list((ROOT / "templates").rglob("*.html"))
    assert main([]) == 0, capsys.readouterr().out
