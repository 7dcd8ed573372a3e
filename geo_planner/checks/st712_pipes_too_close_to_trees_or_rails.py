"""Pipes keep the horizontal clearance to trees, shrubs and railways that the table asks.

管线与树木和铁路水平净距. Table 4.1.9 of GB 50289-2016, from the wall of the pipe to the stem or the foot of the line. Trees are a layer
of one's own called `trees` (points; a column `kind` with shrub for shrubs, everything else is a tree); railways are control
lines. A pipe that crosses under a railway is not judged here. Judged while both exist.

Cannot see: root barriers, casings; poles, pylons, kerbs, tramways; electrified railways (a cable between both limits is unknown).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..algorithms.distances import NearPairs, links
from ..facts.nearby import Array, near_together
from ..plan import Findings, Plan, Rows, Skipped, findings
from .contract import Text, mini, param
from .tables import HORIZONTAL, table
from .tables.pipes import asked, classes, radius

SEVERITY = "warning"
LAYERS = ("pipes",)
BLANKS = ("pipes.kind",)
OPTIONAL = ("control_lines",)

ZH = Text(
    title="管线距树木或铁路过近",
    message="管线 {id} 距{what_zh} {other_id} 的水平净距为 {value:.2f} 米，小于 {limit:.2f} 米",
    advice="调整管位或树位；受条件限制时设隔根板、套管等措施并经论证",
    trap="隔根板和套管不在图层中；表内数值尚未与正式出版物核对",
)
EN = Text(
    title="Pipes too close to trees or rails",
    message="pipe {id} is {value:.2f} m from {what} {other_id}, less than {limit:.2f} m",
    advice="move the pipe or the tree; where that cannot be done, use root barriers or casings and have them reviewed",
    trap="root barriers and casings are in no layer; the cells still wait for comparison with the printed table",
)
_NAMES = {"tree": ("乔木", "tree"), "shrub": ("灌木", "shrub"), "railway": ("铁路", "railway")}
_TOUCH = 1e-6


@dataclass(frozen=True, kw_only=True)
class Params:
    """Table and drawing tolerance."""

    table: tuple[str, ...] = HORIZONTAL
    tolerance: float = param(0.01, unit="m", zh="制图容差", source="project default, no standard")
    factor: float = param(1.0, unit="ratio", zh="净距系数", source="GB 50289-2016 table 4.1.9, from memory", clause="4.1.9")  # fmt: skip


def check(plan: Plan, p: Params) -> Findings:
    """Pairs of a pipe and a tree or railway nearer than the table asks; the gap is the evidence."""
    things = _things(plan)
    if not len(things):
        raise Skipped("no_value", what="trees / control_lines.kind = railway")
    pipes = plan["pipes"]
    kind, half = classes(pipes), radius(pipes)
    wide, ids = np.nan_to_num(half), pipes["id"].to_numpy(dtype=object)
    blocks, doubt, vague = [], [ids[:0]], [ids[:0]]
    for (layer, name), group in things.groupby(["layer", "name"], sort=True):
        least, most = (limit * p.factor for limit in _limits(plan, kind, str(name), p.table))
        mine = np.flatnonzero(~np.isnan(most))
        beyond = np.where(np.isnan(half), 1.0, 0.0)  # what a missing diameter could make of it
        pairs = near_together(
            plan, ("pipes", str(layer)), (mine, group["row"].to_numpy()), (most + wide + beyond)[mine]
        )
        pairs = pairs[pairs.distance > _TOUCH] if name == "railway" else pairs
        gap = pairs.distance - wide[pairs.left]
        bad = gap < least[pairs.left] - p.tolerance
        maybe = ~bad & (gap < most[pairs.left] - p.tolerance)
        unsized = ~bad & ~maybe & np.isnan(half)[pairs.left] & (gap < most[pairs.left] + 1.0)
        vague.append(ids[pairs.left[maybe]])
        doubt.append(ids[pairs.left[unsized]])
        blocks.append(_rows(plan, pairs[bad], (gap[bad], least[pairs.left[bad]]), group, str(name)))
    unknown = [
        ("pipes", np.unique(np.concatenate(vague).astype(str)), "no_attribute"),
        ("pipes", np.unique(np.concatenate(doubt).astype(str)), "no_diameter"),
    ]
    return findings(plan.crs, *blocks, judged=int((kind != "").sum()), unknown=unknown)


def _things(plan: Plan) -> pd.DataFrame:
    """Return layer, position, name in the table and id of every tree, shrub and railway."""
    found = []
    if "trees" in plan.layers:
        trees = plan.layers["trees"]
        ids = trees["id"].astype("str") if "id" in trees else [f"#{k + 1}" for k in range(len(trees))]
        shrub = (
            trees["kind"].isin(["shrub", "灌木"]).to_numpy() if "kind" in trees else np.zeros(len(trees), dtype=bool)
        )
        found.append(
            pd.DataFrame(
                {"layer": "trees", "row": np.arange(len(trees)), "name": np.where(shrub, "shrub", "tree"), "id": ids}
            )
        )
    if plan.has("control_lines", "kind"):
        lines = plan["control_lines"]
        row = np.flatnonzero(lines["kind"].eq("railway").fillna(value=False))
        found.append(
            pd.DataFrame(
                {"layer": "control_lines", "row": row, "name": "railway", "id": lines["id"].to_numpy(dtype=object)[row]}
            )
        )
    return (
        pd.concat(found, ignore_index=True) if found else pd.DataFrame({"layer": [], "row": [], "name": [], "id": []})
    )


def _limits(plan: Plan, kind: Array, name: str, own: Sequence[str]) -> tuple[Array, Array]:
    """Return the clearance of each pipe, least and most over what is not known of it [m]; NaN where none is asked."""
    ask = asked(plan["pipes"])
    least, most = np.full(len(kind), np.nan), np.full(len(kind), np.nan)
    rows = table("pipe_horizontal", own)
    for row in rows[rows["b"] == name].to_dict("records"):
        of_kind = kind == row["a"]
        fits = of_kind & ask(row["condition_a"])
        told = of_kind & ~fits & _known(plan, row["condition_a"])  # another row of the table is for these
        limit = float(row["min_m"])
        least[fits] = np.fmin(least[fits], limit)
        most[of_kind & ~told] = np.fmax(most[of_kind & ~told], limit)
    return np.where(np.isnan(least), 0.0, least), most


def _known(plan: Plan, condition: str) -> Array:
    """Return whether what a condition asks is known of each pipe: the pressure of gas, the burial of heat."""
    column = "burial" if condition == "direct" else "pressure"
    return plan["pipes"][column].notna().to_numpy() if condition else np.zeros(len(plan["pipes"]), dtype=bool)


def _rows(plan: Plan, pairs: NearPairs, numbers: tuple[Array, Array], group: pd.DataFrame, name: str) -> Rows:
    layer = str(group["layer"].iloc[0])
    since, until = pairs.both.days()
    return Rows(
        layer="pipes",
        id=plan["pipes"]["id"].to_numpy(dtype=object)[pairs.left],
        other_layer=layer,
        other_id=group.set_index("row")["id"].reindex(pairs.right).to_numpy(dtype=object),
        value=np.round(numbers[0], 3),
        limit=numbers[1],
        unit="m",
        since=since,
        until=until,
        args={"what_zh": _NAMES[name][0], "what": _NAMES[name][1]},
        geometry=links(
            plan["pipes"].geometry.to_numpy()[pairs.left], plan.layers[layer].geometry.to_numpy()[pairs.right]
        ),
    )


_RAIL = {"id": "T", "kind": "railway", "wkt": "LINESTRING (0 0, 100 0)"}
_PIPE = {"id": "W", "kind": "water", "diameter_mm": 400}
PASSES = mini(
    pipes=[_PIPE | {"wkt": "LINESTRING (0 5.2, 100 5.2)"}, _PIPE | {"id": "X", "wkt": "LINESTRING (50 -20, 50 4)"}],
    control_lines=[_RAIL],
)
FAILS = mini(pipes=[_PIPE | {"wkt": "LINESTRING (0 5.1, 100 5.1)"}], control_lines=[_RAIL])
