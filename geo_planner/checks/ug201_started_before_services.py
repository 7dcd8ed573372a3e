"""A parcel starts only after water, power and a road serve it.

先地下后地上; 供地条件“三通一平” is the least the land supply rules ask for. Served means: an accepted pipe within reach of the
parcel, or in a road beside it, joined through accepted pipes to a source in service; for a road, that one beside the parcel
is open. The evidence is the stretch of the best path that is accepted too late, and the pipe that comes last. Parcels of
ecology, farm land, roads and utilities are not judged.

Cannot see: temporary supply during construction, pipes that cross without a common vertex (not taken as joined), whether
the pipes are large enough (NW501).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..facts.progress import phase_of
from ..facts.utilities.lateness import Question, answers, built, drawn
from ..plan import Findings, Plan, Skipped, findings
from .contract import Text, mini, param
from .grouping import waited_for
from .late_rows import late_rows
from .waits import services

SEVERITY = "error"
cause = waited_for
LAYERS = ("parcels", "pipes", "sources")
COLUMNS = ("parcels.start", "pipes.finish")
ALONE = True
ENTIRE = ("pipes", "roads", "sources")

ZH = Text(
    title="未通先建",
    message="地块 {id} 于 {day} 开工时{kind_zh}未通；{served_zh}",
    advice="推迟开工，或将所示管段提前验收",
    trap="施工临时水电不在图上；支管随地块建设的，可设支管滞后天数",
)
EN = Text(
    title="Started before its services",
    message="parcel {id} starts on {day} without {kind}; {served}",
    advice="start later, or have the stretch shown accepted earlier",
    trap="temporary supply is not on the map; where branches follow the plot, set the branch lag",
)
REMEDY = {"happened": ("补接所示管段并尽快验收，接通前不得投用；查明未通先供地的原因，补齐供地条件", "connect the stretch shown and have it accepted; no use before that; find out why the land was granted without it")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    kinds: tuple[str, ...] = param(
        ("water", "power", "road"),
        unit="list",
        source="三通一平 as the least for land supply, provincial land rules (read in a secondary source)",
        zh="开工前须通的项目",
    )
    reach: float = param(30.0, unit="m", source="project default, no standard", zh="地块至管线或道路的接入距离")
    allowance: float = param(0.0, unit="d", source="project default, no standard", zh="允许滞后天数")
    branch_lag: float = param(
        0.0, unit="d", source="project default: trunks first, branches with the plot", zh="支管可滞后天数"
    )
    branch_kinds: tuple[str, ...] = param(("sewer", "storm"), unit="list", source="project default", zh="允许支管滞后的管线种类")  # fmt: skip
    by_phase: bool = param(
        False, unit="yes/no", source="switch: a phase is serviced before its first parcel starts", zh="按分期整体判断"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Each parcel and utility that is not there in time, with the pipe it waits for."""
    parcels, subject, ask = plan["parcels"], built(plan), _question(plan, p)
    answer = answers(plan, ask)
    ids = parcels["id"].to_numpy(dtype=object)
    if not answer.kinds:
        raise Skipped("no_source")
    unknown = [
        ("parcels", ids[ask.days.notna().to_numpy() & ~drawn(plan)], "no_geometry"),
        ("parcels", ids[answer.no_network], "no_source"),
        ("parcels", ids[answer.unknown & ~answer.no_network], "no_finish"),
        ("parcels", ids[subject & parcels["start"].isna().to_numpy()], "no_start"),
    ]
    return findings(
        plan.crs, late_rows(ids, answer.late, p.allowance), judged=("parcels", ids[answer.judged]), unknown=unknown
    )


def reach(plan: Plan, p: Params) -> float | None:  # noqa: ARG001  (the form of every reach)
    """No distance beside the networks; where the parcels of a phase are judged as one, no limit."""
    return None if p.by_phase else 0.0


def _question(plan: Plan, p: Params) -> Question:
    days = plan["parcels"]["start"].where(built(plan))
    return Question(
        kinds=p.kinds,
        days=days.groupby(phase_of(plan)).transform("min").where(days.notna()) if p.by_phase else days,
        reach=p.reach,
        allowance=p.allowance,
        branch_lag=p.branch_lag,
        branch_kinds=p.branch_kinds,
    )


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """Works wait for pipes and roads; with `by_phase` it is the first works of the phase that do."""
    ids, begun, phase = plan["parcels"]["id"], plan["parcels"]["start"].where(built(plan)).dropna(), phase_of(plan)
    if p.by_phase:
        ids = ids.reindex(phase.map(begun.groupby(phase[begun.index]).idxmin()))
    return services(plan, _question(plan, p), "start", ids.to_numpy(dtype=object))


_PLOT = {
    "id": "A",
    "code": "M1",
    "scheme": "gb50137",
    "start": "2020-06-01",
    "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))",
}
_ROAD = {"id": "R", "width": 12.0, "finish": "2019-12-01", "wkt": "LINESTRING (0 0, 200 0)"}
_WATER = {"id": "W1", "kind": "water", "finish": "2019-06-01", "wkt": "LINESTRING (0 2, 60 2)"}
_NEXT = {"id": "W2", "kind": "water", "finish": "2019-08-01", "wkt": "LINESTRING (60 2, 140 2)"}
_POWER = {"id": "P1", "kind": "power", "finish": "2019-07-01", "wkt": "LINESTRING (0 -2, 140 -2)"}
_SOURCES = [
    {"id": "SW", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (0 2)"},
    {"id": "SP", "kind": "power", "finish": "2015-01-01", "wkt": "POINT (0 -2)"},
]
PASSES = mini(parcels=[_PLOT], roads=[_ROAD], pipes=[_WATER, _NEXT, _POWER], sources=_SOURCES)
FAILS = mini(parcels=[_PLOT], roads=[_ROAD], pipes=[_WATER | {"finish": "2021-06-01"}, _NEXT, _POWER], sources=_SOURCES)
