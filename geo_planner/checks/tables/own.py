"""The tables as parameters: the cells that a profile sets in place of the shipped ones, none by default.

A table that several checks read is set once, under the check that `shared` names.
"""

from __future__ import annotations

from typing import Any

from ..contract import param


def _cells(name: str, zh: str, source: str, shared: str = "") -> Any:
    return param((), unit="cells", zh=f"{zh}（逐格改）", source=source, table=name, shared=shared)


CORRIDORS = _cells("corridors", "电力线廊道表", "GB/T 50293-2014, from memory")
COVER = _cells("pipe_cover", "覆土深度表", "GB 50289-2016 table 4.1.3, from memory")
DEMAND = _cells("demand", "用量指标表", "GB 50282-2016, GB/T 50293-2014, CJJ 34, from memory", "NW501")
EMISSION = _cells("gbt39499_coefficients", "大气卫生防护距离系数表", "GB/T 39499-2020, from memory")
FAR_FLOORS = _cells("far_floor_2008", "行业容积率下限表", "国土资发〔2008〕24号 table 2, secondary source")
FIRE = _cells("fire_separation", "厂房仓库防火间距表", "GB 50016-2014 (2018) table 3.4.1, two secondary sources")
FIRE_CIVIL = _cells("fire_civil", "民用建筑防火间距表", "GB 50016-2014 (2018) table 5.2.2, from memory")
FIRE_STORE = _cells("fire_jia_store", "甲类仓库防火间距表", "GB 50016-2014 (2018) table 3.5.1, one secondary source")
HORIZONTAL = _cells(
    "pipe_horizontal", "水平净距表", "GB 50289-2016 table 4.1.9 (drain row read, other cells from memory)", "ST703"
)
NEEDS = _cells(
    "service_need", "每千人需求表", "project default, no standard; doubtful（存疑）: beds per thousand, city-wide"
)
RADII = _cells(
    "service_radius", "服务半径表", "GB 50180-2018, from memory; doubtful（存疑）: clause and radii", "BA412"
)
SEWER_FILL = _cells("sewer_fill", "允许充满度表", "GB 50014-2021 table 5.2.4, from memory")
SEWER_PEAK = _cells("sewer_peak", "综合生活污水量变化系数表", "GB 50014-2021 table 4.1.15, from memory")
STRUCTURE = _cells("structure_50137", "城市用地结构区间表", "GB 50137-2011 from memory")
VERTICAL = _cells("pipe_vertical", "交叉垂直净距表", "GB 50289-2016 table 4.1.14, from memory")
