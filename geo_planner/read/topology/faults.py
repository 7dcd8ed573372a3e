"""Faults between features, each as a note with how many, how much, and which two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ...plan.plan import Note
from ..notes import note
from ..schema.roles import geometry_kind
from .coverage import TooManyPairs, gaps, in_layer, overlaps, suspects
from .nodes import loose_ends, near_ends

Array = np.ndarray[Any, Any]

_SIMPLE = 1000
_MOST = 5_000_000
"""Layers with more shapes, or twenty times as many vertices, are not searched for faults between features."""


@dataclass(frozen=True)
class Tolerances:
    """Lengths in metres, areas in m², below which a difference is drawing noise."""

    area: float = 0.01
    width: float = 0.1
    node: float = 0.001
    snap: float = 0.5


def faults(layer: str, frame: gpd.GeoDataFrame, tolerances: Tolerances) -> list[Note]:
    """Return the notes on a layer whose coordinates are metres.

    Parcels and other polygons: copies, overlaps (those that exist at the same time), gaps, slivers. Pipes: ends that
    nearly meet and ends that stop short of another pipe of the same kind.
    """
    shapes = np.asarray(frame.geometry.array, dtype=object)
    if len(frame) == 0:
        return []
    if len(frame) > _MOST or shapely.get_num_coordinates(shapes).sum() > 20 * _MOST:
        return [note("IM608", 1, {"reason": f"> {_MOST:,} features or {20 * _MOST:,} vertices"})]
    ids = _ids(frame)
    notes = _outliers(shapes, ids)
    kind = geometry_kind(frame)
    if kind == "polygon" and layer not in {"approvals", "control_lines", "buildings", "parks", "noise_zones"}:
        notes += _polygons(frame, shapes, ids, tolerances)
    if kind == "line" and layer == "pipes":
        notes += _lines(frame, shapes, ids, tolerances)
    return notes


def _ids(frame: gpd.GeoDataFrame) -> Array:
    if "id" in frame.columns and frame["id"].notna().all():
        answer: np.ndarray[Any, Any] = frame["id"].astype("str").to_numpy(dtype=object)
        return answer
    return np.array([f"row {r + 1}" for r in range(len(frame))], dtype=object)


def _polygons(frame: gpd.GeoDataFrame, shapes: Array, ids: Array, tolerances: Tolerances) -> list[Note]:
    flat = shapely.get_dimensions(shapes) == 2
    frame, shapes, ids = frame[flat], shapes[flat], ids[flat]
    notes = _thin(shapes, ids, tolerances)
    both = _at_once(frame)
    try:
        every = np.arange(len(shapes))
        copies, rest, hairlines = overlaps(shapes, every, both, (tolerances.area, tolerances.node))
        copied = [(one, two, float(shapes[two].area)) for one, two in copies]
        side_by_side = in_layer(shapes, [*rest, *copied])
        rows = side_by_side[suspects(shapes[side_by_side])]
    except TooManyPairs as error:
        return [*notes, note("IM608", 1, {"reason": str(error)})]
    if len(shapes) > 2 and len(copies) == len(shapes) * (len(shapes) - 1) // 2:
        notes.append(note("IM609", len(shapes)))
    elif len(copies):
        example = _pair(ids, copies[0])
        notes.append(note("IM603", len(copies), {"ids": example}, example=example))
    if len(rest):
        largest = max(rest, key=lambda r: r[2])
        total = sum(r[2] for r in rest)
        where = _place(shapely.intersection(shapes[largest[0]], shapes[largest[1]]))
        args = {"area": f"{total:.2f}", "ids": _pair(ids, largest[:2])}
        notes.append(note("IM601", len(rest), args, example=f"{_pair(ids, largest[:2])} {where}"))
    if hairlines:
        notes.append(note("IM606", hairlines))
    found = gaps(shapes, rows, tolerances.area, tolerances.node, side_by_side)
    if len(found):
        biggest = max(found, key=lambda g: float(g.area))
        total = float(shapely.area(found).sum())
        notes.append(note("IM602", len(found), {"area": f"{total:.2f}"}, example=_place(biggest)))
    return notes


def _at_once(frame: gpd.GeoDataFrame) -> tuple[Array, Array]:
    """Return when each feature begins and ceases to exist, in days; unknown ends reach for ever."""
    begin, end = np.full(len(frame), -np.inf), np.full(len(frame), np.inf)
    for column, target in (("start", begin), ("removed", end)):
        if column in frame.columns and str(frame[column].dtype).startswith("datetime64"):
            known = frame[column].notna().to_numpy()
            target[known] = frame[column][known].to_numpy().astype("datetime64[D]").astype(float)
    return begin, end


def _thin(shapes: Array, ids: Array, tolerances: Tolerances) -> list[Note]:
    """Say which polygons are narrower than the tolerance on average (twice the area over the border)."""
    border = shapely.length(shapes)
    width = np.divide(2 * shapely.area(shapes), border, out=np.zeros(len(shapes)), where=border > 0)
    # A comb or a fringe is thin too, but drawn so: a sliver has few vertices.
    thin = (width < tolerances.width) & (shapely.get_num_coordinates(shapes) <= _SIMPLE)
    notes = []
    if thin.any():
        example = ", ".join(ids[thin][:3])
        notes.append(note("IM510", int(thin.sum()), {"width": tolerances.width}, example=example))
    return notes


def _outliers(shapes: Array, ids: Array) -> list[Note]:
    """Say which features have a vertex a hundred times farther from the middle of the layer than half of all.

    Vertices are.
    """
    points, row = shapely.get_coordinates(shapes, return_index=True)
    if len(points) < 8:
        return []
    middle = np.median(points, axis=0)
    distance = np.hypot(*(points - middle).T)
    usual = max(float(np.median(distance)), 1.0)
    far = np.unique(row[distance > 1000 * usual])
    if len(far) == 0 or len(far) > 3:
        return []
    names = ", ".join(ids[far])
    return [note("IM311", len(far), {"ids": names}, example=names)]


def _lines(frame: gpd.GeoDataFrame, shapes: Array, ids: Array, tolerances: Tolerances) -> list[Note]:
    group = (
        frame["kind"].astype("str").fillna("").to_numpy(dtype=object)
        if "kind" in frame.columns
        else np.full(len(frame), "")
    )
    notes = []
    try:
        near = near_ends(shapes, group, tolerances.node, tolerances.snap)
    except TooManyPairs as error:
        return [note("IM608", 1, {"reason": str(error)})]
    if len(near):
        example = f"{_pair(ids, near[0][:2])} {near[0][2]}"
        notes.append(
            note("IM604", len(near), {"tolerance": tolerances.snap, "ids": _pair(ids, near[0][:2])}, example=example)
        )
    loose = loose_ends(shapes, group, tolerances.node, tolerances.snap)
    if len(loose):
        example = f"{_pair(ids, loose[0][:2])} {loose[0][2]}"
        notes.append(
            note("IM605", len(loose), {"tolerance": tolerances.snap, "ids": _pair(ids, loose[0][:2])}, example=example)
        )
    return notes


def _pair(ids: Array, pair: Any) -> str:
    return f"{ids[int(pair[0])]} – {ids[int(pair[1])]}"


def _place(shape: Any) -> str:
    point = shapely.point_on_surface(shape)
    return "" if point.is_empty else f"@ {point.x:.2f} {point.y:.2f}"
