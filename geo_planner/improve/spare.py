"""What the works of each utility have to spare in the quarters in which projects start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..checks import load
from ..checks.tables import table
from ..facts.utilities.demand import demand
from ..plan import Plan, Profile

Array = np.ndarray[Any, Any]

UTILITIES = ("power", "water", "gas", "heat", "sewer")


def spare_capacity(plan: Plan, profile: Profile, projects: pd.DataFrame, hosts: Array) -> pd.DataFrame:
    """One row for each utility and quarter of a wanted date: quarter, spare, and what each project needs by then.

    Spare is what sources in service can give less what parcels in use draw; the open parcels themselves draw nothing,
    for the projects come in their place. A utility whose sources tell no capacity has no row: it limits nothing, and
    the checks say that it is not known.
    """
    rows = []
    last = pd.Timestamp("2199-12-31")
    wanted = projects["wanted"].fillna(last)
    quarters = wanted.where(wanted == last, wanted.dt.to_period("Q").dt.end_time.dt.normalize())
    for kind in UTILITIES:
        own = projects[kind].fillna(0.0).to_numpy(dtype=float)
        if not (own > 0).any() or not plan.has("sources", "capacity"):
            continue
        sources = plan["sources"]
        mine = sources[(sources["kind"] == kind) & sources["capacity"].notna()]
        if not len(mine):
            continue
        need = draws(plan, profile, kind)
        need[hosts] = 0.0
        for day in sorted(quarters.unique()):
            there = (mine["finish"].isna() | (mine["finish"] <= day)) & (
                mine["removed"].isna() | (mine["removed"] > day)
            )
            used = plan["parcels"]["used"]
            drawn = need[((used.isna() | (used <= day)) & plan["parcels"]["removed"].isna()).to_numpy(dtype=bool)].sum()
            spare = float(mine.loc[there, "capacity"].sum() - drawn)
            begun = (quarters <= day).to_numpy(dtype=bool)
            label = str(day.to_period("Q")) if day < last else ""
            rows.append({"kind": kind, "quarter": label, "spare": spare, "need": np.where(begun, own, 0.0)})
    return pd.DataFrame(rows, columns=["kind", "quarter", "spare", "need"])


def draws(plan: Plan, profile: Profile, kind: str) -> Array:
    """The demand of each parcel as NW501 counts it."""
    p = load()["NW501"].bind(profile)
    base = demand(plan, "water" if kind == "sewer" else kind, table("demand", p.table))["demand"].to_numpy(dtype=float)
    factor = {"power": p.coincidence, "sewer": p.sewage_share / p.daily_peak}.get(kind, 1.0)
    return np.array(np.nan_to_num(base * factor), dtype=float)
