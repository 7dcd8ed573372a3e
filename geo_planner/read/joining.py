"""Parts of one role become one layer, each row with an id of its own; and what is wrong between its features."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..plan.layers import LAYERS
from .crs.gcj import to_bd, to_gcj
from .crs.systems import transformer
from .notes import note
from .part import Part
from .plan_file import Stored
from .schema.roles import geometry_kind
from .schema.sheet import Sheet
from .topology.faults import Tolerances, faults
from .topology.offset import shift
from .twins import ROAD_AREAS, parted_roads, set_twins_aside

_LIKE_STEP = 0.1
"""Share of a web map's shift by which a step may differ from it."""


def joined(parts: list[Part], stored: Stored | None) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the plan: parts of one role below each other, each row with an id of its own."""
    by_layer: dict[str, list[Part]] = {}
    for part in parts:
        if part.frame is not None:
            if part.role is None:
                part.layer = _own_name(part.sheet.name, by_layer)
            by_layer.setdefault(part.layer, []).append(part)
    if stored is None and "roads" in by_layer:
        roads = by_layer["roads"]
        by_layer["roads"] = parted_roads(roads)
        by_layer |= {ROAD_AREAS: areas} if (areas := [p for p in roads if p.layer == ROAD_AREAS]) else {}
    out = {}
    for layer, group in by_layer.items():
        if stored is None:
            set_twins_aside(group)
            _number(layer, group)
        frames = [p.frame for p in group if p.frame is not None]
        whole = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        out[layer] = gpd.GeoDataFrame(whole, geometry="geometry", crs=frames[0].crs).reset_index(drop=True)
    return out


def lightened(part: Part) -> Sheet:
    """Return the sheet with the shapes of the plan in place of its own, so that large layers are not held twice."""
    sheet, frame = part.sheet, part.frame
    if frame is None or len(frame) != len(sheet.frame):
        return sheet
    name = sheet.frame.geometry.name
    return replace(sheet, frame=sheet.frame.assign(**{name: frame.geometry.set_axis(sheet.frame.index)}))


def _own_name(name: str, taken: Iterable[str]) -> str:
    free, number = name, 2
    while free in LAYERS or free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _number(layer: str, group: list[Part]) -> None:
    """Give ids to rows without one, and set the file's name before ids that two files share."""
    if layer not in LAYERS:
        return
    several = len(group) > 1
    prefixes = _prefixes(group)
    for part, own in zip(group, prefixes, strict=True):
        frame = part.frame
        if frame is None:
            continue
        empty = frame["id"].isna()
        if empty.any():
            prefix = own if several else layer
            made = pd.Series([f"{prefix}-{r:05d}" for r in frame.index], index=frame.index, dtype="str")
            part.frame = frame = frame.assign(id=frame["id"].where(~empty, made).astype("str"))
            part.notes.append(note("IM703", int(empty.sum())))
        twice = frame["id"].duplicated()
        if twice.any():
            ids = ", ".join(sorted(frame["id"][twice].unique())[:3])
            part.notes.append(note("IM704", int(twice.sum()), {"ids": ids}, example=ids))
    frames = [p.frame for p in group if p.frame is not None]
    if several and pd.concat([f["id"].drop_duplicates() for f in frames]).duplicated().any():
        for part, prefix in zip(group, prefixes, strict=True):
            if part.frame is not None:
                part.frame = part.frame.assign(id=(prefix + ":" + part.frame["id"]).astype("str"))
                part.notes.append(note("IM705"))


def _prefixes(group: list[Part]) -> list[str]:
    """Return a name for each part: its sheet's, with its folder before it where two sheets of a group share one."""
    names = [p.sheet.name for p in group]
    folders = [p.folder for p in group]
    out: list[str] = []
    for name, folder in zip(names, folders, strict=True):
        full = f"{folder}/{name}" if folder and names.count(name) > 1 else name
        out.append(_free(full, out))
    return out


def _free(name: str, taken: Iterable[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def say_offsets(parts: list[Part]) -> None:
    """Say which two polygon layers hold the same shapes a web map's shift apart."""
    areas = [
        p for p in parts if p.frame is not None and 3 <= len(p.frame) < 50_000 and geometry_kind(p.frame) == "polygon"
    ]
    for k, part in enumerate(areas):
        for other in areas[:k]:
            if part.frame is None or other.frame is None:
                continue
            one, two = (np.asarray(p.frame.geometry.array, dtype=object) for p in (other, part) if p.frame is not None)
            step = shift(one, two)
            if step.any() and _is_of_a_web_map(step, part.frame):
                metres = f"{np.hypot(*step):.0f}"
                part.notes.append(note("IM307", 1, {"other": other.sheet.name, "metres": metres}))


def _is_of_a_web_map(step: np.ndarray, frame: gpd.GeoDataFrame) -> bool:
    """Whether a step is the one that GCJ-02 or BD-09 makes at this place, one way or the other."""
    west, south, east, north = frame.total_bounds
    here = np.array([(west + east) / 2, (south + north) / 2])
    crs = frame.crs.to_string()
    lon, lat = transformer(crs, "EPSG:4490").transform(*here)
    gcj = to_gcj(np.array([lon]), np.array([lat]))
    places = [transformer("EPSG:4490", crs).transform(float(x[0]), float(y[0])) for x, y in (gcj, to_bd(*gcj))]
    gcj_step, bd_step = (np.array(p) - here for p in places)
    steps = [sign * s for s in (gcj_step, bd_step, bd_step - gcj_step) for sign in (1, -1)]
    return any(np.hypot(*(step - s)) < _LIKE_STEP * np.hypot(*s) for s in steps)


def say_faults(layer: str, frame: gpd.GeoDataFrame, parts: list[Part], tolerances: Tolerances) -> None:
    """Say what is wrong between the features of a layer, or why it was not searched; the layer is not changed."""
    owner = next(p for p in parts if p.layer == layer and p.frame is not None)
    if owner.role is None or owner.role.why:  # a plan of ours was checked when it was read first
        try:
            owner.notes += faults(layer, frame, tolerances)
        except shapely.errors.GEOSException as error:
            owner.notes.append(note("IM608", 1, {"reason": str(error)[:80]}))
