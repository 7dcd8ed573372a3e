"""In each district the first plant is in production before the first housing or commercial land is released.

先工业后商住, in its simplest form: min(release of R, B) >= min(first use of M). A district is the `district` of the
parcels, or the whole park where none is given. Who was first can be told only where the records are complete from a day on
(`history_from`, or the founding of the park where the records begin with it): land released before, or without such a day, is
unknown.

Cannot see: plants without a date of first use, districts drawn so that they hold no industry at all (not judged).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..facts.progress import history_from, parties
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import counterpart
from .waits import first_of, together

SEVERITY = "error"
cause = counterpart
LAYERS = ("parcels",)
COLUMNS = ("parcels.used",)
MEANS = ("group",)

ZH = Text(
    title="首宗商住用地早于首家企业投产",
    message="{district}：地块 {id} 于 {day} 供地，早于本片区首家企业 {other_id} 的投产日期 {plant_day}（早 {value:.0f} 天）",
    advice="待片区首家企业投产后再供应商住用地",
    trap="安置房、宿舍与邻里中心须标注，否则会被误判",
)
EN = Text(
    title="Housing released before the first plant works",
    message="{district}: parcel {id} is released on {day}, before the district's first plant {other_id} is in production on {plant_day} ({value:.0f} days early)",
    advice="release housing and commerce after the first plant is in production",
    trap="resettlement housing, dormitories and neighbourhood centres must be marked, or they are judged",
)
REMEDY = {"happened": ("督促首批企业投产；片区内未供的商住用地暂停供应，已供的控制预售与入住节奏", "press the first plants into production; grant no more housing or commerce there and steer sales and occupation of the rest")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    allowance: float = param(0.0, unit="d", source="project default, no standard", zh="允许提前天数")
    history_from: str = param(
        "",
        unit="date, as 2006-05-10",
        source="your own: the day from which the records are complete",
        zh="记录完整起始日",
    )
    founding: float = param(
        730.0, unit="d", source="project default, no standard", zh="首条记录距园区设立的最大天数（否则视为记录不全）"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Each housing or commercial parcel released before its district's first plant is in production."""
    plants, homes = _sides(plan)
    first = plants.sort_values(["used", "id"]).drop_duplicates("zone").set_index("zone")
    undated = homes.loc[homes["day"].isna(), "id"]
    homes = homes[homes["day"].notna() & homes["zone"].isin(first.index)]
    known = history_from(plan, p.history_from, p.founding).loc[homes.index]
    dark = homes.loc[~(homes["day"] >= known), "id"]
    homes = homes[homes["day"] >= known]
    plant_day = first["used"].reindex(homes["zone"]).to_numpy()
    early = (plant_day - homes["day"].to_numpy()) / np.timedelta64(1, "D")
    bad = early > p.allowance
    open_day = homes["released"].isna() & ~bad  # its start passes, yet it may have been released long before
    undated = pd.concat([undated, homes.loc[open_day, "id"]])
    late = homes[bad]
    rows = Rows(
        layer="parcels",
        id=late["id"],
        geometry=plan["parcels"].geometry.loc[late.index],
        other_layer="parcels",
        other_id=first["id"].reindex(late["zone"]).to_numpy(),
        value=early[bad],
        limit=p.allowance,
        unit="d",
        since=late["day"],
        until=plant_day[bad],
        args={"district": late["zone"], "day": late["day"], "plant_day": plant_day[bad]},
    )
    return findings(
        plan.crs,
        rows,
        judged=("parcels", homes.loc[~open_day, "id"]),
        unknown=[("parcels", undated, "no_released"), ("parcels", dark, "no_history")],
    )


def _sides(plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return plants with a day of first use, and all housing and commerce, each with its zone."""
    table = parties(plan)
    district = plan["parcels"]["district"]
    table["zone"] = district.where(district.notna(), table["park"])
    table["day"] = table["released"].fillna(table["start"])
    plants = table[(table["group"] == "industry") & table["used"].notna() & table["zone"].notna()]
    return plants, table[table["group"].isin(["housing", "commerce"]) & ~table["exempt"]]


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """The release of each parcel now too early, or its start, waits for the first plant of its district."""
    plants, homes = _sides(plan)
    homes = homes[homes["id"].isin(check(plan, p).rows["id"])]
    held = homes["released"].notna()
    sides = (("released", homes[held]), ("start", homes[~held]))
    parts = [first_of(plants, part, ("zone", "first plant"), ("used", event)) for event, part in sides]
    return together(parts).assign(lag=-float(p.allowance))


_WORKS = {
    "id": "A",
    "park": "K",
    "code": "M1",
    "scheme": "gb50137",
    "used": "2011-01-01",
    "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))",
}
_HOMES = {
    "id": "B",
    "park": "K",
    "code": "R2",
    "scheme": "gb50137",
    "wkt": "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))",
}
_PARK = {"id": "K", "start": "2010-01-01", "wkt": "POLYGON ((0 0, 300 0, 300 100, 0 100, 0 0))"}
PASSES = mini(parks=[_PARK], parcels=[_WORKS, _HOMES | {"released": "2011-01-01"}])
FAILS = mini(parks=[_PARK], parcels=[_WORKS, _HOMES | {"released": "2010-06-01"}])
