"""How the land of a park compares with the structure and per-head figures of a city (information only).

规划建设用地结构. GB 50137-2011 table 4.4.1: R 25-40, A 5-8, M 15-30, S 10-25, G 10-15 % of urban construction land; per head
R 28-38, A >= 5.5, S >= 12, G >= 10 m². An industrial park is not a city: 4.4.2 leaves industrial cities to their actual
situation, so this never fails anybody. Which letter land has follows from the use that its scheme gives it. Where streets are left out between the parcels, the land that no parcel covers
is accounted for first: what roads take up by their width counts as S, and how much it is stands beside every figure.

Cannot see: the rest of the city, the climate zone (the northern per-head band is used).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..facts.landuse.roles import means, unread
from ..facts.landuse.uncovered import uncovered
from ..facts.landuse.uses import uses
from ..facts.nearby import Array
from ..facts.population import by_park, park_shapes
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import land_structure
from .tables import STRUCTURE, table

SEVERITY = "info"
cause = land_structure
LAYERS = ("parcels",)
MEANS = ("urban", "use")
OPTIONAL = ("parks",)

ZH = Text(
    title="用地结构与城市标准不同",
    message="园区 {id} 的{kind_zh}{what_zh}为 {value:.1f}，城市参考值{band_zh}（含按宽度计入的道路 {roads_ha:.1f} 公顷）",
    advice="仅供参考；如需产城融合，可据此补足短板用地",
    trap="工业园区不是完整城市，不以此判定违规",
)
EN = Text(
    title="Structure unlike a city's",
    message="in park {id}, {kind} has {what} {value:.1f}; a city has {band} (with {roads_ha:.1f} ha of roads by their width)",
    advice="for information; a park that is to become a town may fill these gaps",
    trap="an industrial park is no whole city and is not judged by this",
)
_STREETS = "road"


@dataclass(frozen=True, kw_only=True)
class Params:
    """Scale of the bands."""

    table: tuple[str, ...] = STRUCTURE
    slack: float = param(
        0.0, unit="%", zh="区间外允许偏差", source="project default; bands GB 50137-2011 from memory", clause="4.4.1"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Parks whose share or per-head area lies outside the band of a city; evidence: the park."""
    letter, area = letters(plan), uses(plan)["area"].to_numpy()
    urban = letter != ""
    streets = _streets(plan)
    total = by_park(plan, area, np.flatnonzero(urban))
    total = total.add(streets.reindex(total.index).fillna(0.0))
    people = _people(plan, list(total.index))
    blocks = []
    for row in table("structure_50137", p.table).to_dict("records"):
        mine = by_park(plan, area, np.flatnonzero(letter == row["letter"])).reindex(total.index).fillna(0.0)
        if _STREETS in row["uses"].split(";"):
            mine = mine.add(streets.reindex(mine.index).fillna(0.0))
        share = 100.0 * mine / total.where(total > 0)
        head = mine / people.where(people > 0)
        for value, (low, high), words in (
            (share, (row["least"], row["most"]), ("占比（%）", "a share (%) of", "share")),
            (head, (row["head_least"], row["head_most"]), ("人均面积（平方米）", "an area per head (m²) of", "head")),
        ):
            names = (row["zh"], row["en"], *words[:2], f"{row['letter']}-{words[2]}")
            blocks.append(_block(plan, p, (value, streets), (low, high), names))
    return findings(plan.crs, *blocks, judged=len(total), unknown=unread(plan))


def _block(
    plan: Plan, p: Params, figures: tuple[pd.Series, pd.Series], band: tuple[str, str], words: tuple[str, ...]
) -> Rows:
    value, streets = figures
    low = float(band[0]) * (1 - p.slack / 100.0) if band[0] else 0.0
    high = float(band[1]) * (1 + p.slack / 100.0) if band[1] else np.inf
    bad = ((value < low - 1e-9) | (value > high + 1e-9)) if any(band) else value.notna() & False
    shapes, number = park_shapes(plan), value[bad]
    return Rows(
        layer="parks",
        id=list(number.index),
        geometry=[shapes[n] for n in number.index],
        value=np.round(number, 3),
        unit="%" if "%" in words[2] else "m²",
        limit=np.where(number < low, low, high),
        other_id=words[4],
        args={
            "kind_zh": words[0],
            "kind": words[1],
            "what_zh": words[2],
            "what": words[3],
            "band_zh": f"为 {low:.1f}–{high:.1f}" if np.isfinite(high) else f"不低于 {low:.1f}",
            "band": f"{low:.1f} to {high:.1f}" if np.isfinite(high) else f"at least {low:.1f}",
            "roads_ha": streets.reindex(number.index).fillna(0.0).to_numpy() / 1e4,
        },
    )


def _streets(plan: Plan) -> pd.Series:
    """The ground that roads take up by their width outside the parcels, per park [m²]; none where no park is drawn."""
    left = uncovered(plan) if plan.has("parks") else ()
    return pd.Series({one.park: float(shapely.area(one.land.roads)) for one in left}, dtype=float)


def letters(plan: Plan) -> Array:
    """Return the GB 50137 letter of the urban construction land of each parcel, "" where it is none, "?" where it is open."""
    rows = table("structure_50137")
    letter = {use: row for uses_, row in zip(rows["uses"], rows["letter"], strict=True) for use in uses_.split(";")}
    of_use = uses(plan)["use"].map(letter).fillna("?")
    return np.asarray(np.where(means(plan, "urban"), of_use, ""), dtype=object)


def _people(plan: Plan, names: list[Any]) -> pd.Series:
    out = by_park(plan, plan["parcels"]["people"].fillna(0.0).to_numpy(dtype=float), np.arange(len(plan["parcels"])))
    if plan.has("parks", "people"):
        parks = plan["parks"].set_index("id")["people"].dropna()
        out = parks.combine_first(out)
    return out.reindex(names).fillna(0.0)


# fmt: off
def _strip(name: str, code: str, x: float, width: float) -> dict[str, object]:
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "wkt": f"POLYGON (({x} 0, {x + width} 0, {x + width} 100, {x} 100, {x} 0))"}


_SOUND = (("R", "R2", 0, 30), ("A", "A1", 30, 8), ("M", "M1", 38, 30), ("S", "S1", 68, 20), ("G", "G1", 88, 12))
_CRAMPED = (("R", "R2", 0, 10), ("A", "A1", 30, 8), ("M", "M1", 38, 60), ("S", "S1", 98, 10), ("G", "G1", 108, 12))
PASSES = mini(parcels=[_strip(*row) for row in _SOUND])
FAILS = mini(parcels=[_strip(*row) for row in _CRAMPED])
# fmt: on
