"""How much of what a rule is about it could judge: by area where its subjects are parcels or buildings, else by count."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..facts.sizes import areas
from ..plan import Findings, Plan


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
