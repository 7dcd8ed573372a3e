"""How much each parcel needs of a utility, and from when to when.

A parcel's own figure goes first (water_m3d, power_kw); else its area times the figure of its land use. The table of
figures holds for each class the uses of land that it is for, and a low and a high figure per hectare; the middle is
taken.
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
_FIGURE = ("uses", "low", "high")
"""Columns of the table that tell a figure."""
_BY_GROUP = {"industry": "industry", "housing": "housing", "commerce": "commerce"}
"""The use of land that names its group only."""


def demand(plan: Plan, kind: str, table: pd.DataFrame) -> pd.DataFrame:
    """The demand of each parcel once it is in use, in the order of the layer.

    Returns `demand` (in the unit of the kind; NaN where the land use has no figure) and `own` (whether it is the
    parcel's own figure).
    """
    rows = table.loc[table["kind"] == kind, list(_FIGURE)].to_numpy(dtype=object).tolist()
    return _demand(plan, kind, tuple(tuple(row) for row in rows))


@fact(needs={"parcels": ("water_m3d", "power_kw", "geometry")}, of=(uses,))
def _demand(plan: Plan, kind: str, figures: tuple[tuple[str, ...], ...]) -> pd.DataFrame:
    parcels = plan["parcels"]
    per_ha = _figure(plan, [dict(zip(_FIGURE, row, strict=True)) for row in figures])
    by_area = parcels.geometry.area.to_numpy() / 1e4 * per_ha
    own = parcels[OWN[kind]].to_numpy(dtype=float) if kind in OWN else np.full(len(parcels), np.nan)
    return pd.DataFrame({"demand": np.where(np.isnan(own), by_area, own), "own": ~np.isnan(own)})


def own_share(found: pd.DataFrame, draws: Array) -> float:
    """How much of the demand of some parcels is their own figure, not modelled from their land use [%]; 0 of none."""
    need = np.nan_to_num(found["demand"].to_numpy(dtype=float))
    whole = float(need[draws].sum())
    return 100.0 * float(need[draws & found["own"].to_numpy(dtype=bool)].sum()) / whole if whole else 0.0


PLAUSIBLE = 5.0
"""Times the upper figure of its land use beyond which a parcel's own demand is to be confirmed (ours)."""


def doubtful(plan: Plan, kind: str, table: pd.DataFrame, times: float) -> list[tuple[str, Array, str]]:
    """Parcels in use whose demand is not to be relied on, as the `unknown` of findings.

    Their own figure is more than `times` the upper figure of their use, or they have none and nothing tells what their
    land is used for.
    """
    rows = table.loc[table["kind"] == kind, list(_FIGURE)].to_numpy(dtype=object).tolist()
    sides = _in_doubt(plan, kind, tuple(tuple(row) for row in rows), times)
    parcels = plan["parcels"]
    using, ids = parcels["used"].notna().to_numpy(), parcels["id"].to_numpy(dtype=object)
    blank, reason = using & sides["blank"].to_numpy(), sides["reason"].to_numpy(dtype=object)
    told = [("parcels", ids[blank & (reason == r)], str(r)) for r in sorted(set(reason[blank]))]
    return [("parcels", ids[using & sides["odd"].to_numpy()], "odd_demand"), *told]


@fact(needs={"parcels": ("water_m3d", "power_kw", "geometry")}, of=(uses,))
def _in_doubt(plan: Plan, kind: str, figures: tuple[tuple[str, ...], ...], times: float) -> pd.DataFrame:
    """Which parcels are to be confirmed once in use: by their own figure (`odd`), for want of a use (`blank`)."""
    known, parcels = uses(plan), plan["parcels"]
    high = {use: float(most) for words, _, most in figures for use in words.split(";")}
    own = parcels[OWN[kind]].to_numpy(dtype=float) if kind in OWN else np.full(len(parcels), np.nan)
    most = _use(known).map(high).to_numpy(dtype=float)
    open_ = np.isnan(own) & (_use(known).eq("") & known["developed"].ne("no")).to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "odd": own > times * most * parcels.geometry.area.to_numpy() / 1e4,
            "blank": open_,
            "reason": known["reason"].fillna("open_use").to_numpy(dtype=object),
        }
    )


def _use(known: pd.DataFrame) -> pd.Series:
    return known["use"].mask(known["use"].eq("") & known["code"].eq(""), known["group"].map(_BY_GROUP)).fillna("")


def _figure(plan: Plan, table: list[dict[str, str]]) -> Array:
    """Return the middle figure per hectare of each parcel's use; NaN where it has none, or its use is not known."""
    known = uses(plan)
    middle = {use: (float(row["low"]) + float(row["high"])) / 2 for row in table for use in str(row["uses"]).split(";")}
    return np.asarray(_use(known).map(middle), dtype=float)
