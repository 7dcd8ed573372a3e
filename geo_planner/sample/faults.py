"""The planted faults of the sample park: `data/faults.toml` read, planted and listed.

A fault is planted by the same edits a planner writes into a scenario, so the sample shows both.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import geopandas as gpd

from ..plan import Edit, Plan, apply
from ..plan.layers import LAYERS


class Fault(NamedTuple):
    """One planted fault: the check that must find it, where, and what is wrong in Chinese and English."""

    code: str
    layer: str
    id: str
    zh: str
    en: str


@cache
def _table() -> tuple[dict[str, Any], ...]:
    text = resources.files(__package__).joinpath("data/faults.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["fault"])


FAULTS: tuple[Fault, ...] = tuple(Fault(*(row[name] for name in Fault._fields)) for row in _table())
ALSO: Mapping[tuple[str, str], tuple[str, ...]] = {
    (row["code"], row["id"]): tuple(row["also"]) for row in _table() if "also" in row
}
"""By code and id of a fault: other checks that the same cause sets off."""


def edits() -> list[Edit]:
    """Return the edits that plant every fault, in the park's own frame."""
    return [edit for row in _table() for step in row["edits"] for edit in _expand(step, row["en"])]


def _expand(step: Mapping[str, Any], reason: str) -> list[Edit]:
    ids = [step["id"]] if isinstance(step["id"], str) else step["id"]
    return [Edit(step["kind"], step["layer"], i, step.get("value", {}), reason=reason) for i in ids]


def plant(layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers with every fault in them, in order of id."""
    plan = apply(Plan(name="susu", crs="", layers=layers), edits())
    return {name: plan[name].sort_values("id", kind="stable", ignore_index=True) for name in layers}


def faults_text() -> str:
    """Return the list of faults as a page in both languages."""
    head = (
        "# 样例园区预埋问题 / Faults planted in the sample park\n\n"
        "苏州宿迁工业园区示意样例（非法定边界）中预埋了以下问题，供检查程序验证。其余内容在错误级别上无问题。\n\n"
        "This schematic park (not the legal boundary) holds the faults below; at error level it is sound otherwise.\n"
        "Codes IM are notes of the import, all others are checks.\n"
        "Generated from `geo_planner/sample/data/faults.toml`; do not edit.\n\n"
        "| 编码 code | 图层 layer | 编号 id | 问题 | what is wrong | 连带 also |\n|---|---|---|---|---|---|\n"
    )
    rows = [
        (f.code, f"{LAYERS[f.layer].zh} {f.layer}", f.id, f.zh, f.en, ", ".join(ALSO.get((f.code, f.id), ())))
        for f in FAULTS
    ]
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
