"""Inner loops that are compiled where numba (the `speed` extra) is installed; who needs them asks `loops` for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

COMPILED = find_spec("numba") is not None
"""Whether `compiled` makes machine code here."""


def compiled(loop: F) -> F:
    """Compile a loop at its first call and keep it for the next run; it holds no lock of Python meanwhile.

    Where numba is absent the loop is returned as it is.
    """
    if not COMPILED:
        return loop
    ready: F = import_module("numba").njit(cache=True, nogil=True)(loop)
    return ready


WORTH = {"areas": 20_000_000, "segments": 15_000, "trees": 20_000, "walks": 5_000_000}
"""Work (pairs of edges, segments, links, or starts times junctions) from which on the loops of a module are taken.

Below, the twin in numpy or GEOS is done before numba has been loaded, which costs 0.7 s and 100 MB. What is chosen
depends on the work alone, never on what is loaded already, so that the same plan gives the same answer.
"""


def loops_for(name: str, work: int) -> ModuleType | None:
    """Return a module of this folder where there is enough work to be worth it (`WORTH`), else None as `loops` does."""
    return loops(name) if work >= WORTH[name] else None


@cache
def loops(name: str) -> ModuleType | None:
    """Return a module of this folder, or None without numba: its loops would then be slower than their numpy twins."""
    return import_module(f".{name}", __name__) if COMPILED else None
