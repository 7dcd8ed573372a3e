"""Roads at the border of two parks: what ends there, what grows narrow there, what the neighbour opens later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .parks import Park

Array = np.ndarray[Any, Any]
BESIDE = 50.0
"""Metres from the neighbour's boundary within which a road ends at the border (project default)."""
MEETS = 10.0
"""Metres within which the ends of two roads are one crossing (project default)."""
NARROWER = 0.25
"""Share of its width that a road may lose at the border (project default)."""


def roads_at_borders(parks: Sequence[Park], crs: str) -> list[dict[str, Any]]:
    """Return roads that end at a neighbour's border, and those whose continuation is narrower or opens later.

    Each with `fault` ("ends", "narrows", "later"), park and id, the other park and, where there is one, its road;
    `value` and `limit` in `unit`: metres to the nearest road of the neighbour, share of the width lost, days.
    """
    ends = _ends(parks, crs)
    places = gpd.GeoSeries([p.place for p in parks], crs=4326).to_crs(crs).to_numpy()
    rows = []
    for number, park in enumerate(parks):
        spots = shapely.points(ends[["x", "y"]].to_numpy())
        near = shapely.dwithin(spots, places[number], BESIDE) & (ends["park"] != park.name).to_numpy()
        own = ends[ends["park"] == park.name]
        for at in np.flatnonzero(near).tolist():
            rows += _at(ends, at, own, park.name)
    return sorted(rows, key=lambda row: (row["park"], row["id"], row["other_park"], row["fault"]))


def _ends(parks: Sequence[Park], crs: str) -> pd.DataFrame:
    """Return both ends of every road drawn as a line: park, id, width, finish, x, y, and whether it goes on at home."""
    tables = [pd.DataFrame({"park": [], "id": [], "width": [], "finish": [], "x": [], "y": []})]
    for park in parks:
        if not park.plan.has("roads"):
            continue
        roads = park.plan["roads"].to_crs(crs)
        roads = roads[(shapely.get_type_id(roads.geometry.to_numpy()) == 1) & (roads.geometry.length > 0).to_numpy()]
        for end in (0, -1):
            xy = shapely.get_coordinates(shapely.get_point(roads.geometry.to_numpy(), end))
            told = pd.DataFrame(roads[["id", "width", "finish"]])
            tables.append(told.assign(park=park.name, x=xy[:, 0], y=xy[:, 1]))
    full = [table for table in tables if len(table)]
    out = pd.concat(full, ignore_index=True) if full else tables[0]
    spots, name = out[["x", "y"]].to_numpy(dtype=float), out["park"].to_numpy(dtype=object)
    i, j = shapely.STRtree(shapely.points(spots)).query(shapely.points(spots), predicate="dwithin", distance=MEETS)
    goes_on = np.zeros(len(out), bool)
    goes_on[i[(i != j) & (name[i] == name[j])]] = True
    return out[~goes_on].reset_index(drop=True)


def _at(ends: pd.DataFrame, at: int, own: pd.DataFrame, neighbour: str) -> list[dict[str, Any]]:
    """Return what is wrong where a road ends beside a neighbour, whose ends of roads are `own`."""
    mine = ends.loc[at]
    away = np.hypot(own["x"] - mine["x"], own["y"] - mine["y"]).to_numpy(dtype=float)
    first = {"park": str(mine["park"]), "id": str(mine["id"]), "other_park": neighbour}
    if not len(away) or away.min() > MEETS:
        gap = round(float(away.min()), 1) if len(away) and away.min() <= 20 * BESIDE else None
        other = str(own["id"].iloc[int(away.argmin())]) if gap is not None else ""
        return [first | {"fault": "ends", "other_id": other, "value": gap, "limit": MEETS, "unit": "m"}]
    theirs = own.iloc[int(away.argmin())]
    first |= {"other_id": str(theirs["id"])}
    rows = []
    lost = 1.0 - float(theirs["width"]) / float(mine["width"]) if mine["width"] > 0 and theirs["width"] > 0 else 0.0
    if lost > NARROWER:
        rows.append(first | {"fault": "narrows", "value": round(lost, 3), "limit": NARROWER, "unit": "1"})
    if pd.notna(mine["finish"]) and pd.notna(theirs["finish"]) and theirs["finish"] > mine["finish"]:
        days = float((theirs["finish"] - mine["finish"]) / pd.Timedelta(days=1))
        rows.append(first | {"fault": "later", "value": days, "limit": 0.0, "unit": "d"})
    return rows
