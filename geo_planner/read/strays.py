"""Rows that lie where no row of their layer can lie, and layers that cannot belong to one delivery.

One row at (0, 0) would stretch the extent of a park to a continent, and with it the projection that is chosen for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from ..errors import ReadError
from .crs.doctor import Verdict
from .crs.systems import bounds, degrees
from .notes import note
from .schema.sheet import REASON, Sheet

_AWAY = 20.0
"""(0, 0) is no place of a layer that lies this many times its own reach away from it."""

_AT_ORIGIN = 1e-3
"""Degrees, or metres, from (0, 0) within which a position was never measured."""

_FAR, _FAR_DEGREES, _FAR_METRES = 50.0, 5.0, 500_000.0
_FEWEST, _RARE = 5, 0.05
_TWO = 2
"""Rows of which one at (0, 0) is told from the other; two that merely lie apart say nothing of each other."""
_APART_KM = 1500.0


def without_strays(sheet: Sheet) -> Sheet:
    """Return the sheet without rows at (0, 0) and rows far from all others, which go to the rejects and are said."""
    shapes = np.asarray(sheet.frame.geometry.array, dtype=object)
    if len(shapes) < _TWO:
        return sheet
    centre = shapely.bounds(shapes)
    centre = np.column_stack([(centre[:, 0] + centre[:, 2]) / 2, (centre[:, 1] + centre[:, 3]) / 2])
    origin = _at_origin(shapes)
    if origin.any() and not origin.all():
        middle, reach = _middle(centre[~origin])
        gap = float(np.hypot(*middle))
        degrees_ = gap <= 360
        near, reach = (1.0, reach) if degrees_ else (10_000.0, reach)
        if len(shapes) == _TWO:  # one row has no reach but its own, and little to say against the other
            box = shapely.total_bounds(shapes[~origin])
            near, reach = (_FAR_DEGREES if degrees_ else _FAR_METRES), float(np.hypot(*(box[2:] - box[:2])))
        if gap > _AWAY * reach and gap > near:
            sheet = _aside(sheet, origin, "at (0, 0)", "IM315", "")
            centre = centre[~origin]
    return _without_outliers(sheet, centre)


def _at_origin(shapes: np.ndarray) -> np.ndarray:
    points, row = shapely.get_coordinates(shapes, return_index=True)
    hit = np.zeros(len(shapes), bool)
    hit[row[(np.abs(points) < _AT_ORIGIN).all(axis=1)]] = True
    return hit


def _middle(centre: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the middle of the centres, and the distance from it that nine tenths of them keep."""
    middle = np.median(centre, axis=0)
    return middle, float(np.percentile(np.hypot(*(centre - middle).T), 90, method="lower"))


def _without_outliers(sheet: Sheet, centre: np.ndarray) -> Sheet:
    if len(centre) < _FEWEST:
        return sheet
    middle, reach = _middle(centre)
    distance = np.hypot(*(centre - middle).T)
    in_degrees = bool(np.abs(middle).max() <= 360)
    far = distance > max(_FAR * reach, _FAR_DEGREES if in_degrees else _FAR_METRES)
    if not far.any() or far.sum() > max(1, np.ceil(_RARE * len(far))):
        return sheet
    most = float(distance[far].max())
    return _aside(sheet, far, "far from all others", "IM316", f"{most:.0f}°" if in_degrees else f"{most / 1000:.0f} km")


def _aside(sheet: Sheet, rows: np.ndarray, reason: str, code: str, distance: str) -> Sheet:
    lost = sheet.frame[rows].assign(**{REASON: reason})
    rejects = lost if sheet.rejects is None else pd.concat([sheet.rejects, lost])
    where = "row " + ", ".join(str(r) for r in sheet.frame.index[rows][:5])
    said = note(code, int(rows.sum()), {"distance": distance}, example=where)
    return replace(sheet, frame=sheet.frame[~rows], rejects=rejects, notes=(*sheet.notes, said))


def refuse_apart(found: Iterable[tuple[Sheet, Verdict]]) -> None:
    """Raise ReadError where two layers of one delivery lie continents apart."""
    placed = [(s, box) for s, v in found if v.crs and (box := degrees(v.crs, bounds(s.frame))) is not None]
    for k, (one, a) in enumerate(placed):
        for other, b in placed[:k]:
            gap = _gap_km(a, b)
            if gap > _APART_KM:
                msg = (
                    f"{other.source} ({other.name}) lies at {_place(b)} and {one.source} ({one.name}) at {_place(a)}, "
                    f"{gap:,.0f} km apart: they are no layers of one plan. Check their coordinate systems, "
                    "or read them one by one."
                )
                raise ReadError(msg)


def _place(box: tuple[float, float, float, float]) -> str:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return f"{abs(x):.1f}°{'E' if x >= 0 else 'W'} {abs(y):.1f}°{'N' if y >= 0 else 'S'}"


def _gap_km(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Return the distance between two boxes of degrees, 0 where they touch."""
    high = max(a[1], b[1]) - min(a[3], b[3])
    wide = max(a[0], b[0]) - min(a[2], b[2])
    wide = min(max(wide, 0.0), max(360.0 - (max(a[2], b[2]) - min(a[0], b[0])), 0.0))  # the other way round the earth
    middle = np.radians((a[1] + a[3] + b[1] + b[3]) / 4)
    return float(np.hypot(max(high, 0.0), wide * np.cos(middle)) * 111.2)
