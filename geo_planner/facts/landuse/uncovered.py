"""Land of a park that no parcel covers, and what it is: road by width, then water, then nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...algorithms.distances import usable
from ...algorithms.overlay import ValidShapes
from ...algorithms.selves import inside_another
from ...plan import Plan
from ..registry import fact

Array = np.ndarray[Any, Any]

WATER = ("river", "canal")


@dataclass(frozen=True, eq=False)
class Uncovered:
    """One park's land outside its parcels: `roads` by their width, `water`, and the `rest` of it.

    `open_roads` are roads (positions) drawn as lines without a width that run through the rest: how much of it is road
    cannot be told.
    """

    park: str
    roads: shapely.Geometry
    water: shapely.Geometry
    rest: shapely.Geometry
    open_roads: Array


@fact(
    needs={
        "parcels": ("removed", "geometry"),
        "parks": ("id", "geometry"),
        "roads": ("width", "geometry"),
        "control_lines": ("kind", "width", "geometry"),
        "plan": ("as_of",),
    }
)
def uncovered(plan: Plan) -> tuple[Uncovered, ...]:
    """The land of each park that no parcel covers, in the order of the layer; the park layer must be there.

    Planned parcels cover their land, those removed by the as-of day (without one: ever) do not.
    """
    parcels, gone = plan.layers["parcels"].geometry.to_numpy(), plan["parcels"]["removed"]
    still = (gone.isna() if plan.as_of is None else gone.isna() | (gone > pd.Timestamp(plan.as_of))).to_numpy()
    parcels = parcels[usable(parcels) & still]
    bad = ~shapely.is_valid(parcels)
    parcels = np.where(bad, shapely.make_valid(np.where(bad, parcels, None)), parcels)
    # What lies within another covers nothing more: zones drawn over their plots leave a quarter to be united.
    parcels = parcels[~inside_another(ValidShapes(parcels))] if len(parcels) else parcels
    tree = shapely.STRtree(parcels)
    strips, bare, water = *_roads(plan), _water(plan)
    out = []
    shapes = plan.layers["parks"].geometry.to_numpy()
    for row in np.flatnonzero(usable(shapes)).tolist():
        park = shapely.make_valid(shapes[row])
        # Blocks between streets touch no other block: their unions cost less than one of all.
        covered = shapely.disjoint_subset_union_all(parcels[tree.query(park, predicate="intersects")])
        left = shapely.difference(park, covered)
        roads = shapely.intersection(left, strips)
        left = shapely.difference(left, strips)
        wet, rest = shapely.intersection(left, water), shapely.difference(left, water)
        through = bare[shapely.intersects(_lines(plan)[bare], rest)] if len(bare) else bare
        out.append(Uncovered(str(plan["parks"]["id"].iloc[row]), roads, wet, rest, through))
    return tuple(out)


def _lines(plan: Plan) -> Array:
    return np.asarray(plan.layers["roads"].geometry.to_numpy(), dtype=object)


def _roads(plan: Plan) -> tuple[shapely.Geometry, Array]:
    """Return the ground that roads take up, and the positions of lines without a width."""
    if not plan.has("roads"):
        return shapely.Polygon(), np.empty(0, np.int64)
    shapes, width = _lines(plan), plan["roads"]["width"].to_numpy(dtype=float)
    lined, drawn = shapely.get_dimensions(shapes) == 1, usable(shapes)
    wide = lined & (width > 0)
    # Square ends fill the outer corner where two roads meet at their ends.
    strips = shapely.buffer(shapes[wide], width[wide] / 2, cap_style="square", join_style="mitre")
    ground = [strips, shapely.make_valid(shapes[drawn & ~lined])]
    return shapely.union_all(np.concatenate(ground)), np.flatnonzero(lined & ~wide)


def _water(plan: Plan) -> shapely.Geometry:
    """Return rivers and canals: areas as they are, lines by their width on each side."""
    if not plan.has("control_lines", "kind"):
        return shapely.Polygon()
    lines = plan["control_lines"]
    shapes, width = lines.geometry.to_numpy(), lines["width"].fillna(0.0).to_numpy(dtype=float)
    mine = lines["kind"].isin(WATER).to_numpy(dtype=bool) & usable(shapes)
    flat = shapely.get_dimensions(shapes) == 2
    return shapely.union_all(
        np.concatenate([shapely.make_valid(shapes[mine & flat]), shapely.buffer(shapes, width)[mine & ~flat]])
    )


def without_slivers(shape: shapely.Geometry, width: float) -> tuple[Array, Array]:
    """The parts of a shape that are wider than `width`, and their areas; arms narrower than that are cut off."""
    core = shapely.get_parts(shapely.buffer(shape, -width / 2, join_style="mitre"))
    core = core[~shapely.is_empty(core)]
    parts = shapely.intersection(shapely.buffer(core, width / 2, join_style="mitre"), shape)
    return parts, np.asarray(shapely.area(parts))
