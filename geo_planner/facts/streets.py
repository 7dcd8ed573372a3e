"""Street blocks, road density, and roads on which land hangs by a thread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse.csgraph import breadth_first_order, connected_components

from ..algorithms.networks.walking import Network
from ..plan import Plan
from .nearby import standing
from .population import park_shapes
from .registry import fact

Array = np.ndarray[Any, Any]


def _lines(plan: Plan) -> Array:
    shapes = plan["roads"].geometry.to_numpy()
    return np.asarray(shapes[(shapely.get_dimensions(shapes) == 1) & standing(plan, "roads")])


@fact(needs={"roads": ("geometry",), "stands": ("roads",)}, of=(park_shapes,))
def density(plan: Plan) -> pd.DataFrame:
    """Road length and density of each park: `park`, `length` [m], `area` [m²], `density` [km/km²]; in order of name."""
    shapes = park_shapes(plan)
    names = sorted(shapes)
    tree = shapely.STRtree(_lines(plan))
    length = []
    for name in names:
        near, inside = (tree.query(shapes[name], predicate=word) for word in ("intersects", "contains_properly"))
        cut = tree.geometries[np.setdiff1d(near, inside, assume_unique=True)]
        whole = shapely.length(tree.geometries[inside]).sum()
        length.append(float(whole + shapely.length(shapely.intersection(cut, shapes[name])).sum()))
    area = np.array([shapes[n].area for n in names])
    return pd.DataFrame(
        {"park": names, "length": length, "area": area, "density": np.array(length) / np.maximum(area, 1e-9) * 1e3}
    )


@fact(needs={"roads": ("geometry",), "stands": ("roads",)})
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


def hanging(net: Network, node: Array, weight: Array, least: float) -> list[tuple[int, float, Array]]:
    """Pieces of road whose loss cuts more than `least` of the weight off, sorted by piece.

    `node` are the junctions at which the weights have their doors, -1 where there is none. Returns the piece, the
    weight cut off and the indices of the weights cut off; the side with less weight is the one
    cut off. A piece is a thread when no other way leads out of the subtree below it: every way round is given a random
    number (of a fixed seed), and the numbers of ways that stay inside a subtree cancel out.
    """
    graph, n = net.graph, len(net.nodes)
    _, part = connected_components(graph, directed=False)
    load = np.bincount(node[node >= 0], weights=weight[node >= 0], minlength=n)
    total = np.bincount(part, weights=load)
    found: list[tuple[int, float, Array]] = []
    for k in np.flatnonzero(total > least):
        found += _threads(net, int(np.flatnonzero(part == k)[0]), (node, load), least)
    return sorted(found, key=lambda row: row[0])


def _threads(net: Network, root: int, doors_: tuple[Array, Array], least: float) -> list[tuple[int, float, Array]]:
    node, load = doors_
    order, parent = breadth_first_order(net.graph, root, directed=False)
    mass, size, code, entry = _subtrees(net, order, parent, load)
    total = mass[root]
    below = order[1:][(code[order[1:]] == 0)]
    lost = np.minimum(mass[below], total - mass[below])
    below, lost = below[lost > least], lost[lost > least]
    pieces = {(min(e), max(e)): k for k, e in enumerate(net.ends.tolist())} if len(below) else {}
    out = []
    for down, share in zip(below.tolist(), lost.tolist(), strict=True):
        up = int(parent[down])
        inside = (node >= 0) & (entry[node] >= entry[down]) & (entry[node] < entry[down] + size[down])
        reached = (node >= 0) & (entry[node] >= 0)
        cut = np.flatnonzero(inside if mass[down] <= total / 2 else reached & ~inside)
        out.append((pieces[min(up, down), max(up, down)], float(share), cut))
    return out


def _subtrees(net: Network, order: Array, parent: Array, load: Array) -> tuple[Array, Array, Array, Array]:
    """Weight, size, mark of the ways round and place in a walk, of the subtree under each junction; level by level."""
    n = len(net.nodes)
    depth, entry = np.full(n, -1), np.full(n, -1)
    depth[order[0]] = 0
    for at in order[1:].tolist():
        depth[at] = depth[parent[at]] + 1
    a, b = net.ends[:, 0], net.ends[:, 1]
    tree = (parent[a] == b) | (parent[b] == a)
    first = np.unique(np.sort(net.ends, axis=1), axis=0, return_index=True)[1]
    double = np.ones(len(a), dtype=bool)
    double[first] = False
    marks = np.random.default_rng(2011).integers(1, 2**62, len(a))
    code, mass, size = np.zeros(n, dtype=np.int64), load.copy(), np.ones(n, dtype=np.int64)
    round_ = ~tree | double
    np.bitwise_xor.at(code, a[round_], marks[round_])
    np.bitwise_xor.at(code, b[round_], marks[round_])
    levels = np.split(order, np.flatnonzero(np.diff(depth[order])) + 1)
    for level in reversed(levels[1:]):
        np.bitwise_xor.at(code, parent[level], code[level])
        np.add.at(mass, parent[level], mass[level])
        np.add.at(size, parent[level], size[level])
    entry[order[0]] = 0
    for level in levels[1:]:
        row = level[np.argsort(parent[level], kind="stable")]
        up = parent[row]
        before = np.cumsum(size[row]) - size[row]
        entry[row] = entry[up] + 1 + before - before[np.searchsorted(up, up)]
    return mass, size, code, entry
