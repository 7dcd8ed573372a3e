"""A value is of a size that its unit allows: a ratio is no percentage, a depth no centimetres, a year no slip of the pen.

Each kind of number has a least and a most value that something real may have; 0 is left to the rules that judge it. A share in
per cent below 1 was most likely written as a ratio, a floor-area ratio above 20 as per cent. A sewer and a main road have a
least size of their own.

Cannot see: values that are wrong and yet possible, columns without a usual size (levels, capacities).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..plan import Findings, Plan, Rows, Skipped, findings
from ..plan.layers import LAYERS as SPECS
from .by_layer import by_layer
from .contract import Text, mini, param
from .drawn import WHOLE
from .grouping import habit

SEVERITY = "warning"
cause = habit
LAYERS = ()
OPTIONAL = tuple(SPECS)
OURS = "project default, no standard: what something real may have"

ZH = Text(
    title="数值超出合理范围",
    message="{layer_name} {id} 的{what_zh}为 {shown}，合理范围为 {range}，疑为单位或输入错误",
    advice="核对单位（比值与百分数、米与厘米、公顷与平方米）和年份后改正",
    trap="确属特殊情况的，可在规则配置中放宽该项范围",
)
EN = Text(
    title="Value out of range",
    message="{what} of {id} in {layer_name} is {shown}; {range} is the usual range: a wrong unit or a slip",
    advice="check the unit (ratio or per cent, metres or centimetres, hectares or m²) and the year",
    trap="where it is so indeed, a profile may widen the range",
)
COLUMNS_OF = {
    "far": ("far", "far_min", "far_max"),
    "percent": ("density", "density_max", "green", "green_min", "green_max", "admin_share"),
    "height": ("height", "height_max"),
    "floors": ("floors",),
    "width": ("width",),
    "cover": ("cover",),
    "diameter": ("diameter_mm",),
    "voltage": ("voltage_kv",),
}
KEPT = 0.5
"""A column filled for a smaller share of its rows is not kept: that is told once, not row by row (project default)."""
Array = np.ndarray[Any, Any]
OWN_LEAST = {
    ("pipes", "diameter_mm"): ("kind", {"sewer": "sewer", "storm": "sewer", "combined": "sewer"}),
    ("roads", "width"): ("grade", {"expressway": "main_road", "arterial": "main_road", "secondary": "road"}),
}
"""Columns whose least value depends on a word of the row: that column, and the parameter for each word."""


@dataclass(frozen=True, kw_only=True)
class Params:
    """Least and most of each kind of number."""

    far: tuple[float, float] = param((0.01, 20.0), unit="ratio", source=OURS, zh="容积率")
    percent: tuple[float, float] = param((1.0, 100.0), unit="%", source=OURS, zh="百分比")
    height: tuple[float, float] = param((1.0, 700.0), unit="m", source=OURS, zh="高度")
    floors: tuple[float, float] = param((1.0, 150.0), unit="floors", source=OURS, zh="层数")
    width: tuple[float, float] = param((0.5, 1000.0), unit="m", source=OURS, zh="宽度")
    cover: tuple[float, float] = param((0.05, 40.0), unit="m", source=OURS, zh="覆土深度")
    diameter: tuple[float, float] = param((10.0, 6000.0), unit="mm", source=OURS, zh="管径")
    voltage: tuple[float, float] = param((0.2, 1100.0), unit="kV", source=OURS, zh="电压")
    sewer: float = param(150.0, unit="mm", source="project default; GB 50014, from memory", zh="雨污水管最小管径")
    main_road: float = param(12.0, unit="m", source=OURS, zh="快速路、主干路最小宽度")
    road: float = param(7.0, unit="m", source=OURS, zh="次干路最小宽度")
    years: tuple[float, float] = param((1949.0, 2100.0), unit="year", source=OURS, zh="年份")


def check(plan: Plan, p: Params) -> Findings:
    """Each value outside its range; evidence: the feature."""
    layers = sorted(set(plan.layers) & set(SPECS))
    found = by_layer(plan, layers, _of_layer, "DA908", p) if layers else None
    if found is None or not found.judged:
        raise Skipped("too_few", what="0")
    return found


def _of_layer(plan: Plan, layer: str, p: Params) -> Findings:
    ranges = {column: getattr(p, name) for name, columns in COLUMNS_OF.items() for column in columns}
    frame, blocks, judged, blank = plan[layer], list[Rows](), 0, set()
    for spec in (c for c in SPECS[layer].columns if c.dtype == "date" or c.name in ranges):
        values, (least, most) = _numbers(frame[spec.name]), ranges.get(spec.name, p.years)
        lower, nameless = _least(frame, (layer, spec.name), least, p)
        blank |= set(frame["id"][nameless & (values < lower)])
        lower = np.where(nameless, least, lower)
        known = ~np.isnan(values)
        judged += int(known.sum())
        if spec.blank_means(layer) != "none":
            blank |= set(frame["id"][~known] if known.sum() > KEPT * len(known) else [WHOLE])
        bad = ((values < lower) | (values > most)) & (values != 0.0)
        if bad.any():
            blocks.append(_rows(layer, frame[bad], values[bad], (spec.zh, spec.en), (lower[bad], most)))
    unknown = [(layer, np.array(sorted(blank), dtype=object), "no_attribute")]
    return findings(plan.crs, *blocks, judged=judged, unknown=unknown)


def _numbers(values: pd.Series) -> Array:
    """Return a column as numbers, dates as their year; NaN where blank."""
    out = values.dt.year if pd.api.types.is_datetime64_any_dtype(values) else values
    return np.asarray(out.astype("float64").to_numpy(dtype=float))


def _least(frame: gpd.GeoDataFrame, where: tuple[str, str], least: float, p: Params) -> tuple[Array, Array]:
    """Return the least value of each row, of its kind of pipe or grade of road; and which rows do not tell the word.

    The least of these is the highest of all, below which they are in doubt.
    """
    if where not in OWN_LEAST:
        return np.full(len(frame), least), np.zeros(len(frame), bool)
    column, words = OWN_LEAST[where]
    own = {word: float(getattr(p, name)) for word, name in words.items()}
    nameless = frame[column].isna().to_numpy()
    low = frame[column].map(own).astype("float64").fillna(least).to_numpy(dtype=float)
    return np.where(nameless, max(own.values()), low), nameless


def _rows(
    layer: str, frame: gpd.GeoDataFrame, values: Array, names: tuple[str, str], limits: tuple[Array, float]
) -> Rows:
    least, most = limits
    return Rows(
        layer=layer,
        id=frame["id"].to_numpy(dtype=object),
        geometry=frame.geometry.array,
        value=values,
        limit=np.where(values < least, least, most),
        args={
            "what_zh": names[0],
            "what": names[1],
            "shown": [f"{v:g}" for v in values],
            "range": [f"{low:g}–{most:g}" for low in least],
        },
    )


_LAND = {"id": "A", "start": "2010-05-01", "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
PASSES = mini(parcels=[_LAND | {"far": 1.5, "density": 45.0, "green": 0.0}])
FAILS = mini(parcels=[_LAND | {"far": 1.5, "density": 0.45, "green": 15.0}])
