"""No step of development cuts the way of animals between two habitat patches.

生态廊道. Habitat is ecological land grouped where it touches. The cheapest way between two patches is sought on a grid in
which built parcels resist from the day their works begin. For each year with works: a pair that was within reach before the
year and is not after it has lost its corridor. The loss of PC (probability of connectivity) of that year is given with it.

Cannot see: ways narrower than a cell (`cell`, coarser on a park of more than 90 000 cells), so that a pair near its reach
may turn with the cell size; habitat outside the parcels, culverts and wildlife bridges, the species that live here (reach and resistances are
parameters), patches below the least size or beyond the largest `most`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from ..algorithms.distances import BEGIN
from ..facts.ecology.habitat import Grid, Patches, Species, Ways, cells, connectivity, parted, patches, resistance, way
from ..facts.landuse.roles import developed, unread
from ..facts.nearby import spans
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param

SEVERITY = "warning"
LAYERS = ("parcels",)
COLUMNS = ("parcels.start",)
MEANS = ("developed",)

ZH = Text(
    title="生态廊道被切断",
    message="{year} 年开工的地块 {id} 等切断了生境 {one} 与 {two} 之间的廊道，当年连通概率下降 {value:.1f}%（提醒线 {limit:.1f}%）",
    advice="保留或改线廊道，或在建设前补建替代廊道",
    trap="阻力值、扩散能力为项目参数，应由生态专业确定",
)
EN = Text(
    title="Habitat corridor cut",
    message="works begun in {year} on parcel {id} cut the corridor between habitats {one} and {two}; connectivity falls by {value:.1f} % that year (told above {limit:.1f} %)",
    advice="keep or move the corridor, or build another before the works",
    trap="resistances and reach are project parameters for an ecologist to set",
)
REMEDY = {
    "happened": ("恢复被占断的廊道，或补建替代廊道", "restore the corridor that was cut, or build another in its place")
}


@dataclass(frozen=True, kw_only=True)
class Params:
    """The animal the corridor is for."""

    cell: float = param(20.0, unit="m", zh="栅格边长", source="project default, no standard")
    habitat: float = param(1.0, unit="1/m", zh="生态用地阻力", source="project default, no standard")
    farm: float = param(3.0, unit="1/m", zh="农用地阻力", source="project default, no standard")
    open: float = param(5.0, unit="1/m", zh="未建设用地阻力", source="project default, no standard")
    built: float = param(100.0, unit="1/m", zh="已建设用地阻力", source="project default, no standard")
    least: float = param(5000.0, unit="m²", zh="最小生境斑块", source="project default, no standard")
    reach: float = param(3000.0, unit="cost", zh="最大扩散代价", source="project default, no standard")
    half: float = param(1000.0, unit="cost", zh="半数到达的扩散代价", source="project default, no standard")
    drop: float = param(1.0, unit="%", zh="连通概率年降幅提醒线", source="project default, no standard")
    most: float = param(30.0, unit="count", zh="最多计入的斑块数", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of patches parted by the works of a year; evidence: the way that was cut."""
    species = Species(p.cell, p.habitat, p.farm, p.open, p.built, p.least, p.reach, p.half, int(p.most))
    found = patches(plan, p.least, int(p.most))
    if len(found.members) < 2:
        raise Skipped("too_few", what="habitat patches")
    grid, build = cells(plan, p.cell), developed(plan)
    since = spans(plan, "parcels").since
    years = np.unique(since[build & (since > BEGIN)].astype("datetime64[Y]"))
    area = float(plan["parcels"].geometry.area.sum())
    blocks: list[Rows] = []
    ends = [year.astype("datetime64[ms]") - np.timedelta64(1, "ms") for year in (*years[:1], *(years + 1))]
    prices = [resistance(plan, grid, species, end) for end in ends]
    ways = Ways(plan, species)

    def loss(was: np.ndarray, now: np.ndarray) -> float:
        whole = max(connectivity(found, was, p.half, area), 1e-12)
        return 100.0 * (1.0 - connectivity(found, now, p.half, area) / whole)

    for k in ways.steps(prices, lambda was, now: parted(was, now)[0].size and loss(was, now) > p.drop):
        was, now = ways.costs(prices[k]), ways.costs(prices[k + 1])
        step = (years[k], loss(was, now), p.drop)
        for pair in zip(*parted(was, now), strict=True):
            line = way(grid, found, prices[k], (int(pair[0]), int(pair[1])))
            blocks.append(_row(plan, (grid, found), step, list(pair), line))
    return findings(plan.crs, *blocks, judged=len(found.members), unknown=unread(plan))


def _row(
    plan: Plan,
    world: tuple[Grid, Patches],
    step: tuple[np.datetime64, float, float],
    pair: list[Any],
    line: shapely.Geometry,
) -> Rows:
    parcels, (_, found), (year, loss, limit) = plan["parcels"], world, step
    ids = parcels["id"].to_numpy(dtype=object)
    begun = np.flatnonzero(developed(plan) & (spans(plan, "parcels").since.astype("datetime64[Y]") == year))
    crossed = shapely.length(shapely.intersection(parcels.geometry.to_numpy()[begun], line))
    worst = begun[np.lexsort((ids[begun].astype(str), -np.round(crossed, 3)))[0]]
    one, two = sorted(str(min(ids[found.members[k]].astype(str))) for k in pair)
    return Rows(
        layer="parcels",
        id=[ids[worst]],
        geometry=[line],
        other_layer="parcels",
        other_id=f"{one}|{two}",
        value=round(loss, 3),
        limit=limit,
        unit="%",
        since=np.array([year], dtype="datetime64[ms]"),
        args={"year": str(year), "one": one, "two": two},
    )


def _strip(name: str, code: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "wkt": f"POLYGON (({x} {y}, {x + 200} {y}, {x + 200} {y + 100}, {x} {y + 100}, {x} {y}))",
    } | more


PASSES = mini(
    parcels=[
        _strip("W", "E1", 0, 0),
        _strip("N", "G2", 600, 0),
        _strip("F", "E2", 200, 0),
        _strip("H", "E2", 400, 0),
        _strip("M", "M1", 200, 100, start="2015-01-01"),
    ]
)
FAILS = mini(
    parcels=[_strip("W", "E1", 0, 0), _strip("N", "G2", 400, 0), _strip("X", "M1", 200, 0, start="2018-05-01")]
)
