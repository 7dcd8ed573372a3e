"""Pipes lie deep enough, deeper under a carriageway than elsewhere.

覆土深度. Table 4.1.3 of GB 50289-2016. The cover is the one on record, else ground less crown at the shallower end, where an
elevation model and the levels are there. A pipe with its middle on a carriageway (an area, or within half the width of a
centre line) is judged as under motor traffic. Where the way of burial is not known the least of its kind is asked for.

Cannot see: frost depth, casings and protective slabs, courtyards (0.3 m for gas), cover along the pipe between its ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from ..facts.nearby import Array
from ..facts.terrain import sample
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .tables import COVER, table
from .tables.pipes import classes, radius

SEVERITY = "warning"
LAYERS = ("pipes",)
BLANKS = ("pipes.kind", "pipes.cover")
OPTIONAL = ("roads",)

ZH = Text(
    title="管线覆土不足",
    message="管线 {id} 覆土 {value:.2f} 米，小于{place_zh}最小覆土 {limit:.2f} 米",
    advice="加深埋设，或加套管、盖板保护",
    trap="加保护措施后可适当减小；严寒地区还应在冰冻线以下",
)
EN = Text(
    title="Pipe buried too shallow",
    message="pipe {id} has {value:.2f} m of cover, less than {limit:.2f} m {place}",
    advice="bury it deeper, or protect it by a casing or slabs",
    trap="protection allows less; in cold regions the frost line asks for more",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Tolerance and the width of roads that state none."""

    tolerance: float = param(0.01, unit="m", zh="深度容差", source="project default, no standard")
    factor: float = param(
        1.0, unit="ratio", zh="覆土系数", source="GB 50289-2016 table 4.1.3, from memory", clause="4.1.3"
    )
    table: tuple[str, ...] = COVER
    road_width: float = param(14.0, unit="m", zh="宽度不明道路的宽度", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Pipes with less cover than the table asks; evidence: the pipe."""
    pipes = plan["pipes"]
    kind = classes(pipes)
    cover = covers(plan)
    motor = under_traffic(plan, p.road_width)
    limit = _limits(plan, kind, motor, p.table) * p.factor
    judged = (kind != "") & ~np.isnan(cover) & ~np.isnan(limit)
    bad = judged & (cover < limit - p.tolerance)
    place = np.where(motor, "under a carriageway", "outside the carriageway")
    rows = Rows(
        layer="pipes",
        id=pipes["id"].to_numpy(dtype=object)[bad],
        geometry=pipes.geometry.to_numpy()[bad],
        value=np.round(cover[bad], 3),
        limit=limit[bad],
        unit="m",
        since=pipes["finish"].to_numpy()[bad],
        until=pipes["removed"].to_numpy()[bad],
        args={"place": place[bad], "place_zh": np.where(motor, "机动车道下", "非机动车道（人行道）下")[bad]},
    )
    blank = (kind != "") & np.isnan(cover)
    return findings(
        plan.crs,
        rows,
        judged={"pipes": pipes["id"].to_numpy(dtype=object)[judged]},
        unknown=[("pipes", pipes["id"].to_numpy(dtype=object)[blank], "no_cover")],
    )


def reach(plan: Plan, p: Params) -> float:
    """Half the width of the widest road."""
    wide = plan["roads"]["width"].to_numpy(dtype=float) if plan.has("roads") else []
    return float(np.nanmax([p.road_width, *wide])) / 2.0


def covers(plan: Plan) -> Array:
    """Return cover over the crown of each pipe [m]: as recorded, else from ground and levels, NaN where neither is known."""
    pipes = plan["pipes"]
    cover = np.array(pipes["cover"], dtype=float)
    levels = pipes[["z_start", "z_end"]].to_numpy(dtype=float)
    if "dem" not in plan.rasters or np.isnan(levels).all():
        return cover
    lines = shapely.get_geometry(pipes.geometry.to_numpy(), 0)
    ground = np.column_stack([sample(plan.rasters["dem"], shapely.get_point(lines, end)) for end in (0, -1)])
    least = (ground - levels).min(axis=1) - 2.0 * radius(pipes)
    return np.where(np.isnan(cover), least, cover)


def under_traffic(plan: Plan, default_width: float) -> Array:
    """Return which pipes have their middle on a carriageway."""
    pipes = plan["pipes"]
    out = np.zeros(len(pipes), dtype=bool)
    if not plan.has("roads"):
        return out
    middle = shapely.line_interpolate_point(shapely.get_geometry(pipes.geometry.to_numpy(), 0), 0.5, normalized=True)
    roads = plan["roads"].geometry.to_numpy()
    half = np.where(
        shapely.get_dimensions(roads) == 2,
        0.0,
        plan["roads"]["width"].fillna(default_width).to_numpy(dtype=float) / 2.0,
    )
    _, hit = shapely.STRtree(middle).query(roads, predicate="dwithin", distance=half)
    out[hit] = True
    return out


def _limits(plan: Plan, kind: Array, motor: Array, own: Sequence[str]) -> Array:
    burial = plan["pipes"]["burial"].to_numpy(dtype=object)
    limit = np.full(len(kind), np.nan)
    for row in table("pipe_cover", own).to_dict("records"):
        mine = kind == row["kind"]
        ducted = row["variant"] in {"conduit", "steel conduit"}
        mine &= (burial == "duct") | plan["pipes"]["burial"].isna().to_numpy() if ducted else mine
        mine &= burial != "duct" if row["variant"] == "direct" else mine
        for cell, place in ((row["cover_motor"], motor), (row["cover_nonmotor"], ~motor)):
            if cell:
                limit[mine & place] = np.fmin(limit[mine & place], float(cell))
    return limit


_ROAD = {"id": "R", "width": 20, "wkt": "LINESTRING (0 0, 100 0)"}
PASSES = mini(
    pipes=[
        {"id": "W", "kind": "water", "cover": 0.7, "wkt": "LINESTRING (0 5, 100 5)"},
        {"id": "V", "kind": "water", "cover": 0.6, "wkt": "LINESTRING (0 15, 100 15)"},
    ],
    roads=[_ROAD],
)
FAILS = mini(pipes=[{"id": "W", "kind": "water", "cover": 0.65, "wkt": "LINESTRING (0 5, 100 5)"}], roads=[_ROAD])
