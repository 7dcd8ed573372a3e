"""How much each parcel needs of a utility, and from when to when.

A parcel's own figure goes first (water_m3d, power_kw); else its area times the figure of its land use. The table of
figures holds for each class the codes of two schemes and a low and a high figure per hectare; the middle is taken.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...plan import Plan
from ..landuse.uses import uses
from ..registry import fact

Array = np.ndarray[Any, Any]

OWN = {"water": "water_m3d", "power": "power_kw"}
UNIT = {"water": "m³/d", "sewer": "m³/d", "power": "kW", "gas": "Nm³/h", "heat": "kW"}
_FIGURE = ("class", "low", "high", "gb50137", "guide2023")
"""Columns of the table that tell a figure."""
_BY_GROUP = {"industry": "industry", "housing": "housing", "commerce": "retail"}


def demand(plan: Plan, kind: str, table: pd.DataFrame) -> pd.DataFrame:
    """The demand of each parcel once it is in use, in the order of the layer.

    Returns `demand` (in the unit of the kind; NaN where the land use has no figure) and `own` (whether it is the
    parcel's own figure).
    """
    rows = table.loc[table["kind"] == kind, list(_FIGURE)].to_numpy(dtype=object).tolist()
    return _demand(plan, kind, tuple(tuple(row) for row in rows))


@fact(needs={"parcels": ("scheme", "water_m3d", "power_kw", "geometry")}, of=(uses,))
def _demand(plan: Plan, kind: str, figures: tuple[tuple[str, ...], ...]) -> pd.DataFrame:
    parcels = plan["parcels"]
    per_ha = _figure(plan, [dict(zip(_FIGURE, row, strict=True)) for row in figures])
    by_area = parcels.geometry.area.to_numpy() / 1e4 * per_ha
    own = parcels[OWN[kind]].to_numpy(dtype=float) if kind in OWN else np.full(len(parcels), np.nan)
    return pd.DataFrame({"demand": np.where(np.isnan(own), by_area, own), "own": ~np.isnan(own)})


def _figure(plan: Plan, table: list[dict[str, str]]) -> Array:
    """Return the middle figure per hectare of each parcel's class, by the longest beginning of its code."""
    known = uses(plan)
    scheme = plan["parcels"]["scheme"].to_numpy(dtype=object)
    pairs = pd.DataFrame(
        {"code": known["code"].fillna("").to_numpy(), "scheme": scheme, "group": known["group"].to_numpy()}
    )
    pairs = pairs.astype("str")
    where, unique = pd.factorize(pd.MultiIndex.from_frame(pairs))
    middle = {row["class"]: (float(row["low"]) + float(row["high"])) / 2 for row in table}
    begins = {
        scheme: [(begin, row["class"]) for row in table for begin in str(row[scheme]).split(";")]
        for scheme in ("gb50137", "guide2023")
    }
    values = []
    for code, scheme, group in unique:
        fits = [pair for pair in begins.get(scheme, []) if code and code.startswith(pair[0])]
        name = max(fits, key=lambda pair: len(pair[0]))[1] if fits else "" if code else _BY_GROUP.get(group, "")
        values.append(middle.get(name, np.nan))
    return np.array(values, dtype=float)[where] if len(where) else np.empty(0)
