"""One difference between what was promised and what came, with its sentence in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd

SENTENCES: dict[str, tuple[bool, str, str]] = {
    "unreadable": (True, "文件 {layer} 无法读取：{new}", "{layer} cannot be read: {new}"),
    "layer_missing": (True, "缺少图层 {old}", "layer {old} is missing"),
    "layer_new": (True, "多出约定之外的图层 {new}", "layer {new} is not in the contract"),
    "layer_renamed": (True, "图层 {old} 改名为 {new}", "layer {old} was renamed to {new}"),
    "field_missing": (True, "{layer}：缺少字段 {old}", "{layer}: field {old} is missing"),
    "field_new": (True, "{layer}：多出约定之外的字段 {new}", "{layer}: field {new} is not in the contract"),
    "field_renamed": (True, "{layer}：字段 {old} 改名为 {new}", "{layer}: field {old} was renamed to {new}"),
    "type": (True, "{layer}.{field}：类型应为 {old}，实为 {new}", "{layer}.{field}: type is {new} instead of {old}"),
    "value": (
        True,
        "{layer}.{field}：{count} 个值不在取值表中，如 {new}",
        "{layer}.{field}: {count} values are not in the list, such as {new}",
    ),
    "scheme": (
        True,
        "{layer}.{field}：{count} 个用地代码不在{old}中，如 {new}",
        "{layer}.{field}: {count} land-use codes are not in {old}, such as {new}",
    ),
    "range": (
        True,
        "{layer}.{field}：{count} 个值超出范围 {old}，如 {new}",
        "{layer}.{field}: {count} values are out of range {old}, such as {new}",
    ),
    "filled": (
        True,
        "{layer}.{field}：填写率 {new}，约定 {old}",
        "{layer}.{field}: {new} are filled, {old} were agreed",
    ),
    "geometry_kind": (True, "{layer}：图形类型应为 {old}，实为 {new}", "{layer}: geometry is {new} instead of {old}"),
    "rows": (True, "{layer}：{new} 个要素，约定 {old}", "{layer}: {new} features, {old} were agreed"),
    "no_shape": (True, "{layer}：{new} 个要素没有可用图形", "{layer}: {new} features have no usable shape"),
    "crs": (True, "{layer}：坐标系应为 {old}，实为 {new}", "{layer}: coordinate system is {new} instead of {old}"),
    "id_empty": (True, "{layer}.{field}：{count} 个编号为空", "{layer}.{field}: {count} ids are empty"),
    "id_twice": (
        True,
        "{layer}.{field}：{count} 个编号重复，如 {new}",
        "{layer}.{field}: {count} ids occur twice, as {new}",
    ),
    "ledger_missing": (True, "缺少台账 {old}", "ledger {old} is missing"),
    "ledger_new": (True, "多出约定之外的台账 {new}", "ledger {new} is not in the contract"),
    "ledger_column": (True, "台账 {layer}：缺少列 {field}", "ledger {layer}: column {field} is missing"),
    "ledger_number": (
        True,
        "台账 {layer}：没有地块编号列，无法与图形挂接",
        "ledger {layer}: no column of parcel numbers, so that it cannot be joined",
    ),
    "ledger_alone": (
        True,
        "台账 {layer}：{count} 行在图层 {old} 中没有对应要素，如 {new}",
        "ledger {layer}: {count} rows have no feature in {old}, as {new}",
    ),
    "ledger_bare": (
        False,
        "台账 {layer}：图层 {old} 有 {count} 个要素没有记录，如 {new}",
        "ledger {layer}: {count} features of {old} have no row, as {new}",
    ),
    "added": (False, "{layer}：新增 {count} 个要素", "{layer}: {count} features were added"),
    "removed": (False, "{layer}：减少 {count} 个要素", "{layer}: {count} features were removed"),
    "changed": (False, "{layer}：{count} 个要素的属性改变", "{layer}: attributes of {count} features changed"),
    "reshaped": (False, "{layer}：{count} 个要素的图形改变", "{layer}: shapes of {count} features changed"),
    "recast": (
        False,
        "{layer}：上月坐标系为 {old}，本月为 {new}；图形统一到 {field} 后比较，{count} 厘米以内视为未变",
        "{layer}: last month lies in {old}, this month in {new}; shapes were compared in {field}, within {count} cm",
    ),
    "not_compared": (
        True,
        "{layer}：上月坐标系 {old} 与本月 {new} 之间没有公开的精确转换参数，图形未作比较",
        "{layer}: no exact public way leads from {old} of last month to {new}; the shapes were not compared",
    ),
    "renumbered": (
        True,
        "{layer}：{count} 个要素换了编号而图形未变，如 {new}",
        "{layer}: {count} features have another id and the same shape, as {new}",
    ),
    "jump_rows": (
        True,
        "{layer}：要素数由 {old} 突变为 {new}",
        "{layer}: the number of features jumped from {old} to {new}",
    ),
    "jump_size": (True, "{layer}：总规模由 {old} 突变为 {new}", "{layer}: the total size jumped from {old} to {new}"),
    "jump_value": (
        True,
        "{layer}.{field}：中位数由 {old} 突变为 {new}，疑为单位改变",
        "{layer}.{field}: the median jumped from {old} to {new}; the unit may have changed",
    ),
    "jump_field": (
        True,
        "{layer}.{field}：{new} 的要素取值同时改变",
        "{layer}.{field}: {new} of the features changed at once",
    ),
}
"""Kind of difference → whether the bureau has to mend it, and its sentences."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Difference:
    """One thing that differs: where, how many, what was agreed or there before, what came, and which features."""

    kind: str
    layer: str
    field: str = ""
    count: int = 1
    old: str = ""
    new: str = ""
    ids: tuple[str, ...] = ()
    shapes: gpd.GeoSeries | None = None

    @property
    def breach(self) -> bool:
        """Whether the bureau has to mend it."""
        return SENTENCES[self.kind][0]

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        return SENTENCES[self.kind][1].format(**self._slots())

    @property
    def en(self) -> str:
        """The sentence in English."""
        return SENTENCES[self.kind][2].format(**self._slots())

    def _slots(self) -> dict[str, Any]:
        words = {k: getattr(self, k) for k in ("layer", "field", "count", "old", "new")}
        return {
            k: v if isinstance(v, int) else "".join(c for c in v if c.isprintable())[:200] for k, v in words.items()
        }


def difference(kind: str, **told: Any) -> Difference:
    """Return a difference of a known kind."""
    if kind not in SENTENCES:
        raise KeyError(kind)
    return Difference(kind=kind, **told)
