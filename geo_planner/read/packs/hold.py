"""A delivery held against the rules of a pack: each rule is kept, broken or not judged, with the rows it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..contract.gate import Delivery
from ..schema.columns import tidy
from ..schema.sheet import Sheet
from ..topology.coverage import TooManyPairs, gaps, in_layer, overlaps, suspects
from .rule import PackRule

Array = np.ndarray[Any, Any]
MENDED = ("IM501", "IM502", "IM503", "IM504", "IM505", "IM508", "IM512", "IM513")
"""Notes of reading that tell of shapes which were not valid as they came; what is read after is mended or set aside."""
_NAMED = 50
"""As many rows are named of one rule in one layer; the count is of all."""


@dataclass(frozen=True)
class Breach:
    """What breaks a rule: the layer, the rows by number and id (the first fifty), how many, and what was found."""

    layer: str
    rows: tuple[str, ...]
    count: int
    found: str = ""


@dataclass(frozen=True)
class Held:
    """A rule and its outcome; `why` tells why it could not be judged."""

    rule: PackRule
    state: Literal["kept", "broken", "unknown"]
    breaches: tuple[Breach, ...] = ()
    why: str = ""


class NotJudgedError(Exception):
    """A rule that this layer cannot be held against; its text is a word of `WHY`."""


def hold(rules: Iterable[PackRule], delivery: Delivery) -> tuple[Held, ...]:
    """Return the outcome of each rule; a layer that is missing or unreadable is never a pass."""
    sheets: dict[str, list[Sheet]] = {}
    for sheet in delivery.sheets:
        sheets.setdefault(tidy(sheet.name), []).append(sheet)
    return tuple(_held(rule, sheets, unread=bool(delivery.unreadable)) for rule in rules)


def _held(rule: PackRule, sheets: Mapping[str, list[Sheet]], *, unread: bool) -> Held:
    if rule.layer == "*":
        mine = [s for many in sheets.values() for s in many if _is_land(s.frame)]
        if not mine:
            return Held(rule, "unknown", why="no_polygons")
    else:
        mine = sheets.get(tidy(rule.layer), [])
    if rule.kind == "layer" or not mine:
        gone = () if mine else (Breach(rule.layer, (), 1, "missing"),)
        why = "unreadable" if gone and unread else "no_layer" if gone and rule.kind != "layer" else ""
        return Held(rule, "unknown" if why else "broken" if gone else "kept", gone if not why else (), why)
    found, whys = list[Breach](), list[str]()
    for sheet in mine:
        try:
            found += _one(rule, sheet)
        except NotJudgedError as reason:
            whys.append(str(reason))
    state: Literal["kept", "broken", "unknown"] = "broken" if found else "unknown" if whys or unread else "kept"
    return Held(rule, state, tuple(found), whys[0] if whys else "unreadable" if unread and not found else "")


def _is_land(frame: gpd.GeoDataFrame) -> bool:
    return bool(len(frame) and (shapely.get_dimensions(frame.geometry.to_numpy()) == 2).any())


def _one(rule: PackRule, sheet: Sheet) -> list[Breach]:
    """Return what one layer breaks of a rule."""
    frame = sheet.frame
    if rule.kind == "valid":
        mended = [n for n in sheet.notes if n.code in MENDED]
        return [Breach(sheet.name, (str(n.args.get("rows", n.example)),), n.count, "invalid") for n in mended]
    if rule.kind in _ON_SHAPES:
        bad, found = _ON_SHAPES[rule.kind](_metric(sheet), float(rule.value))
        return _breach(sheet, bad, found)
    name = next((str(c) for c in frame.columns if tidy(str(c)) == tidy(rule.field)), None)
    if name is None:
        return [Breach(sheet.name, (), 1, f"{rule.field}: missing")]
    if rule.kind == "field":
        return []
    values = frame[name]
    bad, shown = _ON_VALUES[rule.kind](values, rule.value)
    first = next((str(v)[:60] for v in values[bad]), "")
    return _breach(sheet, bad, shown if not first else f"{rule.field} = {first}")


def _breach(sheet: Sheet, bad: Array, found: str) -> list[Breach]:
    at = np.flatnonzero(bad)
    if not len(at):
        return []
    key = next((str(c) for c in sheet.frame.columns if tidy(str(c)) == tidy("BSM")), None)
    told = [f"#{number}" for number in sheet.frame.index[at[:_NAMED]]]
    if key:
        ids = sheet.frame[key].iloc[at[:_NAMED]]
        told = [f"{row} {name}" if pd.notna(name) else row for row, name in zip(told, ids, strict=True)]
    return [Breach(sheet.name, tuple(told), len(at), found)]


def _metric(sheet: Sheet) -> Array:
    """The shapes in metres: as they are in a projected system, else in the zone of their place."""
    if not sheet.crs:
        reason = "no_crs"
        raise NotJudgedError(reason)
    frame = gpd.GeoSeries(sheet.frame.geometry.array, crs=sheet.crs)
    shapes = frame[~(frame.is_empty | frame.isna())]
    if frame.crs.is_geographic and len(shapes):
        frame = frame.to_crs(shapes.estimate_utm_crs())
    return np.asarray(frame.array, dtype=object)


Found = tuple[Array, str]


def _land(shapes: Array) -> tuple[Array, Array]:
    """Return the valid polygons and their rows."""
    rows = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & shapely.is_valid(shapes))
    return shapes[rows], rows


def _overlapping(shapes: Array, width: float) -> Found:
    land, rows = _land(shapes)
    ever = np.full(len(land), -np.inf), np.full(len(land), np.inf)
    try:
        copies, rest, _ = overlaps(land, np.arange(len(land)), ever, (width, width))
    except TooManyPairs as reason:
        why = "too_many"
        raise NotJudgedError(why) from reason
    pairs = [*copies, *((one, two) for one, two, _ in rest)]
    bad = np.zeros(len(shapes), bool)
    bad[rows[np.unique(np.array(pairs, dtype=int))]] = True
    area = sum(size for *_, size in rest) + sum(float(land[one].area) for one, _ in copies)
    return bad, f"{len(pairs)} x, {area:.3f} m²"


def _gaps(shapes: Array, width: float) -> Found:
    land, rows = _land(shapes)
    ever = np.full(len(land), -np.inf), np.full(len(land), np.inf)
    try:
        copies, rest, _ = overlaps(land, np.arange(len(land)), ever, (width, width))
        beside = in_layer(land, [*rest, *((one, two, float(land[two].area)) for one, two in copies)])
        holes = gaps(land, beside[suspects(land[beside])], width, width, beside)
    except TooManyPairs as reason:
        why = "too_many"
        raise NotJudgedError(why) from reason
    bad = np.zeros(len(shapes), bool)
    if len(holes):
        bad[rows[np.unique(shapely.STRtree(land).query(holes, predicate="dwithin", distance=width)[1])]] = True
    return bad, f"{len(holes)} x, {float(shapely.area(holes).sum()):.3f} m²"


def _slivers(shapes: Array, width: float) -> Found:
    border = shapely.length(shapes)
    mean = np.divide(2 * shapely.area(shapes), border, out=np.full(len(shapes), np.inf), where=border > 0)
    return (mean < width) & (shapely.get_dimensions(shapes) == 2), "sliver"


def _close_nodes(shapes: Array, apart: float) -> Found:
    points, row = shapely.get_coordinates(shapes, return_index=True)
    step = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    bad = np.zeros(len(shapes), bool)
    bad[row[1:][(row[1:] == row[:-1]) & (step < apart) & (step > 0)]] = True
    return bad, "vertices"


_ON_SHAPES: Mapping[str, Callable[[Array, float], Found]] = {
    "overlap": _overlapping,
    "gap": _gaps,
    "sliver": _slivers,
    "close_nodes": _close_nodes,
}


def _blank(values: pd.Series) -> Array:
    return np.asarray(values.isna() | values.astype(str).str.strip().eq(""), dtype=bool)


def _twice(values: pd.Series, _: str) -> Found:
    blank = _blank(values)
    return np.asarray(values.astype(str).duplicated(keep=False) & ~blank) | blank, "blank"


def _unfilled(values: pd.Series, _: str) -> Found:
    return _blank(values), "blank"


def _type(values: pd.Series, kind: str) -> Found:
    blank = _blank(values)
    if kind == "text":
        return np.zeros(len(values), bool), ""
    if kind == "date":
        read = pd.to_datetime(values.astype(str), errors="coerce", format="mixed")
        return np.asarray(read.isna()) & ~blank, "no date"
    numbers = pd.to_numeric(values, errors="coerce")
    bad = np.asarray(numbers.isna()) & ~blank
    return (bad | (np.asarray(numbers % 1 != 0) & ~blank) if kind == "integer" else bad), "no number"


def _too_long(values: pd.Series, most: str) -> Found:
    return np.asarray(values.astype(str).str.len() > float(most)) & ~_blank(values), "too long"


def _no_code(values: pd.Series, allowed: str) -> Found:
    return ~np.asarray(values.astype(str).str.strip().isin(allowed.split("|"))) & ~_blank(values), "no code"


def _outside(values: pd.Series, span: str) -> Found:
    least, most = (float(part) for part in span.split(".."))
    numbers = pd.to_numeric(values, errors="coerce")
    return ~np.asarray(numbers.between(least, most)) & ~_blank(values), "outside"


_ON_VALUES: Mapping[str, Callable[[pd.Series, str], Found]] = {
    "unique": _twice,
    "filled": _unfilled,
    "type": _type,
    "length": _too_long,
    "code": _no_code,
    "range": _outside,
}
