"""Findings of a water network that states itself (EPANET): users whose head is too low in its first hour."""

from __future__ import annotations

import numpy as np

from ..facts.utilities.stated import LAYERS, stated_pressure
from ..plan import Findings, Plan, Rows, findings

FIRST_HOUR = "0:00"


def is_stated(plan: Plan) -> bool:
    """Whether the plan holds a network as its file states it."""
    return all(plan.has(name) for name in LAYERS)


def low_heads(plan: Plan, least: float) -> Findings:
    """Nodes that draw water with a head below `least` metres; evidence: the node. Nodes without a head are unknown."""
    nodes = plan.layers[LAYERS[0]]
    found = stated_pressure(nodes, plan.layers[LAYERS[1]])
    user = (nodes["demand_m3d"].to_numpy(float) > 0) & (nodes["kind"] == "junction").to_numpy()
    ids = nodes["id"].astype(str).to_numpy(object)
    bad = np.flatnonzero(user & (found.pressure < least))
    rows = Rows(
        layer=LAYERS[0],
        id=ids[bad],
        geometry=nodes.geometry.to_numpy()[bad],
        value=found.pressure[bad],
        limit=least,
        unit="m",
        args={"quarter": [FIRST_HOUR] * len(bad), "own": 100.0},  # the file states the demand of every node
    )
    reasons = sorted(set(found.reason[user]) - {""})
    unknown = [(LAYERS[0], ids[user & (found.reason == why)], str(why)) for why in reasons]
    return findings(plan.crs, rows, judged=int((user & (found.reason == "")).sum()), unknown=unknown)
