"""What becomes of each parcel and when: permits, works, first use, intensity, people.

Dates come from one clock per phase: industry starts as soon as its roads are open, housing and commerce are released
when the industry of the phase is producing (先工业后商住), and every permit comes before the next (先规划后建设).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from . import layout as lay
from .streets import opened
from .utilities import Feed, feeds

Day = np.datetime64
AS_OF = Day(lay.AS_OF)

HOMES_FROM = tuple(Day(d) for d in ("2010-07-01", "2014-11-01", "2019-09-01", "2024-11-01"))
HOMES_SPAN = (620, 600, 750, 1500)
WORKS_SPAN = (330, 330, 420, 420, 540, 540, 600, 600, 900)

TRADES = {"M1": ("40", "41", "39", "36"), "M2": ("35", "36", "37", "17", "30"), "M3": ("26",)}
TALL = {"40", "41", "30"}
"""Trades whose floor-area ratio must reach 1.0 (国土资发〔2008〕24号): they build three storeys."""


@dataclass(frozen=True)
class Rule:
    """How a class of land is built: days of works and until first use, storeys, share built on, green, plan bounds."""

    works: tuple[int, int]
    until_use: tuple[int, int]
    storeys: tuple[int, int] = (0, 0)
    storey_height: float = 0.0
    built: tuple[float, float] = (0.0, 0.0)
    green: tuple[float, float] = (0.0, 0.0)
    bounds: tuple[float | None, ...] = (None,) * 6  # far_min, far_max, density_max, green_min, green_max, height_max


RULES = {
    "M": Rule((300, 480), (60, 150), (2, 2), 8.0, (42.5, 50.0), (8.0, 15.0), (0.8, 3.0, 60.0, None, 20.0, 36.0)),
    "W": Rule((240, 340), (40, 90), (2, 2), 9.0, (43.0, 52.0), (6.0, 12.0), (0.7, 2.0, 65.0, None, 20.0, 30.0)),
    "R": Rule((700, 950), (40, 90), (5, 7), 3.0, (20.3, 23.8), (35.0, 41.0), (1.0, 2.0, 28.0, 35.0, None, 36.0)),
    "B": Rule((480, 700), (60, 150), (4, 7), 4.2, (28.0, 38.0), (20.0, 26.0), (None, 3.5, 45.0, 20.0, None, 60.0)),
    "A": Rule((380, 600), (60, 120), (3, 5), 4.0, (16.0, 24.0), (35.0, 40.0), (None, 1.5, 30.0, 35.0, None, 30.0)),
    "U": Rule((240, 320), (70, 90), (1, 2), 5.0, (18.0, 26.0), (25.0, 32.0), (None, 1.0, 40.0, 20.0, None, 24.0)),
    "S": Rule((120, 180), (20, 40), bounds=(None, 0.5, 20.0, None, None, 12.0)),
    "G": Rule((120, 210), (15, 40), bounds=(None, 0.1, 5.0, 65.0, None, 12.0)),
}


@dataclass(frozen=True)
class Life:
    """The dates of one parcel; `grant` to `build` are its permits."""

    opinion: Day
    grant: Day
    land: Day
    works: Day
    build: Day
    start: Day
    finish: Day
    used: Day


def days(count: float) -> np.timedelta64:
    """Return a span of whole days."""
    return np.timedelta64(int(count), "D")


@cache
def life(p: lay.Plot) -> Life | None:
    """Return the dates of a parcel, or None for water, which nobody builds."""
    if p.code == "E1":
        return None
    key, rule = p.id, RULES[p.code[0]]
    feed = _feed(p)
    start = feed.start if feed else _start(p)
    finish = feed.finish if feed else start + days(lay.between(f"build{key}", *rule.works))
    used = finish + days(lay.between(f"use{key}", *rule.until_use))
    grant = start - days(lay.between(f"grant{key}", 150, 230))
    land = grant + days(lay.between(f"land{key}", 20, 40))
    works = land + days(lay.between(f"works{key}", 30, 50))
    build = works + days(lay.between(f"permit{key}", 20, 40))
    return Life(grant - days(lay.between(f"opinion{key}", 40, 80)), grant, land, works, build, start, finish, used)


def _feed(p: lay.Plot) -> Feed | None:
    return next((f for f in feeds() if f.id == f"YZ-{p.id[3:]}"), None)


def _start(p: lay.Plot) -> Day:
    """Return the day works begin: after the roads, and for housing and commerce after the phase's industry."""
    ready, chance = opened(p.tranche) + days(40), lay.draw(f"start{p.id}")
    phase = lay.PHASE_OF_TRANCHE[p.tranche - 1]
    if p.code[0] in "MW":
        return Day(ready + days(chance * WORKS_SPAN[p.tranche - 1]))
    if p.code[0] in "RB":
        return Day(max(ready, HOMES_FROM[phase]) + days(chance * HOMES_SPAN[phase]))
    return Day(ready + days(20 + chance * 900))


def trade(p: lay.Plot) -> str | None:
    """Return the industry code (GB/T 4754) of a factory parcel."""
    known = TRADES.get(p.code)
    return known[lay.between(f"trade{p.id}", 0, len(known))] if known else None


def storeys(p: lay.Plot) -> int:
    """Return the number of storeys of the parcel's main buildings."""
    low, high = RULES[p.code[0]].storeys
    return 3 if trade(p) in TALL else lay.between(f"storeys{p.id}", low, high + 1)


def halls(p: lay.Plot) -> list[shapely.Polygon]:
    """Return the footprints of a parcel: a grid of halls or blocks with room for the fire brigade between them."""
    rule = RULES.get(p.code[0])
    if rule is None or not rule.storeys[1] or not is_begun(p):
        return []
    x0, y0, x1, y1 = p.shape.bounds
    edge, gap, step = (9.0, 18.0, (85.0, 85.0)) if p.code[0] in "MW" else (10.0, 24.0, (75.0, 60.0))
    wide, deep = x1 - x0 - 2 * edge, y1 - y0 - 2 * edge
    nx, ny = max(1, round(wide / step[0])), max(1, round(deep / step[1]))
    share = (rule.built[0] + lay.draw(f"built{p.id}") * (rule.built[1] - rule.built[0])) / 100
    bx = (wide - gap * (nx - 1)) / nx
    by = min((deep - gap * (ny - 1)) / ny, share * p.shape.area / (nx * ny * bx))
    pitch = (deep - by) / (ny - 1) if ny > 1 else 0.0
    left = x0 + edge + np.arange(nx) * (bx + gap)
    low = y0 + edge + np.arange(ny) * pitch
    return [shapely.box(round(a, 1), round(b, 1), round(a + bx, 1), round(b + by, 1)) for b in low for a in left]


def is_begun(p: lay.Plot) -> bool:
    """Whether works on the parcel have begun by the as-of day."""
    dates = life(p)
    return dates is not None and bool(dates.start <= AS_OF)


def parcels() -> gpd.GeoDataFrame:
    """Return every parcel with its class, dates, bounds and intensity."""
    return lay.frame("parcels", [_row(p) for p in lay.plots()])


def _row(p: lay.Plot) -> dict[str, Any]:
    newest = lay.PHASE_OF_TRANCHE[p.tranche - 1] == 3
    code = lay.GUIDE_OF_LETTERS[p.code] if newest else p.code
    phase = lay.PHASE_OF_TRANCHE[p.tranche - 1]
    row: dict[str, Any] = {
        "id": p.id,
        "name": title(p),
        "park": lay.PARK,
        "phase": lay.PHASES[phase],
        "district": lay.DISTRICTS[phase],
        "code": code,
        "planned_code": code,
        "scheme": "guide2023" if newest else "gb50137",
        "area_declared": round(p.shape.area, 1),
        "resettle": p.code == "R2" and lay.draw(f"resettle{p.id}") < 0.06,
        "ancillary": p.code == "R2" and p.col == lay.AVENUE,
        "geometry": p.shape,
    }
    bounds = RULES[p.code[0]].bounds if p.code[0] in RULES else (None,) * 6
    row |= dict(zip(("far_min", "far_max", "density_max", "green_min", "green_max", "height_max"), bounds, strict=True))
    return row | _dates(p) | _intensity(p)


def title(p: lay.Plot) -> str:
    """Return the name of a parcel: a firm, a housing estate, or what stands there."""
    kind = trade(p)
    if kind:
        firm = lay.names("firm")[str(lay.between(f"firm{p.id}", 0, 24))]
        return f"{firm}{lay.names('trade')[kind]}（宿迁）有限公司"
    if p.code[0] == "R":
        name = lay.names("homes")[str(lay.between(f"homes{p.id}", 0, 16))]
        return f"{name}{lay.between(f'stage{p.id}', 1, 4)}期"
    road = lay.names("ew_road")[str(p.row)]
    return f"{road.removesuffix('路')}{lay.names('place')[p.code]}"


def _dates(p: lay.Plot) -> dict[str, Any]:
    dates = life(p)
    if dates is None:
        return {}
    row: dict[str, Any] = {"start": dates.start, "finish": dates.finish, "used": dates.used}
    if dates.grant <= AS_OF and p.code[0] != "G":
        row |= {"released": dates.grant, "contract_start": dates.start - days(lay.between(f"contract{p.id}", 0, 60))}
    return row


def _intensity(p: lay.Plot) -> dict[str, Any]:
    """Return demand and jobs, and what is built: ratios from the footprints, people."""
    if p.code[0] not in NEEDS:
        return {}
    area, feet = p.shape.area, sum(h.area for h in halls(p))
    water, power, jobs = NEEDS[p.code[0]]
    needs = {"water_m3d": float(round(area / 1e4 * water)), "power_kw": float(round(area / 1e4 * power))}
    if not feet:
        return needs
    rule, floors = RULES[p.code[0]], storeys(p)
    total = feet * floors
    low, high = rule.green
    row: dict[str, Any] = {
        "far": round(total / area, 2),
        "density": round(100 * feet / area, 1),
        "floor_area": round(total, 0),
        "green": round(low + lay.draw(f"green{p.id}") * (high - low), 1),
        "height": round(floors * rule.storey_height + 1.0, 1),
    }
    if jobs:
        row["jobs"] = float(round(area / 1e4 * jobs))
    if p.code[0] in "MW":
        row |= {
            "admin_share": round(4.0 + 2.4 * lay.draw(f"admin{p.id}"), 1),
            "industry": trade(p),
            "industry_edition": "2002" if trade(p) else None,
            "hazard": HAZARD[p.code],
        }
    if p.code == "M3":
        row |= {"buffer_eia": 300.0, "emission": 0.3, "limit_mg": 0.2}
    if p.code[0] == "R":
        homes = round(total / 128)
        row |= {"dwellings": float(homes), "people": float(round(homes * 2.6))}
    return needs | row


NEEDS = {
    "M": (35, 110, 68),
    "W": (12, 25, 25),
    "R": (50, 60, 0),
    "B": (40, 130, 60),
    "A": (35, 60, 60),
    "U": (12, 40, 0),
}
"""Demand of a hectare in use as the works metered it: water [m³/d], power [kW]; and its jobs."""
HAZARD = {"M1": "ding", "M2": "bing", "M3": "bing", "W1": "wu", "W2": "bing", "W3": "bing"}


PLAN_DAYS = tuple(Day(d) for d in ("2006-08-18", "2010-05-20", "2015-04-16", "2020-09-08"))


def approvals() -> gpd.GeoDataFrame:
    """Return master plans, detailed-plan units and the permits of each parcel granted so far."""
    return lay.frame("approvals", [*_master_plans(), *_units(), *(row for p in lay.plots() for row in _permits(p))])


def _master_plans() -> list[dict[str, Any]]:
    newest = shapely.union_all([lay.cell(b.row, b.col) for b in lay.blocks() if b.tranche > 6])
    older = shapely.union_all([lay.cell(b.row, b.col) for b in lay.blocks() if b.tranche <= 6])
    titles = (
        ("ZG-2006", "苏州宿迁工业园区总体规划（2006—2020）", older, "2006-05-10"),
        ("ZG-2020", "苏州宿迁工业园区拓园总体规划（2020—2035）", newest, "2020-06-18"),
    )
    return [
        {
            "id": i,
            "name": n,
            "kind": "master_plan",
            "number": f"宿政复〔{d[:4]}〕{31 + k}号",
            "start": Day(d),
            "geometry": g,
        }
        for k, (i, n, g, d) in enumerate(titles)
    ]


def _units() -> list[dict[str, Any]]:
    """Return one detailed plan for each unit, the ground of its blocks up to the middle of the roads."""
    out = []
    for unit in range(1, 9):
        ground = shapely.union_all([lay.cell(b.row, b.col) for b in lay.blocks() if lay.unit_of(b.row, b.col) == unit])
        day = PLAN_DAYS[(unit - 1) // 2]
        side = "工业" if unit % 2 else "城区"
        out.append(
            {
                "id": f"KG-{unit:02d}",
                "kind": "detailed_plan",
                "name": f"{lay.DISTRICTS[(unit - 1) // 2]}{side}单元控制性详细规划",
                "number": f"宿政复〔{str(day)[:4]}〕{unit + 50}号",
                "start": day,
                "geometry": ground,
            }
        )
    return out


STEPS = (
    ("site_opinion", "XZ", "opinion"),
    ("land_grant", "CR", "grant"),
    ("land_permit", "YD", "land"),
    ("works_permit", "GC", "works"),
    ("construction_permit", "SG", "build"),
    ("acceptance", "JG", "finish"),
)


def _permits(p: lay.Plot) -> list[dict[str, Any]]:
    """Return the permits of a parcel granted by the as-of day; green land is made without them."""
    dates = life(p)
    if dates is None or p.code[0] == "G":
        return []
    out = []
    for kind, mark, step in STEPS:
        day = getattr(dates, step) + days(12 if step == "finish" else 0)
        if day > AS_OF or (kind == "site_opinion" and p.code[0] not in "AUS"):
            continue
        number = f"{mark}{str(day)[:4]}{lay.between(f'{mark}{p.id}', 1, 999):03d}"
        out.append(
            {
                "id": f"{mark}-{p.id[3:]}",
                "name": title(p),
                "kind": kind,
                "parcel": p.id,
                "number": number,
                "start": day,
                "geometry": p.shape,
            }
        )
    return out
