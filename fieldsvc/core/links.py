"""Whole addresses for messages; the composition root says once where people reach the product."""

_base = ["http://127.0.0.1:8000"]


def set_base(public_url: str) -> None:
    """People reach the product at `public_url`, without a slash at its end."""
    _base[:] = [public_url]


def absolute(path: str) -> str:
    """The whole address of a path such as /portal/porto/."""
    return _base[0] + path
