"""Land whose use may still be chosen: nothing is built on it on the as-of day, and no control line forbids it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from ..errors import ScenarioError
from ..facts.landuse.roles import developed, means
from ..facts.landuse.uses import uses
from ..plan import Plan

Array = np.ndarray[Any, Any]

FORBIDDEN = ("farmland", "redline", "river", "canal")
"""Control lines inside which nothing is proposed."""
TOUCH = 1.0
"""Square metres of a control line that a parcel may hold: drawing noise."""


def unbuilt(plan: Plan) -> Array:
    """Which parcels have not begun on the as-of day and are land to build on or green: idle, reserve or vacant.

    A parcel without a start is open only where the plan dates its parcels at all; water and fields never are.
    """
    parcels, table = plan["parcels"], uses(plan)
    start = parcels["start"].to_numpy(dtype="datetime64[D]")
    if plan.as_of is None:
        msg = "a proposal needs the day on which the plan is judged: write as_of = 2026-06-30 in the scenario."
        raise ScenarioError(msg)
    later = np.isnat(start) | (start > np.datetime64(plan.as_of, "D"))
    green = table["sub"].fillna("").eq("EG").to_numpy()
    return np.asarray(later & parcels["removed"].isna().to_numpy() & (developed(plan) | green | reserve(plan)))


def reserve(plan: Plan) -> Array:
    """Which parcels are kept for later (留白) or lie vacant."""
    return means(plan, "use", "reserve")


def forbidden(plan: Plan) -> Array:
    """Which control line forbids each parcel ("" where none does)."""
    out = np.full(len(plan["parcels"]), "", dtype=object)
    if not plan.has("control_lines", "kind"):
        return out
    lines = plan["control_lines"]
    lines = lines[lines["kind"].isin(FORBIDDEN)]
    shapes = np.where(
        shapely.get_dimensions(lines.geometry.to_numpy()) == 2,
        lines.geometry.to_numpy(),
        shapely.buffer(lines.geometry.to_numpy(), lines["width"].fillna(0.0).to_numpy(dtype=float)),
    )
    parcels = plan["parcels"].geometry.to_numpy()
    i, j = shapely.STRtree(shapes).query(parcels, predicate="intersects")
    real = shapely.area(shapely.intersection(parcels[i], shapes[j])) > TOUCH
    out[i[real]] = lines["kind"].to_numpy(dtype=object)[j[real]]
    return out


def open_parcels(plan: Plan) -> Array:
    """Positions of the parcels that may be proposed for.

    Raises
    ------
    ScenarioError
        There is none.
    """
    at = np.flatnonzero(unbuilt(plan) & (forbidden(plan) == ""))
    if not len(at):
        msg = (
            f"no parcel of '{plan.name}' is open on {plan.as_of}: every parcel has begun, is water or field, "
            "or lies inside a control line. Give an earlier as_of, or add idle land."
        )
        raise ScenarioError(msg)
    return at
