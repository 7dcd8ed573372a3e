"""Where people live and work, and the shapes of parks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..plan import Plan
from .landuse.roles import group_is, means
from .landuse.uses import park_of, uses
from .nearby import inner, standing, undated
from .registry import fact

Array = np.ndarray[Any, Any]

HOUSEHOLD = 2.6
"""People per dwelling (project default), used where only dwellings are known."""


FILLED = 0.8
"""Share of the homes, or of the land, that must have a value before it is used at all (ours)."""


@dataclass(frozen=True, eq=False)
class Homes:
    """Places where people live: layer, positions in it, ids, an inner point, people; the ids whose people are unknown.

    Where too few homes say how many live there, `weight` is the land area for all and `counted` is false. `filled` is
    the share of the homes that say it, and `partly` are homes (layer, ids) without, where some say it and too few do.
    `undated` tells which of them may not stand yet, for nothing says when they are finished.
    """

    layer: str
    at: Array
    id: Array
    point: Array
    weight: Array
    counted: bool
    open_ids: Array
    filled: float
    partly: tuple[str, Array]
    undated: Array

    @property
    def dated(self) -> int:
        """How many of the homes stand for certain: what was judged of the others proves little."""
        return int((~self.undated).sum())

    def served(self, reached: Array) -> tuple[float, float]:
        """The share [%] of the people who are reached: of all homes, and at least, whichever of the undated stand."""
        return share_served(self.weight, reached, self.undated)

    @property
    def unknown(self) -> list[tuple[str, Array, str]]:
        """Homes whose people are not known, as the `unknown` of findings."""
        return [(self.layer, self.open_ids, "no_attribute"), (*self.partly, "partly_filled")]


@fact(
    needs={
        "buildings": ("id", "use", "people", "geometry"),
        "parcels": ("people", "dwellings"),
        "stands": ("buildings", "parcels"),
        "undated": ("buildings", "parcels"),
    },
    of=(uses,),
)
def homes(plan: Plan, least: float = FILLED) -> Homes:
    """Homes that stand: by building where buildings tell their people, else by parcel (dwelling, or with residents).

    People count where at least the share `least` of the homes has them; below it they are as if nobody had told them,
    and filled values never stand beside others that are taken from the land.
    """
    partly = "parcels", np.empty(0, dtype=object)
    if plan.has("buildings", "people"):
        frame = plan["buildings"]
        people = frame["people"].to_numpy(dtype=float)
        lived = frame["use"].isin(["house", "dormitory"]).to_numpy(dtype=bool) | (people > 0)
        lived &= standing(plan, "buildings")
        if (share := _told(lived, people)) >= least:
            return _homes(plan, ("buildings", lived, people), share, partly)
        partly = "buildings", frame["id"].to_numpy(dtype=object)[lived & np.isnan(people)]
    frame = plan["parcels"]
    people = frame["people"].fillna(frame["dwellings"] * HOUSEHOLD).to_numpy(dtype=float)
    dwelling, stand = means(plan, "dwelling"), standing(plan, "parcels")
    lived = (dwelling | (people > 0)) & stand
    share = _told(lived, people)
    if share < least:
        if share > 0 and not len(partly[1]):
            partly = "parcels", frame["id"].to_numpy(dtype=object)[lived & np.isnan(people)]
        lived, people = dwelling & stand, np.full(len(frame), np.nan)
    return _homes(plan, ("parcels", lived, people), share, partly)


def _told(lived: Array, people: Array) -> float:
    """Return the share of some homes that say how many live there; 1 where there is none."""
    return float((lived & ~np.isnan(people)).sum() / lived.sum()) if lived.any() else 1.0


def places_meant(lived: Homes) -> tuple[str, ...]:
    """The meanings of land that homes rest on: none where buildings tell who lives there."""
    return ("dwelling",) if lived.layer == "parcels" else ()


def _homes(plan: Plan, of: tuple[str, Array, Array], share: float, partly: tuple[str, Array]) -> Homes:
    layer, lived, people = of
    frame = plan[layer]
    shapes, ids = np.asarray(frame.geometry.to_numpy(), dtype=object), frame["id"].to_numpy(dtype=object)
    counted = bool((lived & ~np.isnan(people)).any())
    weight = people if counted else shapely.area(shapes)
    known = lived & ~np.isnan(weight) & ~shapely.is_empty(shapes)
    return Homes(
        layer=layer,
        at=np.flatnonzero(known),
        id=ids[known],
        point=inner(plan, layer)[known],
        weight=weight[known],
        counted=counted,
        open_ids=ids[lived & ~known],
        filled=share,
        partly=partly,
        undated=undated(plan, layer)[known],
    )


def share_served(weight: Array, reached: Array, undated: Array) -> tuple[float, float]:
    """Return the share [%] of some weight that is reached, of all and at least: without what is reached and undated."""
    sure = ~(reached & undated)
    return tuple(  # type: ignore[return-value]
        float(100.0 * weight[reached & kept].sum() / max(weight[kept].sum(), 1e-9))
        for kept in (np.ones(len(sure), dtype=bool), sure)
    )


def told_share(park: Array, names: Sequence[str], sides: Sequence[tuple[Array, Array]]) -> Array:
    """For each park the least share of the rows of a side that are told; a side is its rows and which are told."""
    out = np.ones((len(names), len(sides)))
    for k, name in enumerate(names):
        for side, (rows, told) in enumerate(sides):
            mine = rows & (park == name)
            out[k, side] = (mine & told).sum() / mine.sum() if mine.any() else 1.0
    return np.asarray(out.min(axis=1))


def jobs_and_people_told(plan: Plan, people: Array, names: Sequence[str]) -> tuple[Array, Array]:
    """Return for each park the lesser share of works with jobs and of homes with people, and the parcels without."""
    park, stand = park_of(plan).to_numpy(dtype=object), standing(plan, "parcels")
    works, lived = group_is(plan, "industry") & stand, means(plan, "dwelling") & stand
    sides = ((works, plan["parcels"]["jobs"].notna().to_numpy()), (lived, ~np.isnan(people)))
    blank = np.logical_or.reduce([rows & ~known for rows, known in sides])
    return told_share(park, names, sides), blank


def ratio_span(top: Array, bottom: Array, undated: Array) -> tuple[float, float]:
    """Return the least and greatest ratio of two sums, whichever of the undated rows count; NaN where both are 0."""
    sure = ~undated
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = top[sure].sum() / bottom.sum(), top.sum() / bottom[sure].sum()
    return float(low), float(high)


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
