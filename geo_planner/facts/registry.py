"""Facts are computed once per plan and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import finalize

from ..plan import Plan

P = ParamSpec("P")
T = TypeVar("T")


def per_plan(function: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
    """Remember what a function of a plan returned, by the plan's identity and the other (hashable) arguments.

    What comes back is shared between callers: treat it as read-only. Two plans that are equal may still hold their rows
    in another order, and what is told by position is told of one plan only.
    """
    memory: dict[int, dict[object, T]] = {}

    @wraps(function)
    def remembered(plan: Plan, /, *args: P.args, **kwargs: P.kwargs) -> T:
        known = memory.get(id(plan))
        if known is None:
            known = memory[id(plan)] = {}
            finalize(plan, memory.pop, id(plan), None)
        key = (args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = function(plan, *args, **kwargs)
        return known[key]

    return remembered
