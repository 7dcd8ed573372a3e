"""The CRS doctor: what coordinates are, what the file says they are, and which candidates fit where they differ.

A candidate is never applied by itself; the user passes --crs or --accept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from ...errors import ImpossibleCRSError
from ...plan.plan import Note
from ..notes import note
from ..schema.sheet import Sheet
from .gcj import Datum, to_wgs

Bounds = tuple[float, float, float, float]

_CHINA = (73.0, 18.0, 135.5, 54.0)
_DENSE = 200.0
"""Edges longer than this many metres are split before projecting: a chord then leaves its arc by less than 1 mm."""

_MOST_VERTICES = 300_000

# Central meridians by likelihood for data at a latitude (upper bound): where people live there, not where land is.
_MERIDIANS = (
    (24.0, (114, 111, 117, 108, 120)),
    (30.0, (114, 117, 120, 111, 108, 105, 102)),
    (35.0, (117, 120, 114, 111, 108, 105)),
    (42.0, (117, 114, 120, 111, 123, 108, 105, 102)),
    (60.0, (126, 123, 129, 120, 87, 81)),
)

_POINTER = re.compile(
    r"PARAMETERFILE|\+init\s*=|grids\s*=\s*(?!@null)|/vsi|file:|https?://(?!(www\.)?(opengis\.net|proj\.org)/)",
    re.IGNORECASE,
)
"""Words with which a coordinate system asks for a grid or a text from elsewhere; @null asks for none."""

_VAGUE = {
    "xian 1980": 30,
    "xian_1980": 30,
    "beijing 1954": 100,
    "beijing_1954": 100,
    "nad27": 10,
    "north_american_1927": 10,
}
"""Datums without a public exact shift, and the metres by which a plain reading may be off."""


@dataclass(frozen=True)
class Candidate:
    """A coordinate system that fits the numbers; `swap` when x and y have to change places first."""

    crs: str
    evidence: str
    swap: bool = False

    def __str__(self) -> str:
        return f"{'swap x and y, ' if self.swap else ''}{self.crs} ({self.evidence})"


@dataclass(frozen=True)
class Verdict:
    """What the doctor found: the CRS to use (empty: unknown), its source, and what to say."""

    crs: str
    source: str
    candidates: tuple[Candidate, ...] = ()
    swap: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What the user asked for: a CRS (`force`: even where the file declares another), or the first candidate."""

    crs: str | None = None
    accept: bool = False
    force: bool = False


@cache
def system(text: str) -> CRS:
    """Return the CRS of a text; raises ImpossibleCRSError with the reason.

    A text that matches a registered system is read as that system, so that equal systems have equal names.
    """
    if _POINTER.search(text):
        msg = f"{text[:60]!r} points to other files. Write the coordinate system as EPSG:4527, for example."
        raise ImpossibleCRSError(msg)
    try:
        found = CRS.from_user_input(text)
    except (CRSError, ValueError) as error:
        msg = f"{text[:60]!r} is no coordinate system. Write it as EPSG:4527, for example."
        raise ImpossibleCRSError(msg) from error
    try:
        if not found.is_engineering:
            Transformer.from_crs(found, 4326, always_xy=True)
    except ProjError as error:  # well-formed words of which no map can be made
        msg = f"{text[:60]!r} names a coordinate system that cannot be placed on the earth. Write it as EPSG:4527."
        raise ImpossibleCRSError(msg) from error
    return found


@cache
def name_of(text: str) -> str:
    """Return the short name of a CRS: its EPSG code where it has one, else its own text."""
    crs = system(text)
    code = crs.to_epsg(min_confidence=70) or crs.to_epsg(min_confidence=25)
    if code is not None and _same(crs, CRS.from_epsg(code)):
        return f"EPSG:{code}"
    return text


def _same(one: CRS, other: CRS) -> bool:
    """Whether two systems put the same numbers in the same place, whatever their axis order and their names."""
    if one.is_geographic or other.is_geographic:
        return bool(one.is_geographic and other.is_geographic)
    keep = {"False easting", "False northing", "Longitude of natural origin", "Latitude of natural origin"}
    a, b = ({p.name: round(p.value, 6) for p in c.coordinate_operation.params if p.name in keep} for c in (one, other))
    return a == b


def metres(text: str) -> bool:
    """Whether a CRS is projected, in metres, and true to scale near its data (Web Mercator is not)."""
    crs = system(text)
    return bool(
        crs.is_projected
        and all(abs(a.unit_conversion_factor - 1) < 1e-9 for a in crs.axis_info[:2])
        and "Pseudo" not in crs.name
    )


def diagnose(sheet: Sheet, wish: Wish) -> Verdict:
    """Return what CRS a sheet has, held against its coordinates.

    Raises ImpossibleCRSError where the declared CRS cannot be true and the user has not said what to take instead.
    """
    box = bounds(sheet.frame)
    crs, why = _declared(sheet)
    if wish.crs is not None:
        if crs is None or wish.force or (sheet.crs_source in _BY_FORMAT and not _in_degrees(box)):
            return _as_wished(sheet, box, wish.crs)
        kept = diagnose(sheet, replace(wish, crs=None))
        differs = kept.crs and not _same(system(kept.crs), system(wish.crs))
        said = (note("IM317", 1, {"crs": kept.crs, "wish": name_of(wish.crs)}),) if differs else ()
        return replace(kept, notes=(*said, *kept.notes))
    if crs is None:
        return _unknown(sheet, box, why, wish)
    if box is None:
        return Verdict(name_of(sheet.crs), sheet.crs_source)
    if crs.is_geographic:
        return _geographic(sheet, box, wish)
    return _projected(sheet, crs, box, wish)


_BY_FORMAT = {"format", "coordinate columns"}
"""Where degrees are only what the format takes for granted, and nobody declared them."""


def _as_wished(sheet: Sheet, box: Bounds | None, wish: str) -> Verdict:
    """Return the CRS that the user named; raises ImpossibleCRSError where the coordinates cannot lie in it."""
    crs, name = system(wish), name_of(wish)
    offset = None if crs.is_geographic else _false_easting(crs)
    degrees_of_china = box is not None and [c.crs for c in candidates(box)] == ["EPSG:4490"]
    outside = box is not None and (
        not _in_degrees(box)
        if crs.is_geographic
        else offset is not None and (not _fits(box, offset) or degrees_of_china)
    )
    if outside and box is not None:
        names = "; ".join(map(str, candidates(box)[:3])) or "none"
        msg = (
            f"{sheet.source or sheet.name}: the coordinates (x from {box[0]:.0f} to {box[2]:.0f}, y from {box[1]:.0f} "
            f"to {box[3]:.0f}) cannot lie in {name}. Candidates: {names}."
        )
        raise ImpossibleCRSError(msg)
    return Verdict(name, "--crs", notes=(note("IM302", 1, {"crs": name}),))


def _in_degrees(box: Bounds | None) -> bool:
    return box is None or (box[0] >= -360 and box[2] <= 360 and box[1] >= -90.001 and box[3] <= 90.001)


def bounds(frame: gpd.GeoDataFrame) -> Bounds | None:
    """Return the extent of a frame, None where it has no shapes."""
    if len(frame) == 0:
        return None
    box = shapely.total_bounds(np.asarray(frame.geometry.array, dtype=object))
    return None if np.isnan(box).any() else (float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def _declared(sheet: Sheet) -> tuple[CRS | None, str]:
    """Return the CRS that the file declares, or None and why not."""
    if not sheet.crs:
        return None, " (.prj is empty)" if sheet.crs_source else ""
    try:
        crs = system(sheet.crs)
    except ImpossibleCRSError:
        if sheet.crs_source == "crs member":
            msg = (
                f"{sheet.source}: the file names a coordinate system that is unknown ({sheet.crs[:40]!r}). Pass --crs."
            )
            raise ImpossibleCRSError(msg) from None
        return None, f" ({sheet.crs_source} cannot be understood)"
    if crs.ellipsoid is not None and not 6_300_000 < crs.ellipsoid.semi_major_metre < 6_400_000:
        return None, " (it is not of this planet)"
    if crs.is_engineering or not (crs.is_geographic or crs.is_projected or crs.is_compound or crs.is_bound):
        return None, " (a local grid is declared)"
    return crs, ""


def _unknown(sheet: Sheet, box: Bounds | None, why: str, wish: Wish) -> Verdict:
    found = candidates(box) if box else ()
    if wish.accept and found:
        first = found[0]
        said = note("IM302", 1, {"crs": str(first)})
        return Verdict(first.crs, "--accept", found, first.swap, (said,))
    names = "; ".join(map(str, found[:4])) or "none"
    return Verdict("", sheet.crs_source, found, notes=(note("IM301", 1, {"because": why, "candidates": names}),))


def _geographic(sheet: Sheet, box: Bounds, wish: Wish) -> Verdict:
    name = name_of(sheet.crs)
    west, south, east, north = box
    vague = _datum_notes(sheet.crs)
    if _in_degrees(box):
        return Verdict(name, sheet.crs_source, notes=vague)
    swapped = west >= -90 and east <= 90 and (south >= -180 and north <= 180)
    if swapped and (south > 60 or north < -60):
        return _doubt(Candidate(name, "latitude comes first", swap=True), name, sheet, wish)
    if max(abs(v) for v in box) < 10_000:
        rows = np.asarray(sheet.frame.geometry.bounds)
        outside = (np.abs(rows[:, [1, 3]]) > 90.001).any(axis=1) | (np.abs(rows[:, [0, 2]]) > 360).any(axis=1)
        said = note("IM310", int(outside.sum()), {"crs": name}, example=f"row {int(sheet.frame.index[outside][0])}")
        return Verdict(name, sheet.crs_source, notes=(said, *vague))
    found = candidates(box)
    if wish.accept and found:
        return replace(_unknown(sheet, box, "", wish), source="--accept")
    if not found and sheet.crs_source == "format":  # nobody declared degrees, the format takes them for granted
        said = note("IM303", 1, {"crs": name, "candidates": "none"})
        return Verdict("", sheet.crs_source, notes=(said,))
    names = "; ".join(map(str, found[:3])) or "none"
    msg = (
        f"{sheet.source or sheet.name}: the coordinates (x from {west:.0f} to {east:.0f}) are out of range for {name}, "
        f"which the {sheet.crs_source or 'file'} declares; they look like metres. Candidates: {names}. "
        "Pass --force-crs EPSG:…, or --accept to take the first."
    )
    raise ImpossibleCRSError(msg)


def _doubt(first: Candidate, declared: str, sheet: Sheet, wish: Wish) -> Verdict:
    """Return a verdict for coordinates that cannot lie where declared: no CRS, or the candidate asked for."""
    if wish.accept:
        return Verdict(first.crs, "--accept", (first,), first.swap, (note("IM302", 1, {"crs": str(first)}),))
    code = "IM304" if first.swap else "IM303"
    return Verdict("", sheet.crs_source, (first,), notes=(note(code, 1, {"crs": declared, "candidates": str(first)}),))


def _projected(sheet: Sheet, crs: CRS, box: Bounds, wish: Wish) -> Verdict:
    name = name_of(sheet.crs)
    vague = tuple(n for n in _datum_notes(sheet.crs) if "27" not in str(n.args["crs"]))  # only where the datum is left
    offset = _false_easting(crs)
    if offset is not None and any(box) and max(abs(box[0]), abs(box[2])) <= 180 and max(abs(box[1]), abs(box[3])) <= 90:
        return _unknown(sheet, box, f" ({name} is declared, in metres, but the numbers look like degrees)", wish)
    if offset is None or _fits(box, offset):
        return Verdict(name, sheet.crs_source, notes=vague)
    turned = (box[1], box[0], box[3], box[2])
    if _fits(turned, offset):
        found = Candidate(name, "northing stored as x", swap=True)
    else:
        found = next(iter(candidates(box)), Candidate("", ""))
    if not found.crs:
        return Verdict(name, sheet.crs_source, notes=(note("IM310", len(sheet.frame), {"crs": name}), *vague))
    return _doubt(found, name, sheet, wish)


def _false_easting(crs: CRS) -> float | None:
    """Return the false easting of a Gauss-Krüger or UTM grid in metres, None for other projections."""
    operation = crs.coordinate_operation
    if (
        operation is None
        or "Transverse Mercator" not in operation.method_name
        or any(abs(a.unit_conversion_factor - 1) > 1e-9 for a in crs.axis_info[:2])
    ):
        return None
    return next((p.value for p in operation.params if p.name == "False easting" and p.value >= 400_000), None)


def _fits(box: Bounds, offset: float) -> bool:
    return (
        abs(box[0] - offset) < 800_000
        and abs(box[2] - offset) < 800_000
        and box[1] >= -10_000_000
        and box[3] <= 10_000_000
    )


def reachable(boxes: np.ndarray[Any, Any], crs: str) -> np.ndarray[Any, Any]:
    """Return which boxes (rows of west, south, east, north in a CRS) have a place on the earth in that CRS."""
    good: np.ndarray[Any, Any] = np.isfinite(boxes).all(axis=1)
    middle = (boxes[good, :2] + boxes[good, 2:]) / 2
    offset = None if system(crs).is_geographic else _false_easting(system(crs))
    lon, lat = _transformer(crs, "EPSG:4326").transform(middle[:, 0], middle[:, 1])
    there = np.isfinite(lon) & np.isfinite(lat)
    if offset is not None:
        there &= (np.abs(middle[:, 0] - offset) < 3_000_000) & (np.abs(middle[:, 1]) <= 10_500_000)
    good[good] = there
    return good


def _datum_notes(text: str) -> tuple[Note, ...]:
    crs = system(text)
    geodetic = (crs.geodetic_crs.name if crs.geodetic_crs is not None else crs.name).lower()
    hit = next((m for word, m in _VAGUE.items() if word in f"{geodetic} {crs.name.lower()}"), None)
    return (note("IM305", 1, {"crs": crs.name, "metres": hit}),) if hit else ()


def candidates(box: Bounds) -> tuple[Candidate, ...]:
    """Return the coordinate systems that fit an extent, the likeliest first, each with its evidence."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if abs(box[0]) <= 180 and abs(box[2]) <= 180 and max(abs(box[1]), abs(box[3])) <= 90:
        inside = _CHINA[0] <= x <= _CHINA[2] and _CHINA[1] <= y <= _CHINA[3]
        return (
            Candidate(
                "EPSG:4490" if inside else "EPSG:4326",
                "degrees; a web map's GCJ-02 cannot be ruled out" if inside else "degrees",
            ),
        )
    found = _grids(x, y)
    return found or tuple(replace(c, swap=True) for c in _grids(y, x))


def _grids(x: float, y: float) -> tuple[Candidate, ...]:
    if not 1.8e6 <= y <= 6.2e6:
        return ()
    zone = int(x // 1_000_000)
    if 25 <= zone <= 45:
        return (Candidate(f"EPSG:{4513 + zone - 25}", f"zone number {zone} in front of the easting, 3° zones"),)
    if 13 <= zone <= 23:
        return (Candidate(f"EPSG:{4491 + zone - 13}", f"zone number {zone} in front of the easting, 6° zones"),)
    if not 100_000 < x < 900_000:
        return ()
    latitude = y / 111_000
    order = next(m for top, m in _MERIDIANS if latitude < top)
    found = [
        Candidate(f"EPSG:{4534 + (m - 75) // 3}", f"central meridian {m}°E puts it at {_place(m, x, y)}") for m in order
    ]
    return (*found[:4], Candidate(f"EPSG:{32600 + (order[0] + 183) // 6}", "UTM is possible too"))


def _place(meridian: int, x: float, y: float) -> str:
    lon, lat = _transformer(f"EPSG:{4534 + (meridian - 75) // 3}", "EPSG:4490").transform(x, y)
    return f"{lon:.2f}°E {lat:.2f}°N"


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(system(source), system(target), always_xy=True)


def plan_crs(found: Iterable[tuple[Verdict, gpd.GeoDataFrame]]) -> tuple[str, tuple[Note, ...]]:
    """Return the projected CRS in metres that a plan takes, empty where no layer has a known CRS.

    A projected grid of the sources wins by its number of rows, CGCS2000 before others; else the zone of the middle of
    the data.
    """
    pairs = [(v, f) for v, f in found if v.crs]
    grids: dict[str, int] = {}
    for verdict, frame in pairs:
        if metres(verdict.crs):
            bonus = (
                1_000_000_000 if "CGCS2000" in system(verdict.crs).name or "China" in system(verdict.crs).name else 0
            )
            grids[verdict.crs] = grids.get(verdict.crs, bonus) + len(frame)
    if grids:
        return max(sorted(grids), key=lambda c: grids[c]), ()
    boxes = [b for b in (degrees(v.crs, bounds(f)) for v, f in pairs) if b is not None]
    if not boxes:
        return ("EPSG:4548" if pairs else "", ())
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    return _zone(west, south, east, north)


def _zone(west: float, south: float, east: float, north: float) -> tuple[str, tuple[Note, ...]]:
    lon = ((west + east) / 2 + 180) % 360 - 180
    lat = min(max((south + north) / 2, -89.0), 89.0)  # damaged numbers may lie beyond the poles
    if east - west > 12 or north - south > 40:
        wide = (
            "EPSG:8857"
            if east - west > 100
            else CRS.from_proj4(f"+proj=laea +lat_0={lat:.1f} +lon_0={lon:.1f} +ellps=GRS80 +units=m").to_wkt()
        )
        return wide, (
            note(
                "IM312",
                1,
                {"to": "Equal Earth" if wide == "EPSG:8857" else f"an equal-area grid at {lon:.1f} {lat:.1f}"},
            ),
        )
    if _CHINA[0] <= lon <= _CHINA[2] and _CHINA[1] <= lat <= _CHINA[3]:
        return f"EPSG:{4534 + (min(max(round(lon / 3) * 3, 75), 135) - 75) // 3}", ()
    zone = int((lon + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}", (note("IM313"),)


def degrees(crs: str, box: Bounds | None) -> Bounds | None:
    """Return an extent in degrees, None where it cannot be had."""
    if box is None:
        return None
    try:
        out = _transformer(crs, "EPSG:4326").transform_bounds(*box)
    except ProjError:
        return None
    return out if np.isfinite(out).all() and out[2] >= out[0] else None


def placed(
    frame: gpd.GeoDataFrame, verdict: Verdict, target: str, shifted: str = ""
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return the frame in the plan's CRS, with long edges split first so that neighbours stay neighbours."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    notes: list[Note] = []
    if verdict.swap:
        shapes = shapely.transform(shapes, lambda p: p[:, ::-1])
    if shifted:
        shapes = _unshifted(shapes, verdict.crs, "bd09" if shifted == "bd09" else "gcj02")
        notes.append(note("IM308", 1, {"datum": shifted.upper().replace("02", "-02").replace("09", "-09")}))
    if verdict.crs != target:
        if system(verdict.crs).is_projected:
            notes += [n for n in _datum_notes(verdict.crs) if "27" in str(n.args["crs"])]
        unit = 111_000 if system(verdict.crs).is_geographic else 1.0
        # Edges that came from metres are up to 1 / cos(latitude) longer in degrees: they are not split again.
        step = (2.0 if unit > 1 else 1.0) * _DENSE / unit
        few = float(np.nansum(shapely.length(shapes))) / step < _MOST_VERTICES
        if few and _bends(shapes, step, 10 * _DENSE / unit, 1e-3 / unit):
            shapes = shapely.segmentize(shapes, step)
        shapes = _transformed(shapes, verdict.crs, target)
        notes.append(note("IM306", len(frame), {"crs": verdict.crs[:40], "to": target[:40]}))
    series = gpd.GeoSeries(gpd.array.GeometryArray(shapes), index=frame.index, crs=system(target))
    return gpd.GeoDataFrame(frame.drop(columns=[frame.geometry.name]), geometry=series), tuple(notes)


def _bends(shapes: np.ndarray[Any, Any], step: float, longest: float, near: float) -> bool:
    """Whether edges must be split before projecting: one is very long, or a vertex lies on a long one of another shape.

    Where borders meet at their ends only, straight edges leave no gap, and reading again adds no vertex.
    """
    rings = shapely.get_parts(shapely.get_parts(shapes))
    rings = np.concatenate(
        [shapely.get_rings(rings[shapely.get_dimensions(rings) == 2]), rings[shapely.get_dimensions(rings) == 1]]
    )
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if len(points) < 2:
        return False
    length = np.where(ring[:-1] == ring[1:], np.hypot(*np.diff(points, axis=0).T), 0.0)
    rows = np.flatnonzero(length > step)
    if len(rows) == 0 or (length > longest).any():
        return len(rows) > 0
    edges = shapely.linestrings(np.stack([points[rows], points[rows + 1]], axis=1))
    edge, point = shapely.STRtree(shapely.points(points)).query(edges, predicate="dwithin", distance=near)
    ends = np.minimum(
        np.hypot(*(points[point] - points[rows[edge]]).T), np.hypot(*(points[point] - points[rows[edge] + 1]).T)
    )
    return bool((ends > 2 * near).any())


def _transformed(shapes: np.ndarray[Any, Any], source: str, target: str) -> np.ndarray[Any, Any]:
    change = _transformer(source, target)

    def move(points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    answer: np.ndarray[Any, Any] = shapely.transform(shapely.force_2d(shapes) if _has_z(shapes) else shapes, move)
    return answer


def _has_z(shapes: np.ndarray[Any, Any]) -> bool:
    return bool(shapely.has_z(shapes).any())


def _unshifted(shapes: np.ndarray[Any, Any], crs: str, datum: Datum) -> np.ndarray[Any, Any]:
    """Return shapes with a web-map shift undone, in their own CRS."""
    there = shapes if system(crs).is_geographic else _transformed(shapes, crs, "EPSG:4326")
    back = shapely.transform(shapely.force_2d(there), lambda p: np.column_stack(to_wgs(p[:, 0], p[:, 1], datum)))
    return back if system(crs).is_geographic else _transformed(back, "EPSG:4326", crs)
