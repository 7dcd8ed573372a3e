"""Jobs and homes of a park fit each other in number and lie within reach.

职住平衡. The ratio of jobs to resident workers (people or dwellings x household, times the share who work) should lie
between its bounds, and most jobs should have housing within reach on the walking network. Both count what stands on the
as-of day, else at build-out. A park of which too few works tell their jobs, or too few homes their people, is unknown.

Cannot see: who works outside the park, commuting by bus or car, homes of neighbouring towns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..facts.access import walk_from
from ..facts.landuse.roles import unread
from ..facts.landuse.uses import park_of
from ..facts.nearby import Array, standing, undated
from ..facts.population import FILLED, HOUSEHOLD, homes, jobs_and_people_told, park_shapes, ratio_span, share_served
from ..plan import Findings, Plan, Rows, findings
from .contract import Text, mini, param
from .grouping import land_structure

SEVERITY = "warning"
cause = land_structure
LAYERS = ("parcels",)
OPTIONAL = ("parks", "roads")
COLUMNS = ("parcels.jobs",)

ZH = Text(
    title="职住失衡",
    message="园区 {id} 的{what_zh}为 {value:.2f}，参考区间 {low:.2f}–{high:.2f}（填写率 {filled:.0f}%）",
    advice="按岗位配置住房和宿舍，或在居住组团附近布置产业用地",
    trap="区外居住、跨区通勤未计入；区间为项目参数",
)
EN = Text(
    title="Jobs and homes apart",
    message="in park {id} {what} is {value:.2f}; the reference range is {low:.2f}–{high:.2f} (told by {filled:.0f} %)",
    advice="provide homes and dormitories for the jobs, or place jobs near the homes",
    trap="people who live outside are not counted; the range is a project parameter",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Range of the ratio, and the reach of a home."""

    least: float = param(0.8, unit="ratio", zh="职住比下限", source="project default, habit of the literature [M?]")
    most: float = param(1.2, unit="ratio", zh="职住比上限", source="project default, habit of the literature [M?]")
    workers: float = param(0.55, unit="ratio", zh="就业人口比例", source="project default, no standard")
    filled_least: float = param(
        FILLED, unit="ratio", zh="岗位、人口填写率下限（低于此值不判）", source="project default, no standard"
    )
    reach: float = param(3000.0, unit="m", zh="岗位到住房的步行距离", source="project default, no standard")
    within: float = param(0.6, unit="ratio", zh="距离内有住房的岗位比例下限", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Parks whose ratio is out of range, or whose jobs lie too far from homes; evidence: the park, or those parcels."""
    parcels, park = plan["parcels"], park_of(plan).to_numpy(dtype=object)
    stand = standing(plan, "parcels")
    told = parcels["people"].fillna(parcels["dwellings"] * HOUSEHOLD).to_numpy(dtype=float)
    jobs, people = (np.where(stand, np.nan_to_num(v), 0.0) for v in (parcels["jobs"].to_numpy(dtype=float), told))
    names = sorted(
        {str(n) for n, j, m in zip(park, jobs, people, strict=True) if isinstance(n, str) and (j > 0 or m > 0)}
    )
    total = np.array([[jobs[park == n].sum(), people[park == n].sum() * p.workers] for n in names]).reshape(-1, 2)
    ratio = np.divide(total[:, 0], total[:, 1], out=np.full(len(names), np.nan), where=total[:, 1] > 0)
    filled, blank = jobs_and_people_told(plan, told, names)
    few = filled < p.filled_least
    bad = ((ratio < p.least) | (ratio > p.most)) & ~few
    shapes = park_shapes(plan)
    words = {"what_zh": "职住比", "what": "the jobs-housing ratio", "low": p.least, "high": p.most}
    block = Rows(
        layer="parks",
        id=[n for n, b in zip(names, bad, strict=True) if b],
        geometry=[shapes[n] for n, b in zip(names, bad, strict=True) if b],
        value=np.round(ratio[bad], 4),
        limit=np.where(ratio[bad] < p.least, p.least, p.most),
        unit="ratio",
        args=words | {"filled": np.round(100.0 * filled[bad], 1)},
    )
    empty = np.isnan(ratio)
    far, unproven = _far_jobs(plan, p, jobs, (park, np.array(names, dtype=object)[~few].tolist(), filled[~few]))
    late = undated(plan, "parcels")
    spans = [ratio_span(jobs[park == n], p.workers * people[park == n], late[park == n]) for n in names]
    unproven += [
        n
        for n, b, (low, high) in zip(names, bad | few | empty, spans, strict=True)
        if not b and (low < p.least or high > p.most)
    ]
    unknown = [
        ("parks", np.array(names, dtype=object)[rows], why)
        for rows, why in ((empty, "no_attribute"), (few & ~empty, "partly_filled"))
    ]
    unknown += [
        ("parks", np.array(sorted(set(unproven)), dtype=object), "undated"),
        ("parcels", parcels["id"].to_numpy(dtype=object)[blank], "partly_filled"),
        *unread(plan, "group", "dwelling"),
    ]
    return findings(plan.crs, block, far, judged=int((~empty & ~few).sum()), unknown=unknown)


def _far_jobs(plan: Plan, p: Params, jobs: Array, parks: tuple[Array, list[str], Array]) -> tuple[Rows, list[str]]:
    """One row per park with too few jobs near homes (evidence: those left out), and parks that may be so undated."""
    park, names, filled = parks
    shapes = plan["parcels"].geometry.to_numpy()
    at, lived = np.flatnonzero(jobs > 0), homes(plan, p.filled_least)
    distance = walk_from(plan, ("parcels", at), (lived.layer, lived.at), p.reach)
    sure, late = distance, undated(plan, "parcels")[at]
    if lived.undated.any():
        sure = walk_from(plan, ("parcels", at), (lived.layer, lived.at[~lived.undated]), p.reach)
    ids, value, evidence, told, unproven = [], [], [], [], list[str]()
    for name, part in zip(names, filled, strict=True):
        mine = park[at] == name
        share = jobs[at[mine & np.isfinite(distance)]].sum() / max(jobs[at[mine]].sum(), 1e-9)
        if mine.any() and len(lived.id) and share < p.within:
            ids.append(name)
            told.append(round(100.0 * part, 1))
            value.append(round(float(share), 4))
            evidence.append(shapely.geometrycollections(shapes[at[mine & ~np.isfinite(distance)]]))
        elif share_served(jobs[at[mine]], np.isfinite(sure[mine]), late[mine])[1] < 100.0 * p.within - 1e-9:
            unproven += [name] * bool(mine.any() and len(lived.id) and (late[mine].any() or lived.undated.any()))
    words = {
        "what_zh": f"步行 {p.reach:.0f} 米内有住房的岗位比例",
        "what": f"the share of jobs with homes within {p.reach:.0f} m on foot",
        "low": p.within,
        "high": 1.0,
        "filled": told,
    }
    rows = Rows(
        layer="parks",
        id=ids,
        geometry=evidence,
        other_layer="parcels",
        value=value,
        limit=p.within,
        unit="ratio",
        args=words,
    )
    return rows, unproven


def _parcel(name: str, code: str, x: float, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "park": "K",
        "wkt": f"POLYGON (({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))",
    } | more


PASSES = mini(parcels=[_parcel("M", "M1", 0, jobs=550), _parcel("R", "R2", 500, people=1000)])
FAILS = mini(parcels=[_parcel("M", "M1", 0, jobs=1000), _parcel("R", "R2", 5000, people=1000)])
