"""Places in schools, hospitals and homes for the elderly match the people within reach of them.

供需匹配 (两步移动搜索法, 2SFCA). Step one: the places of each facility over the people within its catchment. Step two: for
each home the sum of these ratios over the facilities within reach, per thousand people, against the need of its kind.
Distances are walked on the network, straight where there is none. A kind of which the layer holds no row, and a facility without
a capacity, are unknown; where the facilities are declared complete, a kind without a row has no places.

Cannot see: the age of the people, private services, catchments drawn by the education bureau.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ..facts.access import walking, walks_from
from ..facts.landuse.roles import unread
from ..facts.nearby import Array, standing, undated
from ..facts.population import FILLED, Homes, homes, places_meant
from ..facts.services import not_drawn
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import service_kind
from .tables import NEEDS, table

SEVERITY = "warning"
cause = service_kind
LAYERS = ("parcels", "facilities")
OPTIONAL = ("roads",)
COLUMNS = ("facilities.kind", "facilities.capacity")

ZH = Text(
    title="服务供给不足",
    message="{id} 步行 {catchment:.0f} 米内每千人{kind_zh} {value:.1f} {unit_zh}，低于需求 {limit:.1f} {unit_zh}",
    advice="扩大或增设该类设施",
    trap="需求指标为项目参数，应以当地千人指标替换",
)
EN = Text(
    title="Services short of demand",
    message="{id} has {value:.1f} {unit_en} per thousand people in {kind} within {catchment:.0f} m, less than the {limit:.1f} needed",
    advice="enlarge the service or add one",
    trap="needs are project parameters; put the local figures in their place",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Catchment and tolerance."""

    catchment: float = param(
        1000.0, unit="m", zh="服务半径", source="project default, 15-minute circle of GB 50180-2018"
    )
    filled_least: float = param(
        FILLED, unit="ratio", zh="人口填写率下限（低于此值不采用）", source="project default, no standard"
    )
    met: float = param(0.8, unit="ratio", zh="需求满足比例下限", source="project default, no standard")
    table: tuple[str, ...] = NEEDS


def check(plan: Plan, p: Params) -> Findings:
    """Homes whose share of places falls short, one row for each kind; evidence: the home."""
    lived = homes(plan, p.filled_least)
    if not len(lived.id) or not lived.counted:
        raise Skipped("no_value", what="parcels.people / buildings.people")
    places = plan["facilities"]
    stand, capacity = standing(plan, "facilities"), places["capacity"].to_numpy(dtype=float)
    kind, late = places["kind"].to_numpy(dtype=object), undated(plan, "facilities")
    needs, blocks, judged, unproven = table("service_need", p.table), [], 0, [lived.id[:0]]
    hidden = not_drawn(plan, needs["kind"])
    kinds = [kind for kind in needs["kind"] if kind not in hidden]
    for row in needs[~needs["kind"].isin(hidden)].to_dict("records"):
        mine = stand & (kind == row["kind"])
        if mine.any() and np.isnan(capacity[mine]).all():
            continue
        judged += lived.dated
        told = mine & ~np.isnan(capacity)
        blocks.append(_block(p, row, (plan, lived), _supply(places, capacity, told)))
        if (told & late).any():  # what has no date of completion may not be there
            least = _block(p, row, (plan, lived), _supply(places, capacity, told & ~late))
            unproven.append(np.setdiff1d(np.asarray(least.id), np.asarray(blocks[-1].id)))
    ids = places["id"].to_numpy(dtype=object)
    blank = np.isnan(capacity) & np.isin(kind.astype(str), needs["kind"])
    return findings(
        plan.crs,
        *blocks,
        judged=judged,
        unknown=[
            ("facilities", ids[blank], "no_attribute"),
            ("facilities", np.array(hidden, dtype=object), "no_such_kind"),
            ("facilities", np.array(kinds if walking(plan).straight else [], dtype=object), "no_walk"),
            (lived.layer, np.unique(np.concatenate(unproven)), "undated"),
            *lived.unknown,
            *unread(plan, *places_meant(lived)),
        ],
    )


def _supply(places: gpd.GeoDataFrame, capacity: Array, rows: Array) -> tuple[Array, Array]:
    return np.asarray(shapely.point_on_surface(places.geometry.to_numpy()[rows])), capacity[rows]


def floating_catchment(plan: Plan, lived: Homes, supply: tuple[Array, Array], catchment: float) -> Array:
    """Return the places per person at each home by the two-step floating catchment area."""
    i, j, _ = walks_from(plan, (lived.layer, lived.at), supply[0], catchment)
    demand = np.bincount(j, weights=lived.weight[i], minlength=len(supply[0]))
    ratio = np.divide(supply[1], demand, out=np.zeros(len(demand)), where=demand > 0)
    return np.bincount(i, weights=ratio[j], minlength=len(lived.id))


def _block(p: Params, row: dict[str, Any], world: tuple[Plan, Homes], supply: tuple[Array, Array]) -> Rows:
    plan, lived = world
    have, need = 1000.0 * floating_catchment(plan, lived, supply, p.catchment), float(row["per_thousand"])
    bad = (have < need * p.met - 1e-9) & (lived.weight > 0)
    words = {"kind_zh": row["zh"], "kind": row["en"], "unit_zh": row["unit_zh"], "unit_en": row["unit_en"]}
    return Rows(
        layer=lived.layer,
        id=lived.id[bad],
        geometry=lived.point[bad],
        other_layer="facilities",
        other_id=row["kind"],
        value=np.round(have[bad], 3),
        limit=need,
        unit="per 1000",
        args=words,
    )


def _home(name: str, x: float, people: int) -> dict[str, object]:
    return {
        "id": name,
        "code": "R2",
        "scheme": "gb50137",
        "people": people,
        "wkt": f"POLYGON (({x} 0, {x + 20} 0, {x + 20} 20, {x} 20, {x} 0))",
    }


PASSES = mini(
    parcels=[_home("R1", 300, 900), _home("R2", 500, 100)],
    facilities=[{"id": "S", "kind": "primary_school", "capacity": 52, "wkt": "POINT (0 0)"}],
)
FAILS = mini(
    parcels=[_home("R1", 300, 900), _home("R2", 500, 300)],
    facilities=[{"id": "S", "kind": "primary_school", "capacity": 52, "wkt": "POINT (0 0)"}],
)
