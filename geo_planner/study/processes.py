"""Work spread over processes of this machine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from math import ceil
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Processes:
    """An executor of `count` fresh processes; what is handed to it must pickle, as plans, profiles and reports do."""

    def __init__(self, count: int) -> None:
        self._count = count

    def map(self, work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
        """Return what `work` makes of each piece, in the order of the pieces."""
        todo = list(pieces)
        if not todo:
            return []
        with ProcessPoolExecutor(self._count, mp_context=multiprocessing.get_context("spawn")) as pool:
            return list(pool.map(work, todo, chunksize=ceil(len(todo) / self._count)))
