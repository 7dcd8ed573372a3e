"""What is exported reads back as it was: every column of every layer, in every format that holds a table."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.plan.layers import LAYERS
from geo_planner.plan.plan import Plan
from geo_planner.read import import_layers
from geo_planner.read.formats import dbf
from geo_planner.read.importer import ReadOptions
from geo_planner.show.exports.layers import _dbf, export_plan

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    WORD = st.text(st.characters(codec="gb18030", exclude_categories=["C", "Z"]), min_size=1, max_size=40)

X, Y = 617_000.123, 3_760_000.456
SPECIAL = {"code": ["0601", "100101", "0901"], "planned_code": ["0601", None, "0901"], "scheme": ["guide2023"] * 3}


def values(layer: str, column) -> list:
    """Three values of a column's kind, the awkward ones: a leading zero, a long fraction, none at all."""
    if column.name in SPECIAL:
        return SPECIAL[column.name]
    if column.allowed:
        return [column.allowed[0], column.allowed[-1], column.allowed[0] if column.required else None]
    kinds = {
        "float": [1.1, 0.123456789012, None],
        "int": [1, 2, None],
        "bool": [True, False, None],
        "date": [pd.Timestamp("2019-05-08"), pd.Timestamp("2031-12-31"), None],
        "str": [f"{column.zh}（甲）", "00123", None],
    }
    return [f"{layer}-{k}" for k in range(3)] if column.name == "id" else kinds[column.dtype]


def full_plan() -> Plan:
    """A plan that has every layer, every column of each, and three features a layer."""
    layers = {}
    for place, (name, spec) in enumerate(LAYERS.items()):
        x, y = X + 700 * place, Y + 900 * place * place
        shapes = {
            "polygon": [shapely.box(x + 150 * k, y, x + 150 * k + 100, y + 100 + place) for k in range(3)],
            "line": [shapely.LineString([(x, y + 50 * k), (x + 100.5, y + 50 * k)]) for k in range(3)],
            "point": [shapely.Point(x + 50 * k, y) for k in range(3)],
        }[spec.kinds[0]]
        layers[name] = gpd.GeoDataFrame(
            {c.name: values(name, c) for c in spec.columns}, geometry=shapes, crs="EPSG:4548"
        )
    return Plan("试点", "EPSG:4548", layers)


def differences(one: Plan, two: Plan) -> list[str]:
    """Layer and column of everything that is not the same in both plans; shapes to a micrometre."""
    out = []
    for name, spec in LAYERS.items():
        a, b = (p[name].sort_values("id").reset_index(drop=True) for p in (one, two))
        plain = [
            {c.name: f[c.name].astype("object").where(f[c.name].notna(), None).tolist() for c in spec.columns}
            for f in (a, b)
        ]
        out += [f"{name}.{c}" for c in plain[0] if plain[0][c] != plain[1][c]]
        apart = shapely.hausdorff_distance(np.asarray(a.geometry.array), np.asarray(b.geometry.array))
        out += [f"{name}.geometry"] if apart.max() > 1e-6 else []
    return out


@pytest.mark.parametrize("kind", ["shapefile", "gpkg", "geojson", "parquet", "xlsx"])
def test_every_column_of_every_layer_survives(tmp_path, kind):
    plan = full_plan()
    assert export_plan(plan, tmp_path, kind) == []
    back = import_layers([tmp_path]).plan
    assert back.crs == "EPSG:4548"
    assert differences(plan, back) == []


def test_a_drawing_keeps_outlines_holes_codes_and_numbers(tmp_path):
    yard = shapely.Polygon(
        [(X, Y), (X + 100, Y), (X + 100, Y + 100), (X, Y + 100)],
        [[(X + 10, Y + 10), (X + 20, Y + 10), (X + 20, Y + 20), (X + 10, Y + 20)]],
    )
    parcels = gpd.GeoDataFrame(
        {"id": ["DK-7", "A1"], "code": ["M1", "100101"]},
        geometry=[yard, shapely.box(X + 200, Y, X + 300, Y + 50)],
        crs="EPSG:4548",
    )
    export_plan(Plan("a", "EPSG:4548", {"parcels": parcels}), tmp_path, "dxf")
    back = import_layers([tmp_path], ReadOptions(crs="EPSG:4548")).plan["parcels"].set_index("id")
    assert back["code"].to_dict() == {"DK-7": "M1", "A1": "100101"}
    assert (
        back.loc["DK-7"].geometry.equals_exact(yard.normalize(), 1e-6)
        or back.loc["DK-7"].geometry.symmetric_difference(yard).area < 1e-6
    )
    assert len(back) == 2


def test_a_hole_drawn_on_no_layer_for_holes_stays_an_outline(tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": ["a", "b"], "code": ["M1", "G1"]},
        geometry=[shapely.box(X, Y, X + 90, Y + 90), shapely.box(X + 10, Y + 10, X + 20, Y + 20)],
        crs="EPSG:4548",
    )
    export_plan(Plan("a", "EPSG:4548", {"parcels": frame}), tmp_path, "dxf")
    back = import_layers([tmp_path], ReadOptions(crs="EPSG:4548")).plan["parcels"]
    assert sorted(back.area.round(3)) == [100.0, 8100.0]


@pytest.mark.parametrize("kind", ["shapefile", "gpkg", "parquet", "xlsx"])
def test_a_zone_of_choice_comes_back_as_that_zone(tmp_path, kind):
    plan = full_plan()
    small = Plan("a", plan.crs, {k: plan.layers[k] for k in ("parcels", "roads")})
    export_plan(small, tmp_path, kind, crs="EPSG:4527")
    back = import_layers([tmp_path]).plan
    assert back.crs == "EPSG:4527"
    assert back["parcels"].total_bounds[0] == pytest.approx(39_617_700.123, abs=1e-3)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(WORD, st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**15), 10**15)),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_number_and_count_survives_a_table(rows):
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    raw, said = _dbf(frame, {"a": "文字", "b": "数", "c": "计数"})
    back, notes = dbf.columns(dbf.parse(raw), "gb18030")
    assert (back["文字"].tolist(), back["计数"].tolist()) == (frame["a"].tolist(), frame["c"].tolist())
    assert back["数"].tolist() == frame["b"].tolist()
    assert (said, notes) == ([], ())


def own_layer(columns: dict) -> Plan:
    rows = max(len(v) for v in columns.values())
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.Point(X + 9 * k, Y) for k in range(rows)], crs="EPSG:4548")
    return Plan("a", "EPSG:4548", {"自备资料": frame})


def test_long_chinese_fields_that_begin_alike_are_kept_apart(tmp_path):
    export_plan(
        own_layer({"规划建设用地面积": [1.5], "规划建设用地比例": [2.5], "规划建设用地说明": ["甲"]}),
        tmp_path,
        "shapefile",
    )
    back = import_layers([tmp_path]).plan.layers["自备资料"].drop(columns="geometry").iloc[0].to_dict()
    assert back == {"规划建设用": 1.5, "规划建设2": 2.5, "规划建设3": "甲"}
    assert all(len(name.encode("gbk")) <= 10 for name in back)


def test_a_character_beyond_gbk_is_written_under_its_own_encoding(tmp_path):
    export_plan(own_layer({"名称": ["𠮷祥里", "甲"]}), tmp_path, "shapefile")
    assert (tmp_path / "自备资料.cpg").read_bytes() == b"GB18030"
    assert import_layers([tmp_path]).plan.layers["自备资料"]["名称"].tolist() == ["𠮷祥里", "甲"]


def test_what_a_shapefile_cannot_hold_is_said(tmp_path):
    wide = {f"f{k}": ["x"] for k in range(300)}
    said = export_plan(
        own_layer({"时刻": pd.to_datetime(["2020-01-01 08:30"]), "长": ["长" * 200], **wide}), tmp_path, "shapefile"
    )
    words = " ".join(said)
    assert "时刻: the time of day of 1 dates was left out" in words
    assert "长: 1 texts were cut at 254 bytes" in words
    assert "47 fields were left out" in words
    assert len(import_layers([tmp_path]).plan.layers["自备资料"].columns) == 256
