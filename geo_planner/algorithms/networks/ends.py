"""Where a network falls apart: ends that nearly meet a pipe or stop short of one, and parts that no source feeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .noding import Network

Array = np.ndarray[Any, Any]

HEADING = 10.0
"""The last metres of a pipe that tell which way its end points: a bend in the last metre is drawing, not direction."""


def parts(net: Network) -> tuple[Array, Array]:
    """The connected part each pipe belongs to, and for each part whether a source is joined to it."""
    n = len(net.xy)
    links = coo_matrix((np.ones(len(net.u), np.int8), (net.u, net.v)), shape=(n, n))
    count, label = connected_components(links, directed=False)
    fed = np.zeros(count, bool)
    fed[label[net.source_node]] = True
    part = np.zeros(len(net.ids), dtype=np.int64)
    part[net.pipe] = label[net.u]
    return part, fed


def loose_ends(net: Network) -> tuple[Array, Array, Array]:
    """Ends of pipes that nothing joins: the pipe, the place, and the way the pipe runs there (a unit vector).

    Ends at a source are no loose ends. The way is that of the last `HEADING` metres.
    """
    degree = np.bincount(np.concatenate([net.u, net.v]), minlength=len(net.xy))
    degree[net.source_node] += 1
    node, owner = np.concatenate([net.u, net.v]), np.tile(net.pipe, 2)
    at = np.concatenate([net.at_u, net.at_v])
    loose = degree[node] == 1
    node, owner, at = node[loose], owner[loose], at[loose]
    line = net.lines[owner]
    whole = shapely.length(line)
    back = np.where(at > whole / 2, np.maximum(at - HEADING, 0.0), np.minimum(at + HEADING, whole))
    way = net.xy[node] - shapely.get_coordinates(shapely.line_interpolate_point(line, back))
    size = np.hypot(way[:, 0], way[:, 1])
    return owner, shapely.points(net.xy[node]), way / np.where(size > 0, size, 1.0)[:, None]


def near_misses(net: Network, gap: float) -> pd.DataFrame:
    """Ends of pipes that no other pipe joins, though one passes within `gap` metres.

    Columns: `pipe`, `other` (positions in the network), `distance`, `geometry` (the missing link). One row per end: the
    nearest pipe, ties by id.
    """
    owner, spot, _ = loose_ends(net)
    i, j = shapely.STRtree(net.lines).query(spot, predicate="dwithin", distance=gap)
    return _links(net, (owner, spot), (i, j, shapely.distance(spot[i], net.lines[j])))


def short_ends(net: Network, gap: float, ahead: float) -> pd.DataFrame:
    """Ends that point at a pipe of the network between `gap` and `ahead` metres further on; columns as `near_misses`.

    Straight on, a pipe is met where it crosses the way of the end, or where its own loose end lies within `gap` of it.
    """
    owner, spot, way = loose_ends(net)
    xy = shapely.get_coordinates(spot)
    ray = shapely.linestrings(np.stack([xy, xy + way * ahead], axis=1)) if len(xy) else spot
    i, j = shapely.STRtree(net.lines).query(ray, predicate="intersects")
    met = shapely.distance(spot[i], shapely.intersection(ray[i], net.lines[j]))
    m, n = shapely.STRtree(spot).query(ray, predicate="dwithin", distance=gap)
    i, j = np.concatenate([i, m]), np.concatenate([j, owner[n]])
    met = np.concatenate([met, shapely.distance(spot[m], spot[n])])
    return _links(net, (owner, spot), (i, j, met), beyond=gap)


def _links(
    net: Network, ends: tuple[Array, Array], pairs: tuple[Array, Array, Array], *, beyond: float = -1.0
) -> pd.DataFrame:
    """Return for each end the nearest pipe it meets (end, pipe, distance), none where one is met within `beyond`."""
    (owner, spot), (i, j, met) = ends, pairs
    strange = owner[i] != j
    i, j, met = i[strange], j[strange], met[strange]
    order = np.lexsort((j, met, i))
    first = order[np.r_[True, np.diff(i[order]) > 0]] if len(order) else order
    first = first[met[first] > beyond]
    i, j, met = i[first], j[first], met[first]
    link = shapely.shortest_line(spot[i], net.lines[j])
    return pd.DataFrame({"end": i, "pipe": owner[i], "other": j, "distance": met, "geometry": link})


def left_out(net: Network, courses: Array, width: Array, least: float) -> pd.DataFrame:
    """Stretches of the lines that pipes are to follow, left out by a pipe that ends there.

    `courses` are lines, `width` how far beside each of them its pipe may lie. Columns: `pipe`, `course` (position),
    `distance` (length of the stretch, at least `least`), `geometry` (the stretch).
    """
    owner, spot, _ = loose_ends(net)
    i, k = shapely.STRtree(spot).query(courses, predicate="dwithin", distance=width)
    course, end = i, k
    tree = shapely.STRtree(net.lines)
    rows = []
    for c, e in zip(course.tolist(), end.tolist(), strict=True):
        near = tree.query(courses[c], predicate="dwithin", distance=width[c])
        cover = shapely.union_all(shapely.buffer(net.lines[near], width[c] * 1.05, cap_style="flat"))
        rest = shapely.get_parts(shapely.difference(courses[c], cover))
        rest = rest[(shapely.length(rest) >= least) & shapely.dwithin(rest, spot[e], width[c] * 1.1)]
        rows += [(e, int(owner[e]), c, float(shapely.length(r)), r) for r in rest[:1]]
    return pd.DataFrame(rows, columns=["end", "pipe", "course", "distance", "geometry"])


def islands(net: Network) -> pd.DataFrame:
    """Parts of a network that no source feeds, where other parts are fed.

    Columns: `pipe` (its first by id), `pipes` (how many), `other` (the nearest pipe of a fed part), `distance` to it,
    `geometry`: the shortest link, or the crossing point where the two cross without a joint.
    """
    part, fed = parts(net)
    columns = ["pipe", "pipes", "other", "distance", "geometry"]
    cut, live = np.flatnonzero(~fed[part]), np.flatnonzero(fed[part])
    if not len(cut) or not len(live):
        return pd.DataFrame({c: [] for c in columns})
    tree = shapely.STRtree(net.lines[live])
    i, j = tree.query_nearest(net.lines[cut], all_matches=False)
    table = pd.DataFrame({"own": cut[i], "other": live[j], "part": part[cut[i]]})
    table["distance"] = shapely.distance(net.lines[table["own"]], net.lines[table["other"]])
    table = table.sort_values(["part", "distance", "own"], kind="stable")
    groups = table.groupby("part", as_index=False)
    out = groups.agg(
        pipe=("own", "min"),
        pipes=("own", "size"),
        own=("own", "first"),
        other=("other", "first"),
        distance=("distance", "first"),
    )
    own, other = net.lines[out["own"]], net.lines[out["other"]]
    meet = (out["distance"] == 0).to_numpy()
    link = np.asarray(shapely.shortest_line(own, other), dtype=object)
    link[meet] = shapely.point_on_surface(shapely.intersection(own[meet], other[meet]))
    return out.assign(geometry=link)[columns]
