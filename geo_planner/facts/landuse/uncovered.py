"""Land of a park that no parcel covers, and what it is: road by width, then water, then nobody's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...algorithms.distances import usable
from ...algorithms.overlay import ValidShapes
from ...algorithms.selves import inside_another
from ...plan import Plan
from ...plan.digests import shape_hashes
from ...plan.layer import GEOMETRY, Layers
from ..registry import fact, kept_by, key_of, unwatched

Array = np.ndarray[Any, Any]

WATER = ("river", "canal")


@dataclass(frozen=True, eq=False)
class Land:
    """A park's land outside its parcels: `roads` by their width, `water`, and the `rest` of it.

    `open_roads` are roads (positions) drawn as lines without a width that run through the rest: how much of it is road
    cannot be told.
    """

    roads: shapely.Geometry
    water: shapely.Geometry
    rest: shapely.Geometry
    open_roads: Array
    _wide: dict[float, tuple[Array, Array]] = field(default_factory=dict, repr=False)

    def wider_than(self, width: float) -> tuple[Array, Array]:
        """The parts of the rest that are no slivers and their areas, as `without_slivers` tells; made once."""
        if width not in self._wide:
            self._wide[width] = without_slivers(self.rest, width)
        return self._wide[width]


@dataclass(frozen=True, eq=False)
class Uncovered:
    """One park and its land that no parcel covers."""

    park: str
    land: Land


@dataclass(frozen=True, eq=False)
class _Ground:
    """The ground that roads take up, the shapes of all roads, and the positions of lines without a width."""

    strips: shapely.Geometry
    lines: Array
    bare: Array


@fact(needs={"roads": ("width", "geometry")})
def _roads(plan: Plan) -> _Ground:
    if not plan.has("roads"):
        return _Ground(shapely.Polygon(), np.empty(0, object), np.empty(0, np.int64))
    shapes = np.asarray(plan.layers["roads"].geometry.to_numpy(), dtype=object)
    width = plan["roads"]["width"].to_numpy(dtype=float)
    lined, drawn = shapely.get_dimensions(shapes) == 1, usable(shapes)
    wide = lined & (width > 0)
    # Square ends fill the outer corner where two roads meet at their ends.
    strips = shapely.buffer(shapes[wide], width[wide] / 2, cap_style="square", join_style="mitre")
    ground = [strips, shapely.make_valid(shapes[drawn & ~lined])]
    return _Ground(shapely.union_all(np.concatenate(ground)), shapes, np.flatnonzero(lined & ~wide))


@fact(needs={"control_lines": ("kind", "width", "geometry")})
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


@fact(needs={"parcels": ("removed", "geometry"), "parks": ("id", "geometry"), "plan": ("as_of",)}, of=(_roads, _water))
def uncovered(plan: Plan) -> tuple[Uncovered, ...]:
    """The land of each park that no parcel covers, in the order of the layer; the park layer must be there.

    Planned parcels cover their land, those removed by the as-of day (without one: ever) do not. A park is looked at
    anew only where a parcel that meets it, a road or a water has changed.
    """
    parcels, gone = plan.layers["parcels"].geometry.to_numpy(), plan["parcels"]["removed"]
    still = (gone.isna() if plan.as_of is None else gone.isna() | (gone > pd.Timestamp(plan.as_of))).to_numpy()
    parcels = np.where(usable(parcels) & still, parcels, None)
    tree, hashes = shapely.STRtree(parcels), Layers(unwatched(plan).layers).held["parcels"].hashes(GEOMETRY)
    keep = kept_by(plan, "uncovered", key_of(_roads, plan), key_of(_water, plan))
    ground, water, out = _roads(plan), _water(plan), []
    shapes, ids = plan.layers["parks"].geometry.to_numpy(), plan["parks"]["id"]
    for row in np.flatnonzero(usable(shapes)).tolist():
        park = shapely.make_valid(shapes[row])
        near = _near(tree, park)
        bits = shape_hashes([park]).tobytes() + hashes[near].tobytes()
        land = keep(partial(_land, park, parcels[near], ground, water), bits)
        out.append(Uncovered(str(ids.iloc[row]), land))
    return tuple(out)


def _near(tree: shapely.STRtree, park: shapely.Geometry) -> Array:
    """Return the parcels that meet a park, and the invalid ones within its box, in the order of the layer."""
    near = np.sort(tree.query(park))
    shapes = np.asarray(tree.geometries)[near]
    shapely.prepare(park)
    return np.asarray(near[~shapely.is_valid(shapes) | shapely.intersects(park, shapes)])


def _land(park: shapely.Geometry, parcels: Array, ground: _Ground, water: shapely.Geometry) -> Land:
    """Return the land of one park that none of the parcels near it covers."""
    bad, parcels = ~shapely.is_valid(parcels), parcels.copy()
    parcels[bad] = shapely.make_valid(parcels[bad])
    # What lies within another covers nothing more: zones drawn over their plots leave a quarter to be united.
    parcels = parcels[~inside_another(ValidShapes(parcels))] if len(parcels) else parcels
    parcels = parcels[shapely.intersects(parcels, park)]
    # Blocks between streets touch no other block: their unions cost less than one of all.
    left = shapely.difference(park, shapely.disjoint_subset_union_all(parcels))
    roads = shapely.intersection(left, ground.strips)
    left = shapely.difference(left, ground.strips)
    wet, rest = shapely.intersection(left, water), shapely.difference(left, water)
    bare = ground.bare
    through = bare[shapely.intersects(ground.lines[bare], rest)] if len(bare) else bare
    return Land(roads, wet, rest, through)


def without_slivers(shape: shapely.Geometry, width: float) -> tuple[Array, Array]:
    """The parts of a shape that are wider than `width`, and their areas; arms narrower than that are cut off."""
    core = shapely.get_parts(shapely.buffer(shape, -width / 2, join_style="mitre"))
    core = core[~shapely.is_empty(core)]
    parts = shapely.intersection(shapely.buffer(core, width / 2, join_style="mitre"), shape)
    return parts, np.asarray(shapely.area(parts))
