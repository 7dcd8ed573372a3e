"""The packed layers of a page: each layer of a plan, the balance by hexagon, and the evidence of the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ...facts.landuse.balance import AS_WRITTEN, CLASSES, Switches
from ...facts.landuse.through_time import HEXAGON, hexagons
from ...plan import LAYERS, Plan, Report
from ..symbology.classes import RAMPS, classes_of, layer_names, with_bands, with_uses
from ..symbology.styles import styles
from .packed import Columns, encode, encode_table, split_by_kind

_SCANT = 0.05
"""A hexagon with less land than this share of itself is drawn without a class: a sliver says nothing of balance."""
BORROWED = "parcels"
"""The layer whose shapes the evidence of findings may borrow."""
_FEW = 250
"""Up to so many different values a text column is written as a dictionary."""


@dataclass(frozen=True)
class Sheet:
    """One packed layer of the page: what the browser is told about it, and its block."""

    spec: dict[str, Any]
    text: str
    shapes: NDArray[Any] | None = field(default=None, repr=False, compare=False)
    """Of the parcels: their shapes in the order of the block, for evidence that is a parcel or made of parcels."""


def sheets_of(plan: Plan, how: Switches = AS_WRITTEN) -> Iterator[Sheet]:
    """Every layer of a plan packed, from the bottom of the map to its top; `how` says how contested land counts."""
    order = styles()["order"]["layers"]
    others = sorted(set(plan.layers) - set(order))
    for layer in [*others, *order]:
        if layer not in plan or not len(plan.layers[layer]):
            continue
        frame = plan[layer]
        if layer not in LAYERS:  # a layer of one's own may have no id; its rows are then told by their number
            frame = frame if "id" in frame else frame.assign(id=[f"#{row}" for row in range(1, len(frame) + 1)])
        if layer == "parcels":
            frame = with_bands(with_uses(frame, plan, how))
        if layer == "pipes":
            for kind in sorted(frame["kind"].dropna().unique()):
                yield from _layer_sheets(layer, frame[frame["kind"] == kind], kind)
            yield from _layer_sheets(layer, frame[frame["kind"].isna()], "")
        else:
            yield from _layer_sheets(layer, frame, "")


def _layer_sheets(layer: str, frame: gpd.GeoDataFrame, utility: str) -> Iterator[Sheet]:
    """One sheet for each kind of geometry; the first carries the plain name."""
    columns, labels = _columns(layer, frame)
    name = f"{layer}-{utility}" if utility else layer
    for number, (kind, part) in enumerate(split_by_kind(frame).items()):
        key = name if number == 0 else f"{name}-{kind}"
        spec = {
            "id": key,
            "source": layer,
            "kind": kind,
            "labels": labels,
            **layer_names(layer, utility),
            "styles": classes_of(layer, part, utility),
            "shown": layer not in styles()["order"]["hidden"],
            "time": "period" if layer in styles()["order"]["period"] else "works",
        }
        packed = encode(part, kind, columns)
        whole = np.asarray(part.geometry.array)[packed.order] if key == BORROWED else None
        yield Sheet(spec, packed.text, whole)


def _columns(layer: str, frame: gpd.GeoDataFrame) -> tuple[Columns, dict[str, Any]]:
    """The canonical columns with any value, how each is packed, and its label, unit and words for the reader.

    Columns the plan does not name stay out of the page: they may hold what is nobody's business.
    """
    spec = LAYERS.get(layer)
    named = [c for c in spec.columns if frame[c.name].notna().any()] if spec else []
    labels: dict[str, Any] = {}
    kept: dict[str, list[str]] = {"words": [], "numbers": [], "days": [], "texts": []}
    for column in named:
        how = {"date": "days", "float": "numbers", "int": "numbers", "bool": "words", "str": "texts"}[column.dtype]
        if how == "texts" and column.name not in {"id", "name"} and frame[column.name].nunique() <= _FEW:
            how = "words"
        kept[how].append(column.name)
        table = {v: styles()["words"][v] for v in (*column.allowed, *_truths(column.dtype)) if v in styles()["words"]}
        labels[column.name] = [column.zh, column.en, column.unit] + ([table] if table else [])
    if not spec:
        kept["texts"] += [name for name in ("id", "name") if name in frame]
    if layer == "parcels":
        bands = [f"{name}_band" for name in RAMPS if f"{name}_band" in frame]
        kept["words"] += [name for name in ("ple", "balance", "sector", *bands) if name not in kept["words"]]
        kept["words"].insert(
            kept["words"].index("code") + 1 if "code" in kept["words"] else 0, "class"
        )  # zips to nothing
        kept["numbers"].append("area")
        labels |= {"area": ["图形面积", "area from the geometry", "m²"], "use": ["用地性质", "use", ""]}
        labels.pop("ple", None)
    if "start" not in kept["days"] and "finish" not in kept["days"] and "paved" in kept["days"]:
        labels.setdefault("paved", ["路面摊铺日期", "pavement laid", ""])
    return Columns(**{how: tuple(names) for how, names in kept.items()}), labels


def _truths(dtype: str) -> tuple[str, ...]:
    return ("true", "false") if dtype == "bool" else ()


def hexagon_sheets(plan: Plan, report: Report) -> Iterator[Sheet]:
    """The balance by hexagon as the report has it, from the last date on; off until it is asked for."""
    told = report.balance.get("hexagons")
    if not told or not plan.has("parcels"):
        return
    cells = hexagons(plan["parcels"].bounds.to_numpy(), HEXAGON)
    names = [name for name in told if name in cells.index]
    share = {c: [told[name][f"{c}_share"] for name in names] for c in CLASSES}
    rows = {c: np.array(values, float) * 100 for c, values in share.items()}
    rows |= {key: np.array([told[name][key] for name in names], float) for key in ("evenness", "off_target")}
    look = styles()["layers"]["hexagons"]["styles"]
    scant = np.array([told[name]["total"] for name in names]) < _SCANT * cells.area.iloc[0]
    bands = {s["by"]: np.where(scant, "", np.digitize(rows[s["of"]], s["edges"]).astype(str)) for s in look}
    frame = gpd.GeoDataFrame({"id": names, **rows, **bands}, geometry=cells.loc[names].to_numpy(), crs=plan.crs)
    labels = {c: [f"{styles()['ple'][c]['zh']}占比", f"{c} share", "%"] for c in CLASSES}
    labels |= {"evenness": ["均衡度", "evenness", ""], "off_target": ["偏离目标区间", "off its target bands", ""]}
    spec = {
        "id": "hexagons",
        "source": "hexagons",
        "kind": "polygon",
        "labels": labels,
        "zh": "蜂窝格网平衡（规划末期）",
        "en": "Balance by hexagon (at the end)",
        "shown": False,
        "time": "none",
        "styles": look,
    }
    columns = Columns(words=tuple(bands), numbers=tuple(rows), texts=("id",))
    yield Sheet(spec, encode(frame, "polygon", columns).text)


def evidence_sheets(report: Report, sheets: Sequence[Sheet] = ()) -> list[Sheet]:
    """The evidence of the findings as packed layers; column `f` is the finding's row in the report.

    Evidence that is a parcel, or made of parcels, is not written again: it names the rows of their block.
    """
    table = report.findings
    frame = gpd.GeoDataFrame({"f": np.arange(len(table))}, geometry=table.geometry.to_numpy(), crs=table.crs)
    out = []
    lender = next((sheet for sheet in sheets if sheet.shapes is not None), None)
    for kind, found in split_by_kind(frame).items():
        part = found
        if kind == "polygon" and lender is not None and lender.shapes is not None:
            lent, rows = _borrowed(part, lender.shapes)
            if lent.any():
                own = pd.DataFrame({"f": part["f"].to_numpy()[lent], "count": [len(r) for r in rows]})
                tables = [(own, Columns(steps=("f", "count"))), (_flat(rows), Columns(steps=("row",)))]
                spec = _evidence_spec("findings-parcels", kind) | {"borrows": lender.spec["id"]}
                out.append(Sheet(spec, encode_table(tables).text))
            part = part[~lent]
        if len(part):
            packed = encode(part, kind, Columns(steps=("f",)))
            out.append(Sheet(_evidence_spec(f"findings-{kind}", kind), packed.text))
    return out


def _evidence_spec(name: str, kind: str) -> dict[str, Any]:
    look = styles()["layers"]["findings"]
    return {
        "id": name,
        "source": "findings",
        "kind": kind,
        "labels": {},
        "zh": "问题位置",
        "en": "Evidence",
        "finding": True,
        "shown": True,
        "time": "none",
        "styles": [{"zh": "", "en": "", "by": look["by"], "classes": look["classes"]}],
    }


def _borrowed(evidence: gpd.GeoDataFrame, lender: NDArray[Any]) -> tuple[NDArray[np.bool_], list[NDArray[Any]]]:
    """Which evidence consists of whole features of a layer, and the rows of each such one."""
    at = pd.Series(np.arange(len(lender)), index=shapely.to_wkb(lender))
    at = at[~at.index.duplicated()]
    parts, owner = shapely.get_parts(np.asarray(evidence.geometry.array), return_index=True)
    row = at.reindex(pd.Index(shapely.to_wkb(parts), dtype=object)).fillna(-1).to_numpy(np.int64)
    lent = np.ones(len(evidence), bool)
    lent[owner[row < 0]] = False
    keep = lent[owner]
    ends = np.cumsum(np.bincount(owner[keep], minlength=len(evidence))[lent])
    return lent, [np.sort(rows) for rows in np.split(row[keep], ends[:-1])] if lent.any() else []


def _flat(rows: Sequence[NDArray[Any]]) -> pd.DataFrame:
    return pd.DataFrame({"row": np.concatenate(rows)})
