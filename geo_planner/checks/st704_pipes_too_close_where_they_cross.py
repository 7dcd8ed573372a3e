"""Pipes that cross keep the vertical clearance between their walls.

管线交叉垂直净距. Table 4.1.14 of GB 50289-2016. The level of each pipe at the crossing is interpolated between its two ends
along its length (`z_start`, `z_end` are inverts); the upper invert less the lower crown is the clearance. Judged while both
exist. Pipes that meet end to end are joined and do not cross; nor does one that ends on another of its kind.

Cannot see: bends and drops between the ends, wall thickness, separating plates (which allow less for power cables), levels
in different height systems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..algorithms.distances import NearPairs
from ..algorithms.segments import meetings
from ..facts.nearby import Array, kept_places, spans
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .tables import VERTICAL, table
from .tables.pipes import classes, radius

SEVERITY = "warning"
LAYERS = ("pipes",)
REACH = 0.0
BLANKS = ("pipes.kind",)
COLUMNS = ("pipes.z_start", "pipes.z_end")
_JOINT = 1e-6

ZH = Text(
    title="管线交叉垂直净距不足",
    message="管线 {id} 与 {other_id} 交叉处垂直净距为 {value:.2f} 米，小于 {limit:.2f} 米（上方为 {upper}）",
    advice="调整标高；压力管避让重力管，小管避让大管，支管避让干管",
    trap="电力电缆与其他管线之间设隔板时可减至 0.25 米；标高系统须一致",
)
EN = Text(
    title="Pipes too close where they cross",
    message="pipes {id} and {other_id} cross with {value:.2f} m between them, less than {limit:.2f} m ({upper} is above)",
    advice="change a level; pressure yields to gravity, small to large, branch to trunk",
    trap="a separating plate allows 0.25 m at power cables; levels must share one height system",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Tolerance and joint."""

    table: tuple[str, ...] = VERTICAL
    tolerance: float = param(0.01, unit="m", zh="标高容差", source="project default, no standard")
    factor: float = param(
        1.0, unit="ratio", zh="净距系数", source="GB 50289-2016 table 4.1.14, from memory", clause="4.1.14"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Crossings with too little room between the walls; evidence: the crossing point."""
    pipes = plan["pipes"]
    kind, half = classes(pipes), radius(pipes)
    levels = pipes[["z_start", "z_end"]].to_numpy(dtype=float)
    known = ~np.isnan(levels).any(axis=1) & ~np.isnan(half)
    mine = np.flatnonzero((kind != "") & known)
    pairs, point = _crossings(plan, mine)
    shapes = pipes.geometry.to_numpy()
    z = np.column_stack([_level(levels, shapes, k, point) for k in (pairs.left, pairs.right)])
    ids = pipes["id"].to_numpy(dtype=object)
    # of two at one level the thicker counts as the lower one, whatever the order of the rows
    thin = half[pairs.left] < half[pairs.right]
    tie = (half[pairs.left] == half[pairs.right]) & (ids[pairs.left].astype(str) <= ids[pairs.right].astype(str))
    above = (z[:, 0] > z[:, 1]) | ((z[:, 0] == z[:, 1]) & (thin | tie))
    upper, lower = np.where(above, pairs.left, pairs.right), np.where(above, pairs.right, pairs.left)
    gap = z.max(axis=1) - z.min(axis=1) - 2.0 * half[lower]
    limit = _limit(plan, kind, pairs, p.table) * p.factor
    bad = gap < limit - p.tolerance
    first = np.where(ids[pairs.left].astype(str) <= ids[pairs.right].astype(str), pairs.left, pairs.right)
    second = pairs.left + pairs.right - first
    since, until = pairs[bad].both.days()
    rows = Rows(
        layer="pipes",
        id=ids[first[bad]],
        other_layer="pipes",
        other_id=ids[second[bad]],
        value=np.round(gap[bad], 3),
        limit=limit[bad],
        unit="m",
        since=since,
        until=until,
        geometry=point[bad],
        args={"upper": ids[upper[bad]]},
    )
    unknown = [("pipes", ids[(kind != "") & ~known], "no_cover")]
    return findings(plan.crs, rows, judged={"pipes": ids[mine]}, unknown=unknown)


def _crossings(plan: Plan, mine: Array) -> tuple[NearPairs, Array]:
    """Return pairs that cross while both exist, and where: the first place in reading order where they cross several times."""
    shapes, kind = plan["pipes"].geometry.to_numpy(), plan["pipes"]["kind"].to_numpy(dtype=object)
    i, j, point = kept_places(plan, ("pipes",), lambda: _places(shapes, kind, mine), "crossings", mine, kind)
    pairs = NearPairs(i, j, np.zeros(len(i)), spans(plan, "pipes")[i] & spans(plan, "pipes")[j])
    return pairs[pairs.both.real], point[pairs.both.real]


def _places(shapes: Array, kind: Array, mine: Array) -> tuple[Array, Array, Array]:
    """Return pairs of pipes that cross, whenever they exist, and where."""
    i, j = (mine[k] for k in meetings(shapes[mine]))
    part, of = shapely.get_parts(shapely.normalize(shapely.intersection(shapes[i], shapes[j])), return_index=True)
    point = shapely.centroid(part)
    one, two = _at_end(shapes[i[of]], point), _at_end(shapes[j[of]], point)
    joined = np.where(kind[i[of]] == kind[j[of]], one | two, one & two)
    of, first = np.unique(of[~joined], return_index=True)
    return i[of], j[of], point[~joined][first]


def _at_end(lines: Array, point: Array) -> Array:
    ends = shapely.boundary(lines)
    return np.asarray(shapely.distance(ends, point) < _JOINT)


def _level(levels: Array, shapes: Array, at: Array, point: Array) -> Array:
    share = shapely.line_locate_point(shapes[at], point, normalized=True)
    return np.asarray(levels[at, 0] + share * (levels[at, 1] - levels[at, 0]))


def _limit(plan: Plan, kind: Array, pairs: NearPairs, own: Sequence[str]) -> Array:
    names = _names(plan, kind)
    grid = table("pipe_vertical", own).set_index("lower")
    square: dict[tuple[Any, Any], float] = {}
    for low in grid.index:
        for up in [c for c in grid.columns if c not in {"tag", "verified", "source"}]:
            if cell := str(grid.loc[low, up]).rstrip("*"):
                square[(low, up)] = square[(up, low)] = float(cell)
    return np.array([square.get(key, np.nan) for key in zip(names[pairs.left], names[pairs.right], strict=True)])


def _names(plan: Plan, kind: Array) -> Array:
    """Return the row names of the table; a cable whose burial is not known is taken as directly buried, the stricter."""
    duct = plan["pipes"]["burial"].to_numpy(dtype=object) == "duct"
    cable = np.select(
        [kind == "power", kind == "telecom"],
        [np.where(duct, "power_conduit", "power_direct"), np.where(duct, "telecom_duct", "telecom_direct")],
        kind,
    )
    return np.asarray(cable)


_SEWER = {
    "id": "S",
    "kind": "sewer",
    "diameter_mm": 400,
    "z_start": 10.0,
    "z_end": 9.0,
    "wkt": "LINESTRING (0 0, 100 0)",
}
_WATER = {"id": "W", "kind": "water", "diameter_mm": 200, "wkt": "LINESTRING (50 -50, 50 50)"}
PASSES = mini(pipes=[_SEWER, _WATER | {"z_start": 10.3, "z_end": 10.3}])
FAILS = mini(pipes=[_SEWER, _WATER | {"z_start": 10.2, "z_end": 10.2}])
