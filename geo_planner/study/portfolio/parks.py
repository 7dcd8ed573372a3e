"""The parks of a portfolio: a plan with several park boundaries is split, each part is judged in its own zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import Geod

from ...errors import StudyError
from ...facts.landuse.uses import park_of
from ...facts.population import park_shapes
from ...plan import Plan, Report, Scenario

FARTHEST = 1_000_000.0
"""Metres between parks of one portfolio, at most (project default): farther apart one of them is in a wrong place."""


@dataclass(frozen=True, eq=False)
class Park:
    """One park with its own plan, in its own coordinate system, and the report on it; `place` is in degrees."""

    name: str
    title: str
    role: str
    scenario: Scenario
    plan: Plan
    report: Report
    place: shapely.Geometry


def split(plan: Plan) -> Iterator[tuple[str, Plan]]:
    """Yield each park of a plan with its part: its parcels, and every other feature that touches its boundary."""
    if not plan.has("parks") or len(plan["parks"]) < 2:
        yield (str(plan["parks"]["id"].iloc[0]) if plan.has("parks") else plan.name), plan
        return
    homes = park_of(plan) if plan.has("parcels") else pd.Series([], dtype="str")
    for name, shape in zip(plan["parks"]["id"].astype(str), plan["parks"].geometry, strict=True):
        layers = {layer: _part(layer, plan, (name, shape), homes) for layer in plan.layers}
        yield name, replace(plan, name=name, layers={k: v for k, v in layers.items() if len(v)}, title={})


def _part(layer: str, plan: Plan, park: tuple[str, shapely.Geometry], homes: pd.Series) -> gpd.GeoDataFrame:
    frame = plan[layer]
    if layer == "parks":
        return frame[frame["id"] == park[0]]
    if layer == "parcels":
        return frame[(homes == park[0]).fillna(value=False).to_numpy(dtype=bool)]
    shapes = frame.geometry.array
    return frame[shapely.intersects(shapes, park[1]) & ~shapely.is_missing(shapes)]


def outline(plan: Plan) -> shapely.Geometry:
    """Return the boundary of a plan's park in degrees.

    Raises
    ------
    StudyError
        The plan has neither a park nor a parcel, so nobody can say where it is.
    """
    if not plan.has("parks") and not plan.has("parcels"):
        msg = f"'{plan.name}' has neither parks nor parcels; a portfolio needs one of the two to place it."
        raise StudyError(msg)
    if plan.has("parks"):
        shape = shapely.union_all(shapely.make_valid(plan["parks"].geometry.to_numpy()))
    else:
        shape = shapely.union_all(list(park_shapes(plan).values()))
    return gpd.GeoSeries([shape], crs=plan.crs).to_crs(4326).iloc[0]


def no_strangers(parks: list[tuple[str, shapely.Geometry]]) -> None:
    """Raise `StudyError` where one park is there twice, or two lie continents apart."""
    names: set[str] = set()
    for name, _ in parks:
        if name in names:
            msg = f"park '{name}' is in the portfolio twice; name each park once."
            raise StudyError(msg)
        names.add(name)
    globe = Geod(ellps="GRS80")
    for k, (name, shape) in enumerate(parks):
        for other, second in parks[:k]:
            a, b = shape.representative_point(), second.representative_point()
            away = globe.inv(a.x, a.y, b.x, b.y)[2]
            if away > FARTHEST:
                msg = f"parks '{other}' and '{name}' lie {away / 1000:,.0f} km apart; check the CRS of both."
                raise StudyError(msg)
            if away < FARTHEST / 10 and _one_place(shape, second):
                msg = f"parks '{other}' and '{name}' cover the same land; it is one park named twice."
                raise StudyError(msg)


def _one_place(one: shapely.Geometry, two: shapely.Geometry) -> bool:
    shared = shapely.area(shapely.intersection(shapely.make_valid(one), shapely.make_valid(two)))
    return bool(shared > 0.95 * max(shapely.area(one), shapely.area(two), 1e-18))
