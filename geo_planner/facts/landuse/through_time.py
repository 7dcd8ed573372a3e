"""Production, living and ecology at every date at which something begins or ends, for any units of land."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...algorithms.distances import BEGIN, END
from ...algorithms.overlay import overlaps
from ...plan import Plan
from ..nearby import spans
from ..registry import fact
from .balance import AS_WRITTEN, CLASSES, Switches, built_area, coordination, counted_as, evenness, summands, systems
from .uses import uses
from .valid_shapes import valid_shapes

Array = np.ndarray[Any, Any]
Unit = Literal["park", "phase", "district", "hexagon"]

BANDS: Mapping[str, tuple[float, float]] = {"production": (0.40, 0.60), "living": (0.20, 0.40), "ecology": (0.15, 0.25)}
"""Target bands of a 产城 park (project default): share of the three classes, infrastructure left out."""
HEXAGON = 500.0
"""Side of a hexagon [m]."""


def balance_through_time(
    plan: Plan,
    by: Unit | gpd.GeoSeries = "park",
    *,
    size: float = HEXAGON,
    bands: Mapping[str, tuple[float, float]] = BANDS,
    how: Switches = AS_WRITTEN,
) -> pd.DataFrame:
    """Shares and evenness of each unit at every event date, sorted by unit and date.

    `by` may be polygons of one's own; hexagons have sides of `size` metres. A parcel counts from its `start` (always,
    where null) until it is removed. In polygons and hexagons a parcel counts by the area inside.

    Columns: `unit`, `date`, `production`, `living`, `ecology` [m²], the same with `_share`, `evenness`, `off_target`
    (what the shares miss of their bands together, as BA401 tells each), `total` [m²].
    """
    names, row, days, life, part = _dated_land(plan, _split(plan, by, size), how)
    return _table(names, days, _changes((row, len(names)), days, life, part).cumsum(axis=1), bands)


def balance_at_end(
    plan: Plan,
    by: Unit | gpd.GeoSeries = "hexagon",
    *,
    size: float = HEXAGON,
    bands: Mapping[str, tuple[float, float]] = BANDS,
    how: Switches = AS_WRITTEN,
) -> pd.DataFrame:
    """The rows of `balance_through_time` on its last date, to the bit; of many units its whole table is never made."""
    names, row, days, life, part = _dated_land(plan, _split(plan, by, size), how)
    order, standing = np.argsort(row, kind="stable"), np.zeros((len(names), min(len(days), 1), len(CLASSES)))
    ends = np.searchsorted(row[order], np.arange(len(names) + 1))
    for begin in range(0, len(names), _UNITS):
        end = min(begin + _UNITS, len(names))
        rows = order[ends[begin] : ends[end]]
        lives = life[0][rows], life[1][rows]
        change = _changes((row[rows] - begin, end - begin), days, lives, part[rows])
        standing[begin:end] = change.cumsum(axis=1)[:, -1:]
    return _table(names, days[-1:], standing, bands)


_UNITS = 32
"""Units of which all dates are held at a time where only the last is wanted."""
_Life = tuple[Array, Array]


def _dated_land(
    plan: Plan, land: tuple[Array, Array, Array], how: Switches
) -> tuple[Array, Array, Array, _Life, Array]:
    """Names of units, the unit of each piece that counts, all dates, the life of each piece and its classes [m²]."""
    unit, parcel, area = land
    table, lives = counted_as(plan, how), spans(plan, "parcels")
    keep = table["counted"].to_numpy(dtype=bool)[parcel]
    unit, parcel, area = unit[keep], parcel[keep], area[keep]
    part = area[:, None] * table[[f"w_{c}" for c in CLASSES]].to_numpy(dtype=float)[parcel]
    days = np.unique(np.concatenate([lives.since[parcel], lives.until[parcel]]))
    names, row = np.unique(unit.astype(str), return_inverse=True)
    return names, row, days[days < END], (lives.since[parcel], lives.until[parcel]), part


def _changes(unit: tuple[Array, int], days: Array, life: tuple[Array, Array], part: Array) -> Array:
    """What is added to each unit on each day, less what is gone: shape (units, days, columns of `part`)."""
    (row, count), (since, until) = unit, life
    change = np.zeros((count, len(days), part.shape[1]))
    come = since < END
    np.add.at(change, (row[come], np.searchsorted(days, since[come])), part[come])
    gone = come & (until < END)
    np.add.at(change, (row[gone], np.searchsorted(days, until[gone])), -part[gone])
    return change


def _table(names: Array, days: Array, standing: Array, bands: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    flat = np.maximum(standing.reshape(-1, 3), 0.0)
    total = flat.sum(axis=1)
    share = np.divide(flat, total[:, None], out=np.full(flat.shape, np.nan), where=total[:, None] > 0)
    low, high = (np.array([bands[c][k] for c in CLASSES]) for k in (0, 1))
    miss = np.maximum(low - share, 0.0) + np.maximum(share - high, 0.0)
    out = pd.DataFrame(
        {
            "unit": np.repeat(names, len(days)),
            "date": np.tile(np.where(days == BEGIN, np.datetime64("NaT"), days), len(names)),
        }
    )
    for k, name in enumerate(CLASSES):
        out[name], out[f"{name}_share"] = flat[:, k], share[:, k]
    return out.assign(evenness=evenness(share), off_target=miss.sum(axis=1), total=total)


def _split(plan: Plan, by: Unit | gpd.GeoSeries, size: float) -> tuple[Array, Array, Array]:
    """Return unit, parcel position and area of each piece of land."""
    if isinstance(by, str) and by != "hexagon":
        column = uses(plan)[by] if by in {"park", "phase"} else plan["parcels"][by]
        known = np.flatnonzero(column.notna().to_numpy())
        return column.to_numpy(dtype=object)[known], known, shapely.area(plan["parcels"].geometry.to_numpy())[known]
    if isinstance(by, str):
        return in_hexagons(plan, size)
    parcel, cell, area = overlaps(valid_shapes(plan, "parcels"), by.to_numpy())
    return by.index.to_numpy(dtype=object)[cell], parcel, area


@fact(needs={"parcels": ("geometry",)})
def in_hexagons(plan: Plan, size: float) -> tuple[Array, Array, Array]:
    """Name of the hexagon, parcel position and area of each piece that hexagons of `size` cut from the parcels."""
    cells = hexagons(shapely.bounds(plan["parcels"].geometry.to_numpy()), size)
    parcel, cell, area = overlaps(valid_shapes(plan, "parcels"), cells.to_numpy())
    return cells.index.to_numpy(dtype=object)[cell], parcel, area


def hexagon_count(boxes: Array, size: float) -> float:
    """How many hexagons `hexagons` would make at most."""
    sides = np.nan_to_num(boxes[:, 2:] - boxes[:, :2]) / [np.sqrt(3.0) * size, 1.5 * size] + 4.0
    return float(sides.prod(axis=1).sum())


def hexagons(boxes: Array, size: float) -> gpd.GeoSeries:
    """Pointed hexagons with sides of `size` metres around some boxes, named by column and row; they tile without a gap.

    Column and row count from the corner of all boxes; where no box is near there is no hexagon, so that one thing far
    away does not fill the land between with cells.
    """
    boxes = np.atleast_2d(boxes)
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    west, south = boxes[:, :2].min(axis=0)
    wide, high = np.sqrt(3.0) * size, 1.5 * size
    cell = np.floor((boxes - [west, south, west, south]) / [wide, high, wide, high]).astype(int)
    first, last = cell[:, :2] - 1, cell[:, 2:] + 1
    blocks = np.unique(np.c_[first, last], axis=0)
    grids = [np.mgrid[b : d + 1, a : c + 1].reshape(2, -1) for a, b, c, d in blocks.tolist()]
    row, column = np.unique(np.concatenate(grids, axis=1), axis=1)
    x = west + (column + 0.5 * (row % 2)) * wide
    y = south + row * high
    angle = np.radians(np.arange(30, 390, 60))
    corners = np.stack([x[:, None] + size * np.cos(angle), y[:, None] + size * np.sin(angle)], axis=2)
    names = [f"H{c + 1:03d}-{r + 1:03d}" for r, c in zip(row.tolist(), column.tolist(), strict=True)]
    return gpd.GeoSeries(shapely.polygons(corners), index=names)


def coordination_through_time(plan: Plan) -> pd.DataFrame:
    """Coupling and coordination of each park at every event date, in the three published forms; sorted.

    The indicators and anchors are those of `balance.indices`, of what stands on the day; a parcel counts as built from
    its `finish`. Columns: `park`, `date`, `production`, `living`, `ecology` (the indices), then those of
    `balance.coordination`, null where a subsystem has no data yet.
    """
    table, parcels, lives = uses(plan), plan["parcels"], spans(plan, "parcels")
    known = np.flatnonzero(table["park"].notna().to_numpy())
    names, row = np.unique(table["park"].to_numpy(dtype=object)[known].astype(str), return_inverse=True)
    finish = parcels["finish"].to_numpy(dtype="datetime64[ms]")[known]
    since, until = lives.since[known], lives.until[known]
    done = np.maximum(np.where(np.isnat(finish), END, finish), since)
    days = np.unique(np.concatenate([since, until, done]))
    days = days[days < END]
    parts = summands(parcels.iloc[known], table.iloc[known])
    standing = _changes((row, len(names)), days, (since, until), parts)
    built = _changes((row, len(names)), days, (np.minimum(done, until), until), built_area(table.iloc[known]))
    sums = np.concatenate([standing.cumsum(axis=1), built.cumsum(axis=1)], axis=2).reshape(len(names) * len(days), -1)
    U = np.column_stack([index for index, _ in systems(sums)])
    out = pd.DataFrame(
        {
            "park": np.repeat(names, len(days)),
            "date": np.tile(np.where(days == BEGIN, np.datetime64("NaT"), days), len(names)),
        }
    )
    out = out.assign(**{c: U[:, k] for k, c in enumerate(CLASSES)})
    figures = coordination(np.nan_to_num(U, nan=1.0))
    figures[np.isnan(U).any(axis=1)] = np.nan
    return pd.concat([out, figures], axis=1)
