"""Where things lie: the street grid, the blocks and the parcels of the demonstrator park.

Everything is drawn in the park's own frame (metres, x to the east, y to the north, origin at the south-west corner) and
carried to CGCS2000 zone 39 in the last step by `to_world`, a shift with a slight turn that keeps every length.
A stylised drawing after public facts of 苏州宿迁工业园区, not its legal boundary.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..plan.layers import conform

CRS = "EPSG:4527"
AS_OF = "2026-06-30"
PARK = "苏州宿迁工业园区"

WEST, EAST, NORTH = 68.0, 5362.0, 3903.0
NS_ROADS = WEST + np.cumsum([0, 520, 500, 510, 490, 505, 505, 462, 442, 472, 448, 440], dtype=float)
EW_ROADS = 18.0 + np.cumsum([0, 390, 380, 395, 385, 380, 395, 390, 385, 380, 390], dtype=float)
NS_WIDTHS = np.array([24, 24, 30, 24, 30, 24, 50, 24, 30, 24, 30, 24], dtype=float)
EW_WIDTHS = np.array([36, 24, 30, 24, 36, 24, 30, 24, 30, 24, 24], dtype=float)
AVENUE = 6
"""通湖大道 is the seventh north-south road: works to the west of it, the city to the east."""

NORTH_EDGE = float(EW_ROADS[-1]) + 12.0 + 24.0 + 16.0
CANAL, RIVER = 16.0, 20.0
PHASES = ("2006-2010", "2011-2015", "2016-2020", "2021-2025")
PHASE_OF_TRANCHE = (0, 0, 1, 1, 2, 2, 3, 3, 3)
DISTRICTS = ("起步片区", "中部片区", "北部片区", "拓园片区")

_CENTRE = np.array([39_612_792.0, 3_757_677.0])
_TURN = np.deg2rad(-1.6)
_MIDDLE = np.array([2710.0, 1970.0])

# A code of GB 50137 and what became of it in the 2023 guide; bureaus redraw new phases in the new scheme.
GUIDE_OF_LETTERS = {
    "M1": "100101",
    "M2": "100102",
    "M3": "100103",
    "W1": "110101",
    "W2": "110102",
    "W3": "110103",
    "R1": "070101",
    "R2": "070102",
    "A1": "0801",
    "A2": "0803",
    "A32": "080402",
    "A33": "080403",
    "A35": "0802",
    "A4": "0805",
    "A5": "0806",
    "A6": "0807",
    "B1": "0901",
    "B2": "0902",
    "B3": "0903",
    "B4": "090105",
    "S3": "1208",
    "S4": "120803",
    "U11": "1301",
    "U12": "1303",
    "U13": "1304",
    "U14": "1305",
    "U15": "1306",
    "U21": "1302",
    "U22": "1309",
    "U31": "1310",
    "G1": "1401",
    "G2": "1402",
    "G3": "1403",
    "E1": "1701",
}


@dataclass(frozen=True)
class Block:
    """A block between four roads: its place in the grid, its tranche and the land uses of its two rows of parcels."""

    row: int
    col: int
    tranche: int
    north: tuple[str, ...]
    south: tuple[str, ...]


@dataclass(frozen=True)
class Plot:
    """A parcel as drawn: shape in the park's frame, letter code of GB 50137, and where it belongs."""

    id: str
    code: str
    row: int
    col: int
    tranche: int
    shape: shapely.Geometry


def to_world(shapes: Any) -> Any:
    """Return shapes of the park's frame in EPSG:4527, on a grid of one millimetre."""
    turn = np.array([[np.cos(_TURN), np.sin(_TURN)], [-np.sin(_TURN), np.cos(_TURN)]])
    return shapely.transform(shapes, lambda xy: np.round((xy - _MIDDLE) @ turn + _CENTRE, 3))


def to_park(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return world coordinates in the park's frame: the way back, for grids."""
    turn = np.array([[np.cos(_TURN), np.sin(_TURN)], [-np.sin(_TURN), np.cos(_TURN)]])
    back: np.ndarray[Any, Any] = (xy - _CENTRE) @ turn.T + _MIDDLE
    return back


def draw(key: str) -> float:
    """Return a number in [0, 1) that belongs to the key for ever: a digest, no random generator."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6]) / 2**48


def between(key: str, low: float, high: float) -> int:
    """Return a whole number from `low` up to, not including, `high`, that belongs to the key."""
    return int(low + draw(key) * (high - low))


def east_edge(y: Any) -> Any:
    """Return the x of the park's eastern border, which follows the river."""
    return EAST + 62.0 + 16.0 * np.sin(np.asarray(y) / 410.0) + 9.0 * np.sin(np.asarray(y) / 173.0 + 1.0)


@cache
def blocks() -> tuple[Block, ...]:
    """Return the blocks of `data/blocks.csv`, from south to north and west to east."""
    text = resources.files(__package__).joinpath("data/blocks.csv").read_text(encoding="utf-8")
    return tuple(
        Block(int(r["row"]), int(r["col"]), int(r["tranche"]), tuple(r["north"].split()), tuple(r["south"].split()))
        for r in csv.DictReader(text.splitlines())
    )


@cache
def tranches() -> np.ndarray[Any, Any]:
    """Return the tranche (1-9) of each block as a grid of row, column."""
    grid = np.zeros((len(EW_ROADS) - 1, len(NS_ROADS) - 1), dtype=int)
    for b in blocks():
        grid[b.row, b.col] = b.tranche
    return grid


def unit_of(row: int, col: int) -> int:
    """Return the number of the detailed-plan unit of a block: two per phase, works and city."""
    return 2 * PHASE_OF_TRANCHE[int(tranches()[row, col]) - 1] + (1 if col < AVENUE else 2)


@cache
def boundary() -> shapely.Polygon:
    """Return the park's outline: straight along the canals and the southern road, curved along the river."""
    y = np.concatenate([[0.0], np.arange(40.0, NORTH_EDGE - 20.0, 40.0), [NORTH_EDGE]])
    river = np.column_stack([east_edge(y), y])
    return shapely.Polygon(np.concatenate([[[0.0, 0.0]], river, [[0.0, NORTH_EDGE]]]))


def cell(row: int, col: int) -> shapely.Polygon:
    """Return the ground of a block up to the middle of its roads; outer blocks reach to the park's border."""
    x = np.concatenate([[-1.0], NS_ROADS[1:-1], [EAST + 200.0]])
    y = np.concatenate([[-1.0], EW_ROADS[1:-1], [NORTH_EDGE + 1.0]])
    return shapely.intersection(boundary(), shapely.box(x[col], y[row], x[col + 1], y[row + 1]))


def block_box(row: int, col: int) -> tuple[float, float, float, float]:
    """Return xmin, ymin, xmax, ymax of a block inside the red lines of its four roads."""
    return (
        float(NS_ROADS[col] + NS_WIDTHS[col] / 2),
        float(EW_ROADS[row] + EW_WIDTHS[row] / 2),
        float(NS_ROADS[col + 1] - NS_WIDTHS[col + 1] / 2),
        float(EW_ROADS[row + 1] - EW_WIDTHS[row + 1] / 2),
    )


@cache
def numbers() -> dict[tuple[int, int], int]:
    """Return the number of each block within its plan unit, counted from south to north and west to east."""
    seen: dict[int, int] = {}
    out = {}
    for b in blocks():
        unit = unit_of(b.row, b.col)
        seen[unit] = seen.get(unit, 0) + 1
        out[b.row, b.col] = seen[unit]
    return out


@cache
def plots() -> tuple[Plot, ...]:
    """Return every parcel: those of the blocks, then green belts and water along the border."""
    inner = [p for b in blocks() for p in _of_block(b)]
    return (*inner, *_rim())


def _of_block(block: Block) -> Iterator[Plot]:
    x0, y0, x1, y1 = block_box(block.row, block.col)
    split = round(y0 + (y1 - y0) * (0.47 + 0.06 * draw(f"split{block.row},{block.col}")), 1)
    rows = ((block.south, y0, split), (block.north, split, y1)) if block.south else ((block.north, y0, y1),)
    number = 0
    for uses, low, high in rows:
        edges = _edges(uses, x0, x1, f"{block.row},{block.col},{low}")
        for use, left, right in zip(uses, edges[:-1], edges[1:], strict=True):
            number += 1
            yield Plot(
                _name(block.row, block.col, number),
                use.split(":")[0],
                block.row,
                block.col,
                block.tranche,
                shapely.box(left, low, right, high),
            )


def _edges(uses: tuple[str, ...], x0: float, x1: float, key: str) -> list[float]:
    """Return the cuts between the parcels of one row, by weight with a little unevenness, on a grid of 0.1 m."""
    weights = [float(u.partition(":")[2] or 1) * (0.9 + 0.2 * draw(f"{key}/{k}")) for k, u in enumerate(uses)]
    share = np.concatenate([[0.0], np.cumsum(weights) / np.sum(weights)])
    return [x0, *(round(float(x0 + s * (x1 - x0)), 1) for s in share[1:-1]), x1]


def _name(row: int, col: int, number: int) -> str:
    return f"SQ-{unit_of(row, col):02d}-{numbers()[row, col]:02d}-{number:02d}"


def _rim() -> Iterator[Plot]:
    """Yield the green belt and the water along canal and river, cut where the roads meet them."""
    north, south = NORTH_EDGE, 0.0
    inner = shapely.box(CANAL, south, EAST + 400.0, north - CANAL)
    y = np.concatenate([[south], np.arange(20.0, north - 20.0, 40.0), [north]])
    shore = np.column_stack([east_edge(y) - RIVER, y])
    bank = shapely.Polygon(np.concatenate([[[CANAL, south]], shore, [[CANAL, north]]]))
    dry = shapely.intersection(inner, bank)
    built = shapely.box(WEST - 12.0, south, EAST + 12.0, float(EW_ROADS[-1]) + 12.0)
    belts = {"G2": shapely.difference(dry, built), "E1": shapely.difference(boundary(), dry)}
    for code, band in belts.items():
        for b in blocks():
            part = shapely.intersection(band, cell(b.row, b.col))
            if part.area > 1.0:
                yield Plot(_name(b.row, b.col, 91 if code == "G2" else 92), code, b.row, b.col, b.tranche, part)


@cache
def names(kind: str) -> dict[str, str]:
    """Return one list of `data/names.csv`, by key."""
    text = resources.files(__package__).joinpath("data/names.csv").read_text(encoding="utf-8")
    return {r["key"]: r["zh"] for r in csv.DictReader(text.splitlines()) if r["list"] == kind}


def frame(layer: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Return rows as a canonical layer in the park's frame, in order of id; it gets its CRS with `to_world`.

    Polygons begin at a vertex of their own choice, not of the geometry engine's, so that the files stay the same.
    """
    table = pd.DataFrame(rows)
    drawn = np.array(list(table["geometry"]), dtype=object)
    drawn = np.where(shapely.get_dimensions(drawn) == 2, shapely.normalize(drawn), drawn)
    shapes = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=gpd.GeoSeries(list(drawn)))
    return conform(layer, shapes.sort_values("id", kind="stable", ignore_index=True))
