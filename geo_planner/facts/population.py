"""Where people live and work, and the shapes of parks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..plan import Plan
from .landuse.roles import means
from .landuse.uses import park_of, uses
from .nearby import inner, standing
from .registry import fact

Array = np.ndarray[Any, Any]

HOUSEHOLD = 2.6
"""People per dwelling (project default), used where only dwellings are known."""


@dataclass(frozen=True, eq=False)
class Homes:
    """Places where people live: layer, positions in it, ids, an inner point, people; the ids whose people are unknown.

    Where no home says how many live there, `weight` is the land area and `counted` is false.
    """

    layer: str
    at: Array
    id: Array
    point: Array
    weight: Array
    counted: bool
    open_ids: Array


@fact(
    needs={
        "buildings": ("id", "use", "people", "geometry"),
        "parcels": ("people", "dwellings"),
        "stands": ("buildings", "parcels"),
    },
    of=(uses,),
)
def homes(plan: Plan) -> Homes:
    """Homes that stand: by building where buildings tell their people, else by parcel (dwelling, or with residents)."""
    if plan.has("buildings", "people"):
        frame = plan["buildings"]
        lived = frame["use"].isin(["house", "dormitory"]) | (frame["people"] > 0)
        people = frame["people"].to_numpy(dtype=float)
        return _homes(plan, "buildings", lived.to_numpy(dtype=bool) & standing(plan, "buildings"), people)
    frame = plan["parcels"]
    people = frame["people"].fillna(frame["dwellings"] * HOUSEHOLD).to_numpy(dtype=float)
    return _homes(plan, "parcels", (means(plan, "dwelling") | (people > 0)) & standing(plan, "parcels"), people)


def places_meant(lived: Homes) -> tuple[str, ...]:
    """The meanings of land that homes rest on: none where buildings tell who lives there."""
    return ("dwelling",) if lived.layer == "parcels" else ()


def _homes(plan: Plan, layer: str, lived: Array, people: Array) -> Homes:
    frame = plan[layer]
    shapes, ids = np.asarray(frame.geometry.to_numpy(), dtype=object), frame["id"].to_numpy(dtype=object)
    counted = bool((lived & ~np.isnan(people)).any())
    weight = people if counted else shapely.area(shapes)
    known = lived & ~np.isnan(weight) & ~shapely.is_empty(shapes)
    return Homes(
        layer, np.flatnonzero(known), ids[known], inner(plan, layer)[known], weight[known], counted, ids[lived & ~known]
    )


@fact(needs={"parks": ("id", "geometry"), "parcels": ("geometry",)}, of=(park_of,))
def park_shapes(plan: Plan) -> dict[str, shapely.Geometry]:
    """The boundary of each park; where there is no park layer, the box around its parcels."""
    out: dict[str, shapely.Geometry] = {}
    if plan.has("parks"):
        parks = plan["parks"]
        out = dict(zip(parks["id"].astype(str), parks.geometry, strict=True))
    names = park_of(plan)
    bounds = plan["parcels"].geometry.bounds
    around = bounds.groupby(names.to_numpy(dtype=object)).agg(
        {"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"}
    )
    for name, row in zip(around.index, around.to_numpy(), strict=True):
        out.setdefault(str(name), shapely.box(*row))
    return out


def by_park(plan: Plan, values: Array, rows: Array) -> pd.Series:
    """Sum of values over some parcels by park, in order of name; NaN counts as nothing."""
    table = uses(plan)
    return pd.Series(values[rows]).groupby(table["park"].to_numpy(dtype=object)[rows]).sum().sort_index()
