"""Street blocks, road density, and roads on which land hangs by a thread."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import shapely

from ...plan import Plan
from ..access import Network, doors
from ..memory import per_plan
from .people import park_shapes, standing

Array = np.ndarray[Any, Any]


def _lines(plan: Plan) -> Array:
    shapes = plan["roads"].geometry.to_numpy()
    return np.asarray(shapes[(shapely.get_dimensions(shapes) == 1) & standing(plan, "roads")])


@per_plan
def density(plan: Plan) -> pd.DataFrame:
    """Road length and density of each park: `park`, `length` [m], `area` [m²], `density` [km/km²]; in order of name."""
    shapes = park_shapes(plan)
    names = sorted(shapes)
    tree = shapely.STRtree(_lines(plan))
    length = []
    for name in names:
        near = tree.geometries[tree.query(shapes[name], predicate="intersects")]
        length.append(float(shapely.length(shapely.intersection(near, shapes[name])).sum()))
    area = np.array([shapes[n].area for n in names])
    return pd.DataFrame(
        {"park": names, "length": length, "area": area, "density": np.array(length) / np.maximum(area, 1e-9) * 1e3}
    )


@per_plan
def blocks(plan: Plan) -> Array:
    """Faces between the roads, sorted by their lowest left corner; land that no road encloses is no block."""
    lines = _lines(plan)
    if not len(lines):
        return np.empty(0, dtype=object)
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    bounds = shapely.bounds(faces)
    return np.asarray(faces[np.lexsort((bounds[:, 1], bounds[:, 0]))])


def sides(faces: Array) -> tuple[Array, Array]:
    """The longer and the shorter side [m] of the smallest rectangle around each face."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(faces)).reshape(-1, 5, 2)
    first = np.hypot(*(corners[:, 1] - corners[:, 0]).T)
    second = np.hypot(*(corners[:, 2] - corners[:, 1]).T)
    return np.maximum(first, second), np.minimum(first, second)


def hanging(net: Network, points: Array, weight: Array) -> tuple[Array, Array, list[Array]]:
    """Pieces of road whose loss cuts doors off from the greater part of their network.

    Returns the piece, the weight cut off, and the indices of the points cut off, sorted by piece. The side with less
    weight is the one cut off.
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(net.ends.tolist())
    node, _ = doors(net, points)
    pieces = {frozenset(e): k for k, e in enumerate(net.ends.tolist())}
    found = []
    for part in nx.connected_components(graph):
        found += _threads(graph.subgraph(part), node, weight, pieces)
    found.sort(key=lambda row: row[0])
    return np.array([f[0] for f in found], dtype=np.int64), np.array([f[1] for f in found]), [f[2] for f in found]


def _threads(
    part: nx.Graph[int], node: Array, weight: Array, pieces: dict[frozenset[int], int]
) -> list[tuple[int, float, Array]]:
    """Walk one connected part depth first: what lies behind a thread is one stretch of that walk."""
    edges = list(nx.dfs_edges(part, min(part)))
    entry = {min(part): 0} | {down: k + 1 for k, (_, down) in enumerate(edges)}
    size = np.ones(len(entry), dtype=np.int64)
    for up, down in reversed(edges):
        size[entry[up]] += size[entry[down]]
    at = np.array([entry.get(n, -1) for n in node.tolist()])
    here = np.flatnonzero(at >= 0)
    here = here[np.argsort(at[here], kind="stable")]
    steps, mass = at[here], np.concatenate([[0.0], np.cumsum(weight[here])])
    threads = {frozenset(e) for e in nx.bridges(part)}
    out = []
    for up, down in edges:
        if frozenset((up, down)) not in threads:
            continue
        first, last = np.searchsorted(steps, [entry[down], entry[down] + size[entry[down]]])
        lost = float(mass[last] - mass[first])
        inside = lost <= mass[-1] / 2
        cut = here[first:last] if inside else np.concatenate([here[:first], here[last:]])
        if len(cut):
            out.append((pieces[frozenset((up, down))], lost if inside else float(mass[-1]) - lost, np.sort(cut)))
    return out
