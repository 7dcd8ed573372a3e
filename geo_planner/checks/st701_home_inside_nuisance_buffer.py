"""Homes, schools and hospitals keep the protective distance from works that give off harmful substances.

The distance is the one set by the environmental assessment (环评防护距离); without it the one computed from the fugitive
emission by GB/T 39499-2020; without that a default by land class. It runs from the edge of the works parcel to the edge
of the sensitive one, or of a building that people live, learn or lie ill in where its own parcel is not sensitive. GB/T 39499: Qc/Cm = (1/A)(B·L^C + 0.25·r²)^0.50·L^D, r = √(S/π), rounded up to its step (级差).
A code that does not tell its nuisance class, or whether its land is sensitive, is unknown where the widest distance could matter.
Both must exist at the same time: a school opened a month before the plant next door closes is a conflict.

Cannot see: the production unit inside the parcel (the parcel edge is taken, which is stricter), stacks, terrain, two
substances at one step, homes outside the layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..algorithms.distances import links
from ..facts.around import Bond
from ..facts.buildings import guarded
from ..facts.landuse.doubt import by_edge
from ..facts.landuse.roles import group_is, left_open, nuisance, open_rows, unread
from ..facts.nearby import Array, near_together
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import counterpart
from .tables import EMISSION, table
from .tables.steps import step

SEVERITY = "error"
cause = counterpart
LAYERS = ("parcels",)
OPTIONAL = ("facilities",)
BLANKS = ("facilities.kind",)
BONDS = (Bond("buildings", "parcel", "parcels"),)

ZH = Text(
    title="卫生防护距离不足",
    message="{id} 距污染源地块 {other_id} {value:.0f} 米，小于{basis_zh} {limit:.0f} 米",
    advice="调整敏感用地或污染源位置，或以环评确定的防护距离替换缺省值",
    trap="缺省距离为项目参数，不是标准值；应以环评批复为准",
)
EN = Text(
    title="Sensitive use inside a nuisance buffer",
    message="{id} lies {value:.0f} m from the nuisance source {other_id}, less than {limit:.0f} m ({basis})",
    advice="move one of the two, or give the distance of the environmental assessment in place of the default",
    trap="default distances are project parameters, not the standard; the approved assessment decides",
)
_RANGES = ((0.0, 1000.0), (1000.0, 2000.0), (2000.0, 1e5))
_BASIS = {"eia": ("环评防护距离", "environmental assessment"), "formula": ("按 GB/T 39499 计算的距离", "GB/T 39499 formula"),
          "class": ("按用地类别的缺省距离", "default by land class")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Distances by land class and the climate of the formula."""

    class2: float = param(50.0, unit="m", zh="二类工业缺省距离", source="project default, no standard")
    class3: float = param(300.0, unit="m", zh="三类工业缺省距离", source="project default, no standard")
    storage3: float = param(300.0, unit="m", zh="三类仓储缺省距离", source="project default, no standard")
    # fmt: off
    sewage: float = param(300.0, unit="m", zh="污水处理厂缺省距离", source="GB 50318-2017, from memory; doubtful（存疑）: 150/200/300 m by size", clause="4.4.4")
    wind: float = param(3.0, unit="m/s", zh="五年平均风速", source="project default, give your own", clause="GB/T 39499-2020")
    composition: str = param("II", unit="class", zh="大气污染源构成类别", source="project default, give your own", clause="GB/T 39499-2020")
    table: tuple[str, ...] = EMISSION
    # fmt: on


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of a sensitive use and a nuisance source nearer than the distance; the gap between them is the evidence."""
    reach, basis = required(plan, p)
    emit = np.flatnonzero(reach > 0)
    sides = guarded(plan)
    blocks = [_block(plan, layer, at, emit, (reach, basis)) for layer, at in sides]
    blank = left_open(plan, "nuisance") & (basis == "class")
    most = np.where(blank, max(p.class2, p.class3, p.storage3, p.sewage), reach)
    vague, unsure = by_edge(plan, blank, most, sides)
    judged = plan["parcels"]["id"][(group_is(plan, "industry") | (reach > 0)) & ~vague]
    open_ = [open_rows(plan, "nuisance", vague), open_rows(plan, "sensitive", unsure)]
    return findings(plan.crs, *blocks, judged={"parcels": judged}, unknown=[*unread(plan), *open_])


def reach(plan: Plan, p: Params) -> float:
    """The longest distance that a parcel asks for."""
    return float(np.max([p.class2, p.class3, p.storage3, p.sewage, *required(plan, p)[0]]))


def _block(plan: Plan, layer: str, kept: Array, emit: Array, need: tuple[Array, Array]) -> Rows:
    reach, basis = need
    pairs = near_together(plan, ("parcels", layer), (emit, kept), reach[emit])
    pairs = pairs[pairs.distance < reach[pairs.left]]
    at, of, works = pairs.right, plan[layer], plan["parcels"]
    since, until = pairs.both.days()
    why = [_BASIS[b] for b in basis[pairs.left]]
    return Rows(
        layer=layer, id=of["id"].to_numpy(dtype=object)[at], other_layer="parcels",
        other_id=works["id"].to_numpy(dtype=object)[pairs.left], value=np.round(pairs.distance, 2),
        limit=reach[pairs.left], unit="m", since=since, until=until,
        geometry=links(of.geometry.to_numpy()[at], works.geometry.to_numpy()[pairs.left]),
        severity=np.where(basis[pairs.left] == "eia", "error", "warning"),
        args={"basis_zh": [w[0] for w in why], "basis": [w[1] for w in why]},
    )  # fmt: skip


def required(plan: Plan, p: Params) -> tuple[Array, Array]:
    """Return the distance each parcel asks for [m], 0 where none, and on what ground (eia, formula, class)."""
    parcels, kind = plan["parcels"], nuisance(plan)
    default = {"class2": p.class2, "class3": p.class3, "storage3": p.storage3, "sewage": p.sewage}
    reach = np.array(kind.map(default).fillna(0.0), dtype=float)
    basis = np.full(len(parcels), "class", dtype=object)
    emission, limit = parcels["emission"].to_numpy(dtype=float), parcels["limit_mg"].to_numpy(dtype=float)
    known = (emission > 0) & (limit > 0) & (len(_coefficients(p)) == len(_RANGES))
    if known.any():
        area = parcels.geometry.area.to_numpy()[known]
        reach[known], basis[known] = step(protective_distance(emission[known] / limit[known], area, p)), "formula"
    given = parcels["buffer_eia"].notna().to_numpy()
    reach[given], basis[given] = parcels["buffer_eia"].to_numpy(dtype=float)[given], "eia"
    return reach, basis


def protective_distance(ratio: Array, area: Array, p: Params) -> Array:
    """L of GB/T 39499 [m] for Qc/Cm and the area of the unit [m²], solved by halving; the row of the table fits L."""
    answer = np.full(len(ratio), np.nan)
    for row, (least, most) in zip(_coefficients(p), _RANGES, strict=True):
        A, B, C, D = (float(row[k]) for k in (f"A_{p.composition}", "B", "C", "D"))
        low, high = np.zeros(len(ratio)), np.full(len(ratio), 1e5)
        for _ in range(60):
            L = (low + high) / 2
            less = (B * L**C + 0.25 * area / np.pi) ** 0.5 * L**D / A < ratio
            low, high = np.where(less, L, low), np.where(less, high, L)
        fits = np.isnan(answer) & (low >= least) & (low <= most)
        answer[fits] = low[fits]
    return np.where(np.isnan(answer), 2000.0, answer)


def _coefficients(p: Params) -> list[dict[Any, Any]]:
    """The rows of the table for the wind of the place, one for each of `_RANGES`; none where the profile strikes them."""
    rows = table("gbt39499_coefficients", p.table)
    return list(rows[rows["wind"] == ("<2" if p.wind < 2 else "2-4" if p.wind <= 4 else ">4")].to_dict("records"))


# fmt: off
def _parcel(name: str, code: str, x: float, **more: Any) -> dict[str, Any]:
    return {"id": name, "code": code, "scheme": "gb50137", "wkt": f"POLYGON (({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))"} | more


PASSES = mini(parcels=[_parcel("M", "M3", 0, removed="2020-01-01"), _parcel("R", "R2", 150, start="2020-01-01"), _parcel("Q", "M2", 301)])
FAILS = mini(parcels=[_parcel("M", "M3", 0, removed="2020-02-01"), _parcel("R", "R2", 350, start="2020-01-01")],
             facilities=[{"id": "S", "kind": "kindergarten", "wkt": "POINT (200 50)"}])
# fmt: on
