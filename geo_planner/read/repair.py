"""Shapes made fit to judge: finite, closed, valid, with an area; whatever is not is set aside with its reason.

The order matters: coordinates that are not finite first (nothing can be computed with them), then collapsed shapes,
then `make_valid` by structure, which keeps what the drawer meant in 23 of 24 known cases; never `buffer(0)`, which
loses halves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..plan.plan import Note
from .notes import note

ABSURD = 1e12
"""Coordinates beyond this many units belong to no grid on earth."""

NO_AREA = "no area once made valid"
"""Why a polygon whose points lie on a line is set aside."""
NOT_FINITE = "coordinates that are not finite"
_SHARP = 1e-6  # radians: a spike a kilometre long and a millimetre wide
_SAMPLE = 100
_MOST_CROSSINGS = 100_000  # two seconds of repair; a million takes twenty, and a gigabyte
_LINE, _POLYGON, _COLLECTION = {1, 5}, {3, 6}, 7


@dataclass(frozen=True, eq=False)
class Repaired:
    """Shapes after repair, with the reason for each row that has to be set aside and what is to be said."""

    shapes: np.ndarray[Any, Any]
    reasons: np.ndarray[Any, Any]
    changed: np.ndarray[Any, Any]
    notes: tuple[Note, ...]

    @property
    def fit(self) -> np.ndarray[Any, Any]:
        """Which rows can be used."""
        answer: np.ndarray[Any, Any] = self.reasons == ""
        return answer


def mend(shapes: np.ndarray[Any, Any], bad: dict[int, str] | None = None, *, nullable: str = "") -> Repaired:
    """Return the shapes, each either valid or with a reason why it is set aside.

    `bad` names rows (from 1) that the format could not read at all, "damaged" or "kind". `nullable` tells where a
    row without a shape is a value of the format and no fault: "null" for missing shapes, "empty" for empty ones too
    (lists of coordinates write both; an empty shape in well-known binary has lost its coordinates).
    Every repaired shape is checked again, so that repairing twice changes nothing.
    """
    out = np.array(shapes, dtype=object)
    reasons = np.full(len(out), "", dtype=object)
    for row, why in (bad or {}).items():
        reasons[row - 1] = (
            "the shape record is damaged" if why == "damaged" else "the shape has another kind than the layer"
        )
    notes: list[Note] = []
    if nullable:
        blank = shapely.is_missing(out) | (shapely.is_empty(out) & (nullable == "empty"))
        _set_aside(out, reasons, blank, ("no geometry", "IM125"), notes)
    _set_aside(out, reasons, shapely.is_missing(out) | shapely.is_empty(out), ("no geometry", "IM501"), notes)
    _set_aside(out, reasons, ~_finite(out), (NOT_FINITE, "IM505"), notes)
    _collections(out, reasons, notes)
    kind = shapely.get_type_id(out)
    lines = np.isin(kind, list(_LINE)) & (reasons == "")
    _set_aside(out, reasons, lines & (shapely.length(out) == 0), ("fewer than two different points", "IM508"), notes)
    _tangles(out, reasons, notes)
    changed = _make_valid(out, reasons, notes)
    changed |= _unspiked(out, reasons, notes)
    return Repaired(out, reasons, changed, tuple(notes))


def _set_aside(
    out: np.ndarray[Any, Any],
    reasons: np.ndarray[Any, Any],
    rows: np.ndarray[Any, Any],
    why: tuple[str, str],
    notes: list[Note],
) -> None:
    hit = rows & (reasons == "")
    if hit.any():
        reasons[hit] = why[0]
        notes.append(note(why[1], int(hit.sum()), {"rows": _rows(hit)}, example=_rows(hit)))
    out[hit & shapely.is_missing(out)] = None


def _rows(hit: np.ndarray[Any, Any]) -> str:
    places = (np.flatnonzero(hit)[:5] + 1).tolist()
    return "row " + ", ".join(map(str, places)) + ("…" if hit.sum() > 5 else "")


def _finite(shapes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Which shapes have only coordinates that can be; missing ones count as such."""
    points, row = shapely.get_coordinates(shapes, return_index=True)
    good = np.ones(len(shapes), bool)
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(points) < ABSURD).all(axis=1)
    good[row[wrong]] = False
    return good


def _collections(out: np.ndarray[Any, Any], reasons: np.ndarray[Any, Any], notes: list[Note]) -> None:
    """Replace each geometry collection by its parts of the highest dimension."""
    rows = np.flatnonzero((shapely.get_type_id(out) == _COLLECTION) & (reasons == ""))
    if len(rows) == 0:
        return
    kinds = set()
    for k in rows:
        out[k] = highest(out[k])
        kinds.add(out[k].geom_type.removeprefix("Multi").lower() if out[k] is not None else "")
    notes.append(note("IM507", len(rows), {"kind": ", ".join(sorted(kinds - {""})) or "-"}))


def highest(shape: Any) -> Any:
    """Return the parts of a collection that have its highest dimension, as one shape; None where nothing is in it."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) >= 4).any():
        parts = shapely.get_parts(parts)
    parts = parts[~shapely.is_empty(parts)]
    if len(parts) == 0:
        return None
    size = shapely.get_dimensions(parts)
    parts = parts[size == size.max()]
    if len(parts) == 1:
        return parts[0]
    return (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[int(size.max())](parts)


def _unspiked(out: np.ndarray[Any, Any], reasons: np.ndarray[Any, Any], notes: list[Note]) -> np.ndarray[Any, Any]:
    """Remove vertices at which the outline of a valid polygon runs back on itself.

    Closer than a millionth of the way.
    """
    hit = np.zeros(len(out), bool)
    usable = (reasons == "") & np.isin(shapely.get_type_id(out), list(_POLYGON))
    rows = np.flatnonzero(usable)
    points, place = shapely.get_coordinates(out[rows], return_index=True)
    if len(points) < 4:
        return hit
    into, away = points[1:-1] - points[:-2], points[2:] - points[1:-1]
    lengths = np.hypot(*into.T) * np.hypot(*away.T)
    turn = np.abs(into[:, 0] * away[:, 1] - into[:, 1] * away[:, 0])
    back = (into * away).sum(axis=1) < 0
    sharp = back & (lengths > 0) & (turn < _SHARP * lengths) & (place[:-2] == place[2:])
    for k in np.unique(place[1:-1][sharp]).tolist():
        row = rows[k]
        cut = _cut_spikes(out[row])
        fewer = cut is not None and shapely.get_num_coordinates(cut) < shapely.get_num_coordinates(out[row])
        if fewer and shapely.is_valid(cut) and abs(cut.area - out[row].area) <= 1e-6 * out[row].area:
            out[row], hit[row] = cut, True
    if hit.any():
        notes.append(note("IM512", int(hit.sum()), {"ids": _rows(hit)}, example=_rows(hit)))
    return hit


def _cut_spikes(shape: Any) -> Any:
    """Return a polygon without its spikes, None where a ring would vanish."""
    parts = []
    for part in shapely.get_parts(shape):
        rings = [_without_spikes(shapely.get_coordinates(r)) for r in (part.exterior, *part.interiors)]
        if any(len(r) < 4 for r in rings):
            return None
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _without_spikes(ring: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    points = ring[:-1]
    while len(points) > 3:
        into, away = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
        lengths = np.hypot(*into.T) * np.hypot(*away.T)
        turn = np.abs(into[:, 0] * away[:, 1] - into[:, 1] * away[:, 0])
        sharp = ((into * away).sum(axis=1) < 0) & (turn < _SHARP * lengths)
        if not sharp.any():
            break
        points = np.delete(points, int(np.argmax(sharp)), axis=0)
    return np.vstack([points, points[:1]])


def _make_valid(out: np.ndarray[Any, Any], reasons: np.ndarray[Any, Any], notes: list[Note]) -> np.ndarray[Any, Any]:
    usable = reasons == ""
    wrong = usable.copy()
    wrong[usable] = ~shapely.is_valid(out[usable])
    rows = np.flatnonzero(wrong)
    if len(rows) == 0:
        answer: np.ndarray[Any, Any] = wrong
        return answer
    before = np.abs(shapely.area(out[rows]))
    polygonal = np.isin(shapely.get_type_id(out[rows]), list(_POLYGON))
    fixed = out[rows]
    fixed[polygonal] = [_one_valid(shape) for shape in out[rows][polygonal]]
    fixed[~polygonal] = [_without_points(shape) for shape in out[rows][~polygonal]]
    kept = ~(shapely.is_missing(fixed) | shapely.is_empty(fixed)) & shapely.is_valid(fixed)
    out[rows[kept]] = fixed[kept]
    change = float((np.where(kept, shapely.area(fixed), 0.0) - before)[kept].sum())
    if kept.any():
        notes.append(
            note(
                "IM503",
                int(kept.sum()),
                {"change": f"{change:.6g}", "rows": _rows(_mask(len(out), rows[kept]))},
                example=_rows(_mask(len(out), rows[kept])),
            )
        )
    lost = np.zeros(len(out), bool)
    lost[rows[~kept]] = True
    _set_aside(out, reasons, lost, (NO_AREA, "IM504"), notes)
    wrong[lost] = False
    last: np.ndarray[Any, Any] = wrong
    return last


def _tangles(out: np.ndarray[Any, Any], reasons: np.ndarray[Any, Any], notes: list[Note]) -> None:
    """Set aside polygons with so many crossings that no repair would end in time or mean anything."""
    large = np.flatnonzero((reasons == "") & (shapely.get_num_coordinates(out) > _MOST_CROSSINGS**0.5))
    large = large[np.isin(shapely.get_type_id(out[large]), list(_POLYGON)) & ~shapely.is_valid(out[large])]
    crossings = np.array([_crossings(shape) for shape in out[large]])
    tangled = crossings > _MOST_CROSSINGS
    if tangled.any():
        reasons[large[tangled]] = "crosses itself too often to be repaired"
        rows = _rows(_mask(len(out), large[tangled]))
        args = {"crossings": f"{crossings.max():,.0f}", "rows": rows}
        notes.append(note("IM513", int(tangled.sum()), args, example=rows))


def _crossings(shape: Any) -> float:
    """Return about how often the outline of a shape crosses itself, from a hundred of its edges spread over it."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)), return_index=True)
    edges = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1)[ring[:-1] == ring[1:]])
    some = edges[np.unique(np.linspace(0, len(edges) - 1, _SAMPLE).astype(int))]
    hits = len(shapely.STRtree(edges).query(some, predicate="crosses")[0])
    return hits * len(edges) / len(some) / 2


def _mask(size: int, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    hit = np.zeros(size, bool)
    hit[rows] = True
    return hit


def _one_valid(shape: Any) -> Any:
    """Return the polygonal part of a shape made valid by structure, None where no area is left."""
    try:
        fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.errors.GEOSException:
        return None
    if shapely.get_type_id(fixed) == _COLLECTION:
        fixed = highest(fixed)
    return fixed if fixed is not None and shapely.get_dimensions(fixed) == 2 and fixed.area > 0 else None


def _without_points(shape: Any) -> Any:
    """Return a line without the parts that have no length."""
    parts = shapely.get_parts(shape)
    parts = parts[shapely.length(parts) > 0]
    return None if len(parts) == 0 else parts[0] if len(parts) == 1 else shapely.multilinestrings(parts)
