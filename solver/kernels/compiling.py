"""Turns the kernels into machine code: on request, from a cache on disk where there is one."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_folder = Path(__file__).parent
_plain: list[Callable[..., Any]] = []
_inlined: list[Callable[..., Any]] = []
_compiled: dict[Callable[..., Any], Callable[..., Any]] = {}


def kernel(function: Function) -> Function:
    """Mark a function to be compiled; until `compile_kernels` it runs as it is written."""
    _plain.append(function)
    return function


def inlined(function: Function) -> Function:
    """Mark a function to be compiled into those that call it: handing over tuples of arrays costs more than a step."""
    _inlined.append(function)
    return kernel(function)


def compiled() -> bool:
    """Whether the kernels run as machine code in this process."""
    return bool(_compiled)


def compile_kernels(*, even_without_cache: bool = False) -> bool:
    """Put compiled kernels in the place of the plain ones; returns whether they are there.

    Each compiles at its first call, or is read from the cache. Without Numba, and without a folder that can
    be written (unless `even_without_cache`), the plain functions stay.
    """
    if compiled():
        return True
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return False
    cache = _cache_folder(numba.config.CACHE_DIR)
    if cache is None and not even_without_cache:
        return False
    usual, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(cache or "")
    try:
        for one in _plain:
            inline = "always" if one in _inlined else "never"
            _compiled[one] = numba.njit(cache=cache is not None, inline=inline)(one)
    finally:
        numba.config.CACHE_DIR = usual
    for module in {sys.modules[function.__module__] for function in _plain}:
        for name, value in list(vars(module).items()):
            if callable(value) and value in _compiled:
                setattr(module, name, _compiled[value])
    return True


def _cache_folder(configured: str) -> Path | None:
    """A folder for machine code that can be written, of its own for this source code.

    Numba notices a change in the file of a function and not in those of the functions that it calls, hence
    the hash.
    """
    sources = b"".join(path.read_bytes() for path in sorted(_folder.glob("*.py")))
    name = f"solver-{hashlib.sha256(sources).hexdigest()[:16]}"
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    for folder in [Path(configured)] if configured else [_folder / "__pycache__", Path(home)]:
        try:
            (folder / name).mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder / name).close()
        except OSError:
            continue
        return folder / name
    return None
