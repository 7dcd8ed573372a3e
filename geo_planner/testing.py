"""The check contract, for our own checks and for other people's.

In a test of yours: `assert contract_breaches(load()["XY101"]) == []`. Each breach is one sentence.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.affinity import translate

from . import lang
from .checks import run
from .checks.contract import Check, Mini
from .plan import Findings, Plan, Profile, Raster
from .plan.report import COLUMNS
from .verdict.ablation import ablations, additions, broken_promises, mixed_up

SHIFT = 1000.0
MOST = 8
"""Things that are taken from an example in the contract, drawn by the code of the check; the harness takes them all."""


def contract_breaches(check: Check) -> list[str]:
    """Return what a check breaks of the contract, one sentence each; an empty list is a pass."""
    return [f"{check.code}: {text}" for rule in _RULES for text in rule(check)]


def _run(check: Check, plan: Plan) -> Findings:
    return check.run(plan, check.bind(check.example_profile))


def _passing_example_is_silent(check: Check) -> Iterator[str]:
    out = _run(check, check.passes.plan)
    if len(out.rows):
        yield f"the passing example is found: {out.rows['id'].tolist()}"
    if not out.judged:
        yield "the passing example is not judged at all, so its silence proves nothing"


def _failing_example_is_found(check: Check) -> Iterator[str]:
    rows = _run(check, check.fails.plan).rows
    if not len(rows):
        yield "the failing example is not found"
    elif rows.geometry.isna().any() or rows.geometry.is_empty.any():
        yield "a finding of the failing example has no evidence geometry"


def _languages_agree(check: Check) -> Iterator[str]:
    rows = _run(check, check.fails.plan).rows
    args = set(rows["args"].iloc[0]) if len(rows) else set()
    names = {f.name for f in fields(check.params)}
    known = set(COLUMNS) - {"args"} | {"layer_name"} | args | names
    zh, en = lang.slots(check.zh.message), lang.slots(check.en.message)
    bare = {s.removesuffix("_zh").removesuffix("_en").removesuffix("_name") for s in zh}
    if bare != {s.removesuffix("_zh").removesuffix("_en").removesuffix("_name") for s in en}:
        yield f"zh and en fill different slots: {sorted(zh ^ en)}"
    if strange := (zh | en) - known:
        yield f"the message asks for what no finding has: {sorted(strange)}"
    if clash := args & names:
        yield f"these are both arguments of a finding and parameters: {sorted(clash)}"
    if not any("一" <= c <= "鿿" for c in check.zh.title) or any("一" <= c <= "鿿" for c in check.en.title):
        yield "zh is not Chinese or en is not English: the languages have changed places"


def _words_are_there(check: Check) -> Iterator[str]:
    for text in (check.zh, check.en):
        if not (text.title and text.message and text.advice):
            yield "title, message or advice is empty"
    if "Cannot see:" not in check.doc:
        yield "the docstring does not say what the check cannot see"


def _numbers_have_sources(check: Check) -> Iterator[str]:
    for name, number in check.thresholds(Profile(name="contract")).items():
        if not number.unit or not number.source:
            yield f"parameter {name} has no unit or no source"


def _plan_is_unchanged(check: Check) -> Iterator[str]:
    plan = check.fails.plan
    before = {k: v.to_wkb() for k, v in plan.layers.items()}
    _run(check, plan)
    for name, frame in plan.layers.items():
        if not frame.to_wkb().equals(before[name]):
            yield f"the check writes into layer {name}"


def _same_after(name: str, change: Callable[[Plan], Plan]) -> Callable[[Check], Iterator[str]]:
    def rule(check: Check) -> Iterator[str]:
        plan = check.fails.plan
        if _said(_run(check, plan)) != _said(_run(check, change(plan))):
            yield f"{name} changes what is found"

    return rule


def _said(out: Findings) -> list[str]:
    """What was found, without places and with numbers rounded: it must not depend on where the park lies."""
    rows = out.rows
    size = np.round(shapely.area(rows.geometry.array) + shapely.length(rows.geometry.array), 3)
    value = rows["value"].round(5).astype("str")
    keys = zip(rows["layer"], rows["id"], rows["other_layer"], rows["other_id"], value, size, strict=True)
    return [*sorted(str(k) for k in keys), str(out.judged), str(len(out.unknown))]


def _moved(plan: Plan) -> Plan:
    layers = {k: v.set_geometry(v.geometry.translate(SHIFT, SHIFT)) for k, v in plan.layers.items()}
    return replace(plan, layers=layers, rasters={k: _moved_raster(r) for k, r in plan.rasters.items()})


def _moved_raster(raster: Raster) -> Raster:
    a, b, c, d, e, f = raster.transform
    return replace(raster, transform=(a, b, c + SHIFT, d, e, f + SHIFT))


def _reversed(plan: Plan) -> Plan:
    return replace(plan, layers={k: v.iloc[::-1].reset_index(drop=True) for k, v in plan.layers.items()})


def _with_stranger(plan: Plan) -> Plan:
    far = translate(shapely.Point(0, 0), 50_000, 50_000)
    frame = gpd.GeoDataFrame({"id": pd.Series(["far away"], dtype="str")}, geometry=[far], crs=plan.crs)
    return replace(plan, layers={**plan.layers, "weather_stations": frame})


def _taking_away_never_helps(check: Check) -> Iterator[str]:
    """Yield what vanishes without a word when something is taken from the failing example."""
    plan = check.fails.plan
    before = run(plan, check.example_profile, only=[check.code])
    every = [taken for taken in ablations(plan, (1.0,)) if taken.layer not in check.records]
    few = np.random.default_rng(zlib.crc32(check.code.encode())).permutation(len(every))[:MOST]
    for taken in (every[k] for k in np.sort(few)):
        yield from broken_promises(before, run(taken.of(plan), check.example_profile, only=[check.code]), taken, plan)


def _filling_one_row_tells_nothing_of_others(check: Check) -> Iterator[str]:
    """Yield what vanishes when an attribute that no row has is filled for one row of many."""
    plan = check.fails.plan
    every = list(additions(plan))
    few = np.random.default_rng(zlib.crc32(check.code.encode())).permutation(len(every))[:MOST]
    for filled in (every[k] for k in np.sort(few)):
        before = run(filled.without(plan), check.example_profile, only=[check.code])
        yield from mixed_up(before, run(filled.of(plan), check.example_profile, only=[check.code]), filled)


_RULES = (
    _passing_example_is_silent,
    _failing_example_is_found,
    _languages_agree,
    _words_are_there,
    _numbers_have_sources,
    _plan_is_unchanged,
    _same_after("shifting the plan by 1 km", _moved),
    _same_after("reversing the rows", _reversed),
    _same_after("an unrelated layer", _with_stranger),
    _taking_away_never_helps,
    _filling_one_row_tells_nothing_of_others,
)

__all__ = ["Mini", "contract_breaches"]
