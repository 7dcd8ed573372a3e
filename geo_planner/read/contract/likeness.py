"""Shapes of two months in one coordinate system, and which of them are the same within a tolerance.

A grid alone is not enough: of two numbers a hair apart, one may be rounded up and one down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ...errors import ReadError
from ..crs.systems import datum_notes, metres, name_of, same, system, transformer
from ..schema.sheet import Sheet

_CENTIMETRE, _DEGREE = 0.01, 1e-7
_RECAST = 0.02
"""Metres by which a shape may differ that was brought from another system: its degrees were rounded to 7 digits."""
_METRES_A_DEGREE = 111_320.0
_DIGITS = (4, 5, 6, 7)

Shapes = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Laid:
    """The shapes of two months in one system; its name, the tolerance, and whether they can be held together.

    `recast` says that one month lay in another system than the other.
    """

    before: Shapes
    after: Shapes
    crs: str
    tolerance: float
    recast: bool = False
    comparable: bool = True


def laid(last: Sheet, now: Sheet, wanted: str) -> Laid:
    """Return the shapes of both months in the `wanted` system where theirs differ, else in the projected one of them.

    Months are not comparable where no exact way leads from one system to the other.
    """
    old, new = crs_of(last), crs_of(now)
    a, b = (np.asarray(s.frame.geometry.array, dtype=object) for s in (last, now))
    if not old or not new or same(system(old), system(new)):
        return Laid(a, b, new or old, _grid(b if len(b) else a))
    if any(datum_notes(crs) for crs in (old, new)):
        return Laid(a, b, new, _grid(b), recast=True, comparable=False)
    target = next((c for c in (wanted, new, old) if c and metres(c)), new)
    tolerance = max(_RECAST, *(_rounding(s) for s, c in ((a, old), (b, new)) if system(c).is_geographic), 0.0)
    return Laid(_moved(a, old, target), _moved(b, new, target), target, tolerance, recast=True)


def crs_of(sheet: Sheet) -> str:
    """Return the short name of a sheet's coordinate system, empty where it has none that is understood."""
    try:
        return name_of(sheet.crs) if sheet.crs else ""
    except ReadError:
        return ""


def _moved(shapes: Shapes, source: str, target: str) -> Shapes:
    if source == target:
        return shapes
    change = transformer(source, target)
    out: Shapes = shapely.transform(
        shapely.force_2d(shapes), lambda p: np.column_stack(change.transform(p[:, 0], p[:, 1]))
    )
    return out


def _rounding(shapes: Shapes) -> float:
    """Return the metres that degrees may be off because they were rounded to a few digits."""
    numbers = shapely.get_coordinates(shapes)
    digits = next((d for d in _DIGITS if np.allclose(numbers, np.round(numbers, d), rtol=0, atol=1e-11)), None)
    return 0.75 * _METRES_A_DEGREE * 10.0**-digits if digits is not None and len(numbers) else 0.0


def _grid(shapes: Shapes) -> float:
    """Return the distance at which two positions are one: a centimetre, or a ten-millionth of a degree."""
    box = shapely.total_bounds(shapes) if len(shapes) else np.zeros(4)
    return _DEGREE if not np.nanmax(np.abs(box), initial=0.0) > 360 else _CENTIMETRE


def words(shapes: Shapes, tolerance: float) -> list[str]:
    """Return a text of each shape that is the same for the same shape, wherever its ring begins."""
    fixed = shapely.normalize(shapely.set_precision(shapely.normalize(shapely.force_2d(shapes)), tolerance))
    return [w.hex() if w is not None else "" for w in shapely.to_wkb(fixed)]


def alike(one: Shapes, other: Shapes, tolerance: float) -> np.ndarray[Any, Any]:
    """Return which pairs of shapes are of one kind and nowhere further apart than the tolerance."""
    same_kind = shapely.get_dimensions(one) == shapely.get_dimensions(other)
    near: np.ndarray[Any, Any] = same_kind & (np.abs(shapely.bounds(one) - shapely.bounds(other)) <= tolerance).all(
        axis=1
    )
    rows = np.flatnonzero(near)
    if len(rows):
        near[rows] = shapely.hausdorff_distance(_lines(one[rows]), _lines(other[rows])) <= tolerance
    return near


def _lines(shapes: Shapes) -> Shapes:
    areas = shapely.get_dimensions(shapes) == 2
    out: Shapes = np.where(areas, shapely.boundary(shapes), shapes)
    return out


def partners(old: Shapes, new: Shapes, tolerance: float) -> list[tuple[int, int]]:
    """Return the pairs of places at which an old and a new shape are alike, each used once."""
    there = np.flatnonzero(~(shapely.is_missing(old) | shapely.is_empty(old)))
    tree = shapely.STRtree(shapely.centroid(old[there]))
    second, first = tree.query(shapely.centroid(new), predicate="dwithin", distance=10 * tolerance)
    first = there[first]
    good = alike(old[first], new[second], tolerance)
    taken: dict[int, int] = {}
    used: set[int] = set()
    for a, b in sorted(zip(first[good].tolist(), second[good].tolist(), strict=True)):
        if a not in taken and b not in used:
            taken[a] = b
            used.add(b)
    return list(taken.items())
