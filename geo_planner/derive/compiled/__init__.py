"""Inner loops that are compiled where numba (the `speed` extra) is installed; imported only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(loop: F) -> F:
    """Compile a loop at its first call and keep it for the next run; it holds no lock of Python meanwhile."""
    ready: F = numba.njit(cache=True, nogil=True)(loop)
    return ready
