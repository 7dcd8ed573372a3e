"""A rule that looks at each layer by itself: a layer that an edit did not touch is not looked at again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from ..facts.registry import recorded
from ..plan import Findings, Plan
from ..plan.findings import in_order


def by_layer(
    plan: Plan, layers: Iterable[str], look: Callable[[Plan, str, Any], Findings], code: str, params: Any
) -> Findings:
    """Return what a rule finds in some layers, one after the other; `look` judges one of them and reads no other."""

    def part(name: str) -> Findings:
        return recorded(plan, lambda seen: look(seen, name, params), code, "of", name, params)

    parts = [part(name) for name in layers]
    full = [part.rows for part in parts if len(part.rows)]
    unknown = [part.unknown for part in parts if len(part.unknown)] or [part.unknown for part in parts[:1]]
    return Findings(
        rows=in_order(full) if full else parts[0].rows.copy(deep=False),
        judged=sum(part.judged for part in parts),
        unknown=pd.concat(unknown, ignore_index=True),
    )
