"""Where a network falls apart: ends that nearly meet a pipe, and parts that no source feeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .noding import Network

Array = np.ndarray[Any, Any]


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


def near_misses(net: Network, gap: float) -> pd.DataFrame:
    """Ends of pipes that no other pipe joins, though one passes within `gap` metres.

    Columns: `pipe`, `other` (positions in the network), `distance`, `geometry` (the missing link). Ends at a source are
    no loose ends. One row per end: the nearest pipe, ties by id.
    """
    degree = np.bincount(np.concatenate([net.u, net.v]), minlength=len(net.xy))
    degree[net.source_node] += 1
    at = np.concatenate([net.u, net.v])
    owner = np.tile(net.pipe, 2)
    loose = degree[at] == 1
    at, owner = at[loose], owner[loose]
    spot = shapely.points(net.xy[at])
    i, j = shapely.STRtree(net.lines).query(spot, predicate="dwithin", distance=gap)
    strange = owner[i] != j
    i, j = i[strange], j[strange]
    distance = shapely.distance(spot[i], net.lines[j])
    order = np.lexsort((j, distance, i))
    first = order[np.r_[True, np.diff(i[order]) > 0]] if len(order) else order
    i, j, distance = i[first], j[first], distance[first]
    link = shapely.shortest_line(spot[i], net.lines[j])
    return pd.DataFrame({"pipe": owner[i], "other": j, "distance": distance, "geometry": link})


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
