"""Which parcel each building stands on, and what the buildings make of a parcel: height, floor area, footprint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.distances import usable
from ..plan import Plan
from .landuse.roles import sensitive
from .landuse.uses import uses
from .nearby import inner
from .registry import fact

Array = np.ndarray[Any, Any]


@fact(needs={"buildings": ("parcel", "geometry"), "parcels": ("id", "geometry")})
def stands_on(plan: Plan) -> Array:
    """The parcel (position) of each building: the one it names, else the first by id around its inner point; or -1."""
    buildings, parcels = plan["buildings"], plan["parcels"]
    first = parcels["id"].reset_index(drop=True).drop_duplicates()
    named = buildings["parcel"].map(pd.Series(first.index, index=first.to_numpy(dtype=object)))
    out = np.array(named.fillna(-1).to_numpy(), dtype=np.int64)
    drawn = np.flatnonzero((out < 0) & usable(plan.layers["buildings"].geometry.to_numpy()))
    i, j = shapely.STRtree(plan.layers["parcels"].geometry.to_numpy()).query(
        inner(plan, "buildings")[drawn], predicate="intersects"
    )
    order = np.lexsort((parcels["id"].to_numpy(dtype=object)[j].astype(str), i))[::-1]
    out[drawn[i[order]]] = j[order]
    return out


SENSITIVE_FACILITIES = ("primary_school", "middle_school", "kindergarten", "hospital", "elderly_care")
SENSITIVE_BUILDINGS = ("house", "dormitory", "school", "hospital")


def guarded(plan: Plan) -> list[tuple[str, Array]]:
    """What is surely to be kept from nuisance, positions by layer: land, services, and buildings on other land."""
    land = sensitive(plan).to_numpy(dtype=bool)
    out = [("parcels", np.flatnonzero(land))]
    if plan.has("facilities", "kind"):
        out.append(("facilities", np.flatnonzero(plan["facilities"]["kind"].isin(SENSITIVE_FACILITIES).to_numpy())))
    if plan.has("buildings", "use"):
        own = np.append(land, False)[stands_on(plan)]
        lived = plan["buildings"]["use"].isin(SENSITIVE_BUILDINGS).to_numpy(dtype=bool)
        out.append(("buildings", np.flatnonzero(lived & ~own)))
    return out


@fact(
    needs={"buildings": ("removed", "height", "floor_area", "geometry"), "parcels": ("geometry",), "plan": ("as_of",)},
    of=(stands_on,),
)
def built_up(plan: Plan) -> pd.DataFrame:
    """What the buildings that are not removed make of each parcel, one row each; NaN where none tells.

    Columns: `height` of the highest [m] and `highest` (its position, -1: none); `far`, the floor area that is known
    over the land (so the least it can be); `density`, the footprints over the land [%].
    """
    buildings, parcels = plan["buildings"], plan["parcels"]
    at, gone = stands_on(plan), buildings["removed"]
    still = (gone.isna() if plan.as_of is None else gone.isna() | (gone > pd.Timestamp(plan.as_of))).to_numpy()
    shapes = plan.layers["buildings"].geometry.to_numpy()
    table = pd.DataFrame(
        {
            "parcel": at,
            "height": buildings["height"].to_numpy(dtype=float),
            "floors": buildings["floor_area"].to_numpy(dtype=float),
            "foot": np.where(usable(shapes), shapely.area(shapes), np.nan),
            "building": np.arange(len(buildings)),
        }
    )[still & (at >= 0)]
    by = table.groupby("parcel")
    rows = np.arange(len(parcels))
    area = parcels.geometry.area.to_numpy()
    land = np.where(area > 0, area, np.nan)
    tall = table.sort_values(["parcel", "height", "building"], ascending=[True, False, True]).dropna(subset="height")
    highest = tall.drop_duplicates("parcel").set_index("parcel")["building"].reindex(rows).fillna(-1)
    return pd.DataFrame(
        {
            "height": by["height"].max().reindex(rows).to_numpy(),
            "highest": highest.to_numpy(dtype=np.int64),
            "far": by["floors"].sum(min_count=1).reindex(rows).to_numpy() / land,
            "density": 100.0 * by["foot"].sum(min_count=1).reindex(rows).to_numpy() / land,
        }
    )


def as_built(plan: Plan) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    """Return parcels with what their buildings tell, and the building each height is from ("": the record).

    What buildings are known to add up to is the least: it breaks a ceiling, and proves nothing else while nobody has
    declared the buildings complete. Floors and footprints beyond both the record and its ceiling replace the record:
    what stands there is not made lawful by a low figure. So does the floor area on record, over the land.
    """
    parcels, names = plan["parcels"], np.full(len(plan["parcels"]), "", dtype=object)
    area = parcels.geometry.area.to_numpy()
    written = parcels["floor_area"].to_numpy(dtype=float) / np.where(area > 0, area, np.nan)
    parcels = parcels.assign(far=_ceiling_broken(parcels, "far", written))
    if not plan.has("buildings"):
        return parcels, names
    whole = plan.is_complete("buildings")
    parcels = parcels.assign(**{c: _ceiling_broken(parcels, c, built_up(plan)[c], whole) for c in ("far", "density")})
    seen, height = built_up(plan), parcels["height"].to_numpy(dtype=float)
    tall, whole = seen["height"].to_numpy(), plan.is_complete("buildings")
    higher = (tall > height) | (np.isnan(height) & (whole | (tall > parcels["height_max"].to_numpy(dtype=float))))
    names[higher] = plan["buildings"]["id"].to_numpy(dtype=object)[seen["highest"].to_numpy()[higher]]
    return parcels.assign(height=np.where(higher, tall, height)), names


def _ceiling_broken(parcels: pd.DataFrame, column: str, seen: Any, whole: bool = False) -> Array:
    """Return the record of a column, or what is seen where that is more than the record and than its ceiling.

    What is seen stands for a blank record where it is known to be `whole`.
    """
    record, most = (parcels[c].to_numpy(dtype=float) for c in (column, f"{column}_max"))
    witness, blank = np.asarray(seen, dtype=float), np.isnan(record)
    return np.where(((witness > record) | blank) & (witness > most) | (blank & whole), witness, record)


_USUAL = 0.1
"""Share of the parcels of a class from which a bound, or a figure of works begun, is expected of every one of them."""


def half_given(plan: Plan, parcels: pd.DataFrame, bounds: Sequence[tuple[str, str]]) -> Array:
    """Which parcels have a bound and no figure to hold against it, or a figure and not the bound it should have.

    `bounds` are columns of figure and bound. A bound is expected where parcels of the same class have it (industry has
    a ceiling of green and no floor), or where the figure has no bound at all; a figure where works have begun and
    others of the class have it, or nobody has. `parcels` holds what buildings tell beside what is on record.
    """
    code = uses(plan)["code"].fillna("").to_numpy(dtype=object)
    day = pd.Timestamp(plan.as_of) if plan.as_of else pd.Timestamp.max
    begun = ~(parcels["start"] > day).to_numpy()
    out, record = np.zeros(len(parcels), bool), plan["parcels"]
    for built, bound in bounds:
        figure, limit = parcels[built].notna().to_numpy(), parcels[bound].notna().to_numpy()
        written = record[built].notna().to_numpy()
        alone = ~np.logical_or.reduce([parcels[b].notna().to_numpy() for a, b in bounds if a == built])
        known = _usual(figure, code, begun) | (not figure.any())
        out |= (begun & limit & ~figure & known) | (written & ~limit & (_usual(limit, code, written) | alone))
    return out


def _usual(given: Array, code: Array, of: Array) -> Array:
    """Whether a column is given for enough of the rows `of` that have the same code."""
    share = pd.Series(np.where(of, given, np.nan)).groupby(code).transform("mean")
    return np.asarray(share.fillna(0.0) >= _USUAL)
