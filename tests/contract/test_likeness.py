"""Months in two coordinate systems, shapes a hair apart, and the codes of a draft held against their scheme."""

from __future__ import annotations

import os

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.cli.front import main
from geo_planner.errors import GeoPlannerError, ReadError
from geo_planner.read.contract import check_delivery, delivered, draft_text, placed, read_contract
from geo_planner.read.contract.gate import Delivery
from geo_planner.read.contract.likeness import alike, partners
from geo_planner.read.profile import read_profile
from geo_planner.read.scenario import read_scenario
from geo_planner.read.schema.recipe import read_recipe
from geo_planner.read.schema.sheet import Sheet

from .year import CRS, X, Y, month, write


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("likeness")
    delivery = delivered(write(month(0), folder / "00"))
    (folder / "bureau.toml").write_text(draft_text(delivery, placed(delivery), "规划局"), encoding="utf-8")
    return read_contract(folder / "bureau.toml"), delivery


def _told(gate):
    return [(d.kind, d.layer, d.count) for d in gate.differences]


@pytest.mark.parametrize("digits", [None, 7, 6], ids=["full", "seven digits", "six digits"])
def test_a_month_in_degrees_changes_only_what_was_changed(first, tmp_path, digits):
    """All shapes of a month in another coordinate system counted as changed, and the total size jumped."""
    contract, last = first
    layers = month(1)
    degrees = layers["地块"].to_crs(4490)
    degrees.loc[5, "geometry"] = shapely.box(*(X + 3_000, Y, X + 3_050, Y + 60))  # one true change
    moved = gpd.GeoSeries([degrees.geometry[5]], crs=CRS).to_crs(4490)[0]
    degrees.loc[5, "geometry"] = moved
    if digits:
        shapes = shapely.transform(np.asarray(degrees.geometry.array, object), lambda p: np.round(p, digits))
        degrees = degrees.set_geometry(gpd.GeoSeries(shapes, crs=4490))
    layers["地块"] = degrees
    gate = check_delivery(contract, delivered(write(layers, tmp_path / "now")), last)
    assert [t for t in _told(gate) if t[1] == "地块"] == [
        ("crs", "地块", 1),
        ("recast", "地块", 9 if digits == 6 else 2),
        ("added", "地块", 1),
        ("changed", "地块", 2),
        ("reshaped", "地块", 1),
    ]
    told = next(d for d in gate.differences if d.kind == "recast")
    assert (told.old, told.new, told.field) == ("EPSG:4548", "EPSG:4490", "EPSG:4548")
    assert next(d.ids for d in gate.differences if d.kind == "reshaped") == ("SQ-005",)
    assert "厘米以内视为未变" in told.zh


def test_shapes_without_a_number_are_the_same_in_another_system(tmp_path):
    frame = month(0)["地块"][["容积率", "geometry"]]
    gates = {}
    for name, one in {"old": frame, "new": frame.to_crs("EPSG:4527")}.items():
        (tmp_path / name).mkdir()
        one.to_file(tmp_path / name / "地块.gpkg")
    (tmp_path / "c.toml").write_text(
        '[layers."地块"]\n[layers."地块".fields."容积率"]\ntype="number"\n', encoding="utf-8"
    )
    gates = check_delivery(read_contract(tmp_path / "c.toml"), delivered(tmp_path / "new"), delivered(tmp_path / "old"))
    assert _told(gates) == [("recast", "地块", 2)]


def test_systems_without_an_exact_way_between_them_leave_shapes_uncompared_and_say_so(first, tmp_path):
    contract, last = first
    layers = {"地块": month(0)["地块"].to_crs("EPSG:2364")}  # Xian 1980 on the same meridian
    gate = check_delivery(contract, delivered(write(layers, tmp_path / "now")), last)
    kinds = [d.kind for d in gate.differences if d.layer == "地块"]
    assert kinds == ["crs", "not_compared"]
    assert all(d.breach for d in gate.differences if d.layer == "地块")


def test_a_hair_at_the_edge_of_the_grid_is_no_change(first, tmp_path):
    """A position of 5 mm is rounded up or down by the noise of one export."""
    contract, _ = first
    gates = []
    for name, hair in (("old", 0.0), ("new", 1e-6)):
        layers = month(0)
        shapes = np.asarray(layers["地块"].geometry.array, object)
        half = shapely.transform(shapes, lambda p, h=hair: np.where(p > 1e6, p + 0.005 - h, p + 0.005 + h))
        layers["地块"] = layers["地块"].set_geometry(gpd.GeoSeries(half, crs=CRS))
        gates.append(delivered(write(layers, tmp_path / name)))
    assert _told(check_delivery(contract, gates[1], gates[0])) == []


def test_shapes_are_alike_within_the_tolerance_wherever_their_ring_begins():
    one = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)])
    turned = shapely.Polygon([(10, 10), (0, 10), (0, 0), (10, 0)])
    near = shapely.Polygon([(0, 0), (10, 0), (10, 10.009), (0, 10)])
    far = shapely.Polygon([(0, 0), (10, 0), (10, 10.011), (0, 10)])
    hollow = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(4, 4), (6, 4), (6, 6), (4, 6)]])
    line = shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 10)])
    others = np.array([turned, near, far, hollow, line], object)
    assert alike(np.array([one] * 5, object), others, 0.01).tolist() == [True, True, False, False, False]
    assert partners(np.array([one, hollow], object), np.array([hollow, turned, near], object), 0.01) == [(0, 1), (1, 0)]


def _draft(tmp_path, columns):
    folder = tmp_path / "in"
    folder.mkdir()
    count = len(next(iter(columns.values())))
    boxes = [shapely.box(X + 100 * k, Y, X + 100 * k + 90, Y + 90) for k in range(count)]
    gpd.GeoDataFrame(columns, geometry=boxes, crs=CRS).to_file(folder / "地块.gpkg")
    return folder


def test_a_draft_names_the_scheme_of_its_codes_and_what_is_not_in_it(tmp_path, capsys):
    """A drafted contract took Z9 into its list of values, and no month was ever told that it is no code."""
    codes = ["R2", "M1", "G1", "B1", "A33", "R2"] * 3
    codes[7] = "Z9"
    folder = _draft(tmp_path, {"地块编号": [f"D{k}" for k in range(18)], "用地代码": codes})
    contract = tmp_path / "c.toml"
    assert main(["contract", "draft", str(folder), "-o", str(contract), "--lang", "en"]) == 0
    assert "地块.用地代码: codes of gb50137; not in it: 1 (Z9)" in capsys.readouterr().out
    text = contract.read_text(encoding="utf-8")
    assert '# not in gb50137: "Z9"\nscheme = "gb50137"' in text
    gate = check_delivery(read_contract(contract), delivered(folder))
    assert [(d.kind, d.field, d.count, d.new) for d in gate.breaches] == [("scheme", "用地代码", 1, "Z9")]
    assert (
        gate.breaches[0].zh == "地块.用地代码：1 个用地代码不在城市用地分类与规划建设用地标准（GB 50137-2011）中，如 Z9"
    )


def test_codes_that_two_schemes_know_name_none_and_say_why(tmp_path, capsys):
    folder = _draft(tmp_path, {"地块编号": [f"D{k}" for k in range(6)], "用地代码": ["0701", "0702", "9999"] * 2})
    contract = tmp_path / "c.toml"
    assert main(["contract", "draft", str(folder), "-o", str(contract)]) == 0
    assert "不在任何标准中的 1 (9999)" in capsys.readouterr().out
    assert '# not in any scheme: "9999"\n# scheme = ?' in contract.read_text(encoding="utf-8")
    assert read_contract(contract).layers["地块"].fields["用地代码"].scheme == ""


def test_names_of_use_are_held_against_no_scheme(tmp_path):
    folder = _draft(tmp_path, {"地块编号": list("abcdef"), "用地性质": ["工业用地", "居住用地"] * 3})
    delivery = delivered(folder)
    assert "scheme" not in draft_text(delivery, placed(delivery), "x")


def test_a_scheme_that_does_not_exist_is_refused_with_the_near_name(tmp_path):
    (tmp_path / "c.toml").write_text('[layers.a.fields.b]\nscheme = "gb50173"\n', encoding="utf-8")
    with pytest.raises(ReadError, match=r"no land-use scheme.*gb50137"):
        read_contract(tmp_path / "c.toml")


def test_codes_without_their_zero_or_with_blanks_are_of_their_scheme():
    from geo_planner.read.contract.gate import strangers

    values = pd.Series(["R2", " m1 ", None, "/", "Z9"])
    assert strangers(values, "gb50137").tolist() == [False, False, False, False, True]
    assert strangers(pd.Series([601.0, 1001.0, 9999.0]), "guide2023").tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("columns", "layer", "left"),
    [
        ({"面积/公顷": [1.0, 2.0], "a:b": ["x", "y"]}, "地块/2024", ""),
        ({"备注": ["第一行\n第二行"] * 2}, "地块", ""),
        ({"备注": ["长" * 500] * 30}, "地块", ""),
        ({"数": [float("inf"), 3.0]}, "地块", ""),
        ({f"c{k}": ["x"] for k in range(520)}, "地块", "# left out: 20 fields"),
        ({"备注": ["x"]}, "地" * 300, "# left out: layer"),
        ({"备注": ["x"]}, "地\x1b[31m块", "# left out: layer"),
    ],
    ids=["marks of paths", "two lines", "long", "endless", "many", "long name", "colours"],
)
def test_a_draft_can_be_read_whatever_the_delivery_holds(tmp_path, columns, layer, left):
    """A draft of such a delivery ended well, and the contract that it wrote was refused."""
    count = len(next(iter(columns.values())))
    boxes = gpd.GeoSeries([shapely.box(X + 100 * k, Y, X + 100 * k + 90, Y + 90) for k in range(count)], crs=CRS)
    sheet = Sheet(layer, gpd.GeoDataFrame(columns, geometry=boxes), CRS, ".prj")
    delivery = Delivery("in", (sheet,))
    text = draft_text(delivery, placed(delivery), "x")
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    contract = read_contract(tmp_path / "c.toml")
    assert left in text
    told = [d.kind for d in check_delivery(contract, delivery).differences]
    endless = ["range"] if "数" in columns else []  # no number without end is in a range
    assert told == (["layer_new"] if "layer" in left else ["field_new"] * 20 if left else endless)


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 5000], ids=["digits", "depth"])
@pytest.mark.parametrize("read", [read_contract, read_recipe, read_profile, read_scenario])
def test_a_number_without_end_is_one_sentence_in_every_file_of_ours(tmp_path, read, text):
    """A number of 5,000 digits ended as a fault of ours."""
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    with pytest.raises(GeoPlannerError):
        read(tmp_path / "c.toml")


@pytest.mark.parametrize("read", [read_contract, read_recipe])
def test_a_pipe_is_no_file_of_ours(tmp_path, read):
    """Reading a device or a pipe never ended."""
    os.mkfifo(tmp_path / "c.toml")
    with pytest.raises(ReadError, match="is no file"):
        read(tmp_path / "c.toml")
