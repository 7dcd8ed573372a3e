"""A parcel in use keeps its services when pipes or sources are taken out of service.

A main that is removed before its replacement is accepted leaves the parcels behind it dry. For each kind the spans between
removals are looked at one by one: a parcel that was served, is in use, and is no longer served from the day of a removal is
found, with the day on which service comes back, if it does. The evidence is what was removed that day on its old path.

Cannot see: temporary supply during works, removals without a date, kinds without any network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ..algorithms.networks.noding import NEVER, dates, day_numbers
from ..facts.utilities import Service, service
from ..facts.utilities.lateness import built
from ..plan import UTILITIES, Findings, Plan, Rows, Skipped, findings
from ..plan.layers import UTILITY_ZH
from .contract import Text, mini, param
from .grouping import waited_for

SEVERITY = "warning"
cause = waited_for
LAYERS = ("parcels", "pipes", "sources")
COLUMNS = ("parcels.used", "pipes.finish")
BLANKS = ("pipes.finish", "sources.finish")

ZH = Text(
    title="停用管线致在用地块断供",
    message="在用地块 {id} 自 {lost} 起{kind_zh}中断（{other_id} 停用），{back_zh}",
    advice="替代管线验收后再停用旧管线，或安排临时供应",
    trap="施工期间的临时供应不在图上",
)
EN = Text(
    title="Service lost while in use",
    message="parcel {id}, in use, loses {kind} on {lost} when {other_id} is taken out of service; {back}",
    advice="take the old pipe out only once its replacement is accepted, or provide temporary supply",
    trap="temporary supply during works is not on the map",
)
REMEDY = {"happened": ("立即恢复旧管线或安排临时供应，直至替代管线验收", "put the old pipe back into service or supply otherwise at once, until its replacement is accepted")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Params:
    """Numbers of this rule."""

    reach: float = param(30.0, unit="m", source="project default, no standard", zh="地块至管线的接入距离")
    longest_gap: float = param(0.0, unit="d", source="project default, no standard", zh="允许中断天数")


def check(plan: Plan, p: Params) -> Findings:
    """Each parcel in use and each service it loses; evidence: what is removed."""
    parcels = plan["parcels"]
    used, gone = day_numbers(parcels["used"]), day_numbers(parcels["removed"])
    subject = built(plan) & (used < NEVER)
    blocks, known = [], 0
    for kind in UTILITIES:
        found = service(plan, kind, reach=p.reach)
        if found.known:
            known += 1
            blocks += [
                _losses(found, int(span.since), (subject & (used < span.since) & (gone > span.since), p))
                for span in found.spans[1:]
            ]
    if not known:
        raise Skipped("no_source")
    unknown = [("parcels", parcels.loc[built(plan) & (used == NEVER), "id"], "no_used")]
    return findings(plan.crs, *blocks, judged=subject.sum(), unknown=unknown)


def _losses(found: Service, day: int, asked: tuple[np.ndarray, Params]) -> Rows:
    """Return the parcels that a day's removals cut off."""
    (using, p), net = asked, found.network
    before = found.on(dates(np.full(len(using), day - 1)))
    after = found.on(dates(np.full(len(using), day)))
    wait = np.where(after.day < NEVER, after.day - day, np.inf)
    rows = np.flatnonzero(using & before.served & ~after.served & ~after.unknown & (wait > p.longest_gap))
    pipes, offsets = found.paths(rows, before)
    owner = np.repeat(np.arange(len(rows)), np.diff(offsets))
    cut = net.gone[pipes] == day
    first = pd.Series(pipes[cut]).groupby(owner[cut]).first().reindex(range(len(rows)), fill_value=-1).to_numpy()
    pipe, shut = first >= 0, np.flatnonzero(net.closed == day)[:1]
    names, shapes = net.ids[first], net.lines[first]
    if not pipe.all():  # what was closed is the source itself
        names, shapes = (
            np.where(pipe, names, net.source_ids[shut]),
            np.where(pipe, shapes, shapely.points(net.xy[net.source_node[shut]])),
        )
    back = dates(after.day[rows])
    when = [None if np.isnat(d) else str(d.astype("datetime64[D]")) for d in back]
    return Rows(
        layer="parcels",
        id=found.parcels[rows],
        geometry=shapes,
        other_layer=np.where(pipe, "pipes", "sources"),
        other_id=names,
        value=np.where(np.isinf(wait[rows]), np.nan, wait[rows]),
        limit=p.longest_gap,
        unit="d",
        since=dates(np.full(len(rows), day)),
        until=back,
        args={
            "kind": found.kind,
            "kind_zh": UTILITY_ZH[found.kind],
            "lost": dates(np.full(len(rows), day)),
            "back": [f"service comes back on {d}" if d else "it never comes back" for d in when],
            "back_zh": [f"{d} 恢复" if d else "规划期内不再恢复" for d in when],
        },
    )


_PLOT = {
    "id": "A",
    "code": "M1",
    "scheme": "gb50137",
    "used": "2020-06-01",
    "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))",
}
_OLD = {"id": "W1", "kind": "water", "finish": "2010-06-01", "removed": "2025-03-01", "wkt": "LINESTRING (0 0, 140 0)"}
_NEW = {"id": "W2", "kind": "water", "finish": "2025-02-01", "wkt": "LINESTRING (0 0, 20 3, 140 3)"}
_WORKS = {"id": "S", "kind": "water", "finish": "2009-01-01", "wkt": "POINT (0 0)"}
PASSES = mini(parcels=[_PLOT], pipes=[_OLD, _NEW], sources=[_WORKS])
FAILS = mini(parcels=[_PLOT], pipes=[_OLD, _NEW | {"finish": "2025-09-01"}], sources=[_WORKS])
