"""The same layer delivered twice: under two names or in two formats the richer copy is kept, and both are named.

Two rows are twins where their shapes lie on one another and nothing that both say contradicts (a sewer in the trench of
a water main has the same shape and another kind). Centre lines and red-line areas of roads are two things, not twins.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from ..plan.layers import LAYERS
from .notes import note
from .part import Part
from .schema.roles import geometry_kind

ROAD_AREAS = "road_areas"
"""Name under which red-line areas of roads are kept where centre lines are there too."""

_TELLING = ("kind", "code", "start", "finish", "number", "phase", "park")
_NEAR, _NEAR_POINTS = 0.5, 0.05  # metres between the middles of twins; formats round, and reprojecting moves a little
_SAME_SIZE = 1e-3
_MOSTLY = 0.8


def parted_roads(group: list[Part]) -> list[Part]:
    """Return the parts of `roads` that stay; areas beside centre lines get the name `road_areas`, and this is said."""
    kinds = {id(p): geometry_kind(p.frame) for p in group if p.frame is not None}
    if not {"line", "polygon"} <= set(kinds.values()):
        return group
    lines = next(p.label for p in group if kinds.get(id(p)) == "line")
    for part in group:
        if kinds.get(id(part)) == "polygon":
            part.layer = ROAD_AREAS
            part.notes.append(note("IM611", 0 if part.frame is None else len(part.frame), {"other": lines}))
    return [p for p in group if p.layer != ROAD_AREAS]


def set_twins_aside(group: list[Part]) -> None:
    """Set aside what a richer part of the same layer holds already: whole copies first, then single features."""
    if len(group) < 2:
        return
    ranked = sorted((p for p in group if p.frame is not None), key=lambda p: -_richness(p))
    for k, poor in enumerate(ranked):
        for rich in ranked[:k]:
            same = _twins(poor, rich)
            fewest = min(len(same), 0 if rich.frame is None else len(rich.frame))
            if fewest and same.sum() >= _MOSTLY * fewest:
                args = {"other": rich.label, "own": poor.label}
                poor.notes.append(note("IM610", int(same.sum()), args))
                poor.set_aside(same, f"the same feature is in {rich.label}, which says more of it")
    _set_copies_aside(ranked)


def _richness(part: Part) -> float:
    """Return how many canonical cells a row has filled, on average."""
    spec = LAYERS.get(part.layer)
    if part.frame is None or spec is None or len(part.frame) == 0:
        return 0.0
    names = [c.name for c in spec.columns if c.name not in {"id", "geometry"} and c.name in part.frame.columns]
    return float(part.frame[names].notna().to_numpy().sum() / len(part.frame))


def _twins(poor: Part, rich: Part) -> np.ndarray:
    """Return which rows of the poorer part lie on a row of the richer one that does not contradict them."""
    a, b = poor.frame, rich.frame
    if a is None or b is None or len(a) == 0 or len(b) == 0:
        return np.zeros(0 if a is None else len(a), bool)
    mine, theirs = (np.asarray(f.geometry.array, dtype=object) for f in (a, b))
    here, there = (shapely.get_coordinates(shapely.centroid(s)) for s in (mine, theirs))
    points = bool((shapely.get_dimensions(mine) == 0).all())
    near = cKDTree(there).query_ball_point(here, _NEAR_POINTS if points else _NEAR)
    count = np.array([len(n) for n in near])
    i = np.repeat(np.arange(len(near)), count)
    j = np.array([k for n in near for k in n], int)
    good = shapely.get_dimensions(mine[i]) == shapely.get_dimensions(theirs[j])
    for measure in (shapely.area, shapely.length):
        one, other = measure(mine[i]), measure(theirs[j])
        good &= np.abs(one - other) <= _SAME_SIZE * np.maximum(one, other) + 1e-9
    i, j = i[good], j[good]
    for column in _TELLING:
        if len(i) and column in a.columns and column in b.columns:
            agree = ~_contradicts(a[column].iloc[i], b[column].iloc[j])
            i, j = i[agree], j[agree]
    out = np.zeros(len(a), bool)
    out[i] = True
    return out


def _contradicts(one: pd.Series, other: pd.Series) -> np.ndarray:
    both = one.notna().to_numpy() & other.notna().to_numpy()
    left, right = (s.astype("str").fillna("").to_numpy(dtype=object) for s in (one, other))
    answer: np.ndarray = both & (left != right)
    return answer


def _set_copies_aside(ranked: list[Part]) -> None:
    """Set aside features that a richer file of the same layer brought already, with the same id and the same shape."""
    seen: set[tuple[str, bytes, str]] = set()
    for part in ranked:
        frame = part.frame
        if frame is None or len(ranked) == 1 or "id" not in frame.columns:
            continue
        kind = frame["kind"].astype("str").fillna("") if "kind" in frame.columns else [""] * len(frame)
        keys = list(zip(frame["id"].astype("str"), frame.geometry.normalize().to_wkb(), kind, strict=True))
        again = np.array([key in seen for key in keys], bool) & frame["id"].notna().to_numpy(bool)
        seen.update(keys)
        if again.any():
            part.set_aside(again, "the same feature is in another file")
            part.notes.append(note("IM607", int(again.sum())))
