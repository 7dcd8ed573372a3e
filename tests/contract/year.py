"""A year of monthly deliveries made by hand: twelve months that keep the contract, and thirty drifts planted in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import shapely

Month = dict[str, gpd.GeoDataFrame]
Drift = tuple[str, int, Callable[[Month], None], tuple[str, str, str]]
CRS = "EPSG:4548"
X, Y = 530_000.0, 3_750_000.0


def month(number: int) -> Month:
    """The delivery of a month: forty parcels and a new one each month, twenty pipes, ten permits and their growth."""
    n = 40 + number
    parcels = gpd.GeoDataFrame(
        {
            "地块编号": [f"SQ-{k:03d}" for k in range(n)],
            "用地代码": [("R2", "M1", "G1", "B1")[k % 4] for k in range(n)],
            "容积率": [1.0 + (k % 5) / 10 for k in range(n)],
            "开工日期": [f"20{10 + k % 10}-0{1 + k % 9}-15" for k in range(n)],
        },
        geometry=[shapely.box(X + 100 * (k % 10), Y + 100 * (k // 10), X + 100 * (k % 10) + 95, Y + 100 * (k // 10) + 95) for k in range(n)],
        crs=CRS,
    )  # fmt: skip
    parcels.loc[number, "容积率"] = 2.0  # one true change a month
    pipes = gpd.GeoDataFrame(
        {"管线编号": [f"GX{k:02d}" for k in range(20)], "管线种类": ["给水", "污水"] * 10, "管径": [100.0 + 50 * (k % 4) for k in range(20)]},
        geometry=[shapely.LineString([(X + 50 * k, Y - 50), (X + 50 * k + 40, Y - 50)]) for k in range(20)],
        crs=CRS,
    )  # fmt: skip
    p = 10 + number
    permits = gpd.GeoDataFrame(
        {"许可编号": [f"XK{k:02d}" for k in range(p)], "许可类别": ["施工许可证"] * p, "备注": ["无事"] * p},
        geometry=[shapely.box(X + 100 * k, Y, X + 100 * k + 95, Y + 95) for k in range(p)],
        crs=CRS,
    )
    return {"地块": parcels, "管线": pipes, "许可": permits}


def write(layers: Month, folder: Path) -> Path:
    """Write a month as GeoPackages, one a layer."""
    folder.mkdir(parents=True)
    for name, frame in layers.items():
        frame.to_file(folder / f"{name}.gpkg", layer=name)
    return folder


def _drop(layer: str) -> Callable[[Month], None]:
    return lambda m: m.__delitem__(layer)


def _rename(old: str, new: str) -> Callable[[Month], None]:
    return lambda m: m.__setitem__(new, m.pop(old))


def _columns(layer: str, **names: str) -> Callable[[Month], None]:
    return lambda m: m.__setitem__(layer, m[layer].rename(columns=names))


def _without(layer: str, field: str) -> Callable[[Month], None]:
    return lambda m: m.__setitem__(layer, m[layer].drop(columns=field))


def _with(layer: str, field: str, value: object) -> Callable[[Month], None]:
    return lambda m: m.__setitem__(layer, m[layer].assign(**{field: value}))


def _cell(layer: str, field: str, rows: slice | int, value: object) -> Callable[[Month], None]:
    return lambda m: m[layer].__setitem__(
        field,
        m[layer][field].where(~m[layer].index.isin(m[layer].index[rows] if isinstance(rows, slice) else [rows]), value),
    )


def _of(layer: str, field: str, make: Callable[[object], object]) -> Callable[[Month], None]:
    return lambda m: m[layer].__setitem__(field, [make(v) for v in m[layer][field]])


def _frame(layer: str, make: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Callable[[Month], None]:
    return lambda m: m.__setitem__(layer, make(m[layer]))


DRIFTS: list[Drift] = [
    ("a layer is missing", 2, _drop("管线"), ("layer_missing", "管线", "")),
    ("the last layer is missing", 9, _drop("许可"), ("layer_missing", "许可", "")),
    ("a layer is renamed", 3, _rename("地块", "DK_2026"), ("layer_renamed", "地块", "")),
    ("another layer is renamed", 10, _rename("管线", "线"), ("layer_renamed", "管线", "")),
    ("a layer is new", 3, lambda m: m.__setitem__("树木", m["管线"].assign(x=1)[["x", "geometry"]]), ("layer_new", "树木", "")),
    ("a field is missing", 2, _without("地块", "容积率"), ("field_missing", "地块", "容积率")),
    ("a field of pipes is missing", 4, _without("管线", "管径"), ("field_missing", "管线", "管径")),
    ("a field is renamed", 4, _columns("地块", 用地代码="YDDM"), ("field_renamed", "地块", "用地代码")),
    ("a diameter is renamed", 11, _columns("管线", 管径="GJ"), ("field_renamed", "管线", "管径")),
    ("a field is new", 5, _with("许可", "经办人", "某"), ("field_new", "许可", "经办人")),
    ("numbers become text", 5, _of("地块", "容积率", lambda v: f"{v}以下"), ("type", "地块", "容积率")),
    ("a diameter becomes text", 6, _of("管线", "管径", lambda v: f"DN{v:g}"), ("type", "管线", "管径")),
    ("a code is unknown", 6, _cell("地块", "用地代码", 3, "Z9"), ("value", "地块", "用地代码")),
    ("a kind is unknown", 7, _cell("管线", "管线种类", slice(0, 2), "蒸汽"), ("value", "管线", "管线种类")),
    ("a permit is unknown", 7, _cell("许可", "许可类别", 0, "口头同意"), ("value", "许可", "许可类别")),
    ("a number is out of range", 8, _cell("地块", "容积率", 5, 150.0), ("range", "地块", "容积率")),
    ("a diameter is negative", 8, _cell("管线", "管径", 5, -100.0), ("range", "管线", "管径")),
    ("dates are emptied", 9, _cell("地块", "开工日期", slice(0, 20), None), ("filled", "地块", "开工日期")),
    ("remarks are emptied", 10, _cell("许可", "备注", slice(0, 15), None), ("filled", "许可", "备注")),
    ("an id is empty", 9, _cell("地块", "地块编号", 7, None), ("id_empty", "地块", "地块编号")),
    ("an id is there twice", 11, _cell("地块", "地块编号", 7, "SQ-001"), ("id_twice", "地块", "地块编号")),
    ("a pipe's id is there twice", 12, _cell("管线", "管线编号", 7, "GX01"), ("id_twice", "管线", "管线编号")),
    ("areas come as lines", 12, _frame("许可", lambda f: f.set_geometry(f.geometry.boundary)), ("geometry_kind", "许可", "")),
    ("half of the parcels are gone", 4, _frame("地块", lambda f: f.iloc[:20]), ("jump_rows", "地块", "")),
    ("the parcels shrink", 6, _frame("地块", lambda f: f.set_geometry(f.geometry.buffer(-15))), ("jump_size", "地块", "")),
    ("diameters come in metres", 7, _of("管线", "管径", lambda v: v / 1000), ("jump_value", "管线", "管径")),
    ("all dates are shifted", 8, _of("地块", "开工日期", lambda _: "2021-01-01"), ("jump_field", "地块", "开工日期")),
    ("parcels are renumbered", 5, _of("地块", "地块编号", lambda v: f"N{v}" if v < "SQ-003" else v), ("renumbered", "地块", "")),
    ("the coordinate system changes", 10, _frame("地块", lambda f: f.to_crs(4490)), ("crs", "地块", "")),
    ("pipes get other numbers", 11, _of("管线", "管线编号", lambda v: f"N{v}"), ("renumbered", "管线", "")),
]  # fmt: skip
"""What is planted: a sentence, the month, the change, and the kind, layer and field that the gate must name."""
