"""Production, living and ecology develop together: the degree of coordination D is not below the line.

三生耦合协调度. The index of each subsystem comes from indicators with fixed anchors (bad, good), so that D means the same in
every run; coupling is computed in the form of Wang Shujia 2021 and in the standard form, and T is always shown with it:
three systems that are all low couple perfectly.

Cannot see: indicators whose data are missing (the list of those used stands in the report), causes.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..algorithms.overlay import together
from ..facts.landuse.balance import CLASSES, EDGES, LEVELS, LEVELS_EN, coordination, indices, level
from ..facts.landuse.uses import uses
from ..facts.landuse.valid_shapes import valid_shapes
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import land_structure

SEVERITY = "info"
cause = land_structure
LAYERS = ("parcels",)
MEANS = ("group", "balance")
OPTIONAL = ("parks",)

ZH = Text(
    title="三生耦合协调度偏低",
    message="园区 {id} 协调度 D={value:.3f}（{level_zh}），C 王淑佳式 {c_wang:.3f}、标准式 {c_std:.3f}，T={t:.3f}；提醒线 {limit:.2f}",
    advice="优先提升三个子系统中指数最低的一个",
    trap="三者同低时 C 会接近 1，须与 T、D 一并看",
)
EN = Text(
    title="Low coordination",
    message="park {id}: D = {value:.3f} ({level_en}), C {c_wang:.3f} (Wang), {c_std:.3f} (standard), T = {t:.3f}; line {limit:.2f}",
    advice="raise the lowest of the three subsystems first",
    trap="three low systems couple perfectly: read C only with T and D",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    edges: tuple[float, ...] = param(
        EDGES, unit="D", source="地理学报 2021, 76(4), table 1 (read by excerpt); papers differ", zh="协调等级界限"
    )
    line: float = param(
        0.5,
        unit="D",
        source="地理学报 2021, 76(4), table 1: (0.4, 0.5] is near discord (read by excerpt)",
        zh="协调度提醒线",
    )


def check(plan: Plan, p: Params) -> Findings:
    """Parks whose D (Wang) is below the line; evidence: the parcels that take part."""
    table = indices(plan)
    known = table[list(CLASSES)].notna().all(axis=1).to_numpy()
    if not known.any():
        raise Skipped("no_column", columns=["parcels.far", "parcels.density", "parcels.jobs", "parcels.people"])
    values = coordination(table.loc[known, list(CLASSES)].to_numpy(dtype=float))
    values["park"] = table.loc[known, "park"].to_numpy()
    low = values[values["D_wang"] < p.line]
    named = [_named(level(d, p.edges), len(p.edges) + 1) for d in low["D_wang"]]
    shapes = [_land(plan, str(park)) for park in low["park"]]
    rows = Rows(
        layer="parks",
        id=low["park"],
        geometry=shapes,
        value=low["D_wang"],
        limit=p.line,
        unit="D",
        args={
            "c_wang": low["C_wang"],
            "c_std": low["C_std"],
            "t": low["T"],
            "level_zh": [zh for zh, _ in named],
            "level_en": [en for _, en in named],
        },
    )
    return findings(
        plan.crs, rows, judged=int(known.sum()), unknown=[("parks", table.loc[~known, "park"], "no_attribute")]
    )


def _named(band: int, many: int) -> tuple[str, str]:
    """Return the name of a band; where there are not ten, its number."""
    return (
        (LEVELS[band], LEVELS_EN[band])
        if many == len(LEVELS)
        else (f"{many} 级中第 {band + 1} 级", f"band {band + 1} of {many}")
    )


def _land(plan: Plan, park: str) -> object:
    use = uses(plan)
    mine: pd.Series = use["counted"] & (use["park"] == park)
    return together(valid_shapes(plan, "parcels")[mine.to_numpy()])


def _plot(name: str, code: str, x: int, **more: object) -> dict[str, object]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "park": "K",
        "wkt": f"POLYGON (({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))",
    } | more


_GREEN = _plot("C", "G1", 200)
PASSES = mini(parcels=[_plot("A", "M1", 0, far=1.5, jobs=500.0), _plot("B", "R2", 100, people=900.0), _GREEN])
FAILS = mini(parcels=[_plot("A", "M1", 0, far=0.5, jobs=20.0), _plot("B", "R2", 100, people=9000.0), _GREEN])
