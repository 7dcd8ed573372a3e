"""The balance through time and in space that goes with every report: plain numbers, ready for JSON.

A park of many event dates is shown at the ends of years, and a layer too large for the figures of space says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.patches import entropy_weights, landscape
from ..facts.landuse.balance import CLASSES, Switches, counted_as, indices
from ..facts.landuse.through_time import (
    BANDS,
    HEXAGON,
    balance_at_end,
    balance_through_time,
    coordination_through_time,
    hexagon_count,
)
from ..plan import Plan

DATES = 60
"""A unit with more event dates than this is shown at the last event of each year."""
PARCELS = 50_000
"""Above this many parcels hexagons and patches are left out of the report; the functions themselves have no limit."""
CELLS = 1_000_000
"""Above this many hexagons (a parcel with one corner in another country) they are left out too."""
UNITS = "balance_units"
"""The layer of polygons of one's own for which the balance is wanted."""


def course(plan: Plan, how: Switches, bands: Mapping[str, tuple[float, float]] = BANDS) -> dict[str, Any]:
    """Return the figures of time and space; what has no data is left out."""
    out: dict[str, Any] = {"through_time": {}}
    for by in ("park", "phase", "district"):
        if by == "park" or plan.has("parcels", by):
            out["through_time"][by] = _dated(balance_through_time(plan, by, how=how, bands=bands), "unit")
    out["coordination"] = _dated(coordination_through_time(plan), "park")
    if UNITS in plan.layers:
        frame = plan.layers[UNITS]
        zones = frame.geometry.set_axis(frame["id"].astype(str) if "id" in frame.columns else frame.index.astype(str))
        out["units"] = _last(balance_at_end(plan, zones, how=how, bands=bands))
    if len(plan["parcels"]) > PARCELS:
        out["left_out"] = {"hexagons": PARCELS, "landscape": PARCELS}
    elif hexagon_count(plan["parcels"].bounds.to_numpy(), HEXAGON) > CELLS:
        out["left_out"] = {"hexagons": CELLS, "landscape": CELLS}
    else:
        out["hexagons"] = _last(balance_at_end(plan, "hexagon", how=how, bands=bands))
        out["landscape"] = _landscape(plan, how)
    return out | _weights(plan)


def _dated(table: pd.DataFrame, unit: str) -> dict[str, list[dict[str, Any]]]:
    """Rows by unit, one for each date at which a figure changed."""
    out: dict[str, list[dict[str, Any]]] = {}
    for name, rows in table.groupby(unit, sort=True):
        figures = rows.drop(columns=[unit, "date"])
        moved = (figures.ne(figures.shift()) & ~(figures.isna() & figures.shift().isna())).any(axis=1).to_numpy()
        kept = rows[moved]
        if len(kept) > DATES:
            year = kept["date"].to_numpy(dtype="datetime64[Y]")
            kept = kept[np.append(year[1:] != year[:-1], True)]
        out[str(name)] = _rows(kept.drop(columns=unit))
    return out


def _last(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    end = table[table["total"] > 1e-6]
    return dict(zip(end["unit"].astype(str), _rows(end.drop(columns=["unit", "date"])), strict=True))


def _landscape(plan: Plan, how: Switches) -> dict[str, dict[str, Any]]:
    table, shapes = counted_as(plan, how), plan["parcels"].geometry.to_numpy()
    mine = table["ple"].isin(CLASSES).to_numpy() & ~shapely.is_empty(shapes) & ~shapely.is_missing(shapes)
    if not mine.any():
        return {}
    found = landscape(shapes[mine], table["ple"].to_numpy(dtype=object)[mine])
    return dict(zip(found["class"], _rows(found.drop(columns="class")), strict=True))


def _weights(plan: Plan) -> dict[str, Any]:
    """Return the weights of the subsystems by entropy, where several parks have all three indices."""
    U = indices(plan)[list(CLASSES)].dropna()
    return {"weights": {str(k): round(float(v), 6) for k, v in entropy_weights(U).items()}} if len(U) > 1 else {}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain: dict[str, Callable[[Any], Any]] = {c: _day if c == "date" else _figure for c in table.columns}
    return [{c: plain[c](v) for c, v in zip(table.columns, row, strict=True)} for row in table.to_numpy(dtype=object)]


def _day(value: Any) -> str | None:
    return None if pd.isna(value) else str(pd.Timestamp(value).date())


def _figure(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 6) + 0.0  # no minus zero
