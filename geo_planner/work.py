"""How work on whole arrays is spread: nothing here knows a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
R = TypeVar("R")


def in_threads(work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
    """What `work` returns for each piece, in the order of the pieces; two at a time.

    For work that GEOS or a compiled loop does, which holds no lock of Python meanwhile.
    """
    pieces = list(pieces)
    if len(pieces) < 2:
        return [work(piece) for piece in pieces]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, pieces))


_SLICE = 20_000
"""Rows that a thread works on at once."""


def in_slices(work: Callable[..., Any], *columns: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What `work` returns for columns of equal length, one value a row; slices of them in two threads.

    For what GEOS computes row by row. A geometry that is prepared must not be in several slices.
    """
    rows = len(columns[0])
    if rows <= _SLICE:
        return np.asarray(work(*columns))
    pieces = in_threads(lambda at: work(*(c[at : at + _SLICE] for c in columns)), range(0, rows, _SLICE))
    return np.concatenate(pieces)
