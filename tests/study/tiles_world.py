"""A city of parcels, roads, pipes and buildings drawn by chance: what tests of tiles judge."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_planner import Plan

CRS = "EPSG:4527"
SIDE = 60.0
"""From one parcel to the next [m]; each is 50 m wide, or overlaps its neighbour."""
CODES = ["M1", "M2", "M3", "R2", "R2", "A33", "B1", "G1", "W3", "Q9", None]
KINDS = ["water", "sewer", "storm", "gas", "power", "heat", "telecom", None]


def town(side: int, seed: int, *, bent: bool = False) -> Plan:
    """A park of `side` times `side` parcels with about as many buildings, a fifth as many pipes, and a street at every fifth.

    Where `bent`, some parcels cross themselves: there are checks that break on a plan with such shapes.
    """
    rng = np.random.default_rng(seed)
    wide = side * SIDE
    layers = {
        "parcels": _parcels(rng, side, bent=bent),
        "buildings": _buildings(rng, side * side, wide),
        "pipes": _pipes(rng, max(8, side * side // 5), wide),
        "roads": _roads(rng, wide),
        "facilities": _points(rng, side, wide).assign(kind=rng.choice(["primary_school", "hospital", "clinic"], side)),
        "control_lines": _water(rng, wide),
        "approvals": _plans(rng, wide),
        "parks": _frame([shapely.box(0, 0, wide / 2, wide), shapely.box(wide / 2, 0, wide - 30.0, wide)], "K"),
    }
    return Plan(name="town", crs=CRS, layers=layers, as_of=date(2020, 6, 30))


def _frame(shapes: object, letter: str) -> gpd.GeoDataFrame:
    shapes = np.array(shapes, dtype=object)
    return gpd.GeoDataFrame({"id": [f"{letter}{k}" for k in range(len(shapes))]}, geometry=shapes, crs=CRS)


def _days(rng: np.random.Generator, n: int, blank: float = 0.2) -> np.ndarray:
    days = np.datetime64("2005-01-01", "D") + rng.integers(0, 5000, n).astype("timedelta64[D]")
    return np.where(rng.random(n) < blank, np.datetime64("NaT"), days).astype("datetime64[ms]")


def _some(rng: np.random.Generator, values: np.ndarray, blank: float = 0.2) -> np.ndarray:
    return np.where(rng.random(len(values)) < blank, np.nan, values)


def _parcels(rng: np.random.Generator, side: int, *, bent: bool) -> gpd.GeoDataFrame:
    x, y = (a.ravel() * SIDE for a in np.meshgrid(np.arange(side), np.arange(side)))
    n, width = len(x), 50.0 + np.where(rng.random(side * side) < 0.1, 15.0, 0.0)
    shapes = shapely.box(x, y, x + width, y + 50.0)
    cross = (rng.random(n) < 0.02) & bent
    corners = np.stack(
        [np.column_stack([x + dx, y + dy]) for dx, dy in ((0, 0), (50, 50), (50, 0), (0, 50), (0, 0))], axis=1
    )
    shapes[cross] = shapely.polygons(corners[cross])
    shapes[rng.random(n) < 0.01] = None
    frame = _frame(shapes, "P")
    frame["id"] = np.where(rng.random(n) < 0.01, "P7", frame["id"])
    area = shapely.area(shapes)
    return frame.assign(
        code=rng.choice(np.array(CODES, dtype=object), n),
        scheme="gb50137",
        start=_days(rng, n),
        contract_start=_days(rng, n),
        removed=_days(rng, n, 0.95),
        built_share=_some(rng, rng.choice([0.0, 0.5], n)),
        area_declared=_some(rng, area * rng.choice([1.0, 1.05], n)),
        buffer_eia=_some(rng, rng.uniform(0.0, 200.0, n), 0.9),
        people=_some(rng, rng.integers(0, 300, n).astype(float)),
        far=_some(rng, rng.uniform(0.3, 2.0, n)),
        density=_some(rng, rng.uniform(10.0, 60.0, n)),
    )


def _buildings(rng: np.random.Generator, n: int, wide: float) -> gpd.GeoDataFrame:
    x, y, size = rng.uniform(0, wide, n), rng.uniform(0, wide, n), rng.uniform(5, 30, n)
    frame = _frame(shapely.box(x, y, x + size, y + 15), "B")
    return frame.assign(
        use=rng.choice(np.array(["factory", "warehouse", "house", "school", "office", None], dtype=object), n),
        hazard=rng.choice(np.array(["jia", "yi", "bing", "ding", "wu", None], dtype=object), n),
        rating=_some(rng, rng.integers(1, 5, n).astype(float)),
        height=rng.uniform(4, 80, n),
        start=_days(rng, n, 0.6),
    )


def _pipes(rng: np.random.Generator, n: int, wide: float) -> gpd.GeoDataFrame:
    x, y, long = rng.uniform(0, wide, n), np.round(rng.uniform(0, wide, n)), rng.uniform(20, wide / 3, n)
    flat = rng.random(n) < 0.5
    street = np.maximum(1, rng.integers(1, max(2, wide // (5 * SIDE)), n)) * 5 * SIDE - 5.0 + rng.integers(-4, 5, n)
    inside = rng.random(n) < 0.4
    x, y = np.where(inside & ~flat, street, x), np.where(inside & flat, street, y)
    ends = np.stack(
        [np.column_stack([x, y]), np.column_stack([x + np.where(flat, long, 0), y + np.where(flat, 0, long)])], axis=1
    )
    frame = _frame(shapely.linestrings(ends), "L")
    return frame.assign(
        kind=rng.choice(np.array(KINDS, dtype=object), n),
        burial=rng.choice(np.array(["direct", "duct", "trench", None], dtype=object), n),
        diameter_mm=_some(rng, rng.choice([100.0, 300.0, 800.0], n)),
        voltage_kv=_some(rng, np.full(n, 10.0), 0.7),
        z_start=_some(rng, rng.uniform(-3, 0, n), 0.1),
        z_end=_some(rng, rng.uniform(-3, 0, n), 0.1),
        cover=_some(rng, rng.uniform(0.2, 2.0, n)),
        start=_days(rng, n, 0.5),
        finish=_days(rng, n),
    )


def _roads(rng: np.random.Generator, wide: float) -> gpd.GeoDataFrame:
    at = np.arange(5 * SIDE, wide, 5 * SIDE) - 5.0
    lines = [shapely.LineString([(0, a), (wide, a)]) for a in at] + [
        shapely.LineString([(a, 0), (a, wide)]) for a in at
    ]
    frame = _frame(lines, "R")
    n = len(frame)
    return frame.assign(
        width=_some(rng, rng.uniform(10, 40, n)),
        paved=_days(rng, n),
        corridor=rng.choice(np.array(["water;gas", None], dtype=object), n),
    )


def _points(rng: np.random.Generator, n: int, wide: float) -> gpd.GeoDataFrame:
    return _frame(shapely.points(rng.uniform(0, wide, (n, 2))), "F")


def _water(rng: np.random.Generator, wide: float) -> gpd.GeoDataFrame:
    river = shapely.LineString([(0, 0.3 * wide), (0.5 * wide, 0.4 * wide), (wide, 0.2 * wide)])
    canal = shapely.LineString([(0, -50.0), (wide, -50.0)])
    frame = _frame([river, canal], "W")
    return frame.assign(kind=["river", "canal"], width=[np.nan, 300.0])


def _plans(rng: np.random.Generator, wide: float) -> gpd.GeoDataFrame:
    third = wide / 3
    shapes = [
        shapely.box(a * third, b * third, a * third + third * 0.9, b * third + third)
        for a in range(3)
        for b in range(3)
    ]
    return _frame(shapes, "X").assign(kind="detailed_plan", start=pd.Series(_days(rng, 9, 0.3)))
