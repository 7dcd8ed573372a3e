"""A parcel is in use only after every service on the park's list reaches it (九通一平).

先地下后地上. The list is the park's own: water, sewer, storm, power, gas, heat, telecom and road unless a profile says
otherwise. Served means the same as in UG201; where a service is lost again because a pipe is removed while the parcel is in
use, that is not judged here. Telecom cables may be drawn later: what counts is the duct, if it is drawn as a pipe.

Cannot see: services by truck, tank or own well, services inside the parcel, cable television (not a kind of its own).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..facts.utilities.lateness import Question, answers, built, drawn
from ..plan import Findings, Plan, Skipped, findings
from .contract import Text, mini, param
from .grouping import waited_for
from .late_rows import late_rows
from .waits import services

SEVERITY = "error"
cause = waited_for
LAYERS = ("parcels", "pipes", "sources")
COLUMNS = ("parcels.used", "pipes.finish")
REACH = 0.0
ALONE = True
ENTIRE = ("pipes", "roads", "sources")

ZH = Text(
    title="配套未齐即投用",
    message="地块 {id} 于 {day} 投用时{kind_zh}未通；{served_zh}",
    advice="补齐管网后再投用，或将所示管段提前验收；园区不设的项目请在参数中去掉",
    trap="园区本无集中供热、燃气的，应从清单中去掉",
)
EN = Text(
    title="Used before all services are there",
    message="parcel {id} is in use from {day} without {kind}; {served}",
    advice="complete the services first, or have the stretch shown accepted earlier; take off the list what the park does not have",
    trap="a park without district heating or gas must take them off the list",
)
REMEDY = {"happened": ("尽快补齐管网并验收；接通前用经批准的临时供应或外运处置，超出许可的停用", "complete the services and have them accepted; until then only approved temporary supply or haulage, else stop the use")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    kinds: tuple[str, ...] = param(
        ("water", "sewer", "storm", "power", "gas", "heat", "telecom", "road"),
        unit="list",
        source="九通一平 as Suzhou Industrial Park lists it, from memory, without cable television",
        zh="投用前须通的项目",
    )
    reach: float = param(30.0, unit="m", source="project default, no standard", zh="地块至管线或道路的接入距离")
    allowance: float = param(0.0, unit="d", source="project default, no standard", zh="允许滞后天数")
    branch_lag: float = param(0.0, unit="d", source="project default", zh="支管可滞后天数")
    branch_kinds: tuple[str, ...] = param(
        ("sewer", "storm"), unit="list", source="project default", zh="允许支管滞后的管线种类"
    )


def check(plan: Plan, p: Params) -> Findings:
    """Each parcel in use and each service it lacks on its first day, with the pipe it waits for."""
    parcels, subject, ask = plan["parcels"], built(plan), _question(plan, p)
    days, answer = ask.days, answers(plan, ask)
    ids = parcels["id"].to_numpy(dtype=object)
    if not answer.kinds:
        raise Skipped("no_source")
    unknown = [
        ("parcels", ids[days.notna().to_numpy() & ~drawn(plan)], "no_geometry"),
        ("parcels", ids[answer.no_network], "no_source"),
        ("parcels", ids[answer.unknown & ~answer.no_network], "no_finish"),
        ("parcels", ids[subject & parcels["used"].isna().to_numpy()], "no_used"),
    ]
    return findings(
        plan.crs, late_rows(ids, answer.late, p.allowance), judged=("parcels", ids[answer.judged]), unknown=unknown
    )


def _question(plan: Plan, p: Params) -> Question:
    return Question(
        kinds=p.kinds,
        days=plan["parcels"]["used"].where(built(plan)),
        reach=p.reach,
        allowance=p.allowance,
        branch_lag=p.branch_lag,
        branch_kinds=p.branch_kinds,
    )


def waits(plan: Plan, p: Params) -> pd.DataFrame:
    """First use waits for the acceptance of every service."""
    return services(plan, _question(plan, p), "used", plan["parcels"]["id"].to_numpy(dtype=object))


_PLOT = {
    "id": "A",
    "code": "M1",
    "scheme": "gb50137",
    "used": "2020-06-01",
    "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))",
}
_ROAD = {"id": "R", "width": 12.0, "finish": "2019-12-01", "wkt": "LINESTRING (0 0, 200 0)"}
_KINDS = ("water", "sewer", "storm", "power", "gas", "heat", "telecom")
_PIPES = [
    {"id": f"P-{k}", "kind": k, "finish": "2019-06-01", "wkt": f"LINESTRING (0 {n - 4}, 140 {n - 4})"}
    for n, k in enumerate(_KINDS)
]
_SOURCES = [
    {"id": f"S-{k}", "kind": k, "finish": "2015-01-01", "wkt": f"POINT (0 {n - 4})"} for n, k in enumerate(_KINDS)
]
PASSES = mini(parcels=[_PLOT], roads=[_ROAD], pipes=_PIPES, sources=_SOURCES)
FAILS = mini(
    parcels=[_PLOT],
    roads=[_ROAD],
    pipes=[*_PIPES[:4], _PIPES[4] | {"finish": "2021-02-01"}, *_PIPES[5:]],
    sources=_SOURCES,
)
