"""The comparison page: two scenarios in one file, the difference first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from ..._version import __version__
from ...checks.tables.contested import switches_told
from ...lang import LANGS, Lang
from ...lang.verdicts import VERDICT_NAMES
from ...plan import LAYERS, Plan, Report
from ...study.cause_changes import counted
from ...study.compare import Comparison
from ...study.outlook import outlook, sentence
from ...study.run import Judged
from ..exports.results import plain, sentences
from ..still.still import proven, shared, stills
from ..symbology.classes import code_classes, layer_names, with_uses
from .figure import PlannerMap
from .packed import Columns, encode, split_by_kind
from .page import PackedLayers, bounds_of, in_degrees
from .sheets import Sheet, sheets_of

SCRIPTS = (
    "codec.js",
    "state.js",
    "words.js",
    "layer.js",
    "aside.js",
    "surface.js",
    "symbols.js",
    "pick.js",
    "map.js",
    "panels.js",
    "still.js",
    "compare_stage.js",
    "compare_head.js",
    "compare_figures.js",
    "compare_changes.js",
    "compare.js",
)
_BOUNDARIES = ("approvals", "control_lines", "parks")
"""Layers whose areas hold others."""
_SLIVER = 0.1
"""Land narrower than a fifth of a metre is rounding, not land."""
DIFFERENCE: tuple[dict[str, Any], ...] = (
    {"key": "added", "fill": "#009e73", "line": "#00704f", "alpha": 0.6, "width": 1.6},
    {"key": "removed", "fill": "#d55e00", "line": "#a34700", "alpha": 0.35, "width": 1.6, "dash": [5, 3]},
    {"key": "reshaped", "fill": "#7b5ea7", "line": "#5a4380", "alpha": 0.5, "width": 1.6},
    {"key": "set", "fill": "#0072b2", "line": "#00568a", "alpha": 0.45, "width": 1.4},
    {"key": "retimed", "fill": "#e69f00", "line": "#a87400", "alpha": 0.5, "width": 1.4},
    {"key": "renamed", "fill": "#8a8f96", "line": "#5c6670", "alpha": 0.3, "width": 1.2, "dash": [2, 3]},
)
_MOST_CAUSES, _MOST_PLACES = 300, 50
_PROVEN = 12
"""Causes that changed whose proof stands with them."""
_MOST = 5000
"""Rows of one table that the page lists; the numbers above it count all."""


def write_comparison(comparisons: Comparison | Sequence[Comparison], path: Path, *, lang: Lang = "zh") -> None:
    """Write what separates scenarios from one base as one interactive page that needs no network.

    The map opens on the difference and can be swiped; every indicator opens to the parcels that cause its change. Of
    several comparisons, all of the same base, one is looked at at a time, and a table holds their figures side by side.

    Raises ValueError where the comparisons do not share their base, or there is none.
    """
    pairs = [comparisons] if isinstance(comparisons, Comparison) else list(comparisons)
    if not pairs or len({pair.a.report.plan_digest for pair in pairs}) > 1:
        msg = "comparisons for one page must have the same first scenario"
        raise ValueError(msg)
    base = pairs[0].a
    sheets = _side(base, "a")
    for number, pair in enumerate(pairs):
        sheets += [*_side(pair.b, f"b{number}"), *_difference(pair, f"diff{number}")]
    for number, sheet in enumerate(sheets):
        sheet.spec["blob"] = f"gp-d{number}"
    bounds = _around(pairs)
    title = " → ".join(j.plan.title.get(lang) or j.plan.name for j in (base, *(pair.b for pair in pairs)))
    page = PlannerMap(bounds, title=title, lang="zh-CN" if lang == "zh" else "en")
    model = _model(pairs, sheets, bounds, lang)
    PackedLayers(sheets, model, scripts=SCRIPTS, start="GP.startCompare").add_to(page)
    page.write(Path(path))


def _around(pairs: list[Comparison]) -> tuple[float, float, float, float]:
    """West, south, east, north of the base, and of what changes: an extension lies outside the park it extends."""
    base = pairs[0].a
    boxes = [bounds_of(base.plan, base.report)]
    for pair in pairs:
        changed = pair.features.geometry.total_bounds
        boxes += [in_degrees(changed[None], pair.b.plan.crs)] if np.isfinite(changed).all() else []
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _side(judged: Judged, side: str) -> list[Sheet]:
    sheets = sheets_of(judged.plan, switches_told(judged.report))
    return [Sheet({**s.spec, "side": side, "id": f"{side}-{s.spec['id']}"}, s.text) for s in sheets]


def _difference(comparison: Comparison, side: str) -> list[Sheet]:
    """Every changed feature once, under its weightiest change; moved dates are drawn where nothing weightier is."""
    frame = comparison.features[["layer", "id", "change", "geometry"]]
    frame = frame.assign(geometry=_gained_and_lost(comparison, frame))
    frame = frame[~(frame.geometry.isna() & (frame["change"] == "reshaped"))]
    moved = comparison.moved[["layer", "id"]].drop_duplicates().assign(change="retimed")
    shapes = [_shapes(comparison.b.plan, layer, part) for layer, part in moved.groupby("layer", sort=True)]
    rank = {look["key"]: k for k, look in enumerate(DIFFERENCE)}
    both = pd.concat([f for f in (frame, *shapes) if len(f)] or [frame], ignore_index=True)
    both = both.assign(rank=both["change"].map(rank)).sort_values(["layer", "id", "rank"], kind="stable")
    both = gpd.GeoDataFrame(both.drop_duplicates(["layer", "id"]), geometry="geometry", crs=frame.crs).to_crs(4326)
    both["key"] = both["layer"].astype("str") + "~" + both["id"].astype("str")
    both = both.drop(columns="id").rename(columns={"key": "id"})
    style_ = {"zh": "", "en": "", "by": "change", "classes": [{**look, "shape": "circle"} for look in DIFFERENCE]}
    out = []
    for kind, part in split_by_kind(both).items():
        spec = {
            "id": f"{side}-{kind}",
            "source": "difference",
            "kind": kind,
            "labels": {},
            "zh": "差异",
            "en": "Difference",
            "shown": True,
            "time": "none",
            "side": side,
            "styles": [style_],
        }
        out.append(Sheet(spec, encode(part, kind, Columns(words=("change",), texts=("id",))).text))
    return out


def _gained_and_lost(comparison: Comparison, frame: GeoDataFrame) -> NDArray[Any]:
    """Return the shapes to draw: of a boundary that moved only the land it gains or loses beside what is new or gone.

    None where that is no land: the whole of a grown park would hide every new parcel in it.
    """
    out = frame.geometry.to_numpy().copy()
    areas = np.isin(shapely.get_type_id(out), [3, 6])
    drawn = shapely.union_all(out[areas & frame["change"].isin(["added", "removed"]).to_numpy()])
    for layer in _BOUNDARIES:
        at = np.flatnonzero(areas & ((frame["layer"] == layer) & (frame["change"] == "reshaped")).to_numpy())
        if not len(at):
            continue
        before = comparison.a.plan[layer].drop_duplicates("id").set_index("id").geometry
        old = before.reindex(frame["id"].iloc[at]).to_numpy()
        for k, part in zip(at, shapely.difference(shapely.symmetric_difference(old, out[at]), drawn), strict=True):
            parts = shapely.get_parts(part)
            broad = parts[shapely.area(parts) > _SLIVER * shapely.length(parts)]
            out[k] = shapely.multipolygons(broad) if len(broad) else None
    return np.asarray(out)


def _shapes(plan: Plan, layer: str, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    there = plan[layer].drop_duplicates("id").set_index("id").geometry
    ids = [i for i in rows["id"] if i in there.index]
    columns = {"layer": layer, "id": ids, "change": "retimed"}
    return gpd.GeoDataFrame(columns, geometry=there.loc[ids].to_numpy(), crs=plan.crs)


def _model(pairs: list[Comparison], sheets: list[Sheet], bounds: tuple[float, ...], lang: Lang) -> dict[str, Any]:
    plans = [pairs[0].a.plan, *(pair.b.plan for pair in pairs)]
    codes: dict[str, dict[str, Any]] = {}
    for plan in plans:
        codes |= _codes(plan)
    return {
        "lang": lang,
        "bounds": bounds,
        "version": __version__,
        "schematic": any(plan.schematic for plan in plans),
        "a": _head(pairs[0].a),
        "pairs": [_pair(pair) for pair in pairs],
        "layers": [sheet.spec for sheet in sheets],
        "diff": list(DIFFERENCE),
        "names": {layer: layer_names(layer) for plan in plans for layer in plan.layers},
        "panel": [],
        "codes": codes,
    }


def _pair(comparison: Comparison) -> dict[str, Any]:
    parts = comparison.contributions[~comparison.contributions["indicator"].str.startswith("findings")]
    changes = comparison.features.drop(columns="geometry").head(_MOST)
    size = comparison.moved["days"].astype("float64").abs()
    moved = comparison.moved.assign(size=size).sort_values("size", ascending=False, kind="stable")
    return {
        "b": _head(comparison.b),
        "changes": [_labelled(row) for row in _rows(changes)],
        "moved": [_labelled(row) for row in _rows(moved.drop(columns="size").head(_MOST))],
        "transitions": _rows(comparison.transitions),
        "indicators": _rows(comparison.indicators),
        "contributions": _rows(parts.head(_MOST)),
        "findings": _findings(comparison),
        "same": int((comparison.findings["state"] == "same").sum()),
        "outlook": outlook(comparison),
        "sentence": {lang: sentence(comparison, lang) for lang in LANGS},
        "verdicts": _verdicts(comparison),
        "causes": _causes(comparison),
        "stills": _stills(comparison),
        "cause_counts": counted(comparison.causes["state"]),
    }


def _verdicts(comparison: Comparison) -> list[dict[str, str]]:
    """Each of the verdicts of both scenarios, with its name."""
    after = {verdict.name: verdict.state for verdict in comparison.b.report.verdict}
    return [
        {**dict(zip(LANGS, VERDICT_NAMES[verdict.name], strict=True)), "a": verdict.state, "b": after[verdict.name]}
        for verdict in comparison.a.report.verdict
        if verdict.name in after
    ]


def _causes(comparison: Comparison) -> list[dict[str, Any]]:
    """The causes that changed, the new ones first, each with the features of its gravest findings."""
    reports = comparison.a.report, comparison.b.report
    known = [{cause.key: cause for cause in report.causes} for report in reports]
    place = [_places(report) for report in reports]
    changed = comparison.causes[comparison.causes["state"] != "same"].head(_MOST_CAUSES)
    out = []
    for row in _rows(changed[["key", "state", "before", "after", "zh", "en"]]):
        side = int(row["key"] in known[1])
        cause = known[side][row["key"]]
        there = [place[side][mark] for mark in cause.fingerprints[:_MOST_PLACES] if mark in place[side]]
        out.append({**row, "places": [list(pair) for pair in dict.fromkeys(there)]})
    return out


def _stills(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """The proofs of the first causes that changed, by key and language: as B has them, of those gone as A had."""
    changed = comparison.causes[comparison.causes["state"] != "same"].head(_PROVEN)
    gone = changed["state"] == "gone"
    out: dict[str, dict[str, Any]] = {}
    for judged, keys in ((comparison.a, changed.loc[gone, "key"]), (comparison.b, changed.loc[~gone, "key"])):
        named = set(keys)
        if named:
            found = [(cause, proof) for cause, proof in proven(judged.plan, judged.report) if cause.key in named]
            out |= {key: shared(both) for key, both in stills(judged.plan, found).items()}
    return out


def _places(report: Report) -> dict[str, tuple[str, str]]:
    """The layer and feature of each finding by its fingerprint."""
    table = report.findings
    return dict(zip(table["fingerprint"], zip(table["layer"], table["id"], strict=True), strict=True))


def _head(judged: Judged) -> dict[str, Any]:
    return {"name": judged.plan.name, "title": dict(judged.plan.title), "digest": judged.report.plan_digest}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    cells = [[plain(cell) for cell in table[name].to_numpy(dtype=object)] for name in table.columns]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*cells, strict=True)]


def _labelled(row: dict[str, Any]) -> dict[str, Any]:
    spec = LAYERS.get(row["layer"])
    column = spec.column(row["column"]) if spec and row["column"] else None
    return {**row, "zh": column.zh if column else row["column"], "en": column.en if column else row["column"]}


def _codes(plan: Plan) -> dict[str, dict[str, Any]]:
    """Land-use codes of a plan with their names and colours, as the flows of land show them."""
    if not plan.has("parcels"):
        return {}
    looks = code_classes(with_uses(plan["parcels"], plan))
    named = {look["key"].split(" ", 1)[1]: look for look in looks if look["key"]}
    return {
        code: {"zh": look["zh"].split(" ", 1)[-1], "en": look["en"].split(" ", 1)[-1], "fill": look["fill"]}
        for code, look in named.items()
    }


def _findings(comparison: Comparison) -> list[dict[str, Any]]:
    """New findings in the words of the second report, gone ones in the words of the first."""
    out: list[dict[str, Any]] = []
    for judged, state in ((comparison.b, "new"), (comparison.a, "gone")):
        table = judged.report.findings
        wanted = comparison.findings.loc[comparison.findings["state"] == state, "fingerprint"]
        at = np.flatnonzero(table["fingerprint"].isin(wanted))[:_MOST]
        zh, en = sentences(judged.report, "zh"), sentences(judged.report, "en")
        part = table.iloc[at]
        rows = zip(part["code"], part["severity"], part["layer"], part["id"], at, strict=True)
        out += [
            {"state": state, "code": c, "severity": s, "layer": layer, "id": i, "text": {"zh": zh[k], "en": en[k]}}
            for c, s, layer, i, k in rows
        ]
    return out
