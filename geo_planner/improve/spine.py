"""Trunk roads and mains of new land: one tree of streets, and every main beside it as in the street it sets out from.

The tree runs along the edges of the squares until each touches it. It sets out from the end of the street in use
beside which most kinds of main lie; what those mains are like (diameter, cover, material, capacity) the new ones are.

Cannot see: levels (left to the design, so unknown), whether the mains upstream are wide enough (NW501 judges that).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..plan import Plan
from ..plan.layers import UTILITIES

Array = np.ndarray[Any, Any]
Spot = tuple[int, int]

BESIDE = 30.0
"""How far a main may lie from the end of its street [m]; project default, as the reach of UG201."""
WIDTH = 24.0
"""Width of a new street where the one it sets out from tells none [m]; project default."""
SPACING = 3.0
"""Between two mains of a new street where the old one tells no place for them [m]; project default."""
NEAR = 30.0
"""Streets this near are joined without a corner [m]; project default."""
COPIED = ("diameter_mm", "material", "pressure", "voltage_kv", "burial", "cover", "capacity")


@dataclass(frozen=True, eq=False)
class Start:
    """Where the new streets set out: the place, the street, and by kind the place and the row of the main there."""

    place: Array
    street: pd.Series | None
    mains: Mapping[str, tuple[Array, pd.Series]]

    @property
    def width(self) -> float:
        """Red-line width of the new streets [m]."""
        told = float("nan") if self.street is None else float(self.street["width"])
        return told if told > 0 else WIDTH


@dataclass(frozen=True, eq=False)
class Spine:
    """The tree: `streets` are its lines from the start outwards, `mains` the lines of each kind beside them."""

    start: Start
    streets: Array
    mains: Mapping[str, Array]

    @property
    def strip(self) -> shapely.Geometry:
        """The land that the streets take up."""
        width = self.start.width / 2
        return shapely.union_all(shapely.buffer(self.streets, width, cap_style="square", join_style="mitre"))

    def lengths(self) -> dict[str, float]:
        """Metres of new street and of each kind of main; NaN for streets where the plan has none to set out from."""
        streets = float(shapely.length(self.streets).sum()) if self.start.street is not None else float("nan")
        mains = {kind: round(float(shapely.length(lines).sum()), 0) for kind, lines in self.mains.items()}
        return {"road": round(streets, 0), **mains}


def spine_of(plan: Plan, squares: Array, spots: Sequence[Spot], side: float) -> Spine | None:
    """The streets and mains that reach every square; None where the plan draws neither streets nor mains in use.

    `spots` are column and row of each square, `side` is its side [m].
    """
    corner = shapely.get_coordinates(squares[0]).min(axis=0) - np.array(spots[0]) * side
    start = _start(plan, shapely.union_all(squares))
    if start is None:
        return None
    corners = {(c + a, r + b) for c, r in spots for a in (0, 1) for b in (0, 1)}
    root = min(corners, key=lambda v: (round(float(np.hypot(*(corner + np.array(v) * side - start.place))), 3), v))
    spot = {v: corner + np.array(v) * side for v in corners}
    if np.hypot(*(spot[root] - start.place)) <= NEAR:
        spot[root] = start.place
    steps = [(spot[a], spot[b]) for a, b in _tree(root, spots)]
    streets = _chains([*_legs(plan, start.place, spot[root]), *steps])
    return Spine(start, streets, {kind: _beside(kind, start, streets) for kind in start.mains})


def _in_use(plan: Plan, layer: str) -> pd.DataFrame | None:
    """Rows that are lines and in service on the as-of day."""
    if layer not in plan or not len(plan[layer]):
        return None
    frame, day = plan[layer].explode(ignore_index=True), np.datetime64(plan.as_of or "2199-12-31", "D")
    finish = frame["finish"].to_numpy(dtype="datetime64[D]")
    lines = shapely.get_type_id(frame.geometry.to_numpy()) == shapely.GeometryType.LINESTRING
    there = lines & (np.isnat(finish) | (finish <= day))
    if "removed" in frame:
        there &= frame["removed"].isna().to_numpy()
    return frame[there] if there.any() else None


def _start(plan: Plan, land: shapely.Geometry) -> Start | None:
    """The end of a street (or, without streets, the spot on a main) near most kinds, the nearest to the land."""
    streets, pipes = _in_use(plan, "roads"), _in_use(plan, "pipes")
    if streets is None and pipes is None:
        return None
    frame = streets if streets is not None else pipes
    assert frame is not None
    shapes = frame.geometry.to_numpy()
    if streets is not None:
        places, row = np.vstack([_tip(shapes, 0), _tip(shapes, -1)]), np.tile(np.arange(len(shapes)), 2)
    else:
        places, row = _tip(shapely.shortest_line(shapes, land), 0), np.arange(len(shapes))
    near = np.argsort(np.round(shapely.distance(shapely.points(places), land), 3), kind="stable")[:40]
    best = max(near, key=lambda k: (len(_mains(pipes, places[k])), -int(np.flatnonzero(near == k)[0])))
    street = frame.iloc[row[best]] if streets is not None else None
    return Start(places[best], street, _mains(pipes, places[best]))


def _tip(lines: Array, which: int) -> Array:
    return np.asarray(shapely.get_coordinates(shapely.get_point(lines, which)))


def _mains(pipes: pd.DataFrame | None, place: Array) -> dict[str, tuple[Array, pd.Series]]:
    """The nearest main of each kind to a place: where new ones join it (its end, if that is near), and its row."""
    found: dict[str, tuple[Array, pd.Series]] = {}
    if pipes is None:
        return found
    point = shapely.Point(place)
    near = pipes.iloc[np.sort(pipes.sindex.query(point.buffer(BESIDE)))]
    for kind in (k for k in UTILITIES if (near["kind"] == k).any()):
        rows = near[near["kind"] == kind]
        lines = rows.geometry.to_numpy()
        ends = np.vstack([_tip(lines, 0), _tip(lines, -1)])
        away = np.hypot(*(ends - place).T)
        k = int(np.argmin(away))
        if away[k] <= BESIDE:
            found[kind] = ends[k], rows.iloc[k % len(rows)]
        else:
            k = int(np.argmin(shapely.distance(lines, point)))
            found[kind] = shapely.get_coordinates(shapely.shortest_line(lines[k], point))[0], rows.iloc[k]
    return found


def _legs(plan: Plan, a: Array, b: Array) -> list[tuple[Array, Array]]:
    """The way from the start to the tree: none, straight, or by a corner; short sides would lay mains on each other."""
    if np.abs(a - b).max() == 0.0:
        return []
    bend = _bend(plan, a, b) if np.abs(a - b).min() > NEAR else b
    return [leg for leg in ((a, bend), (bend, b)) if np.abs(leg[0] - leg[1]).max() > 0.0]


def _bend(plan: Plan, a: Array, b: Array) -> Array:
    """The corner of the way from a to b along the axes that crosses less of the parcels there are."""
    land = plan["parcels"].geometry
    ways: list[tuple[float, int, Array]] = []
    for bend in (np.array([a[0], b[1]]), np.array([b[0], a[1]])):
        way = shapely.linestrings([a, bend, b])
        crossed = land.iloc[land.sindex.query(way, predicate="intersects")].to_numpy()
        ways.append((round(float(shapely.length(shapely.intersection(crossed, way)).sum()), 3), len(ways), bend))
    return np.asarray(min(ways, key=lambda w: w[:2])[2])


def _tree(root: Spot, spots: Sequence[Spot]) -> list[tuple[Spot, Spot]]:
    """Edges of squares, from the root outwards, until each square touches one of their ends."""
    squares = set(spots)
    inside, missing, edges = {root}, set(spots) - set(_around(root)), list[tuple[Spot, Spot]]()
    while missing:
        path = _way(inside, missing, squares)
        edges += list(pairwise(path))
        inside.update(path)
        for spot in path:
            missing -= set(_around(spot))
    return edges


def _around(corner: Spot) -> tuple[Spot, ...]:
    """The four squares that meet in a corner."""
    c, r = corner
    return ((c - 1, r - 1), (c - 1, r), (c, r - 1), (c, r))


def _way(inside: set[Spot], missing: set[Spot], squares: set[Spot]) -> list[Spot]:
    """The shortest way from the tree to a corner of a square it misses; among equal ones to that of most squares."""
    before: dict[Spot, Spot | None] = dict.fromkeys(sorted(inside))
    queue, depth = deque((spot, 0) for spot in sorted(inside)), -1
    ends: list[tuple[int, Spot]] = []
    while queue:
        spot, far = queue.popleft()
        if 0 <= depth < far:
            break
        gain = len(missing & set(_around(spot)))
        if gain:
            depth, ends = far, [*ends, (-gain, spot)]
            continue
        for step in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            other = spot[0] + step[0], spot[1] + step[1]
            if other not in before and set(_around(spot)) & set(_around(other)) & squares:
                before[other] = spot
                queue.append((other, far + 1))
    path: list[Spot] = []
    last: Spot | None = min(ends)[1]
    while last is not None:
        path.append(last)
        last = before[last]
    return path[::-1]


def _chains(steps: Sequence[tuple[Array, Array]]) -> Array:
    """Steps as lines from the start outwards, joined where nothing branches off."""
    lines = shapely.linestrings([np.round([a, b], 3) for a, b in steps])
    merged = shapely.line_merge(shapely.multilinestrings(lines), directed=True)
    return np.array(shapely.get_parts(merged), dtype=object)


def _beside(kind: str, start: Start, streets: Array) -> Array:
    """The lines of one kind: those of the streets moved aside, in both axes, by its place beside the old street."""
    join, _ = start.mains[kind]
    by = _aside(kind, start)
    lines = shapely.transform(streets, lambda xy: np.round(xy + by, 3))
    out = []
    for line, street in zip(lines, streets, strict=True):
        xy = shapely.get_coordinates(line)
        if np.hypot(*(shapely.get_coordinates(street)[0] - np.round(start.place, 3))) < 0.01:
            xy[0] = join
        out.append(shapely.linestrings(xy[::-1] if kind in {"sewer", "storm"} else xy))
    return np.array(out, dtype=object)


def _aside(kind: str, start: Start) -> Array:
    """How far the mains of a kind lie from the middle of the new streets, the same in both axes."""
    own = {k: _offset(start, k) for k in start.mains}
    ranked = sorted(own, key=lambda k: (own[k], UTILITIES.index(k)))
    gaps = np.diff([own[k] for k in ranked])
    close = len(gaps) > 0 and gaps.min() < 1.0
    s = SPACING * (ranked.index(kind) - (len(ranked) - 1) / 2) if close else own[kind]
    return np.array([-s, s])


def _offset(start: Start, kind: str) -> float:
    """How far a main lies to the left of its street where it meets the start [m]."""
    if start.street is None:
        return 0.0
    a, b = (shapely.get_coordinates(start.street.geometry)[n] for n in (0, -1))
    d = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
    d = d if (abs(d[0]) >= abs(d[1]) and d[0] > 0) or (abs(d[1]) > abs(d[0]) and d[1] > 0) else -d
    x, y = start.mains[kind][0] - start.place
    return float(d[0] * y - d[1] * x)
