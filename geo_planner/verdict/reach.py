"""How far causes reach: the parcels their findings touch, with area and people, and the longest delay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..checks.grouping import mapped
from ..facts.sizes import first_rows
from ..plan import Plan, Reach

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Touched:
    """Pairs of a finding (position) and a parcel it touches (position in the layer)."""

    row: Array
    """In ascending order."""
    parcel: Array

    def by(self, rows: Array) -> Array:
        """Return the parcels that some findings touch, as often as they do."""
        low, high = (np.searchsorted(self.row, rows, side=side) for side in ("left", "right"))
        count = high - low
        at = np.repeat(low - np.r_[0, np.cumsum(count)[:-1]], count) + np.arange(int(count.sum()))
        return np.asarray(self.parcel[at])


def touched(plan: Plan, found: pd.DataFrame) -> Touched:
    """Return which parcels each finding touches: its own, that of its building, or those it names as going short."""
    return paired(own_parcel(plan, found), named_parcels(plan, found))


def own_parcel(plan: Plan, found: pd.DataFrame) -> Array:
    """Return the parcel that each finding is about, or on which its building stands; -1 for none."""
    layer, own = found["layer"].to_numpy(dtype=object), found["id"].to_numpy(dtype=object)
    name = np.where(layer == "parcels", own, "")
    if plan.has("buildings"):
        owner = plan["buildings"][["id", "parcel"]].drop_duplicates("id").set_index("id")["parcel"].dropna()
        name = np.where(layer == "buildings", mapped(own, owner), name)
    return _places(plan, name)


def named_parcels(plan: Plan, found: pd.DataFrame) -> Touched:
    """Return the parcels that findings name as going short."""
    short = _short(found)
    at = _places(plan, short.to_numpy(dtype=object))
    row = short.index.to_numpy(dtype=int)
    return Touched(row[at >= 0], at[at >= 0])


def paired(own: Array, named: Touched) -> Touched:
    """Return all pairs, those of one finding together: its own parcel first."""
    row, parcel = np.concatenate([np.flatnonzero(own >= 0), named.row]), np.concatenate([own[own >= 0], named.parcel])
    order = np.argsort(row, kind="stable")
    return Touched(row[order], parcel[order])


def _places(plan: Plan, names: Array) -> Array:
    """Return the position of the parcel of each name, of several with one id the first; -1 for none."""
    there = len(names) and plan.has("parcels")
    return first_rows(plan, "parcels").of(names) if there else np.full(len(names), -1)


def joined(parts: Sequence[Touched], lengths: Sequence[int]) -> Touched:
    """Return the pairs of several tables of findings that stand one after the other, of so many rows each."""
    starts = np.cumsum([0, *lengths[:-1]])
    row = [part.row + start for part, start in zip(parts, starts, strict=True)]
    return Touched(np.concatenate(row), np.concatenate([part.parcel for part in parts]))


def _short(found: pd.DataFrame) -> pd.Series:
    """Return the parcels that findings name in their argument `short`, by position of the finding."""
    parts = [pd.Series(dtype=object)]
    for at, values in found["args"].array.groups():
        if "short" in values:
            lists = (
                np.broadcast_to(np.asarray(values["short"], dtype=object), len(at))
                if not isinstance(values["short"], np.ndarray)
                else values["short"]
            )
            parts.append(pd.Series(list(lists), index=at).explode())
    return pd.concat(parts)


def reaches(plan: Plan, late: Array, of: Array, pairs: Touched) -> pd.DataFrame:
    """Return a row a cause with parcels, area, days and people.

    `late` are the days of each finding over its limit (NaN: none), `of` the number of its cause.
    """
    n = int(of.max()) + 1 if len(of) else 0
    out = pd.DataFrame({"parcels": 0, "area": 0.0, "days": 0.0, "people": 0.0}, index=np.arange(n))
    out["days"] = pd.Series(late).groupby(of).max().reindex(out.index).fillna(0.0).clip(lower=0.0)
    if not len(pairs.row):
        return out
    parcels = plan["parcels"]
    both = pd.unique(of[pairs.row] * len(parcels) + pairs.parcel)
    table = pd.DataFrame({"cause": both // len(parcels), "parcel": both % len(parcels)})
    table["area"] = parcels.geometry.area.to_numpy()[table["parcel"]]
    table["people"] = parcels["people"].fillna(0.0).to_numpy(dtype=float)[table["parcel"]]
    sums = table.groupby("cause").agg(parcels=("parcel", "size"), area=("area", "sum"), people=("people", "sum"))
    out.loc[sums.index, sums.columns] = sums
    return out


def reach(row: Any) -> Reach:
    """Return one row of `reaches` as a value."""
    return Reach(
        parcels=int(row["parcels"]),
        area=round(float(row["area"]), 1),
        days=round(float(row["days"]), 1),
        people=round(float(row["people"]), 1),
    )


@dataclass(frozen=True, eq=False)
class Places:
    """What the part of the park around each parcel is called: its district, else its park."""

    known: tuple[str, ...]
    number: Array
    """Which of the known names each parcel has; -1 for none."""
    tree: shapely.STRtree
    parks: Mapping[str, str]
    """What each park is called; of a plan with one park also under the empty name."""

    @classmethod
    def of(cls, plan: Plan) -> Places:
        """Return the places of a plan; none where it has no parcels."""
        if not plan.has("parcels"):
            return cls((), np.empty(0, int), shapely.STRtree([]), _parks(plan))
        parcels = plan["parcels"]
        name = parcels["district"].where(parcels["district"].notna(), parcels["park"])
        number, known = pd.factorize(name.fillna("").astype(str).replace("", None).to_numpy(dtype=object))
        return cls(tuple(known), number, shapely.STRtree(parcels.geometry.to_numpy()), _parks(plan))

    def near(self, shape: shapely.Geometry | None) -> Array:
        """Return the number of the name beside a shape: one, or none where there is no shape or no parcel."""
        if shape is None or shape.is_empty or not len(self.number):
            return np.empty(0, int)
        at = self.tree.nearest(shapely.point_on_surface(shape))
        return self.number[[] if at is None else [at]]


def _parks(plan: Plan) -> dict[str, str]:
    if not plan.has("parks"):
        return {}
    parks = plan["parks"]
    named = dict(zip(parks["id"].astype(str), parks["name"].fillna(parks["id"]).astype(str), strict=True))
    return named | ({"": next(iter(named.values()))} if len(named) == 1 else {})
