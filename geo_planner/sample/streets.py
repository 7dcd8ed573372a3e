"""The street grid of the sample: each segment with its tranche, and the day on which its trenches are opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely

from . import layout as lay

DIGGING = tuple(
    np.datetime64(day)
    for day in (
        "2006-10-08",
        "2007-08-15",
        "2010-09-01",
        "2011-09-01",
        "2015-09-01",
        "2016-09-01",
        "2020-10-12",
        "2021-10-08",
        "2023-10-08",
    )
)
"""The day on which the trenches of tranche 1-9 are opened."""


@dataclass(frozen=True)
class Street:
    """One road segment between two crossings: axis, number of the road, number of the segment, tranche."""

    axis: str
    road: int
    part: int
    tranche: int

    @property
    def id(self) -> str:
        """Road id as written, such as DL-NS07-03."""
        return f"DL-{self.axis}{self.road + 1:02d}-{self.part + 1:02d}"

    @property
    def name(self) -> str:
        """Name of the road."""
        return lay.names("ns_road" if self.axis == "NS" else "ew_road")[str(self.road)]

    @property
    def width(self) -> float:
        """Width between the red lines."""
        return float((lay.NS_WIDTHS if self.axis == "NS" else lay.EW_WIDTHS)[self.road])

    def line(self, low: float, high: float, offset: float = 0.0) -> shapely.LineString:
        """Return the stretch from `low` to `high` along the road, shifted by an offset."""
        if self.axis == "NS":
            x = lay.NS_ROADS[self.road] + offset
            return shapely.LineString([(x, low), (x, high)])
        y = lay.EW_ROADS[self.road] - offset
        return shapely.LineString([(low, y), (high, y)])

    @property
    def ends(self) -> tuple[float, float]:
        """Coordinates of its two crossings along the road."""
        across = lay.EW_ROADS if self.axis == "NS" else lay.NS_ROADS
        return float(across[self.part]), float(across[self.part + 1])

    @property
    def nodes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Its two crossings as (north-south road, east-west road)."""
        if self.axis == "NS":
            return (self.road, self.part), (self.road, self.part + 1)
        return (self.part, self.road), (self.part + 1, self.road)


def ground(x: Any, y: Any) -> Any:
    """Return the height of the ground: a plain that falls gently to the south-west, 11.5 to about 24 m."""
    return 11.5 + 0.0008 * np.asarray(x) + 0.0022 * np.asarray(y)


@cache
def streets() -> tuple[Street, ...]:
    """Return every road segment; it belongs to the earliest tranche of the blocks beside it."""
    grid = np.pad(lay.tranches(), 1, constant_values=99)
    rows, cols = lay.tranches().shape
    ns = [Street("NS", i, j, int(grid[j + 1, i : i + 2].min())) for i in range(cols + 1) for j in range(rows)]
    ew = [Street("EW", j, i, int(grid[j : j + 2, i + 1].min())) for j in range(rows + 1) for i in range(cols)]
    return (*ns, *ew)


@cache
def first_at() -> dict[tuple[int, int], int]:
    """Return the earliest tranche of the roads that meet at each crossing."""
    out: dict[tuple[int, int], int] = {}
    for s in streets():
        for node in s.nodes:
            out[node] = min(out.get(node, 99), s.tranche)
    return out


def day(tranche: int, after: int) -> np.datetime64:
    """Return the day so many days after the trenches of a tranche were opened."""
    return DIGGING[tranche - 1] + np.timedelta64(after, "D")


def opened(tranche: int) -> np.datetime64:
    """Return a day by which every road of the tranche is open."""
    return day(tranche, 320)
