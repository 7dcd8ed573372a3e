"""One utility's pipes as a noded graph: ends snapped, T-junctions split, loose ends kept in sight.

A pipe is one link between all the nodes that lie on it. Two pipes of a kind join where an end comes within the
tolerance of the other pipe, or where both have a vertex in common. Pipes that only cross are not joined unless asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from ...algorithms.networks.noding import Network, Snap, dated, dates, noded
from ...plan import Plan, conform
from ...plan.layers import LAYERS
from ..registry import fact

if TYPE_CHECKING:
    import networkx as nx

Array = np.ndarray[Any, Any]


_SNAP = Snap()
_ALSO = {"sewer": ("sewer", "combined"), "storm": ("storm", "combined")}
"""A combined sewer serves both kinds."""


@fact(needs={"pipes": ("id", "kind", "geometry"), "sources": ("id", "kind", "geometry")})
def joints(plan: Plan, kind: str, snap: Snap = _SNAP) -> Network:
    """The noded graph of one kind of pipe, with its sources joined to it, without any days: as it will lie one day."""
    frame = plan["pipes"] if "pipes" in plan else without_rows("pipes", plan.crs)
    chosen = frame[frame["kind"].isin(_ALSO.get(kind, (kind,))).to_numpy() & ~shapely.is_missing(lines_of(frame))]
    chosen = chosen.iloc[np.argsort(chosen["id"].to_numpy(dtype=object).astype(str), kind="stable")]
    feeding = plan["sources"] if "sources" in plan else without_rows("sources", plan.crs)
    feeding = feeding[(feeding["kind"] == kind).to_numpy() & _drawn(feeding)]
    return noded(kind, chosen, feeding, snap)


@fact(needs={"pipes": ("start", "finish", "removed"), "sources": ("finish", "removed")}, of=(joints,))
def network(plan: Plan, kind: str, snap: Snap = _SNAP) -> Network:
    """The noded graph of one kind of pipe, with its sources joined to it, and the days of both."""
    pipes, sources = (plan[n] if n in plan else without_rows(n, plan.crs) for n in ("pipes", "sources"))
    return dated(joints(plan, kind, snap), pipes, sources)


def without_days(plan: Plan, rows: Array | None = None) -> Plan:
    """The plan with its pipes, or some of them, without their dates: what is read of it depends on none of these."""
    pipes = plan["pipes"]
    known = [c.name for c in LAYERS["pipes"].columns if c.dtype != "date" and c.name in pipes.columns]
    bare = pipes[[*known, pipes.geometry.name]]
    return plan.with_layer("pipes", bare if rows is None else bare[rows].reset_index(drop=True))


def without_rows(layer: str, crs: str) -> gpd.GeoDataFrame:
    """Return a layer without rows."""
    return conform(layer, gpd.GeoDataFrame({"id": []}, geometry=[], crs=crs))


def _drawn(frame: gpd.GeoDataFrame) -> Array:
    shapes = frame.geometry.to_numpy()
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))


def lines_of(frame: gpd.GeoDataFrame) -> Array:
    """Return the geometry of pipes drawn as lines, None for all else: a point or an area has no ends to join."""
    shapes = frame.geometry.to_numpy()
    drawn = np.isin(shapely.get_type_id(shapes), (1, 5)) & (shapely.length(shapes) > 0)
    out: Array = np.array(shapes, dtype=object)
    out[~drawn] = None
    return out


def network_graph(plan: Plan, kind: str, snap: Snap = _SNAP) -> nx.MultiGraph[int]:
    """One utility as a networkx graph.

    Nodes are numbers with `x`, `y` and, where a source joins, `source` (its id) and `opened`. Edges carry `pipe` (id),
    `length` and `finish` (a date, or None where not known); parallel pipes are parallel edges.
    """
    import networkx as nx

    net = network(plan, kind, snap)
    graph: nx.MultiGraph[int] = nx.MultiGraph(kind=kind, crs=plan.crs)
    graph.add_nodes_from((k, {"x": x, "y": y}) for k, (x, y) in enumerate(net.xy.tolist()))
    finish = _python_dates(net.done)
    for node, name, opened in zip(net.source_node.tolist(), net.source_ids, _python_dates(net.opened), strict=True):
        graph.nodes[node].update(source=str(name), opened=opened)
    graph.add_edges_from(
        (u, v, {"pipe": str(net.ids[p]), "length": length, "finish": finish[p]})
        for u, v, p, length in zip(net.u.tolist(), net.v.tolist(), net.pipe.tolist(), net.length.tolist(), strict=True)
    )
    return graph


def _python_dates(days: Array) -> list[Any]:
    return [None if d is None else d.date() for d in dates(days).astype("datetime64[s]").tolist()]
