"""What may not be on a page under the content security policy."""

from html.parser import HTMLParser


def inline(page: str) -> list[str]:
    """What on a page would run, or fetch from elsewhere, against the policy."""
    reader = Reader()
    reader.feed(page)
    return reader.found


class Reader(HTMLParser):
    """Collects what the policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_code = tag == "script" and "src" not in given and given.get("type") != "application/json"
        if is_code or tag == "style" or "style" in given:
            self.found.append(self.get_starttag_text() or tag)
        for name, value in given.items():
            is_handler = name.startswith(("on", "hx-on")) or value.strip().lower().startswith("javascript:")
            is_elsewhere = name in {"src", "action", "formaction", "poster"} and value.startswith(("http", "//"))
            if is_handler or is_elsewhere:
                self.found.append(f"{tag} {name}={value}")
