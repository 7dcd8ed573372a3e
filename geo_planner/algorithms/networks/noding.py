"""Pipes as a noded graph, on arrays: ends snapped, T-junctions split, loose ends kept in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Array = np.ndarray[Any, Any]

NEVER = 2**31 - 1
"""A day number later than any date: not built, not served, never removed."""


ALWAYS = -(2**31) + 1
"""A day number earlier than any date."""


@dataclass(frozen=True)
class Snap:
    """How pipes and sources are joined, in metres.

    Parameters
    ----------
    tolerance
        Ends closer than this to a pipe or to each other are one joint.
    crossings
        Whether pipes of a kind that cross without a common vertex are joined; off, for a crossing is not a joint.
    source_reach
        How far a source may stand from the pipe it feeds, where none comes within the tolerance.
    """

    tolerance: float = 0.5
    crossings: bool = False
    source_reach: float = 30.0


@dataclass(frozen=True, eq=False)
class Network:
    """The graph of one utility; pipes are in order of id, so that row order in the file never matters.

    Per pipe: `rows` (position in the layer), `ids`, `lines`, `begun`, `done`, `gone` (day numbers; `NEVER` where not
    known or not to come). Per edge, sorted by pipe: `pipe`, `u`, `v` (nodes), `at_u`, `at_v` (metres along the pipe).
    Per node: `xy`. Per joint of a source: `source` (position in the layer), `source_node`, `opened`, `closed`.
    """

    kind: str
    rows: Array
    ids: Array
    lines: Array
    begun: Array
    done: Array
    gone: Array
    pipe: Array
    u: Array
    v: Array
    at_u: Array
    at_v: Array
    xy: Array
    source: Array
    source_ids: Array
    source_node: Array
    opened: Array
    closed: Array
    sources: Array
    """Positions of all sources of the kind, joined or not."""

    @property
    def length(self) -> Array:
        """Length of each edge."""
        return np.asarray(np.abs(self.at_v - self.at_u))


def day_numbers(column: pd.Series, missing: int = NEVER) -> Array:
    """Dates as days since 1970-01-01; `missing` where there is none."""
    when = column.to_numpy(dtype="datetime64[D]")
    days: Array = np.where(np.isnat(when), missing, when.astype(np.int64))
    return days


def dates(days: Array) -> Array:
    """Day numbers as dates; NaT for `NEVER` and `ALWAYS`."""
    days = np.asarray(days, dtype=np.int64)
    known = (days < NEVER) & (days > ALWAYS)
    out = np.where(known, days, 0).astype("datetime64[D]").astype("datetime64[ms]")
    out[~known] = np.datetime64("NaT")
    return np.asarray(out)


def noded(kind: str, chosen: gpd.GeoDataFrame, feeding: gpd.GeoDataFrame, snap: Snap) -> Network:
    """The graph of pipes and their sources, of which only ids and shapes are looked at: no day is known in it yet."""
    lines = chosen.geometry.to_numpy()
    parts, owner = shapely.get_parts(lines, return_index=True)
    fed, source_part, source_at = _source_joints(feeding.geometry.to_numpy(), parts, snap)
    part, at = _stations(parts, (source_part, source_at), snap)
    points = shapely.line_interpolate_point(parts[part], at)
    xy, node = _clusters(shapely.get_coordinates(points), snap.tolerance)
    same = part[1:] == part[:-1]
    first = np.flatnonzero(same)
    whole = np.flatnonzero((node[first] != node[first + 1]) | _only(part[first]))
    first = first[whole]
    source_node = node[_find(part, at, source_part, source_at)] if len(fed) else fed
    # Where several pipes meet at a source, they meet at one joint.
    joint = np.unique(np.column_stack([fed, source_node]), axis=0)
    fed, source_node = joint[:, 0], joint[:, 1]
    return Network(
        kind=kind,
        rows=chosen.index.to_numpy(),
        ids=chosen["id"].to_numpy(dtype=object),
        lines=lines,
        begun=np.full(len(lines), NEVER),
        done=np.full(len(lines), NEVER),
        gone=np.full(len(lines), NEVER),
        pipe=owner[part[first]],
        u=node[first],
        v=node[first + 1],
        at_u=at[first],
        at_v=at[first + 1],
        xy=xy,
        source=feeding.index.to_numpy()[fed],
        source_ids=feeding["id"].to_numpy(dtype=object)[fed],
        source_node=source_node,
        opened=np.full(len(fed), NEVER),
        closed=np.full(len(fed), NEVER),
        sources=feeding.index.to_numpy(),
    )


def dated(net: Network, pipes: Mapping[str, pd.Series], sources: Mapping[str, pd.Series]) -> Network:
    """The graph with the days of its pipes and sources, from the columns of their layers."""
    begun, done, gone = (day_numbers(pipes[name].iloc[net.rows]) for name in ("start", "finish", "removed"))
    opened, closed = (day_numbers(sources[name].iloc[net.source]) for name in ("finish", "removed"))
    return replace(net, begun=begun, done=done, gone=gone, opened=opened, closed=closed)


def _only(part: Array) -> Array:
    """Return where a part has a single edge, which is kept even if both its ends are one node."""
    return np.asarray(np.bincount(part, minlength=1)[part] == 1) if len(part) else np.zeros(0, bool)


def _find(part: Array, at: Array, wanted_part: Array, wanted_at: Array) -> Array:
    """Return the station of each wanted position: the nearest on its part."""
    key = part * 1e7 + at
    k = np.searchsorted(key, wanted_part * 1e7 + wanted_at - 1e-9)
    low, high = np.clip(k - 1, 0, len(key) - 1), np.clip(k, 0, len(key) - 1)
    wanted = wanted_part * 1e7 + wanted_at
    return np.where(np.abs(key[low] - wanted) < np.abs(key[high] - wanted), low, high)


def _source_joints(shapes: Array, parts: Array, snap: Snap) -> tuple[Array, Array, Array]:
    """Return source, part and position along it for each joint: all parts within tolerance, else the nearest."""
    none = np.empty(0, dtype=np.int64)
    if not len(shapes) or not len(parts):
        return none, none, np.empty(0)
    tree = shapely.STRtree(parts)
    i, j = tree.query(shapes, predicate="dwithin", distance=snap.tolerance)
    lone = np.setdiff1d(np.arange(len(shapes)), i)
    if len(lone):
        near, part = tree.query_nearest(shapes[lone], max_distance=snap.source_reach, all_matches=False)
        i, j = np.concatenate([i, lone[near]]), np.concatenate([j, part])
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    touch = shapely.get_point(shapely.shortest_line(shapes[i], parts[j]), -1)
    return i, j, _clip(shapely.line_locate_point(parts[j], touch), shapely.length(parts[j]), snap.tolerance)


def _clip(at: Array, length: Array, tolerance: float) -> Array:
    """Return positions, those within the tolerance of an end moved to the nearer end."""
    near_end = np.minimum(at, length - at) <= tolerance
    return np.where(near_end, np.where(at <= length - at, 0.0, length), at)


def _stations(parts: Array, more: tuple[Array, Array], snap: Snap) -> tuple[Array, Array]:
    """Return part and position of every node of every part, sorted along each part."""
    n = len(parts)
    length = shapely.length(parts)
    found = [(np.arange(n), np.zeros(n)), (np.arange(n), length), more, _touches(parts, length, snap.tolerance)]
    found.append(_shared_vertices(parts))
    if snap.crossings:
        found.append(_crossings(parts))
    part = np.concatenate([p for p, _ in found]).astype(np.int64)
    at = _clip(np.concatenate([a for _, a in found]), length[part], snap.tolerance)
    order = np.lexsort((at, part))
    part, at = part[order], at[order]
    again = np.zeros(len(part), bool)
    again[1:] = (part[1:] == part[:-1]) & (at[1:] - at[:-1] < 1e-6)
    # Both ends of a part stay, even where it is shorter than a micron.
    again[:-1] &= part[1:] == part[:-1]
    again[-1:] = False
    return part[~again], at[~again]


def _touches(parts: Array, length: Array, tolerance: float) -> tuple[Array, Array]:
    """Return the places where an end of one part meets the inside of another."""
    if not len(parts):
        return np.empty(0, np.int64), np.empty(0)
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    owner = np.tile(np.arange(len(parts)), 2)
    i, j = shapely.STRtree(parts).query(ends, predicate="dwithin", distance=tolerance)
    i, j = i[owner[i] != j], j[owner[i] != j]
    at = shapely.line_locate_point(parts[j], ends[i])
    inside = (at > tolerance) & (at < length[j] - tolerance)
    return j[inside], at[inside]


def _shared_vertices(parts: Array) -> tuple[Array, Array]:
    """Return inner vertices that two parts have in common, to a millimetre."""
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    if not len(xy):
        return np.empty(0, np.int64), np.empty(0)
    inner = np.flatnonzero(np.r_[False, owner[1:] == owner[:-1]] & np.r_[owner[1:] == owner[:-1], False])
    key = np.round(xy[inner], 3) @ np.array([1, 1j])
    order = np.lexsort((owner[inner], key))
    key, inner = key[order], inner[order]
    twin = (key[1:] == key[:-1]) & (owner[inner][1:] != owner[inner][:-1])
    both = np.unique(np.concatenate([inner[:-1][twin], inner[1:][twin]]))
    return owner[both], shapely.line_locate_point(parts[owner[both]], shapely.points(xy[both]))


def _crossings(parts: Array) -> tuple[Array, Array]:
    i, j = shapely.STRtree(parts).query(parts, predicate="crosses")
    spot, pair = shapely.get_parts(shapely.intersection(parts[i], parts[j]), return_index=True)
    point = shapely.get_type_id(spot) == 0
    spot, pair = spot[point], pair[point]
    return i[pair], shapely.line_locate_point(parts[i[pair]], spot)


def _clusters(xy: Array, tolerance: float) -> tuple[Array, Array]:
    """Return one place for all points that lie within the tolerance of one another, and the place of each point."""
    spot, back = np.unique(xy @ np.array([1, 1j]), return_inverse=True)
    places = np.column_stack([spot.real, spot.imag])
    n = len(places)
    if n == 0:
        return places, back
    pairs = cKDTree(places).query_pairs(tolerance, output_type="ndarray")
    links = coo_matrix((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    count, label = connected_components(links, directed=False)
    first = np.full(count, n)
    np.minimum.at(first, label, np.arange(n))
    return places[first], label[back.ravel()]
