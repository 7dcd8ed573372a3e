"""The sentences of rule packs, in two languages: what each kind of rule asks, and why one cannot be judged."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ASKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "layer": ("应有图层 {layer} {value}", "layer {layer} must be there {value}"),
        "crs": ("{layer}：坐标系应为 {value}", "{layer}: the coordinate system must be {value}"),
        "field": ("{layer}：应有字段 {field}", "{layer}: field {field} must be there"),
        "type": ("{layer}.{field}：类型应为 {value}", "{layer}.{field}: the type must be {value}"),
        "length": ("{layer}.{field}：不超过 {value} 个字符", "{layer}.{field}: at most {value} characters"),
        "decimals": ("{layer}.{field}：小数不超过 {value} 位", "{layer}.{field}: at most {value} decimal places"),
        "digits": ("{layer}.{field}：应为 {value} 位数字", "{layer}.{field}: must be {value} digits"),
        "filled": ("{layer}.{field}：填写率不低于 {value}", "{layer}.{field}: a share of {value} must be filled"),
        "codes": ("{layer}.{field}：应在取值表 {value} 内", "{layer}.{field}: must be in the list {value}"),
        "unique": ("{layer}.{field}：不得为空或重复", "{layer}.{field}: must be neither empty nor double"),
        "area": (
            "{layer}.{field}：与图形面积之差不超过 {value}",
            "{layer}.{field}: may differ from the area of the shape by a share of {value}",
        ),
        "valid": ("{layer}：图形不得为空或自相交", "{layer}: shapes must be neither empty nor crossing themselves"),
        "single": ("{layer}：不得为多部件图形", "{layer}: a shape must be of one part"),
        "nodes": ("{layer}：相邻节点间距不小于 {value} m", "{layer}: neighbouring nodes at least {value} m apart"),
        "precision": ("{layer}：坐标精度应达 {value} m", "{layer}: coordinates must be written to {value} m"),
        "overlap": ("{layer}：面间重叠宽度不超过 {value} m", "{layer}: polygons overlap by no more than {value} m"),
        "gap": ("{layer}：面间缝隙宽度不超过 {value} m", "{layer}: gaps between polygons are no wider than {value} m"),
        "sliver": ("{layer}：图斑平均宽度不小于 {value} m", "{layer}: polygons are at least {value} m wide on average"),
    }
)
"""Kind of rule → what it asks."""

WHY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "layer": ("缺少该图层", "the layer is missing"),
        "none": ("没有可判的图层", "no layer that could be judged"),
        "field": ("缺少该字段", "the field is missing"),
        "empty": ("没有要素或取值", "no feature or no value"),
        "text": ("字段不是文本", "the field is no text"),
        "number": ("字段不是数值", "the field is no number"),
        "crs": ("没有坐标系，长度不可知；可用 --crs 写明", "no coordinate system, so no length is known; say --crs"),
        "metres": ("坐标不是以米为单位的平面坐标", "the coordinates are not plane coordinates in metres"),
        "few": ("坐标太少，看不出精度", "too few coordinates to tell the precision"),
        "heap": ("图斑层层相叠，无法逐对比较", "shapes lie in a heap and cannot be compared pair by pair"),
        "polygon": ("不是面图层", "not a layer of polygons"),
    }
)
"""Why a rule is unknown."""


def asks(kind: str, layer: str, field: str, value: str) -> tuple[str, str]:
    """Return what a rule asks, in Chinese and English."""
    args = {"layer": layer, "field": field, "value": value}
    zh, en = ASKS[kind]
    return zh.format_map(args).strip(), en.format_map(args).strip()
