"""Which parcels may harm, which must be protected, which are built on at all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ...plan import Plan
from ..registry import fact
from .uses import uses

Array = np.ndarray[Any, Any]

NUISANCE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "class1": ("M1", "100101"),
        "class2": ("M2", "100102"),
        "class3": ("M3", "100103"),
        "storage3": ("W3", "110103"),
        "sewage": ("U21", "1302"),
    }
)
"""Land-use codes of the nuisance classes of industry, of dangerous storage and of sewage works."""
SENSITIVE = ("A33", "A34", "A5", "A6", "080403", "080404", "0806", "0807", "08H2")
"""Codes of schools, hospitals and welfare beside housing."""
SENSITIVE_FACILITIES = ("primary_school", "middle_school", "kindergarten", "hospital", "elderly_care")


@fact(needs={}, of=(uses,))
def developed(plan: Plan) -> Array:
    """Which parcels are built on by plan: works, homes, services, roads, utilities; not farm, green, water, reserve."""
    table = uses(plan)
    sub = table["sub"].fillna("").to_numpy(dtype=object)
    plain = (sub == "") & table["ple"].isin(["production", "living"]).to_numpy()
    return np.asarray(np.isin(sub, ["PI", "LU", "LR", "IF"]) | plain)


def unread(plan: Plan) -> list[tuple[str, Array, str]]:
    """Parcels whose class cannot be told, as the `unknown` of findings."""
    table = uses(plan)
    reason, ids = table["reason"].fillna("").to_numpy(dtype=object), table["id"].to_numpy(dtype=object)
    return [("parcels", ids[reason == r], str(r)) for r in sorted(set(reason) - {""})]


def group_is(plan: Plan, *groups: str) -> Array:
    """Which parcels belong to one of the groups industry, housing, commerce."""
    return np.asarray(uses(plan)["group"].isin(groups), dtype=bool)


@fact(needs={"parcels": ("code",)}, of=(uses,))
def nuisance(plan: Plan) -> pd.Series:
    """Nuisance class of each parcel (a key of `NUISANCE`), "" where it has none.

    The code as written is read first, for a scheme may stop above the small class that a bureau adds (`U21`).
    """
    table, raw = uses(plan), plan["parcels"]["code"].fillna("").str.strip().str.upper()
    out = pd.Series("", index=table.index, dtype="str")
    for name, codes in NUISANCE.items():
        out[raw.str.startswith(codes) | table["code"].fillna("").astype("str").str.startswith(codes)] = name
    return out


@fact(needs={}, of=(uses,))
def sensitive(plan: Plan) -> pd.Series:
    """Whether each parcel holds homes, pupils or patients."""
    table = uses(plan)
    code = table["code"].fillna("").astype("str")
    return table["group"].eq("housing").fillna(value=False) | code.str.startswith(SENSITIVE)
