"""What stands on the parcels and around them: buildings, services, control lines, noise zones, digs, grids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from . import layout as lay
from .parcels import AS_OF, HAZARD, RULES, days, halls, life, storeys, title
from .streets import first_at, ground, opened, streets

USES = {"M": "factory", "W": "warehouse", "R": "house", "B": "shop", "A": "public", "U": "utility"}
USE_OF_CODE = {"A33": "school", "A32": "school", "A5": "hospital", "A1": "office", "A35": "office", "B2": "office"}
SERVICES = {
    "A1": "community",
    "A2": "culture",
    "A33": "primary_school",
    "A4": "sports",
    "A5": "clinic",
    "A6": "elderly_care",
    "U22": "waste_station",
    "U31": "fire_station",
    "G1": "park",
    "B1": "market",
}
SERVICE_ZH = {
    "kindergarten": "幼儿园",
    "community": "社区服务站",
    "clinic": "社区卫生服务站",
    "market": "生鲜超市",
    "elderly_care": "日间照料中心",
    "culture": "文化活动室",
    "sports": "健身场地",
}
"""Small services of an estate, together in its neighbourhood centre."""
LANDCOVER_YEARS = (2006, 2012, 2018, 2024)
CELL = 20.0


def park() -> gpd.GeoDataFrame:
    """Return the park's outline."""
    row = {
        "id": "SQ",
        "name": lay.PARK,
        "role": "core",
        "people": 90_000.0,
        "start": np.datetime64("2006-05-10"),
        "geometry": lay.boundary(),
    }
    return lay.frame("parks", [row])


def buildings() -> gpd.GeoDataFrame:
    """Return the buildings of every parcel that was begun; they share its dates."""
    return lay.frame("buildings", [row for p in lay.plots() for row in _buildings(p)])


def _buildings(p: lay.Plot) -> list[dict[str, Any]]:
    feet, dates = halls(p), life(p)
    if not feet or dates is None:
        return []
    floors, rule = storeys(p), RULES[p.code[0]]
    shared = {
        "parcel": p.id,
        "use": _use(p),
        "hazard": HAZARD.get(p.code),
        "rating": 2,
        "floors": float(floors),
        "height": round(floors * rule.storey_height + 1.0, 1),
        "start": dates.start + days(20),
        "finish": dates.finish,
    }
    return [
        shared
        | {
            "id": f"JZ-{p.id[3:]}-{k}",
            "name": f"{title(p)}{k}号楼",
            "floor_area": round(foot.area * floors, 0),
            "geometry": foot,
        }
        for k, foot in enumerate(feet, start=1)
    ]


def _use(p: lay.Plot) -> str:
    if p.code == "R2" and p.col == lay.AVENUE:
        return "dormitory"
    return USE_OF_CODE.get(p.code, USES[p.code[0]])


def facilities() -> gpd.GeoDataFrame:
    """Return schools, clinics, parks and the like on their parcels, small services in the estates, and bus stops."""
    table = [row for p in lay.plots() for row in _services(p)]
    for i, j in sorted(first_at()):
        place = shapely.Point(lay.NS_ROADS[i] + 30.0, lay.EW_ROADS[j] + 9.0)
        name = f"{lay.names('ew_road')[str(j)]}{lay.names('ns_road')[str(i)]}站"
        ready = opened(first_at()[i, j]) + days(60)
        stop = {"id": f"GJ-{i + 1:02d}{j + 1:02d}", "name": name, "kind": "bus_stop", "finish": ready}
        table.append(stop | {"geometry": place})
    return lay.frame("facilities", table)


def _services(p: lay.Plot) -> list[dict[str, Any]]:
    dates, centre = life(p), p.shape.centroid
    if dates is None:
        return []
    kinds = [SERVICES[p.code]] if p.code in SERVICES else []
    if p.code == "R2" and lay.draw(f"service{p.id}") < 0.7:
        kinds = list(SERVICE_ZH)
    if p.code == "G1":
        kinds = ["park", "sports"]
    at = shapely.Point(round(centre.x, 1), round(centre.y, 1))
    return [
        {
            "id": f"FW-{p.id[3:]}" + (f"-{k}" if k else ""),
            "name": f"{title(p)}{SERVICE_ZH.get(kind, '')}",
            "kind": kind,
            "capacity": float(round(p.shape.area / 20)) if kind in {"primary_school", "kindergarten"} else None,
            "start": dates.start,
            "finish": dates.finish,
            "geometry": at,
        }
        for k, kind in enumerate(kinds)
    ]


def control_lines() -> gpd.GeoDataFrame:
    """Return farmland, red line and development boundary around the park, and the corridors beside it."""
    north, east = lay.NORTH_EDGE, lay.EAST
    y = np.arange(-200.0, north + 201.0, 50.0)
    river = np.column_stack([lay.east_edge(np.clip(y, 0, north)), y])
    wood = shapely.Polygon(np.concatenate([river + np.array([300.0, 0.0]), (river + np.array([520.0, 0.0]))[::-1]]))
    table = [
        ("YJJBNT-01", "西侧永久基本农田", "farmland", shapely.box(-1100, -200, -300, north + 200), None),
        ("YJJBNT-02", "北侧永久基本农田", "farmland", shapely.box(0, north + 300, east, north + 1000), None),
        ("STBHHX-01", "为民河生态保护红线", "redline", wood, None),
        ("CZKFBJ-01", "城镇开发边界", "boundary", shapely.buffer(lay.boundary(), 250.0, join_style="mitre"), None),
        ("LX-01", "九支渠蓝线", "river", shapely.box(0, 0, lay.CANAL, north), 15.0),
        ("LX-02", "皂河灌区总干渠蓝线", "river", shapely.box(lay.CANAL, north - lay.CANAL, east, north), 15.0),
        ("GY-01", "220千伏高压走廊", "power_corridor", shapely.box(24, 0, 48, north - 40), None),
        ("GL-01", "徐淮公路", "highway", shapely.box(-250, -90, east + 250, -50), 15.0),
    ]
    rows = [
        {
            "id": i,
            "name": n,
            "kind": k,
            "width": w,
            "voltage_kv": 220.0 if k == "power_corridor" else None,
            "start": np.datetime64("2006-05-10"),
            "geometry": g,
        }
        for i, n, k, g, w in table
    ]
    return lay.frame("control_lines", rows)


def noise_zones() -> gpd.GeoDataFrame:
    """Return class 3 in the works, class 2 in the city, class 4a on the avenue and the southern road."""
    avenue = float(lay.NS_ROADS[lay.AVENUE])
    land = lay.boundary()
    bands = (
        ("SHJ-3", "工业片区", "3", shapely.box(0, 36, avenue - 25, 9000)),
        ("SHJ-2", "城区", "2", shapely.box(avenue + 25, 36, 9000, 9000)),
        ("SHJ-4a-1", "通湖大道交通干线", "4a", shapely.box(avenue - 25, 36, avenue + 25, 9000)),
        ("SHJ-4a-2", "华罗庚路交通干线", "4a", shapely.box(0, 0, 9000, 36)),
    )
    since = np.datetime64("2006-05-10")
    rows = [
        {"id": i, "name": n, "grade": g, "start": since, "geometry": shapely.intersection(land, b)}
        for i, n, g, b in bands
    ]
    return lay.frame("noise_zones", rows)


REASONS = ("给水管道漏损抢修", "电力排管增容", "通信管道改造", "燃气管道迁改", "雨污分流接驳")


def excavations() -> gpd.GeoDataFrame:
    """Return digs that keep to the rule: after five years, or as an emergency, or approved by the city."""
    table: list[dict[str, Any]] = []
    for s in streets():
        chance = lay.draw(f"dig{s.id}")
        early = chance < 0.05
        wait = lay.between(f"after{s.id}", *((500, 1500) if early else (1900, 3200)))
        begun = opened(s.tranche) + days(wait)
        if chance > 0.16 or begun > AS_OF - days(60):
            continue
        number = len(table) + 1
        share = 0.3 + 0.4 * lay.draw(f"place{s.id}")
        middle = shapely.line_interpolate_point(s.line(*s.ends, 6.0), share, normalized=True)
        table.append(
            {
                "id": f"WJ-{number:03d}",
                "name": f"{s.name}挖掘",
                "road": s.id,
                "approved": not early,
                "emergency": early,
                "reason": REASONS[0 if early else number % 5],
                "start": begun,
                "finish": begun + days(12 + number % 9),
                "geometry": shapely.Point(np.round(shapely.get_coordinates(middle)[0], 1)),
            }
        )
    return lay.frame("excavations", table)


def grid() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], tuple[float, ...]]:
    """Return x and y of cell centres in the park's frame, and the six numbers of the world's grid (20 m, north up)."""
    xmin, ymin, xmax, ymax = shapely.bounds(lay.to_world(lay.boundary()))
    left, top = np.floor(xmin / CELL) * CELL - 120, np.ceil(ymax / CELL) * CELL + 120
    nx, ny = int((xmax + 120 - left) // CELL) + 1, int((top - ymin + 120) // CELL) + 1
    x, y = np.meshgrid(left + CELL * (np.arange(nx) + 0.5), top - CELL * (np.arange(ny) + 0.5))
    home = lay.to_park(np.column_stack([x.ravel(), y.ravel()]))
    return home[:, 0].reshape(x.shape), home[:, 1].reshape(x.shape), (CELL, 0.0, float(left), 0.0, -CELL, float(top))


def dem() -> np.ndarray[Any, Any]:
    """Return the ground in metres, to the nearest 5 cm: the plain, with swells of a hand's breadth."""
    x, y, _ = grid()
    swell = 0.12 * np.sin(x / 310.0) * np.cos(y / 270.0) + 0.08 * np.sin((x + y) / 150.0)
    heights: np.ndarray[Any, Any] = (np.round((ground(x, y) + swell) * 20) / 20).astype("float32")
    return heights


CROPS, GRASS, WATER, SEALED, BARE = 10, 30, 60, 80, 90
"""Classes of GlobeLand30, the land-cover maps that a newcomer is likely to have."""


def landcover(layers: Mapping[str, gpd.GeoDataFrame], year: int) -> np.ndarray[Any, Any]:
    """Return the classes at the end of a year: fields, then building sites, then what was finished."""
    from rasterio.features import rasterize

    end = np.datetime64(f"{year}-12-31")
    parcels, roads = layers["parcels"], layers["roads"]
    codes = np.array([p.code for p in sorted(lay.plots(), key=lambda p: p.id)])
    letters = codes.astype("U1")
    kinds = np.select([np.isin(codes, ["G1", "G2"]), letters == "E"], [GRASS, WATER], SEALED)
    done, begun = (parcels[c].to_numpy() <= end for c in ("finish", "start"))
    classes = np.where(letters == "E", WATER, np.where(done, kinds, np.where(begun, BARE, CROPS)))
    open_roads = roads[(roads["finish"] <= end).to_numpy()]
    strips = shapely.buffer(open_roads.geometry.array, open_roads["width"].to_numpy() / 2, cap_style="square")
    x, _, affine = grid()
    shapes = [
        *zip(lay.to_world(strips), [SEALED] * len(strips), strict=True),
        *zip(lay.to_world(np.array(parcels.geometry.array)), classes.tolist(), strict=True),
    ]
    cells: np.ndarray[Any, Any] = rasterize(shapes, out_shape=x.shape, fill=CROPS, transform=affine, dtype="uint8")
    return cells
