"""Values of codes that are worked out when a text asks for them, and once only."""

from collections.abc import Callable, Iterator, Mapping


class Values(Mapping[str, str]):
    """What stands for each code; a value may be a function without arguments."""

    def __init__(self, *known: Mapping[str, str | Callable[[], str]]) -> None:
        self._known: dict[str, str | Callable[[], str]] = {}
        for more in known:
            self._known.update(more)

    def __getitem__(self, name: str) -> str:
        value = self._known[name]
        if callable(value):
            value = self._known[name] = value()
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
