"""What each parcel is for: production, living or ecology; industry, housing or commerce; its area and its park."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pandas as pd

from ...plan import Plan
from ...plan.landuse import MEANINGS, classify, implied
from ..nearby import inner
from ..registry import fact

_GROUP_OF_PLE = {"production": "industry", "living": "housing", "ecology": "other", "none": "other"}


@fact(needs={"parcels": ("park", "geometry"), "parks": ("id", "name", "geometry"), "plan": ("name",)})
def park_of(plan: Plan) -> pd.Series:
    """The park of each parcel: the one it names, else the one that holds its inner point, else null.

    A plan without a park layer is one park, called by the plan's own name.
    """
    parcels = plan["parcels"]
    named = parcels["park"].to_numpy(dtype=object)
    if not plan.has("parks"):
        return pd.Series(np.where(pd.isna(named), plan.name, named), index=parcels.index, dtype="str")
    parks = plan["parks"]
    inside = np.full(len(parcels), None, dtype=object)
    i, j = parks.sindex.query(inner(plan, "parcels"), predicate="intersects")
    order = np.lexsort((parks["id"].to_numpy(dtype=object)[j].astype(str), i))[::-1]
    inside[i[order]] = parks["id"].to_numpy(dtype=object)[j[order]]
    known = set(parks["id"]) | set(parks["name"].dropna())
    by_name = dict(zip(parks["name"], parks["id"], strict=True))
    names = np.array([by_name.get(n, n) if n in known else None for n in named], dtype=object)
    return pd.Series(np.where(pd.isna(names), inside, names), index=parcels.index, dtype="str")


@fact(needs={"parcels": ("id", "code", "scheme", "ple", "phase", "geometry"), "plan": ("schemes",)}, of=(park_of,))
def uses(plan: Plan) -> pd.DataFrame:
    """One row per parcel, in the order of the layer.

    Columns: those of `classify` (code, ple, group, meanings, reason), `id`, `area` [m², from the geometry], `park`,
    `phase`, `counted` (takes part in the balance: a known class that is not shared infrastructure). A parcel without a
    code takes the class its source layer or column gives it; a class told by the
    layer alone makes production industry and living housing.
    """
    parcels = plan["parcels"]
    table = classify(parcels["code"], parcels["scheme"], plan.schemes)
    told = parcels["ple"].where(table["reason"].isin(["no_code", "no_scheme"]), None)
    use = told.notna().to_numpy()
    table.loc[use, "ple"] = told[use]
    table.loc[use, "group"] = told[use].map(_GROUP_OF_PLE)
    table.loc[use, "sub"] = table.loc[use, "sub"].fillna("")
    table.loc[use, "reason"] = None
    for ple, group in _GROUP_OF_PLE.items():
        rows = use & (told == ple).to_numpy(dtype=bool)
        table.loc[rows, list(MEANINGS)] = list(astuple(implied(ple, "", group)))
    table["id"] = parcels["id"]
    table["area"] = parcels.geometry.area.to_numpy()
    table["park"] = park_of(plan)
    table["phase"] = parcels["phase"]
    known = table["ple"].isin(["production", "living", "ecology"])
    table["counted"] = known & table["balance"].eq("yes")
    return table
