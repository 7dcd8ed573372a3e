"""Line ends that nearly meet, and ends that stop short of a line they should join."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from .coverage import TooManyPairs, most_pairs

Array = np.ndarray[Any, Any]


def ends(shapes: Array) -> tuple[Array, Array]:
    """Return the end points of all parts of all lines, and the row each belongs to."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    points = np.concatenate([shapely.get_coordinates(shapely.get_point(parts, k)) for k in (0, -1)])
    return points, np.concatenate([row, row])


def near_ends(shapes: Array, group: Array, node: float, snap: float) -> list[tuple[int, int, str]]:
    """Return pairs of lines of one group whose ends lie within `snap` but farther apart than `node`, with the place."""
    points, row = ends(shapes)
    tree = cKDTree(points)
    most = most_pairs(len(points))
    if tree.count_neighbors(tree, snap) > most:
        msg = f"over {most:,} pairs of line ends lie within {snap} m"
        raise TooManyPairs(msg)
    pairs = tree.query_pairs(snap, output_type="ndarray")
    apart = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    one, two = row[pairs[:, 0]], row[pairs[:, 1]]
    hit = (apart > node) & (one != two) & (group[one] == group[two])
    found = {
        (int(min(a, b)), int(max(a, b)), _place(points[k]))
        for a, b, k in zip(one[hit], two[hit], pairs[hit, 0], strict=True)
    }
    return sorted(found)


def loose_ends(shapes: Array, group: Array, node: float, snap: float) -> list[tuple[int, int, str]]:
    """Return line ends that stop within `snap` of the inside of another line of the group without touching it."""
    points, row = ends(shapes)
    places = shapely.points(points)
    end, line = shapely.STRtree(shapes).query(places, predicate="dwithin", distance=snap)
    other = (row[end] != line) & (group[row[end]] == group[line])
    end, line = end[other], line[other]
    distance = shapely.distance(places[end], shapes[line])
    joined = np.zeros(len(points), bool)
    joined[end[distance <= node]] = True  # an end that meets any line is no loose end
    every, near = ends(shapes)
    close = cKDTree(every).query_ball_point(points, snap)
    at_end = np.array([any(near[k] != row[e] for k in c) for e, c in enumerate(close)], bool)
    hit = (distance > node) & ~joined[end] & ~at_end[end]
    return sorted({(int(row[e]), int(n), _place(points[e])) for e, n in zip(end[hit], line[hit], strict=True)})


def _place(point: Array) -> str:
    return f"@ {point[0]:.2f} {point[1]:.2f}"


def with_inverts(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Return pipes with invert levels from the heights of their first and last vertex, and how many have heights.

    Where a field gives invert levels, the heights are not used.
    """
    z = frame.has_z.to_numpy()
    if not z.any() or {"z_start", "z_end"} & set(frame.columns):
        return frame, 0
    lines = np.asarray(frame.geometry.line_merge().array, dtype=object)
    whole = z & (shapely.get_type_id(lines) == 1)
    levels = [np.where(whole, shapely.get_z(shapely.get_point(lines, at)), np.nan) for at in (0, -1)]
    return frame.assign(z_start=levels[0], z_end=levels[1]), int(z.sum())
