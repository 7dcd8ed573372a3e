"""Facts are computed once per plan and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from ..plan import Plan

P = ParamSpec("P")
T = TypeVar("T")


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
