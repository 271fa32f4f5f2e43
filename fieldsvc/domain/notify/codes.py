"""The substitution codes of administrators' texts: `{code}` or `{code|other words}`, `{{` and `}}` for braces.

A text is data. It is read once from its beginning to its end, each code is replaced by its value, and a value is
never read again.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote

from markupsafe import escape

from fieldsvc.core.errors import Invalid
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.notify.code_list import REGISTRY, known

LONGEST = 10_000
LONGEST_SUBJECT = 150
LONGEST_VALUE_IN_SMS = 160

# At every brace the longest reading wins; no alternative looks further than a few hundred characters.
PIECE = re.compile(r"(?P<double>\{\{|\}\})|\{(?P<code>[^{}\r\n]{0,300})\}|(?P<brace>[{}])|(?P<words>[^{}]+)")
# What is written by habit of other products; it would reach a client as a raw code.
DOUBLED = re.compile(r"\{\{\s{0,5}([a-z_]{1,40}\.[\w.-]{1,80})\s{0,5}(?:\|[^{}\r\n]{0,200})?\}\}", re.IGNORECASE)
# Signs that nobody sees, and that could turn the reading direction of the words around a value.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# One sign outside the GSM alphabet makes a whole SMS cost twice as much.
CHEAPER = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "\u00a0": " "})
LEADS_TO_A_HOST = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
HOST_IS_WRITTEN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?[/?#]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """Something that stands there as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A code, and what to say instead when there is no value."""

    name: str
    otherwise: str

    @property
    def is_link(self) -> bool:
        """Whether its value is an address."""
        return self.name in REGISTRY and REGISTRY[self.name].is_link

    def value(self, values: Mapping[str, str]) -> str:
        """What stands there: the value, else the words of the text, else the code's own words."""
        found = UNSEEN.sub("", str(values.get(self.name) or "")).strip()
        if found or self.otherwise:
            return found or self.otherwise
        code = known(self.name)
        return str(code.fallback) if code else ""


def check(text: str, allowed: Collection[str] | None = None) -> None:
    """Raise `Invalid`, with the line and the column, for the first thing in `text` that no reader should ever see.

    `allowed` are the codes that have a meaning there, such as `code_list.ABOUT_A_VISIT`; None allows every one.
    """
    if len(text) > LONGEST:
        raise Invalid(_("Please shorten this to %(n)s characters.", n=LONGEST))
    for piece in PIECE.finditer(text):
        if piece["double"] == "{{" and (doubled := DOUBLED.match(text, piece.start())):
            raise _refusal(text, piece.start(), _("write a code with single braces: {%(code)s}.", code=doubled[1]))
        if piece["brace"]:
            raise _refusal(text, piece.start(), _brace_words(piece["brace"]))
        if piece["code"] is not None:
            _check_code(text, piece.start(), piece["code"], allowed)


def fill(text: str, values: Mapping[str, str], target: str) -> str:
    """`text` with its codes replaced, for the target `html`, `text`, `subject`, `sms` or `link`.

    What `check` would refuse is left out: neither an unknown code nor a stray brace is shown to anybody.
    """
    return TARGETS[target](list(pieces(text)), values)


def pieces(text: str) -> Iterator[Words | Place]:
    """The words and the codes of `text`, in their order."""
    for piece in PIECE.finditer(text):
        if piece["words"]:
            yield Words(piece["words"])
        elif piece["double"]:
            yield Words(piece["double"][0])
        elif piece["code"] is not None:
            name, _bar, otherwise = piece["code"].partition("|")
            yield Place(name.strip(), UNSEEN.sub("", otherwise).strip())


def _as_text(parts: list[Words | Place], values: Mapping[str, str]) -> str:
    return "".join(_said(part, values) for part in parts)


def _as_html(parts: list[Words | Place], values: Mapping[str, str]) -> str:
    return "".join(str(escape(_said(part, values))) for part in parts)


def _as_subject(parts: list[Words | Place], values: Mapping[str, str]) -> str:
    line = _one_line(_as_text(parts, values))
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _as_sms(parts: list[Words | Place], values: Mapping[str, str]) -> str:
    return _one_line("".join(_short(part, values) for part in parts)).translate(CHEAPER)


def _as_link(parts: list[Words | Place], values: Mapping[str, str]) -> str:
    """An address of the web, or nothing: a value may be a part of a path or a query, never a scheme or a host."""
    begins = parts[0] if parts else Words("")
    begins_safely = begins.is_link if isinstance(begins, Place) else HOST_IS_WRITTEN.match(begins.text)
    if len(parts) > 1 and not begins_safely:
        return ""
    address = "".join(
        _said(part, values) if isinstance(part, Words) or (part is begins and part.is_link) else _quoted(part, values)
        for part in parts
    ).strip()
    return address if LEADS_TO_A_HOST.fullmatch(address) else ""


def _said(part: Words | Place, values: Mapping[str, str]) -> str:
    return part.text if isinstance(part, Words) else part.value(values)


def _short(part: Words | Place, values: Mapping[str, str]) -> str:
    said = _said(part, values)
    is_cut = isinstance(part, Place) and not part.is_link and len(said) > LONGEST_VALUE_IN_SMS
    return said[: LONGEST_VALUE_IN_SMS - 1] + "…" if is_cut else said


def _quoted(part: Place, values: Mapping[str, str]) -> str:
    return quote(part.value(values), safe="")


def _one_line(text: str) -> str:
    return " ".join(text.split())


TARGETS: dict[str, Callable[[list[Words | Place], Mapping[str, str]], str]] = {
    "text": _as_text,
    "html": _as_html,
    "subject": _as_subject,
    "sms": _as_sms,
    "link": _as_link,
}


def _check_code(text: str, at: int, written: str, allowed: Collection[str] | None) -> None:
    name = written.partition("|")[0].strip()
    shown = name[:60]
    if known(name) is None:
        close = get_close_matches(shown, REGISTRY, n=1)
        if close:
            words = _("there is no code {%(code)s}. Did you mean {%(close)s}?", code=shown, close=close[0])
        else:
            words = _("there is no code {%(code)s}.", code=shown)
        raise _refusal(text, at, words)
    if allowed is not None and not is_among(name, allowed):
        raise _refusal(text, at, _("the code {%(code)s} has no meaning in this text.", code=shown))


def is_among(name: str, allowed: Collection[str]) -> bool:
    """Whether the code `name` is one of `allowed`, of which `client.custom.*` and the like stand for many."""
    return name in allowed or (".custom." in name and name.partition(".custom.")[0] + ".custom.*" in allowed)


def _brace_words(brace: str) -> str:
    if brace == "{":
        return _("this brace is not closed. Write {{ to show a brace.")
    return _("this brace closes nothing. Write }} to show a brace.")


def _refusal(text: str, at: int, words: str) -> Invalid:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Invalid(_("Line %(line)s, column %(column)s: %(words)s", line=line, column=column, words=words))
