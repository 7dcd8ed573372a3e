"""The road net is dense enough and its blocks are small enough for their use.

路网密度与街区尺度. GB/T 51328-2018 table 12.6.3: industrial and logistics blocks up to 600 x 600 m and 4 km/km² or more,
residential ones up to 300 x 300 m and 8 km/km² (中发〔2016〕6号). A park is judged as industrial where more than half of its
industry, housing and commerce is industry. A block is the face between roads; its size is the longer side of the smallest
rectangle around it. The blocks of a park that are too large for one use are one finding, the largest side its value. Blocks
that are green, water or farm are not judged.

Cannot see: roads inside plants, blocks open to one side, roads that are drawn as areas only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ..facts.landuse.roles import developed, group_is
from ..facts.landuse.uses import uses
from ..facts.nearby import Array, inner, undated
from ..facts.population import by_park, park_shapes
from ..facts.streets import blocks, density, sides
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .grouping import land_structure

SEVERITY = "warning"
cause = land_structure
LAYERS = ("parcels", "roads")
MEANS = ("group", "developed")
OPTIONAL = ("parks",)

ZH = Text(
    title="路网过疏",
    message="{id} 的{what_zh}为 {value:.2f}，{use_zh}控制值为 {limit:.2f}",
    advice="加密支路，打通断头路，缩小街区",
    trap="厂区内部道路不计入路网密度",
)
EN = Text(
    title="Road net too coarse",
    message="{id} has {what} {value:.2f}; the control value for {use} is {limit:.2f}",
    advice="add branch roads, connect dead ends, make blocks smaller",
    trap="roads inside plants do not count",
)


@dataclass(frozen=True, kw_only=True)
class Params:
    """Control values by use."""

    works_density: float = param(
        4.0,
        unit="km/km²",
        zh="工业园区路网密度下限",
        source="GB/T 51328-2018, from memory, shaky [M?]",
        clause="表12.6.3",
    )
    city_density: float = param(8.0, unit="km/km²", zh="城区路网密度下限", source="中发〔2016〕6号, from memory")
    works_block: float = param(
        600.0, unit="m", zh="工业街区边长上限", source="GB/T 51328-2018, from memory, shaky [M?]", clause="表12.6.3"
    )
    city_block: float = param(
        300.0, unit="m", zh="居住街区边长上限", source="GB/T 51328-2018, from memory, shaky [M?]", clause="表12.6.3"
    )
    slack: float = param(10.0, unit="%", zh="边长容差", source="project default, no standard")


def check(plan: Plan, p: Params) -> Findings:
    """Parks below their density and blocks above their size; evidence: the park or the block."""
    if not (shapely.get_dimensions(plan["roads"].geometry.to_numpy()) == 1).any():
        raise Skipped("no_value", what="roads: LineString")
    dense, shapes = density(plan), park_shapes(plan)
    works = _mostly_works(plan, dense["park"])
    limit = np.where(works, p.works_density, p.city_density)
    bad = dense["density"].to_numpy() < limit
    said = {"what_zh": "路网密度（公里/平方公里）", "what": "a road density (km/km²) of", **_use(works[bad])}
    thin = Rows(layer="parks", id=dense["park"][bad], geometry=[shapes[n] for n in dense["park"][bad]], value=np.round(dense["density"][bad], 4),
                limit=limit[bad], unit="km/km²", args=said)  # fmt: skip
    faces, face_works, judged = _judged_blocks(plan)
    longest, _ = sides(faces) if len(faces) else (np.empty(0), np.empty(0))
    most = np.where(face_works, p.works_block, p.city_block)
    large = np.flatnonzero(judged & (longest > most * (1 + p.slack / 100.0)))
    wide = _large(shapes, faces[large], longest[large], face_works[large]).assign(
        limit=lambda t: np.where(t["works"], p.works_block, p.city_block)
    )
    late = plan["roads"].geometry.to_numpy()[undated(plan, "roads")]
    open_parks = [name for name in dense["park"] if shapely.intersects(shapes[name], late).any()]
    unknown = [("parks", np.array(open_parks, dtype=object), "undated")]
    return findings(plan.crs, thin, _block_rows(wide), judged=len(dense) + int(judged.sum()), unknown=unknown)


def _large(parks: dict[str, shapely.Geometry], faces: Array, longest: Array, works: Array) -> pd.DataFrame:
    """Return the blocks that are too large by park and use: their number, the longest side, and the blocks as one shape."""
    names = np.array(sorted(parks), dtype=object)
    inside, park = shapely.STRtree([parks[n] for n in names]).query(
        shapely.point_on_surface(faces), predicate="intersects"
    )
    inside, first = np.unique(inside, return_index=True)
    home = np.full(len(faces), "*", dtype=object)
    home[inside] = names[park[first]]
    table = pd.DataFrame({"park": home, "works": works, "longest": longest, "face": faces})
    groups = table.groupby(["works", "park"], as_index=False, sort=True)
    return groups.agg(
        count=("face", "size"), longest=("longest", "max"), shape=("face", lambda f: shapely.multipolygons(list(f)))
    )


def _block_rows(wide: pd.DataFrame) -> Rows:
    works = wide["works"].to_numpy(dtype=bool)
    said = {
        "what_zh": [f"最大街区边长（米，共 {n} 个街区超出）" for n in wide["count"]],
        "what": [f"a longest block side (m, {n} blocks are too large) of" for n in wide["count"]],
    }
    return Rows(layer="parks", id=wide["park"], other_id=np.where(works, "blocks-works", "blocks-homes"), geometry=wide["shape"].to_numpy(dtype=object),
                value=wide["longest"].round(2), limit=wide["limit"], unit="m", args=said | _use(works))  # fmt: skip


def _use(works: Array) -> dict[str, object]:
    return {"use_zh": np.where(works, "工业用地", "居住和商业用地"), "use": np.where(works, "works", "homes and shops")}


def _mostly_works(plan: Plan, parks: pd.Series) -> Array:
    area = uses(plan)["area"].to_numpy()
    works, others = (
        by_park(plan, area, group_is(plan, *groups)).reindex(parks).fillna(0.0)
        for groups in (("industry",), ("housing", "commerce"))
    )
    return np.asarray(works.to_numpy() > others.to_numpy())


def _judged_blocks(plan: Plan) -> tuple[Array, Array, Array]:
    """Return blocks, whether most of their built land is industry, and whether they hold built land at all."""
    faces = blocks(plan)
    if not len(faces):
        return faces, np.empty(0, dtype=bool), np.empty(0, dtype=bool)
    area = uses(plan)["area"].to_numpy()
    k, f = shapely.STRtree(faces).query(inner(plan, "parcels"), predicate="within")
    mine = developed(plan)[k]
    works = np.bincount(f, weights=area[k] * (group_is(plan, "industry")[k] & mine), minlength=len(faces))
    built = np.bincount(f, weights=area[k] * mine, minlength=len(faces))
    return faces, works > built / 2, built > 0


def _roads(*wkt: str) -> list[dict[str, object]]:
    return [{"id": f"R{k}", "wkt": w} for k, w in enumerate(wkt)]


# fmt: off
_WORKS = {"id": "M", "code": "M1", "scheme": "gb50137", "park": "K", "wkt": "POLYGON ((10 10, 390 10, 390 390, 10 390, 10 10))"}
PASSES = mini(parcels=[_WORKS], roads=_roads("LINESTRING (5 5, 395 5)", "LINESTRING (395 5, 395 395)", "LINESTRING (395 395, 5 395)", "LINESTRING (5 395, 5 5)", "LINESTRING (200 5, 200 395)"),
              parks=[{"id": "K", "wkt": "POLYGON ((0 0, 400 0, 400 400, 0 400, 0 0))"}])
FAILS = mini(parcels=[_WORKS | {"wkt": "POLYGON ((10 10, 790 10, 790 390, 10 390, 10 10))"}], parks=[{"id": "K", "wkt": "POLYGON ((0 0, 2000 0, 2000 1000, 0 1000, 0 0))"}],
             roads=_roads("LINESTRING (5 5, 795 5)", "LINESTRING (795 5, 795 395)", "LINESTRING (795 395, 5 395)", "LINESTRING (5 395, 5 5)"))
# fmt: on
