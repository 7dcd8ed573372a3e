"""Pipes side by side, and pipes beside buildings, keep the horizontal clearance, wall to wall.

管线水平净距. Table 4.1.9 of GB 50289-2016: centre distance less both radii. The clause allows less with safety measures, so a
miss asks for review. Pairs that cross or join are judged by their vertical clearance instead. Judged while both exist.
A row of the table is used only where its conditions (pressure, burial, diameter, voltage) are known; else the pair is unknown.

Cannot see: trees and railways (ST712), poles and kerbs; pairs that cross in one place and run too close in another; safety measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from ..algorithms.distances import NearPairs, links
from ..algorithms.segments import near_lines
from ..facts.nearby import Array, kept_places, near_together, spans
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .tables import HORIZONTAL, table
from .tables.pipes import asked, classes, meets, radius

SEVERITY = "warning"
LAYERS = ("pipes",)
BLANKS = ("pipes.kind",)
OPTIONAL = ("buildings",)

ZH = Text(
    title="管线水平净距不足",
    message="管线 {id} 与 {other_id} 的水平净距为 {value:.2f} 米，小于 {limit:.2f} 米",
    advice="调整管位；受条件限制时采取安全措施并经论证",
    trap="规范允许采取安全措施后减小净距；表内多数数值尚未与正式出版物核对",
)
EN = Text(
    title="Pipes too close side by side",
    message="pipe {id} and {other_id} have a clear distance of {value:.2f} m, less than {limit:.2f} m",
    advice="move one of them; where that cannot be done, take safety measures and have them reviewed",
    trap="the clause allows less with safety measures; most cells still wait for comparison with the printed table",
)


# fmt: off
@dataclass(frozen=True, kw_only=True)
class Params:
    """Table and drawing tolerance."""

    table: tuple[str, ...] = HORIZONTAL
    tolerance: float = param(0.01, unit="m", zh="制图容差", source="project default, no standard")
    factor: float = param(1.0, unit="ratio", zh="净距系数", source="GB 50289-2016 table 4.1.9 (drain row read, other cells from memory)", clause="4.1.9")


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of pipes, and of a pipe and a building, nearer than the table asks; the gap is the evidence."""
    pipes = plan["pipes"]
    kind, half = classes(pipes), radius(pipes)
    code, most = _most(kind, p.table)
    mine, wide = np.flatnonzero(kind != ""), np.nan_to_num(half)
    beyond = 1.0 if np.isnan(half[mine]).any() else 0.0  # pairs that only a missing diameter could bring too close
    reach = np.nanmax(most, initial=0.0) * p.factor + 2.0 * wide[mine].max(initial=0.0) + beyond
    shapes = pipes.geometry.to_numpy()[mine]
    i, j, distance = kept_places(plan, ("pipes",), lambda: near_lines(shapes, reach), "near_lines", mine, reach)
    i, j = mine[i], mine[j]
    in_question = (distance > _TOUCH) & (distance - wide[i] - wide[j] < most[code[i], code[j]] * p.factor + beyond)
    i, j, distance = i[in_question], j[in_question], distance[in_question]
    pairs = NearPairs(i, j, distance, spans(plan, "pipes")[i] & spans(plan, "pipes")[j])
    pairs = pairs[pairs.both.real]
    limit = _limits(pipes, kind, pairs, p.table) * p.factor
    gap = pairs.distance - wide[pairs.left] - wide[pairs.right]
    found = gap < limit - p.tolerance
    thin = np.isnan(half)
    ids = pipes["id"].to_numpy(dtype=object)
    open_row = np.isnan(limit)
    open_size = ~found & (limit > 0) & (thin[pairs.left] | thin[pairs.right]) & (gap < limit + beyond)
    undone = np.unique(np.concatenate([pairs.left[open_size & thin[pairs.left]], pairs.right[open_size & thin[pairs.right]]]))
    unknown = [("pipes", ids[np.unique(pairs.left[open_row])], "no_attribute"), ("pipes", ids[undone], "no_diameter")]
    blocks = [_rows(plan, pairs[found], gap[found], limit[found]), *_beside_buildings(plan, p, kind, wide)]
    return findings(plan.crs, *blocks, judged={"pipes": ids[mine]}, unknown=unknown)


def reach(plan: Plan, p: Params) -> float:
    """The widest clearance of the table beyond the walls of the two thickest pipes, and the metre of a missing diameter."""
    widest = float(table("pipe_horizontal", p.table)["min_m"].astype(float).max())
    return widest * p.factor + 2.0 * float(np.nan_to_num(radius(plan["pipes"])).max(initial=0.0)) + 1.0


_TOUCH = 1e-6
_THINGS = ("tree", "shrub", "pole", "hv_tower", "kerb", "tram", "railway")


def _tabled(own: Sequence[str]) -> list[dict[str, Any]]:
    return [r for r in table("pipe_horizontal", own).to_dict("records") if r["a"] != "building" and r["b"] not in _THINGS]


def _most(kind: Array, own: Sequence[str]) -> tuple[Array, Array]:
    """Return the class number of each pipe, and the greatest clearance of any two classes [m], NaN where the table is silent."""
    names, code = np.unique(kind.astype(str), return_inverse=True)
    most = np.full((len(names), len(names)), np.nan)
    at = {name: k for k, name in enumerate(names.tolist())}
    for row in _tabled(own):
        if row["a"] in at and row["b"] in at:
            a, b = at[row["a"]], at[row["b"]]
            most[a, b] = most[b, a] = np.fmax(most[a, b], float(row["min_m"]))
    return code, most


def _limits(pipes: gpd.GeoDataFrame, kind: Array, pairs: NearPairs, own: Sequence[str]) -> Array:
    """Return the clearance of each pair [m], NaN where no row of the table fits what is known of the two."""
    ask, there = asked(pipes), set(kind.tolist())
    rows = [r for r in _tabled(own) if {r["a"], r["b"]} <= there]
    sides = sorted({(r[k], r[f"condition_{k}"]) for r in rows for k in "ab"})
    fits = np.column_stack([(kind == name) & ask(condition) for name, condition in sides] or [np.zeros(len(kind), dtype=bool)])
    mark = fits @ (1 << np.arange(fits.shape[1], dtype=np.int64))
    _, first, code = np.unique(mark, return_index=True, return_inverse=True)  # pipes that meet the same conditions
    sorts = fits[first]
    square = np.full((len(sorts), len(sorts)), np.nan)
    for row in rows:
        one, two = (sorts[:, sides.index((row[k], row[f"condition_{k}"]))] for k in "ab")
        both = np.outer(one, two) | np.outer(two, one)
        square[both] = np.fmax(square[both], float(row["min_m"]))
    return np.asarray(square[code[pairs.left], code[pairs.right]])


def _rows(plan: Plan, pairs: NearPairs, gap: Array, limit: Array) -> Rows:
    ids, shapes = plan["pipes"]["id"].to_numpy(dtype=object), plan["pipes"].geometry.to_numpy()
    swap = ids[pairs.left].astype(str) > ids[pairs.right].astype(str)
    a, b = np.where(swap, pairs.right, pairs.left), np.where(swap, pairs.left, pairs.right)
    since, until = pairs.both.days()
    return Rows(layer="pipes", id=ids[a], other_layer="pipes", other_id=ids[b], value=np.round(gap, 3), limit=limit, unit="m",
                since=since, until=until, geometry=links(shapes[a], shapes[b]))


def _beside_buildings(plan: Plan, p: Params, kind: Array, wide: Array) -> list[Rows]:
    if not plan.has("buildings"):
        return []
    pipes, buildings = plan["pipes"], plan["buildings"]
    limit = np.full(len(pipes), np.nan)
    for row in table("pipe_horizontal", p.table).query("a == 'building'").to_dict("records"):
        fits = (kind == row["b"]) & meets(pipes, row["condition_b"])
        limit[fits] = np.fmax(limit[fits], float(row["min_m"]) * p.factor)
    mine = np.flatnonzero(~np.isnan(limit))
    pairs = near_together(plan, ("pipes", "buildings"), (mine, np.arange(len(buildings))), (limit + wide)[mine])
    gap = pairs.distance - wide[pairs.left]
    pairs, gap = pairs[gap < limit[pairs.left] - p.tolerance], gap[gap < limit[pairs.left] - p.tolerance]
    since, until = pairs.both.days()
    return [Rows(
        layer="pipes", id=pipes["id"].to_numpy(dtype=object)[pairs.left], other_layer="buildings",
        other_id=buildings["id"].to_numpy(dtype=object)[pairs.right], value=np.round(gap, 3), limit=limit[pairs.left], unit="m",
        since=since, until=until,
        geometry=links(pipes.geometry.to_numpy()[pairs.left], buildings.geometry.to_numpy()[pairs.right]),
    )]


_WATER = {"id": "W", "kind": "water", "diameter_mm": 300, "burial": "direct", "wkt": "LINESTRING (0 0, 100 0)"}
_SEWER = {"id": "S", "kind": "sewer", "diameter_mm": 500, "burial": "direct"}
PASSES = mini(pipes=[_WATER, _SEWER | {"wkt": "LINESTRING (0 1.9, 100 1.9)"}])
FAILS = mini(pipes=[_WATER, _SEWER | {"wkt": "LINESTRING (0 1.8, 100 1.8)"}], buildings=[{"id": "B", "wkt": "POLYGON ((0 -10, 20 -10, 20 -3, 0 -3, 0 -10))"}])
