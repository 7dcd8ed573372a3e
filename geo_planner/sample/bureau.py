"""The park as a planning bureau would send it: files, field names, words and date habits.

Canonical names live in `plan.layers`; here they are turned back into what arrives in practice: one shapefile per layer,
Chinese and pinyin field names cut at ten bytes, two land-use schemes, dates as text in three manners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from ..plan.layers import LAYERS, UTILITY_ZH, Column
from . import layout as lay
from .shapefile import Field, write_layer

Dates = Literal["field", "dots", "digits", "month", "dashes"]


@dataclass(frozen=True)
class Sheet:
    """One shapefile: its name, the layer and rows it takes, its own field names, and how it writes dates."""

    file: str
    layer: str
    only: tuple[str, str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    dates: Dates = "field"
    drop: tuple[str, ...] = ()


_PIPE_NAMES = {"id": "管线编号", "diameter_mm": "GJ", "material": "CZ", "burial": "MSFS"}
SHEETS = (
    Sheet("园区范围", "parks"),
    Sheet(
        "地块_2006-2020",
        "parcels",
        ("scheme", "gb50137"),
        {"id": "DKBH", "name": "DKMC", "density": "建筑密度"},
        "dots",
    ),
    Sheet(
        "地块_2021-2025",
        "parcels",
        ("scheme", "guide2023"),
        {
            "id": "DKBH",
            "name": "DKMC",
            "code": "YDYHFLDM",
            "area_declared": "YDMJ",
            "far": "RJL",
            "density": "JZMD",
            "green": "LDL",
            "height": "JZGD",
            "floor_area": "ZJZMJ",
        },
    ),
    Sheet("建筑", "buildings", dates="dashes"),
    Sheet("道路", "roads"),
    Sheet("给水管线", "pipes", ("kind", "water"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("污水管线", "pipes", ("kind", "sewer"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("雨水管线", "pipes", ("kind", "storm"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("电力管线", "pipes", ("kind", "power"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("燃气管线", "pipes", ("kind", "gas"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("热力管线", "pipes", ("kind", "heat"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("通信管线", "pipes", ("kind", "telecom"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("综合管廊", "pipes", ("kind", "tunnel"), _PIPE_NAMES, "digits", ("kind",)),
    Sheet("源站", "sources"),
    Sheet("服务设施", "facilities", dates="month"),
    Sheet("规划许可", "approvals", dates="dots"),
    Sheet("控制线", "control_lines"),
    Sheet("道路挖掘", "excavations", dates="dashes"),
    Sheet("声环境功能区", "noise_zones"),
)

WORDS: Mapping[str, Mapping[str, str]] = {
    "parcels.scheme": {"gb50137": "GB50137-2011", "guide2023": "用地用海分类2023"},
    "parks.role": {"core": "核心区"},
    "roads.grade": {"arterial": "主干路", "secondary": "次干路", "branch": "支路"},
    "pipes.burial": {"direct": "直埋", "duct": "管块", "tunnel": "管廊"},
    "pipes.pressure": {"MA": "中压A"},
    "sources.kind": UTILITY_ZH,
    "buildings.use": {
        "factory": "厂房",
        "warehouse": "仓库",
        "house": "住宅",
        "dormitory": "宿舍",
        "office": "办公",
        "shop": "商业",
        "school": "学校",
        "hospital": "医院",
        "public": "公共建筑",
        "utility": "公用设施",
    },
    "hazard": {"jia": "甲", "yi": "乙", "bing": "丙", "ding": "丁", "wu": "戊"},
    "facilities.kind": {
        "primary_school": "小学",
        "kindergarten": "幼儿园",
        "clinic": "卫生站",
        "culture": "文化活动中心",
        "sports": "体育设施",
        "market": "菜市场",
        "elderly_care": "养老设施",
        "community": "社区服务站",
        "bus_stop": "公交站",
        "fire_station": "消防站",
        "park": "公园",
        "waste_station": "垃圾转运站",
    },
    "approvals.kind": {
        "master_plan": "总体规划",
        "detailed_plan": "控制性详细规划",
        "site_opinion": "用地预审与选址意见书",
        "land_grant": "土地出让合同",
        "land_permit": "建设用地规划许可证",
        "works_permit": "建设工程规划许可证",
        "construction_permit": "施工许可证",
        "acceptance": "竣工验收",
    },
    "control_lines.kind": {
        "farmland": "永久基本农田",
        "redline": "生态保护红线",
        "boundary": "城镇开发边界",
        "river": "河道蓝线",
        "power_corridor": "高压走廊",
        "highway": "公路",
    },
}
"""What the bureau writes for the values of the canonical columns; `hazard` holds for every layer."""

ALWAYS = frozenset({"hazard"})


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> list[Path]:
    """Write every sheet of the park into the folder and return the paths."""
    return [path for sheet in SHEETS for path in _write(sheet, layers[sheet.layer], folder)]


def _write(sheet: Sheet, frame: gpd.GeoDataFrame, folder: Path) -> list[Path]:
    if sheet.only:
        frame = frame[frame[sheet.only[0]] == sheet.only[1]]
    spec = LAYERS[sheet.layer]
    filled = [c for c in spec.columns if c.name not in sheet.drop and frame[c.name].notna().any()]
    fields = [_field(sheet, c, frame[c.name]) for c in filled]
    kind = {"Point": "point", "LineString": "line"}.get(frame.geometry.geom_type.iloc[0], "polygon")
    return write_layer(folder / f"{sheet.file}.shp", list(lay.to_world(np.array(frame.geometry.array))), kind, fields)


def _field(sheet: Sheet, column: Column, values: pd.Series) -> Field:
    name = sheet.names.get(column.name, column.zh)
    cells = [None if m else v for v, m in zip(values.tolist(), values.isna().tolist(), strict=True)]
    if column.dtype == "date":
        return _dates(name, cells, sheet.dates)
    if column.dtype == "bool":
        return Field(name, "C", [None if v is None else "是" if v else "否" for v in cells])
    if column.dtype in {"float", "int"}:
        return Field(name, "N", cells, _decimals(cells))
    words = WORDS.get(f"{sheet.layer}.{column.name}", WORDS.get(column.name, {}) if column.name in ALWAYS else {})
    return Field(name, "C", [None if v is None else words.get(v, v) for v in cells])


def _decimals(cells: Sequence[float | None]) -> int:
    """Return how many decimals the column needs, three at most."""
    return next((n for n in range(3) if all(v is None or abs(v - round(v, n)) < 1e-9 for v in cells)), 3)


def _dates(name: str, cells: Sequence[pd.Timestamp | None], manner: Dates) -> Field:
    if manner == "field":
        return Field(name, "D", [None if v is None else v.strftime("%Y%m%d") for v in cells])
    return Field(name, "C", [None if v is None else _written(v, manner) for v in cells])


def _written(day: pd.Timestamp, manner: Dates) -> str:
    if manner == "dots":
        return f"{day.year}.{day.month}.{day.day}"
    if manner == "month":
        return f"{day.year}年{day.month}月"
    return f"{day:%Y%m%d}" if manner == "digits" else f"{day:%Y-%m-%d}"


def write_grid(path: Path, values: np.ndarray[Any, Any], affine: tuple[float, ...]) -> Path:
    """Write a small compressed GeoTIFF in the park's CRS and return its path."""
    import rasterio

    predictor = 3 if values.dtype.kind == "f" else 2
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=values.shape[0],
        width=values.shape[1],
        count=1,
        dtype=str(values.dtype),
        crs=lay.CRS,
        transform=rasterio.Affine(*affine),
        compress="deflate",
        predictor=predictor,
        zlevel=9,
    ) as target:
        target.write(values, 1)
    return path
