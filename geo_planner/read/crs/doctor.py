"""The CRS doctor: what coordinates are, what the file says they are, and which candidates fit where they differ.

A candidate is never applied by itself; the user passes --crs or --accept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from pyproj import CRS

from ...errors import ImpossibleCRSError
from ...plan.plan import Note
from ..notes import note
from ..schema.sheet import Sheet
from .systems import CHINA, Bounds, bounds, datum_notes, false_easting, name_of, same, system, transformer

# Central meridians by likelihood for data at a latitude (upper bound): where people live there, not where land is.
_MERIDIANS = (
    (24.0, (114, 111, 117, 108, 120)),
    (30.0, (114, 117, 120, 111, 108, 105, 102)),
    (35.0, (117, 120, 114, 111, 108, 105)),
    (42.0, (117, 114, 120, 111, 123, 108, 105, 102)),
    (60.0, (126, 123, 129, 120, 87, 81)),
)


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
        differs = kept.crs and not same(system(kept.crs), system(wish.crs))
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
    offset = None if crs.is_geographic else false_easting(crs)
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
        others = "; ".join(map(str, found[1:4])) or "none"
        said = note("IM318", 1, {"crs": str(first), "candidates": others})
        return Verdict(first.crs, "--accept", found, first.swap, (said,))
    names = "; ".join(map(str, found[:4])) or "none"
    return Verdict("", sheet.crs_source, found, notes=(note("IM301", 1, {"because": why, "candidates": names}),))


def _geographic(sheet: Sheet, box: Bounds, wish: Wish) -> Verdict:
    name = name_of(sheet.crs)
    west, south, east, north = box
    vague = datum_notes(sheet.crs)
    if _in_degrees(box):
        return Verdict(name, sheet.crs_source, notes=vague)
    swapped = west >= -90 and east <= 90 and (south >= -180 and north <= 180)
    if swapped and (south > 60 or north < -60):
        return _doubt(Candidate(name, "latitude comes first", swap=True), name, sheet, wish)
    if max(abs(v) for v in box) < 10_000:
        rows = np.asarray(sheet.frame.geometry.bounds)
        outside = (np.abs(rows[:, [1, 3]]) > 90.001).any(axis=1) | (np.abs(rows[:, [0, 2]]) > 360).any(axis=1)
        if len(outside) > 1 and outside.all():  # it is not the rows that are wrong
            return Verdict("", sheet.crs_source, notes=(note("IM303", 1, {"crs": name, "candidates": "none"}),))
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
        return Verdict(
            first.crs, "--accept", (first,), first.swap, (note("IM318", 1, {"crs": str(first), "candidates": "none"}),)
        )
    code = "IM304" if first.swap else "IM303"
    return Verdict("", sheet.crs_source, (first,), notes=(note(code, 1, {"crs": declared, "candidates": str(first)}),))


def _projected(sheet: Sheet, crs: CRS, box: Bounds, wish: Wish) -> Verdict:
    name = name_of(sheet.crs)
    vague = tuple(n for n in datum_notes(sheet.crs) if "27" not in str(n.args["crs"]))  # only where the datum is left
    offset = false_easting(crs)
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


def _fits(box: Bounds, offset: float) -> bool:
    return (
        abs(box[0] - offset) < 800_000
        and abs(box[2] - offset) < 800_000
        and box[1] >= -10_000_000
        and box[3] <= 10_000_000
    )


def candidates(box: Bounds) -> tuple[Candidate, ...]:
    """Return the coordinate systems that fit an extent, the likeliest first, each with its evidence."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if abs(box[0]) <= 180 and abs(box[2]) <= 180 and max(abs(box[1]), abs(box[3])) <= 90:
        inside = CHINA[0] <= x <= CHINA[2] and CHINA[1] <= y <= CHINA[3]
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
    lon, lat = transformer(f"EPSG:{4534 + (meridian - 75) // 3}", "EPSG:4490").transform(x, y)
    return f"{lon:.2f}°E {lat:.2f}°N"
