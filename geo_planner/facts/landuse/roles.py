"""Which parcels may harm, which must be protected, which are built on at all: the meanings that their scheme gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...plan import Plan
from ..registry import fact
from .uses import uses

Array = np.ndarray[Any, Any]


@fact(needs={}, of=(uses,))
def developed(plan: Plan) -> Array:
    """Which parcels are built on by plan: works, homes, services, roads, utilities; not farm, green, water, reserve."""
    return means(plan, "developed")


def means(plan: Plan, meaning: str, word: str = "yes") -> Array:
    """Which parcels surely have a word as one of the `MEANINGS` of their code."""
    return np.asarray(uses(plan)[meaning] == word, dtype=bool)


def left_open(plan: Plan, meaning: str) -> Array:
    """Parcels whose code is read and whose scheme does not say what it means (`group`, or one of `MEANINGS`)."""
    table = uses(plan)
    blank = table[meaning].fillna("").eq("") & table["reason"].isna()
    return np.asarray(blank, dtype=bool)


@fact(needs={}, of=(uses,))
def unread(plan: Plan, *meanings: str) -> list[tuple[str, Array, str]]:
    """Parcels whose class cannot be told, or has a blank for a meaning that matters, as the `unknown` of findings."""
    table = uses(plan)
    reason, ids = table["reason"].fillna("").to_numpy(dtype=object), table["id"].to_numpy(dtype=object)
    out = [("parcels", ids[reason == r], str(r)) for r in sorted(set(reason) - {""})]
    return out + [open_rows(plan, name, left_open(plan, name)) for name in meanings if left_open(plan, name).any()]


def open_rows(plan: Plan, meaning: str, rows: Array) -> tuple[str, Array, str]:
    """Some parcels as `unknown` for what their scheme leaves open."""
    return "parcels", uses(plan)["id"].to_numpy(dtype=object)[rows], f"open_{meaning}"


def group_is(plan: Plan, *groups: str) -> Array:
    """Which parcels belong to one of the groups industry, housing, commerce."""
    return np.asarray(uses(plan)["group"].isin(groups), dtype=bool)


def nuisance(plan: Plan) -> pd.Series:
    """Nuisance class of each parcel, one of `NUISANCES`; "" where its code does not tell."""
    return uses(plan)["nuisance"]


def sensitive(plan: Plan) -> pd.Series:
    """Whether each parcel surely holds homes, pupils or patients."""
    return uses(plan)["sensitive"].eq("yes")
