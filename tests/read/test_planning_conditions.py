"""Planning conditions as they are written, codes among names, and files in a delivery that nobody opens."""

import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo_planner.errors import NotALayerError
from geo_planner.read import import_layers, read_plan
from geo_planner.read.notes import sentence
from geo_planner.read.schema.bounds import bounds_of

X, Y = 500_000.0, 3_500_000.0


def _parcels(tmp_path, columns):
    count = len(next(iter(columns.values())))
    boxes = [shapely.box(X + 100 * k, Y, X + 100 * k + 60, Y + 90) for k in range(count)]
    frame = gpd.GeoDataFrame({"地块编号": [f"D{k}" for k in range(count)], **columns}, geometry=boxes, crs="EPSG:4547")
    frame.to_file(tmp_path / "地块.gpkg", layer="地块")
    return import_layers([tmp_path / "地块.gpkg"])


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("≤2.0", (None, "2.0")),
        ("不大于 2.0", (None, "2.0")),
        ("2.0以下", (None, "2.0")),
        ("≥１．５", ("1.5", None)),
        ("不低于35%", ("35%", None)),
        ("1.0-2.5", ("1.0", "2.5")),
        ("1.0～2.5", ("1.0", "2.5")),
        ("1.0至2.5", ("1.0", "2.5")),
        ("1.0≤容积率≤2.5", ("1.0", "2.5")),
        ("30%—40%", ("30%", "40%")),
        ("24米以下", (None, "24米")),
        ("2.0", None),
        ("-2.0", None),
        ("详见图则", None),
    ],
)
def test_a_bound_as_planning_conditions_write_it(text, bounds):
    assert bounds_of(text) == bounds


def test_bounds_fill_the_columns_of_bounds_and_leave_the_value_open(tmp_path):
    """≤2.0 was emptied as no number, in every row of a table of planning conditions."""
    told = {
        "容积率": ["≤2.0", "1.0-2.5", "≥1.5", "1.8"],
        "绿地率": ["≥35%", "30", "≤20%", "25%"],
        "建筑密度": ["≤40%", "35", "≥30%", "45%"],
    }
    result = _parcels(tmp_path, told)
    parcels = result.plan.layers["parcels"]
    values = {
        c: [None if pd.isna(v) else v for v in parcels[c]]
        for c in ("far", "far_min", "far_max", "green", "green_min", "green_max", "density", "density_max")
    }
    assert values == {
        "far": [None, None, None, 1.8], "far_min": [None, 1.0, 1.5, None], "far_max": [2.0, 2.5, None, None],
        "green": [None, 30, None, 25], "green_min": [35, None, None, None], "green_max": [None, None, 20, None],
        "density": [None, 35, None, 45], "density_max": [40, None, None, None],
    }  # fmt: skip
    counts = {(n.code, n.args["field"]): n.count for n in result.notes if n.code in {"IM436", "IM403"}}
    assert counts == {
        ("IM436", "容积率"): 3,
        ("IM436", "绿地率"): 2,
        ("IM436", "建筑密度"): 1,
        ("IM403", "建筑密度"): 1,
    }


def test_a_share_among_percentages_is_a_doubt(tmp_path):
    """0.4 beside 35 and 45 was a density of 0.4 %, without a word."""
    result = _parcels(tmp_path, {"建筑密度": [35.0, 0.4, 45.0, 30.0]})
    assert result.plan.layers["parcels"]["density"].tolist() == [35.0, 0.4, 45.0, 30.0]
    told = next(n for n in result.notes if n.code == "IM434")
    assert (told.count, told.args["row"], told.example) == (1, 2, "0.4")
    assert result.outcome == "warn"


def test_one_share_alone_is_a_doubt_too(tmp_path):
    result = _parcels(tmp_path, {"建筑密度": ["≤40%", "0.4", "0.35%"]})
    assert [(n.count, n.example) for n in result.notes if n.code == "IM434"] == [(1, "0.4")]


def test_codes_among_names_are_codes_and_names_beside_codes_fill_none(tmp_path):
    """M1 between 工业用地 and 公园绿地 was a name of use that nothing knew."""
    result = _parcels(tmp_path, {"用地性质": ["M1", "工业用地", "R2", "公园绿地", "G1", "未定"]})
    parcels = result.plan.layers["parcels"]
    assert parcels["code"].fillna("").tolist() == ["M1", "1001", "R2", "1401", "G1", ""]
    assert parcels["scheme"].fillna("").tolist() == ["gb50137", "guide2023", "gb50137", "guide2023", "gb50137", ""]
    assert parcels["code_name"].fillna("").tolist() == ["", "工业用地", "", "公园绿地", "", "未定"]
    assert [(n.code, n.count) for n in result.notes if n.code in {"IM435", "IM420"}] == [("IM435", 3), ("IM420", 2)]


def test_names_that_only_look_like_codes_stay_names(tmp_path):
    parcels = _parcels(tmp_path, {"用地性质": ["X9", "工业用地", "K7", "公园绿地"]}).plan.layers["parcels"]
    assert parcels["code_name"].tolist() == ["X9", "工业用地", "K7", "公园绿地"]
    assert parcels["code"].fillna("").tolist() == ["", "1001", "", "1401"]


def _layer(path):
    gpd.GeoDataFrame({"地块编号": ["a"]}, geometry=[shapely.box(X, Y, X + 60, Y + 90)], crs="EPSG:4547").to_file(path)
    return path


def test_what_an_archive_holds_and_nobody_opens_is_named(tmp_path):
    """An inner archive and a drawing were left out of a delivery that was "read in full"."""
    with zipfile.ZipFile(tmp_path / "交付.zip", "w") as pack:
        pack.write(_layer(tmp_path / "a.geojson"), "地块.geojson")
        pack.writestr("道路.zip", b"PK\x05\x06" + bytes(18))
        pack.writestr("图/管线.dwg", b"AC1027" + bytes(100))
        pack.writestr("说明.txt", b"x")
    result = import_layers([tmp_path / "交付.zip"])
    assert [n.args["inner"] for n in result.notes if n.code == "IM124"] == ["图/管线.dwg", "道路.zip"]
    assert result.outcome == "warn"
    told = sentence(next(n for n in result.notes if n.code == "IM124"), "zh")
    assert told == "压缩包中的 图/管线.dwg 未读取：不打开压缩包内的压缩包和只有某一软件能读的文件"


def test_files_in_a_folder_that_may_hold_layers_and_are_not_read_are_named(tmp_path):
    _layer(tmp_path / "地块.geojson")
    for name in ("管线.rar", "台账.xls", "规划.mdb", "说明.docx", ".隐藏.rar"):
        (tmp_path / name).write_bytes(b"x" * 50)
    result = import_layers([tmp_path])
    assert sorted(n.args["inner"] for n in result.notes if n.code == "IM113") == ["台账.xls", "管线.rar", "规划.mdb"]
    assert len(result.plan.layers["parcels"]) == 1


def test_an_archive_with_a_password_is_told_so(tmp_path):
    path = tmp_path / "交付.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("a.geojson", "{}")
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(NotALayerError, match="protected by a password"):
        read_plan(path)
