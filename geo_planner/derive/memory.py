"""Facts are computed once per plan and forgotten with it; heavy array work runs on two threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from ..plan import Plan

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def per_plan(function: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
    """Remember what a function of a plan returned, by the plan's identity and the other (hashable) arguments.

    What comes back is shared between callers: treat it as read-only.
    """
    memory: WeakKeyDictionary[Plan, dict[object, T]] = WeakKeyDictionary()

    @wraps(function)
    def remembered(plan: Plan, /, *args: P.args, **kwargs: P.kwargs) -> T:
        known = memory.setdefault(plan, {})
        key = (args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(plan, *args, **kwargs)
        return known[key]

    return remembered


def in_threads(work: Callable[[T], R], pieces: Iterable[T]) -> list[R]:
    """What `work` returns for each piece, in the order of the pieces; two at a time.

    For work that GEOS or a compiled loop does, which holds no lock of Python meanwhile.
    """
    pieces = list(pieces)
    if len(pieces) < 2:
        return [work(piece) for piece in pieces]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, pieces))
