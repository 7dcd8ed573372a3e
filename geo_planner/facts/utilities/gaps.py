"""Gaps below gravity sewers: lower ends that stop short of the pipe they would drain into."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...algorithms.networks.ends import near_misses, parts, short_ends
from ...algorithms.networks.noding import Snap
from ...plan import Plan, conform
from .graph import network
from .sewer import Drainage, drainage

Array = np.ndarray[Any, Any]


def sewer_gaps(plan: Plan, kind: str, tolerance_z: float, reach: tuple[float, float, float]) -> pd.DataFrame:
    """Ends that stop short of a pipe (as `short_ends`) whose own pipe is faulty now and sound with the gap closed.

    Faulty is a pipe that rises by more than `tolerance_z` or has no way to an outfall. `reach`: the snapping
    tolerance, and how far a pipe may lie beside and ahead of an end.
    """
    snap = Snap(tolerance=reach[0])
    net = network(plan, kind, snap)
    gaps = pd.concat([near_misses(net, reach[1]), short_ends(net, *reach[1:])], ignore_index=True)
    own = net.ids[gaps["pipe"].to_numpy(dtype=np.int64)]
    bad = np.isin(own, _faulty(drainage(plan, kind, snap), tolerance_z))
    if not bad.any():
        return gaps[bad]
    still = np.isin(own, _faulty(drainage(bridged(plan, kind, gaps[bad], snap), kind, snap), tolerance_z))
    return gaps[bad & ~still]


def _faulty(drain: Drainage, tolerance_z: float) -> Array:
    """Return the ids of pipes that rise or reach no outfall."""
    net = drain.network
    rise = drain.drains & (drain.z_down - drain.z_up > tolerance_z)
    part, fed = parts(net)
    return np.unique(np.concatenate([net.ids[net.pipe[rise]], net.ids[~fed[part]]]).astype(str))


def bridged(plan: Plan, kind: str, gaps: pd.DataFrame, snap: Snap) -> Plan:
    """The plan with a level pipe in each gap; its id is empty."""
    pipes, net = plan["pipes"], network(plan, kind, snap)
    own = pipes.iloc[net.rows[gaps["pipe"].to_numpy(dtype=np.int64)]]
    link = gaps["geometry"].to_numpy(dtype=object)
    spot, first = shapely.get_point(link, 0), shapely.get_point(own.geometry.to_numpy(), 0)
    level = np.where(shapely.distance(spot, first) <= 1e-6, own["z_start"], own["z_end"])
    table = {"id": "", "kind": kind, "z_start": level, "z_end": level}
    more = conform("pipes", gpd.GeoDataFrame(table, geometry=link, crs=pipes.crs))
    return plan.with_layer("pipes", pd.concat([pipes, more], ignore_index=True))
