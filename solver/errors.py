"""What the engine refuses, in words."""


class ProblemError(ValueError):
    """A problem that is not well formed: `path` names the wrong key, `expected` says what belongs there."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"{path}: {expected}" if path else expected)
        self.path = path
        self.expected = expected
