"""How much of what a rule is about it could judge: by area where its subjects are parcels or buildings, else by count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from ..facts.registry import work_of
from ..facts.sizes import areas
from ..plan import Findings, Plan


def share_of(code: str, plan: Plan, out: Findings) -> float:
    """As `judged_share`; what it was in the plan before where nothing that it hangs on has changed."""
    if not work_of(plan).again:
        return judged_share(plan, out)
    latest, sizes = work_of(plan).latest, areas(plan, out.subjects[0]) if out.subjects else None
    held: tuple[Any, float] | None = latest.get(f"share {code}")
    if held is not None:
        (was, then), value = held
        if (
            was.subjects is out.subjects
            and was.judged == out.judged
            and then is sizes
            and was.unknown.equals(out.unknown)
        ):
            return value
    value = judged_share(plan, out)
    latest.put(f"share {code}", ((replace(out, rows=out.rows.iloc[:0], counted=None), sizes), value))
    return value


def judged_share(plan: Plan, out: Findings) -> float:
    """The part judged of all that was judged or could not be, between 0 and 1; 0 where there was nothing to judge.

    By area where the check names the ids it judged and every unknown row is of the same layer; a finding counts as
    judged whatever else is unknown of its subject. Without a layer that the rule looks at beside its own, none is judged whole.
    """
    if (out.unknown["reason"] == "no_layer").any():
        return 0.0
    if out.subjects and set(out.unknown["layer"]) <= {out.subjects[0]}:
        known = set(out.subjects[1])
        sizes = areas(plan, out.subjects[0])
        judged, rest = _area(sizes, known), _area(sizes, set(out.unknown["id"]) - known)
        if judged + rest > 0:
            return judged / (judged + rest)
    rows = out.judged + len(out.unknown)
    return out.judged / rows if rows else 0.0


def _area(sizes: pd.Series, ids: Iterable[str]) -> float:
    return float(sizes[sizes.index.isin(list(ids))].sum())
