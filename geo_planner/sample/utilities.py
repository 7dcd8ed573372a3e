"""Roads, the seven networks under them, and the works that feed or drain them.

Each network is the street grid shifted into its own lane, so that pipes meet at shared nodes, cross one another at
right angles, and lie in their own band of depth. A tranche of roads is dug once: deep pipes first, then shallow ones,
then the pavement. Where a later road meets an earlier one, the first metres of its pipes (预留过路管) are laid with
the earlier road. Sewers and storm drains follow the ground, which falls to the south-west.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..plan.layers import UTILITY_ZH
from . import layout as lay
from .streets import Street, day, first_at, ground, opened, streets


@dataclass(frozen=True)
class Lane:
    """One utility: its place in the street, its depth and its turn.

    `offset` is the distance from the middle of the road to the east (on east-west roads: to the south), following
    GB 50289 clause 4.1.4; `invert` the depth of the pipe's bottom; `turn` the days after the trenches are opened.
    """

    kind: str
    mark: str
    offset: float
    invert: float
    turn: tuple[int, int]
    stub: float
    sizes: tuple[int, int, int]
    burial: str
    material: str
    pressure: str | None = None
    voltage: float | None = None
    capacity: tuple[float, float, float] | None = None


# Sizes and capacities [kW]: branch roads, main roads, collectors. Between any two kinds that cross, the bands of depth
# keep table 4.1.14 of GB 50289.
LANES = (
    Lane("sewer", "WS", -4.5, 5.90, (0, 40), 60.0, (700, 800, 1200), "direct", "钢筋混凝土管"),
    Lane("storm", "YS", 3.5, 4.40, (45, 80), 57.0, (800, 1000, 1200), "direct", "钢筋混凝土管"),
    Lane("water", "JS", -8.0, 2.72, (85, 110), 54.0, (300, 400, 600), "direct", "球墨铸铁管"),
    Lane("heat", "RL", 6.0, 1.92, (115, 140), 51.0, (250, 300, 300), "direct", "预制保温钢管"),
    Lane("gas", "RQ", 8.3, 1.42, (145, 165), 48.0, (160, 200, 200), "direct", "PE管", pressure="MA"),
    Lane("telecom", "TX", -10.5, 1.06, (170, 185), 45.0, (110, 110, 110), "duct", "PVC管"),
    Lane(
        "power",
        "DL",
        10.5,
        0.69,
        (190, 205),
        42.0,
        (150, 150, 150),
        "duct",
        "MPP管",
        voltage=20.0,
        capacity=(60_000.0, 100_000.0, 150_000.0),
    ),
)
GRAVITY = ("sewer", "storm")
TUNNEL_ROAD, TUNNEL_SPAN = 9, (6, 9)
"""洪泽湖路 between 通湖大道 and 九华山路 has a utility tunnel: power, telecom, water and heat run in it."""
IN_TUNNEL = ("power", "telecom", "water", "heat")


def roads() -> gpd.GeoDataFrame:
    """Return one row per road segment, from trench to traffic."""
    table = []
    for s in streets():
        paved = 240 + lay.between(f"paved{s.id}", 0, 15)
        ready = paved + 40 + lay.between(f"open{s.id}", 0, 20)
        table.append(
            {
                "id": s.id,
                "name": s.name,
                "grade": _grade(s.width),
                "width": s.width,
                "corridor": ";".join(UTILITY_ZH[k.kind] for k in LANES),
                "start": day(s.tranche, -30),
                "paved": day(s.tranche, paved),
                "finish": day(s.tranche, ready),
                "walkable": True,
                "bridge": False,
                "geometry": s.line(*s.ends),
            }
        )
    return _overhauled(lay.frame("roads", table))


def _grade(width: float) -> str:
    return "arterial" if width >= 36 else "secondary" if width >= 30 else "branch"


def _overhauled(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the oldest main roads a new surface in their tenth year."""
    old = (frame["grade"] == "arterial") & (frame["finish"] < np.datetime64("2012-01-01"))
    frame.loc[old, "overhauled"] = frame.loc[old, "finish"] + pd.Timedelta(days=3700)
    return frame


def pipes() -> gpd.GeoDataFrame:
    """Return every pipe: along the roads, to the works and to the outfalls, and the tunnel."""
    table = [row for k in LANES for s in streets() for row in _along(k, s)]
    table += [_feed_pipe(feed) for feed in feeds()] + outfalls()
    table += [_tunnel(s) for s in streets() if _has_tunnel(s)]
    return lay.frame("pipes", table)


def _along(lane: Lane, s: Street) -> Iterator[dict[str, Any]]:
    """Yield the pipes of one lane in one street: one, or more where a stub ends or a works joins."""
    low, high = s.ends
    shift = lane.offset if s.axis == "EW" else -lane.offset  # lanes of crossing roads meet beside the crossing
    earlier = [first_at()[n] < s.tranche for n in s.nodes]
    stubs = [place for place, stub in ((low + lane.stub, earlier[0]), (high - lane.stub, earlier[1])) if stub]
    joins = [f.at for f in feeds() if f.lane.kind == lane.kind and f.street == s]
    places = sorted([low + shift, high + shift, *stubs, *joins])
    pieces = list(pairwise(places))
    for k, (a, b) in enumerate(pieces):
        owner = 0 if earlier[0] and k == 0 else 1 if earlier[1] and k == len(pieces) - 1 else None
        tranche = s.tranche if owner is None else first_at()[s.nodes[owner]]
        yield _pipe(lane, s, s.line(b, a, lane.offset), f"{lane.mark}-{s.id[3:]}-{k + 1}", tranche)


def _pipe(lane: Lane, s: Street, line: shapely.LineString, name: str, tranche: int) -> dict[str, Any]:
    size = lane.sizes[_rank(s)]
    begun, done = lane.turn
    z = _bottom(lane, shapely.get_coordinates(line))
    if lane.kind in GRAVITY and z[0] < z[-1]:  # drawn the way the water runs
        line, z = shapely.reverse(line), z[::-1]
    return {
        "id": name,
        "name": f"{s.name}{UTILITY_ZH[lane.kind]}管",
        "kind": lane.kind,
        "diameter_mm": float(size),
        "material": lane.material,
        "pressure": lane.pressure,
        "voltage_kv": lane.voltage,
        "burial": _burial(lane, s),
        "capacity": lane.capacity[_rank(s)] if lane.capacity else None,
        "cover": round(lane.invert - size / 1000, 2),
        "z_start": z[0],
        "z_end": z[-1],
        "road": s.id,
        "branch": False,
        "start": day(tranche, begun + lay.between(f"from{name}", 0, 3)),
        "finish": day(tranche, done - lay.between(f"till{name}", 0, 5)),
        "geometry": line,
    }


def _bottom(lane: Lane, xy: np.ndarray[Any, Any]) -> list[float]:
    """Return the level of the pipe's bottom at each vertex; the inlet of the sewage works lies 0.3 m lower."""
    depth = np.full(len(xy), lane.invert)
    inlets = [f.at for f in feeds() if f.lane.kind == "sewer"] if lane.kind == "sewer" else []
    depth[np.isin(xy[:, 0], inlets) & (xy[:, 1] < 100)] += 0.3
    return [round(float(z), 3) for z in ground(xy[:, 0], xy[:, 1]) - depth]


def _rank(s: Street) -> int:
    """Return the rank of a street's pipes: 2 where the southern and western roads collect, 1 on main roads, else 0."""
    return 2 if s.road == 0 else 1 if s.width >= 30 else 0


def _has_tunnel(s: Street) -> bool:
    return s.axis == "EW" and s.road == TUNNEL_ROAD and TUNNEL_SPAN[0] <= s.part < TUNNEL_SPAN[1]


def _burial(lane: Lane, s: Street) -> str:
    """Return the way of burial: in the tunnel, and in a casing (套管) where a road joins or crosses it."""
    if lane.kind not in IN_TUNNEL:
        return lane.burial
    if _has_tunnel(s):
        return "tunnel"
    low, high = TUNNEL_SPAN
    joins = any(road == TUNNEL_ROAD and low <= ns <= high for ns, road in s.nodes)
    return "duct" if joins else lane.burial


def _tunnel(s: Street) -> dict[str, Any]:
    low, high = s.ends
    line = s.line(low, high, 0.5)
    z = [round(float(v), 3) for v in ground(*shapely.get_coordinates(line).T) - 9.5]
    return {
        "id": f"GL-{s.id[3:]}",
        "name": f"{s.name}综合管廊",
        "kind": "tunnel",
        "diameter_mm": 3000.0,
        "material": "现浇混凝土",
        "cover": 6.5,
        "z_start": z[0],
        "z_end": z[-1],
        "road": s.id,
        "branch": False,
        "start": day(s.tranche, -200),
        "finish": day(s.tranche, -15),
        "geometry": line,
    }


@dataclass(frozen=True)
class Feed:
    """A works or station: its lane, the street it joins, where along it, its own place, and its dates."""

    id: str
    name: str
    lane: Lane
    street: Street
    at: float
    place: tuple[float, float]
    capacity: float
    start: np.datetime64
    finish: np.datetime64


CITY_MAINS = (("water", 5, 60_000.0, "市政给水接入点"), ("power", 7, 189_000.0, "110千伏徐淮变电站"))
WORKS = {
    "U11": ("water", 60_000.0),
    "U12": ("power", 189_000.0),
    "U13": ("gas", 60_000.0),
    "U14": ("heat", 900_000.0),
    "U15": ("telecom", 200_000.0),
    "U21": ("sewer", 120_000.0),
}


@cache
def feeds() -> tuple[Feed, ...]:
    """Return the city's mains that serve the start, the park's own works on their parcels, in order of id."""
    ways = {(s.axis, s.road, s.part): s for s in streets()}
    lanes = {k.kind: k for k in LANES}
    out = []
    for number, (kind, part, capacity, name) in enumerate(CITY_MAINS, start=1):
        s = ways["EW", 0, part]
        at = round(sum(s.ends) / 2, 1)
        out.append(Feed(f"YZ-S{number:02d}", name, lanes[kind], s, at, (at, -20.0), capacity, day(1, 0), day(1, 215)))
    for p in [p for p in lay.plots() if p.code in WORKS]:
        kind, capacity = WORKS[p.code]
        x0, y0, x1, y1 = p.shape.bounds
        southern = y0 == lay.block_box(p.row, p.col)[1]
        if kind == "sewer" and not southern:
            continue
        s = ways["EW", p.row + (0 if southern else 1), p.col]
        place = (round((x0 + x1) / 2, 1), y0 + 5.0 if southern else y1 - 5.0)
        begun = opened(p.tranche) + np.timedelta64(40, "D")
        out.append(
            Feed(
                f"YZ-{p.id[3:]}",
                lay.names("place")[p.code],
                lanes[kind],
                s,
                place[0],
                place,
                capacity,
                begun,
                begun + np.timedelta64(250, "D"),
            )
        )
    return tuple(out)


def _feed_pipe(feed: Feed) -> dict[str, Any]:
    """Return the main between the lane and the works; it is laid with the road, so that the road stays whole."""
    y = lay.EW_ROADS[feed.street.road] - feed.lane.offset
    line = shapely.LineString([(feed.at, y), feed.place])
    row = _pipe(feed.lane, feed.street, line, f"{feed.lane.mark}-{feed.id}", feed.street.tranche)
    if feed.lane.kind == "sewer":  # from the lowest point of the network into the works
        inlet = _bottom(feed.lane, shapely.get_coordinates(line))[0]
        row |= {"geometry": line, "z_start": inlet, "z_end": round(inlet - 0.3, 3)}
    size = float(feed.lane.sizes[2])
    row |= {"diameter_mm": size, "cover": round(feed.lane.invert - size / 1000, 2)}
    return row | {"name": f"{feed.name}连接管", "branch": True, "capacity": feed.capacity, "road": None}


def outfalls() -> list[dict[str, Any]]:
    """Return the storm outfall of each east-west road into the western canal, with the pipe that leads to it."""
    lane = next(k for k in LANES if k.kind == "storm")
    out = []
    for s in (s for s in streets() if s.axis == "EW" and s.part == 0):
        x, y = lay.NS_ROADS[0] + lane.offset, lay.EW_ROADS[s.road] - lane.offset
        tranche = first_at()[0, s.road]
        line = shapely.LineString([(x, y), (lay.CANAL - 4.0, y)])
        pipe = _pipe(lane, s, line, f"YS-PK-{s.road + 1:02d}", tranche)
        out.append(pipe | {"diameter_mm": 1200.0, "cover": 3.2, "name": f"{s.name}雨水排口"})
    return out


def sources() -> gpd.GeoDataFrame:
    """Return the works, stations, mains of the city and outfalls as points on the end of their pipe."""
    table = [
        {
            "id": f.id,
            "name": f.name,
            "kind": f.lane.kind,
            "capacity": f.capacity,
            "head": 48.0 if f.lane.kind == "water" else None,
            "start": f.start,
            "finish": f.finish,
            "geometry": shapely.Point(f.place),
        }
        for f in feeds()
    ]
    table += [
        {
            "id": f"PK-{p['id'][-2:]}",
            "name": p["name"],
            "kind": "storm",
            "start": p["start"],
            "finish": p["finish"],
            "geometry": shapely.Point(shapely.get_coordinates(p["geometry"])[-1]),
        }
        for p in outfalls()
    ]
    return lay.frame("sources", table)
