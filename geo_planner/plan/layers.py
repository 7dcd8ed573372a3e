"""The canonical layers as one table: column, type, unit, required, allowed values, zh, en.

Reading, validation, documentation and the empty template all come from this table. A Chinese term gets one English
word, fixed here. Lengths are metres and areas m² unless the column's name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

DType = Literal["str", "float", "int", "bool", "date"]
Kind = Literal["point", "line", "polygon"]
Blank = Literal["none", "unknown"]

UTILITIES = ("water", "sewer", "storm", "power", "gas", "heat", "telecom")
"""The seven utilities of 九通一平 that run in pipes or cables; `tunnel` and `reclaimed` are pipe kinds beside them."""

# fmt: off
UTILITY_ZH: Mapping[str, str] = MappingProxyType(
    {
        "water": "给水", "sewer": "污水", "storm": "雨水", "power": "电力", "gas": "燃气", "heat": "热力",
        "telecom": "通信", "reclaimed": "再生水", "combined": "合流", "tunnel": "综合管廊",
    }
)

PERMITS = (
    "master_plan", "detailed_plan", "site_opinion", "land_grant", "land_permit",
    "works_permit", "construction_permit", "acceptance",
)
"""The approval chain P0–P6 and P8 in the order the law asks for."""


BLANK_IS_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "parks": ("name", "role", "finish"),
        "parcels": (
            "name", "phase", "district", "code_name", "ple", "removed", "resettle", "ancillary", "hazard",
            "buffer_eia", "emission", "limit_mg",
        ),
        "buildings": ("name", "removed"),
        "roads": ("name", "corridor", "overhauled", "walkable", "bridge"),
        "pipes": ("name", "branch", "removed"),
        "sources": ("name", "removed"),
        "facilities": ("name", "removed"),
        "approvals": ("name", "number", "finish"),
        "control_lines": ("name", "finish"),
        "excavations": ("name", "reason", "approved", "emergency"),
        "noise_zones": ("name", "finish"),
    }
)
"""Columns in which a blank is an answer: there is none. In every other column a blank is not known, never good news."""


@dataclass(frozen=True)
class Column:
    """One column of a canonical layer."""

    name: str
    dtype: DType
    zh: str
    en: str
    unit: str = ""
    required: bool = False
    allowed: tuple[str, ...] = ()

    def blank_means(self, layer: str) -> Blank:
        """Whether a blank says that there is none (no buffer, not removed) or that it is not known."""
        return "none" if self.name in BLANK_IS_NONE.get(layer, ()) else "unknown"


@dataclass(frozen=True)
class LayerSpec:
    """One canonical layer: its geometry kinds and its columns."""

    name: str
    kinds: tuple[Kind, ...]
    zh: str
    en: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None where the layer has no such canonical column."""
        return next((c for c in self.columns if c.name == name), None)


ID = Column("id", "str", "编号", "identifier", required=True)
NAME = Column("name", "str", "名称", "name")
START = Column("start", "date", "开工日期", "start of works")
FINISH = Column("finish", "date", "竣工日期", "completion")

PARKS = LayerSpec("parks", ("polygon",), "园区范围", "park boundaries", (
    ID, NAME,
    Column("role", "str", "角色", "role in the 1+5 network", allowed=("core", "county")),
    Column("people", "float", "规划人口", "planned people"),
    Column("start", "date", "设立日期", "founded"),
    Column("finish", "date", "撤销日期", "dissolved"),
))

PARCELS = LayerSpec("parcels", ("polygon",), "地块", "parcels (industrial, residential and ecological zones)", (
    ID, NAME,
    Column("park", "str", "所属园区", "park"),
    Column("phase", "str", "分期", "phase"),
    Column("district", "str", "片区", "district"),
    Column("code", "str", "用地代码", "land-use code"),
    Column("scheme", "str", "分类标准", "land-use scheme",
           allowed=("gb50137", "guide2023", "trial2020", "survey3", "xplanung")),
    Column("code_name", "str", "用地名称", "land-use name as written"),
    Column("planned_code", "str", "规划用地代码", "planned land-use code"),
    Column("ple", "str", "三生类别", "production, living or ecology, where the source says so",
           allowed=("production", "living", "ecology")),
    Column("area_declared", "float", "登记面积", "area as declared", "m²"),
    Column("released", "date", "供地日期", "land granted"),
    Column("contract_start", "date", "约定开工日期", "start agreed in the land contract"),
    Column("contract_date", "date", "合同签订日期", "land contract signed"),
    Column("contract_handover", "date", "约定交地日期", "handover of the land agreed in the contract"),
    Column("contract_finish", "date", "约定竣工日期", "completion agreed in the land contract"),
    START, FINISH,
    Column("used", "date", "投产或入住日期", "in production or occupied"),
    Column("removed", "date", "拆除日期", "removed"),
    Column("resettle", "bool", "安置房", "resettlement housing"),
    Column("ancillary", "bool", "配套（宿舍、邻里中心）", "dormitory, neighbourhood centre or ancillary use"),
    Column("far", "float", "容积率", "floor-area ratio"),
    Column("density", "float", "建筑密度或建筑系数", "share of land under buildings", "%"),
    Column("green", "float", "绿地率", "green ratio", "%"),
    Column("height", "float", "建筑高度", "building height", "m"),
    Column("far_min", "float", "容积率下限", "planned lower bound of the floor-area ratio"),
    Column("far_max", "float", "容积率上限", "planned upper bound of the floor-area ratio"),
    Column("density_max", "float", "建筑密度上限", "planned upper bound of the density", "%"),
    Column("green_min", "float", "绿地率下限", "planned lower bound of the green ratio", "%"),
    Column("green_max", "float", "绿地率上限", "planned upper bound of the green ratio", "%"),
    Column("height_max", "float", "限高", "planned height limit", "m"),
    Column("floor_area", "float", "总建筑面积", "total floor area", "m²"),
    Column("admin_share", "float", "行政办公用地占比", "share of land for offices and staff services", "%"),
    Column("industry", "str", "行业代码", "industry code, GB/T 4754"),
    Column("industry_edition", "str", "行业分类版本", "edition of GB/T 4754 that the industry code is of",
           allowed=("2002", "2011", "2017")),
    Column("hazard", "str", "火灾危险性", "fire hazard class", allowed=("jia", "yi", "bing", "ding", "wu")),
    Column("buffer_eia", "float", "环评防护距离", "protective distance set by the environmental assessment", "m"),
    Column("emission", "float", "无组织排放量", "fugitive emission", "kg/h"),
    Column("limit_mg", "float", "环境浓度限值", "ambient concentration limit", "mg/m³"),
    Column("jobs", "float", "就业岗位", "jobs"),
    Column("people", "float", "居住人口", "residents, or beds of a dormitory"),
    Column("dwellings", "float", "住宅套数", "dwellings"),
    Column("invested_share", "float", "投资完成比例", "share of the agreed investment made", "%"),
    Column("built_share", "float", "开发面积比例", "share of the land developed", "%"),
    Column("water_m3d", "float", "用水需求", "water demand of the project", "m³/d"),
    Column("power_kw", "float", "用电需求", "power demand of the project", "kW"),
))

BUILDINGS = LayerSpec("buildings", ("polygon",), "建筑", "buildings", (
    ID, NAME,
    Column("parcel", "str", "所在地块", "parcel"),
    Column("use", "str", "用途", "use", allowed=(
        "factory", "warehouse", "house", "dormitory", "office", "shop", "school", "hospital", "public", "utility")),
    Column("hazard", "str", "火灾危险性", "fire hazard class", allowed=("jia", "yi", "bing", "ding", "wu")),
    Column("rating", "int", "耐火等级", "fire rating 1 to 4"),
    Column("floors", "float", "层数", "floors"),
    Column("height", "float", "高度", "height", "m"),
    Column("floor_area", "float", "建筑面积", "floor area", "m²"),
    Column("people", "float", "居住人数", "residents or beds"),
    START, FINISH,
    Column("removed", "date", "拆除日期", "removed"),
))

ROADS = LayerSpec("roads", ("line", "polygon"), "道路", "roads", (
    ID, NAME,
    Column("grade", "str", "道路等级", "road grade", allowed=("motorway", "expressway", "arterial", "secondary", "branch")),
    Column("width", "float", "红线宽度", "red-line width", "m"),
    Column("corridor", "str", "规划管线", "utilities planned in the corridor, separated by ;"),
    START,
    Column("paved", "date", "路面摊铺日期", "pavement laid"),
    Column("finish", "date", "通车日期", "open to traffic"),
    Column("overhauled", "date", "大修日期", "last overhaul"),
    Column("walkable", "bool", "可步行", "people may walk here"),
    Column("bridge", "bool", "桥梁", "bridge"),
))

PIPES = LayerSpec("pipes", ("line",), "管线", "utility lines", (
    ID, NAME,
    Column("kind", "str", "管线种类", "utility", required=True, allowed=(*UTILITIES, "reclaimed", "combined", "tunnel")),
    Column("diameter_mm", "float", "管径", "diameter", "mm"),
    Column("material", "str", "材质", "material"),
    Column("pressure", "str", "压力级别", "gas pressure class", allowed=("L", "MB", "MA", "SHB", "SHA")),
    Column("voltage_kv", "float", "电压", "voltage", "kV"),
    Column("burial", "str", "埋设方式", "way of burial", allowed=("direct", "duct", "trench", "tunnel", "overhead")),
    Column("cover", "float", "覆土深度", "cover over the crown", "m"),
    Column("z_start", "float", "起点管底标高", "invert level at the first vertex", "m"),
    Column("z_end", "float", "终点管底标高", "invert level at the last vertex", "m"),
    Column("road", "str", "所在道路", "road above"),
    Column("branch", "bool", "支管", "branch connection, may follow with the plot"),
    Column("capacity", "float", "输送能力", "capacity (m³/d, kW or Nm³/h by kind)"),
    Column("contractor", "str", "施工单位", "contractor who lays it"),
    START,
    Column("finish", "date", "验收日期", "accepted"),
    Column("removed", "date", "停用日期", "taken out of service"),
))

SOURCES = LayerSpec("sources", ("point", "polygon"), "源站", "plants, substations, stations and outfalls", (
    ID, NAME,
    Column("kind", "str", "管线种类", "utility served", required=True, allowed=UTILITIES),
    Column("capacity", "float", "供应能力", "capacity (m³/d, kW or Nm³/h by kind)"),
    Column("head", "float", "供水水头", "head at the source", "m"),
    START,
    Column("finish", "date", "投运日期", "in service"),
    Column("removed", "date", "停用日期", "taken out of service"),
))

FACILITIES = LayerSpec("facilities", ("point", "polygon"), "服务设施", "public facilities", (
    ID, NAME,
    Column("kind", "str", "设施类别", "kind of facility", allowed=(
        "primary_school", "middle_school", "kindergarten", "clinic", "hospital", "culture", "sports", "market",
        "elderly_care", "community", "bus_stop", "fire_station", "park", "waste_station", "police", "dormitory")),
    Column("capacity", "float", "规模", "places, beds or visits"),
    START, FINISH,
    Column("removed", "date", "停用日期", "closed"),
))

APPROVALS = LayerSpec("approvals", ("polygon",), "规划与许可", "plans and permits", (
    ID, NAME,
    Column("kind", "str", "审批类别", "step of the approval chain", required=True, allowed=PERMITS),
    Column("parcel", "str", "对应地块", "parcel the permit is for"),
    Column("number", "str", "文号", "document number"),
    Column("start", "date", "批准日期", "date in force"),
    Column("finish", "date", "失效日期", "date of expiry"),
))

CONTROL_LINES = LayerSpec("control_lines", ("polygon", "line"), "控制线", "control lines", (
    ID, NAME,
    Column("kind", "str", "控制线类别", "kind of control line", required=True, allowed=(
        "farmland", "redline", "boundary", "river", "canal", "railway", "highway", "power_corridor", "gas_corridor",
        "heritage", "hazard")),
    Column("width", "float", "控制宽度", "width of the strip on each side", "m"),
    Column("voltage_kv", "float", "电压", "voltage of the corridor", "kV"),
    Column("start", "date", "划定日期", "date in force"),
    Column("finish", "date", "调整日期", "date of repeal"),
))

EXCAVATIONS = LayerSpec("excavations", ("point", "line", "polygon"), "道路挖掘", "road excavations", (
    ID, NAME,
    Column("road", "str", "道路编号", "road dug up"),
    Column("reason", "str", "事由", "reason"),
    Column("approved", "bool", "市政府批准", "approved by the city government"),
    Column("emergency", "bool", "抢修", "emergency repair"),
    Column("start", "date", "挖掘日期", "date of the dig"),
    Column("finish", "date", "恢复日期", "surface restored"),
))

NOISE_ZONES = LayerSpec("noise_zones", ("polygon",), "声环境功能区", "noise zones", (
    ID, NAME,
    Column("grade", "str", "功能区类别", "class of GB 3096", allowed=("0", "1", "2", "3", "4a", "4b")),
    Column("start", "date", "划定日期", "date in force"),
    Column("finish", "date", "调整日期", "date of repeal"),
))

LAYERS: Mapping[str, LayerSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (PARKS, PARCELS, BUILDINGS, ROADS, PIPES, SOURCES, FACILITIES, APPROVALS, CONTROL_LINES,
                     EXCAVATIONS, NOISE_ZONES)
    }
)
# fmt: on

RASTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"dem": ("数字高程模型", "elevation model"), "landcover": ("地表覆盖", "land cover")}
)
"""Canonical rasters; dated ones carry the year after an underscore, as in `landcover_2012`."""

_PANDAS = {"str": "str", "float": "float64", "int": "Int64", "bool": "boolean", "date": "datetime64[ms]"}


def conform(layer: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`frame` with every canonical column of `layer` present and typed, canonical ones first.

    Missing columns come as nulls, other columns are kept as they are, and an unknown layer is returned unchanged.
    Values that do not fit a column's type become null: telling the user of each is the reader's work.
    """
    spec = LAYERS.get(layer)
    if spec is None:
        return frame
    columns = {c.name: _typed(frame, c) for c in spec.columns}
    extra = [c for c in frame.columns if c not in columns and c != frame.geometry.name]
    columns |= {c: frame[c] for c in extra}
    arrays = {name: column.array for name, column in columns.items()}
    table = pd.DataFrame(arrays | {"geometry": frame.geometry.array}, index=frame.index, copy=True)
    return gpd.GeoDataFrame(table, geometry="geometry")


def _typed(frame: gpd.GeoDataFrame, column: Column) -> pd.Series:
    dtype = _PANDAS[column.dtype]
    if column.name not in frame.columns:
        return pd.Series(
            pd.NaT if column.dtype == "date" else pd.NA if column.dtype != "float" else np.nan,
            index=frame.index,
            dtype=dtype,
        )
    values = frame[column.name]
    if str(values.dtype) == dtype:
        return values
    if column.dtype == "date":
        return pd.to_datetime(values, errors="coerce").astype(dtype)
    if column.dtype in {"float", "int"}:
        numbers = pd.to_numeric(values, errors="coerce")
        return numbers.round().astype(dtype) if column.dtype == "int" else numbers.astype(dtype)
    if column.dtype == "bool":
        return _truth(values)
    return values.astype("str").where(values.notna(), None).astype("str")


_YES = {"1", "1.0", "true", "yes", "y", "t", "是"}
_NO = {"0", "0.0", "false", "no", "n", "f", "否"}


def _truth(values: pd.Series) -> pd.Series:
    words = values.astype("str").str.strip().str.lower()
    out = pd.Series(pd.NA, index=values.index, dtype="boolean")
    out[words.isin(_YES)] = True
    out[words.isin(_NO)] = False
    return out
