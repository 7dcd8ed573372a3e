"""How work is spread and where results are kept: two small interfaces, handed in as values that know no plan."""

from __future__ import annotations

import ctypes
import math
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, TypeVar

import numpy as np

if sys.platform != "win32":
    import resource

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Spreads pieces of work that do not depend on each other."""

    def map(self, work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
        """Return what `work` makes of each piece, in the order of the pieces."""


class Store(Protocol):
    """Keeps results under keys that say everything the result depends on; it may forget any of them."""

    def get(self, key: str) -> Any:
        """Return what is kept under a key, None where nothing is."""

    def put(self, key: str, value: Any) -> None:
        """Keep a value; it is never changed afterwards."""


class Serial:
    """One piece after the other, in this process."""

    def map(self, work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
        """Return what `work` makes of each piece."""
        return [work(piece) for piece in pieces]


class Memory:
    """The memory of this process, which forgets above `most` entries or `room` bytes.

    Of too many entries the one used longest ago goes. Of too many bytes the largest goes, of equals the one used
    longest ago: for one table of findings a hundred facts would have to go that cost as much each. What is not used
    loses to what came later, the sooner the larger it is. Values are weighed once the process itself has held as many
    bytes; until then they cannot come to more.
    """

    def __init__(self, most: int = 5_000, room: int = 3 << 29) -> None:
        self._most, self._room, self._used = most, room, 0
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._worth: dict[str, float] = {}
        self._least = 0.0
        self._bare: set[str] = set()
        self._lock = Lock()

    def get(self, key: str) -> Any:
        """Return what is kept under a key, None where nothing is."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            value, size = self._kept[key]
            if size:
                self._worth[key] = self._least + 1.0 / size
            return value

    def put(self, key: str, value: Any) -> None:
        """Keep a value, and forget what was used longest ago where there is no more room."""
        small = process_bytes() < self._room
        with self._lock:
            self._used -= self._kept.pop(key, (None, 0))[1]
            self._kept[key] = (value, 0)
            self._bare.add(key)
            if not small:
                self._weigh()
            while len(self._kept) > self._most:
                self._forget(next(iter(self._kept)))
            while self._used > self._room and len(self._kept) > 1:
                least = min((k for k in self._kept if k != key), key=lambda k: self._worth.get(k, math.inf))
                self._least = max(self._least, self._worth.get(least, 0.0))
                self._forget(least)

    def _forget(self, key: str) -> None:
        self._used -= self._kept.pop(key)[1]
        self._worth.pop(key, None)
        self._bare.discard(key)

    def _weigh(self) -> None:
        for key in self._bare & self._kept.keys():
            value = self._kept[key][0]
            size = weight(value)
            self._kept[key] = (value, size)  # its turn stays
            self._worth[key] = self._least + 1.0 / max(1, size)
            self._used += size
        self._bare.clear()

    def __len__(self) -> int:
        return len(self._kept)


def process_bytes() -> float:
    """Return the most bytes that this process has held; infinity where the system does not tell."""
    if sys.platform == "win32":
        return math.inf
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024.0


def give_back() -> None:
    """Give memory that this process holds and does not use back to the system, where the C library can.

    The next stage would otherwise take new memory beside it: small pieces in between keep the old from being reused.
    """
    if _LIBC is not None and hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)


_OBJECT = 400
"""Bytes that an object of unknown size is taken for: a polygon of a dozen corners."""
_WORD = 64
"""Bytes of a word or a number that is an object."""


def weight(value: Any) -> int:
    """Return about how many bytes a value takes in memory."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes) + _each(value) * value.size
    if hasattr(value, "get_indexer"):  # an index: its labels, with the table that they are found by
        return int(value.memory_usage()) + _each(np.asarray(value)) * len(value)
    if hasattr(value, "memory_usage"):
        size = value.memory_usage(index=False)
        return int(size.sum() if hasattr(size, "sum") else size) + _cells(value) * len(value)
    if isinstance(value, dict):
        return _OBJECT + sum(weight(v) for v in value.values())
    if isinstance(value, list | tuple):
        return _OBJECT + sum(weight(v) for v in value[:20]) * max(1, len(value) // 20)
    return _OBJECT + (weight(vars(value)) if hasattr(value, "__dict__") else 0)


class Latest:
    """What was judged last, by what it is the result of: the next is judged from there. It never leaves its process."""

    def __init__(self, most: int = 500) -> None:
        self._most, self._kept = most, OrderedDict[str, Any]()

    def __reduce__(self) -> tuple[Any, ...]:
        return Latest, (self._most,)

    def get(self, key: str) -> Any:
        """Return what is kept under a key, None where nothing is."""
        return self._kept.get(key)

    def put(self, key: str, value: Any) -> None:
        """Keep a value in the place of the one before it; above `most` the first is forgotten."""
        self._kept[key] = value
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _each(array: Any) -> int:
    """Return how many bytes lie behind each cell of an array beside its own, as the first that is there tells."""
    if array.dtype != object:
        return 0
    first = next((cell for cell in array.ravel()[:20].tolist() if cell is not None), "")
    return _WORD if isinstance(first, str | float | int) else _OBJECT


def _cells(table: Any) -> int:
    """Return how many bytes lie behind the cells of each row of a table or a column."""
    kinds = [str(kind) for kind in np.atleast_1d(np.asarray(table.dtypes, dtype=object))]
    return sum(
        _OBJECT if kind == "geometry" else _WORD for kind in kinds if kind in {"geometry", "object", "arguments"}
    )


@dataclass(frozen=True)
class Work:
    """How a plan is judged: where facts and findings are kept, how checks are spread, and what was judged last.

    `apart` are checks that are judged elsewhere meanwhile, by code: each waits until it is done and returns what it
    found, or None where it is to be judged here after all. `again` tells whether another plan may be judged from what
    is kept: where not, facts alone are, and not what whole checks found and how it was drawn. `whole` is how the plan
    is judged of which this is a part.
    """

    store: Store = field(default_factory=Memory)
    executor: Executor = field(default_factory=Serial)
    apart: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    latest: Latest = field(default_factory=Latest)
    again: bool = True
    whole: Work | None = None


HERE = Work()
"""This process and its memory."""
