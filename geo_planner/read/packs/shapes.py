"""Rules on the shapes of a layer: sound, of one part, fine enough, side by side without overlap, gap or sliver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ...algorithms.overlay import tested
from ...algorithms.selves import self_overlaps
from ..crs.doctor import Verdict
from ..crs.placing import placed, plan_crs
from ..crs.systems import metres, system
from ..schema.sheet import REASON, Sheet
from ..topology.coverage import TooManyPairs, gaps, in_layer, suspects
from .answer import Answer, broken, unknown
from .pack import Rule

Array = np.ndarray[Any, Any]

_FEWEST = 20
"""Coordinates from which a layer tells how finely it is written."""

_LISTED = 200


@dataclass(frozen=True, eq=False)
class Shapes:
    """The shapes of a layer as they were written, and as polygons in metres; `crs` is empty where none is known."""

    sheet: Sheet
    crs: str

    @cached_property
    def written(self) -> Array:
        """The shapes as they came."""
        return np.asarray(self.sheet.frame.geometry.array, dtype=object)

    @cached_property
    def plane(self) -> Array:
        """The shapes in metres: as they came, or placed in the zone of their middle."""
        if metres(self.crs):
            return self.written
        verdict = Verdict(self.crs, "declared")
        target, _ = plan_crs([(verdict, self.sheet.frame)])
        return np.asarray(placed(self.sheet.frame, verdict, target)[0].geometry.array, dtype=object)

    @cached_property
    def polygons(self) -> tuple[Array, Array]:
        """The polygons in metres, sound ones, and the places of their rows."""
        at = np.flatnonzero(shapely.get_dimensions(self.written) == 2)
        return tested(self.plane[at]).shapes, at

    @cached_property
    def shared(self) -> tuple[Array, Array, Array, Array]:
        """Pairs of polygons that share area, the area [m²], and the width of what they share.

        Raises TooManyPairs where they lie in a heap.
        """
        shapes, _ = self.polygons
        suspects(shapes)  # refuses a heap before its pairs are listed
        one, two, size = self_overlaps(shapes)
        border = shapely.length(shapely.intersection(shapes[one], shapes[two]))
        return one, two, size, np.divide(2 * size, border, out=np.zeros(len(size)), where=border > 0)


def _valid(found: Shapes) -> Answer:
    """Return the rows that reading had to mend or to set aside; the shapes that are left are sound."""
    sheet = found.sheet
    mended = tuple(int(r) for r in sheet.facts.get("repaired_rows", ()))
    rejects = sheet.rejects
    reason = str(rejects[REASON].iloc[0]) if rejects is not None and len(rejects) else ""
    rows = tuple(sorted({*mended, *(() if rejects is None else (int(r) for r in rejects.index))}))
    return Answer(len(rows), reason or (f"row {mended[0]}" if mended else ""), rows[:_LISTED])


def _single(found: Shapes) -> Answer:
    parts = pd.Series(shapely.get_num_geometries(found.written), index=found.sheet.frame.index)
    return broken(parts, (parts > 1).to_numpy(dtype=bool))


def _nodes(rule: Rule, found: Shapes) -> Answer:
    lines, row = shapely.get_parts(shapely.boundary(found.plane), return_index=True)
    if len(found.plane) and (shapely.get_dimensions(found.plane) == 1).all():
        lines, row = shapely.get_parts(found.plane, return_index=True)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(xy, axis=0).T)
    near = (line[1:] == line[:-1]) & (step < float(rule.value))
    smallest = np.full(len(found.plane), np.inf)
    np.minimum.at(smallest, row[line[1:][near]], step[near])
    named = pd.Series([f"{s:.6f}" for s in smallest], index=found.sheet.frame.index)
    return broken(named, np.isfinite(smallest))


def _precision(rule: Rule, found: Shapes) -> Answer:
    """Return all rows where every coordinate is a whole multiple of ten times the step that is asked for."""
    if not metres(found.crs):
        return unknown("metres")
    xy = shapely.get_coordinates(found.written).ravel()
    if len(xy) < _FEWEST:
        return unknown("few")
    step = 10 * float(rule.value)
    coarse = bool((np.abs(xy / step - np.round(xy / step)) < 1e-4).all())
    return Answer(len(found.written), f"{step:g} m") if coarse else Answer()


def _overlap(rule: Rule, found: Shapes) -> Answer:
    one, two, size, width = found.shared
    real = np.flatnonzero(width > float(rule.value))
    index = found.sheet.frame.index[found.polygons[1]]
    if not len(real):
        return Answer()
    most = real[np.argmax(size[real])]
    where = shapely.point_on_surface(shapely.intersection(*found.polygons[0][[one[most], two[most]]]))
    example = f"{index[one[most]]} × {index[two[most]]}: {size[most]:.4g} m² ({where.x:.1f}, {where.y:.1f})"
    rows = np.unique(np.concatenate([one[real], two[real]]))[:_LISTED]
    return Answer(len(real), example, tuple(int(r) for r in index[rows]))


def _gap(rule: Rule, found: Shapes) -> Answer:
    shapes, _ = found.polygons
    one, two, size, _ = found.shared
    side = in_layer(shapes, list(zip(one.tolist(), two.tolist(), size.tolist(), strict=True)))
    width = float(rule.value)
    holes = gaps(shapes, side[suspects(shapes[side])], width * width, width, side)
    if not len(holes):
        return Answer()
    most = holes[np.argmax(shapely.area(holes))]
    where = shapely.point_on_surface(most)
    return Answer(len(holes), f"{shapely.area(most):.4g} m² ({where.x:.1f}, {where.y:.1f})")


def _sliver(rule: Rule, found: Shapes) -> Answer:
    shapes, at = found.polygons
    border = shapely.length(shapes)
    wide = np.divide(2 * shapely.area(shapes), border, out=np.zeros(len(shapes)), where=border > 0)
    named = pd.Series([f"{w:.4f} m" for w in wide], index=found.sheet.frame.index[at])
    return broken(named, wide < float(rule.value))


AS_WRITTEN: Mapping[str, Callable[[Shapes], Answer]] = MappingProxyType({"valid": _valid, "single": _single})
"""Kind of rule → what it finds, whatever the coordinate system."""

IN_METRES: Mapping[str, Callable[[Rule, Shapes], Answer]] = MappingProxyType(
    {"nodes": _nodes, "precision": _precision, "overlap": _overlap, "gap": _gap, "sliver": _sliver}
)
"""Kind of rule → what it finds where lengths are known."""

OF_POLYGONS = ("overlap", "gap", "sliver", "area")


def judged(rule: Rule, found: Shapes) -> Answer:
    """Return what a rule on shapes finds; unknown where lengths are asked for and cannot be had."""
    if not len(found.written) and not found.sheet.rows_rejected:
        return unknown("empty")
    if rule.kind in AS_WRITTEN:
        return AS_WRITTEN[rule.kind](found)
    if not found.crs:
        return unknown("crs")
    if rule.kind in OF_POLYGONS and not len(found.polygons[1]):
        return unknown("polygon")
    try:
        return IN_METRES[rule.kind](rule, found)
    except TooManyPairs:
        return unknown("heap")


def sizes(found: Shapes) -> Array:
    """Return the area [m²] of each row, NaN where it is no polygon."""
    out = np.full(len(found.written), np.nan)
    shapes, at = found.polygons
    out[at] = shapely.area(shapes)
    return out


def in_cgcs2000(crs: str) -> bool:
    """Whether a coordinate system rests on the datum CGCS2000."""
    datum = system(crs).datum
    return datum is not None and ("China 2000" in datum.name or "China_2000" in datum.name or "CGCS" in datum.name)
