"""Odd files as bureaus send them: each names a fault that went unnoticed or a row that was lost."""

import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from geo_planner.read import import_layers
from geo_planner.read.crs.gcj import to_gcj
from geo_planner.read.crs.systems import transformer

X, Y = 500_000.0, 3_500_000.0
CODES = ["M1", "M2", "R2", "G1", "U1", "S1"]


def _plots(columns, x=X, y=Y, crs="EPSG:4547"):
    count = len(next(iter(columns.values())))
    boxes = [shapely.box(x + 100 * k, y, x + 100 * k + 60 + 5 * k, y + 90) for k in range(count)]
    return gpd.GeoDataFrame(columns, geometry=boxes, crs=crs)


def _codes(result):
    return {n.code for n in result.notes}


def test_a_layer_whose_every_coordinate_lies_outside_its_declared_degrees_keeps_its_rows_without_a_place(tmp_path):
    """All rows were set aside, and the outcome was a doubt: a layer of nothing."""
    boxes = [shapely.box(400, 100, 410, 110), shapely.box(500, 200, 900, 300)]
    gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=boxes, crs=4326).to_file(tmp_path / "a.shp")
    result = import_layers([tmp_path / "a.shp"])
    assert result.outcome == "warn"
    assert "IM303" in _codes(result)
    assert (result.layers[0].rows_in, result.layers[0].rows_out, result.rejects) == (2, 2, {})


def test_rows_outside_the_range_are_said_once(tmp_path):
    shapes = [shapely.Point(120.6, 31.3), shapely.Point(120.7, 31.3), shapely.Point(120.6, 95.0)]
    gpd.GeoDataFrame({"id": [1, 2, 3]}, geometry=shapes, crs=4326).to_file(tmp_path / "a.gpkg")
    said = [n for n in import_layers([tmp_path / "a.gpkg"]).notes if n.code == "IM310"]
    assert [n.count for n in said] == [1]


def test_positions_a_hand_away_from_the_origin_and_two_far_ones_of_twenty_are_set_aside(tmp_path):
    near = [shapely.Point(120.6 + k / 1000, 31.3) for k in range(20)]
    shapes = [*near, shapely.Point(1e-5, 1e-5), shapely.Point(31.3, 30.6)]
    gpd.GeoDataFrame({"id": range(22)}, geometry=shapes, crs=4326).to_file(tmp_path / "facilities.geojson")
    result = import_layers([tmp_path / "facilities.geojson"])
    assert {"IM315", "IM316"} <= _codes(result)
    assert len(result.plan.layers["facilities"]) == 20
    assert result.plan.crs == "EPSG:4549"


def test_numbers_without_a_list_are_no_names_of_use(tmp_path):
    _plots({"ID": list("abcdef"), "landuse": [1, 2, 3, 1, 2, 3]}).to_file(tmp_path / "parcels.shp")
    result = import_layers([tmp_path / "parcels.shp"])
    parcels = result.plan.layers["parcels"]
    assert result.outcome == "warn"
    assert "IM416" in _codes(result)
    assert parcels["code_name"].isna().all()
    assert parcels["landuse"].tolist() == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize(
    ("values", "column"), [(["工业用地", "居住用地"] * 3, "code_name"), (CODES, "code")], ids=["names", "codes"]
)
def test_a_field_name_cut_in_utf_8_is_a_code_or_a_name_by_its_values(tmp_path, values, column):
    """`用地性质` becomes 用地性 in ten bytes of UTF-8, and was left aside without a word."""
    _plots({"地块编": list("abcdef"), "用地性": values}).to_file(tmp_path / "地块.shp", encoding="UTF-8")
    parcels = import_layers([tmp_path / "地块.shp"]).plan.layers["parcels"]
    assert parcels[column].tolist() == values


def test_the_year_a_sewer_was_built_is_its_completion(tmp_path):
    lines = [shapely.LineString([(X + k, Y), (X + k, Y + 50)]) for k in (0, 10, 20)]
    frame = gpd.GeoDataFrame(
        {"id": list("abc"), "建成年份": ["2001", "1998年", "2010"]}, geometry=lines, crs="EPSG:4547"
    )
    frame.to_file(tmp_path / "污水管.gpkg", layer="污水管")
    pipes = import_layers([tmp_path / "污水管.gpkg"]).plan.layers["pipes"]
    assert pipes["finish"].dt.year.tolist() == [2001, 1998, 2010]


def test_a_prj_in_utf_16_is_understood(tmp_path):
    _plots({"ID": list("abc")}).to_file(tmp_path / "parcels.shp")
    prj = tmp_path / "parcels.prj"
    prj.write_bytes(prj.read_text().encode("utf-16"))
    assert import_layers([tmp_path / "parcels.shp"]).plan.crs == "EPSG:4547"


def _two_phases(folder, x2):
    for phase, x in (("一期", X), ("二期", x2)):
        (folder / phase).mkdir(parents=True)
        _plots({"ID": list("abcdef"), "YDDM": CODES}, x).to_file(folder / phase / "地块.shp", encoding="UTF-8")


def _zipped(folder):
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, str(file.relative_to(folder)))
    return folder.with_suffix(".zip")


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_one_name_in_two_folders_get_ids_of_their_own(tmp_path, packed):
    _two_phases(tmp_path / "in", X + 3000)
    source = _zipped(tmp_path / "in") if packed else tmp_path / "in"
    ids = import_layers([source]).plan.layers["parcels"]["id"]
    assert sorted(ids) == sorted(f"{phase}/地块:{k}" for phase in ("一期", "二期") for k in "abcdef")


@pytest.mark.parametrize("packed", [False, True])
def test_twins_in_two_folders_are_both_named(tmp_path, packed):
    _two_phases(tmp_path / "in", X)
    result = import_layers([_zipped(tmp_path / "in") if packed else tmp_path / "in"])
    said = next(n for n in result.notes if n.code == "IM610")
    assert sorted(str(said.args[k]).split("/")[0].rpartition(":")[2] for k in ("own", "other")) == ["一期", "二期"]


def test_a_header_in_two_rows_is_read_as_one(tmp_path):
    """`企业名称` stood one row above 经度 and 纬度, and the column was called column_2."""
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        ["某园区企业点位台账"],
        ["序号", "企业名称", "坐标", None, "备注"],
        [None, None, "经度", "纬度", None],
        [1, "甲", 120.6, 31.3, "x"],
        [2, "乙", 120.61, 31.3, None],
    ):
        page.append(row)
    page.merge_cells("A1:E1")
    book.save(tmp_path / "a.xlsx")
    frame = next(iter(import_layers([tmp_path / "a.xlsx"]).plan.layers.values()))
    assert frame["企业名称"].tolist() == ["甲", "乙"]
    assert list(frame.columns) == ["序号", "企业名称", "备注", "geometry"]


def test_a_title_above_a_header_names_no_column(tmp_path):
    (tmp_path / "a.csv").write_text("某园区点位表,,,\n名称,经度,纬度,\n甲,120.6,31.3,x\n", encoding="utf-8")
    frame = next(iter(import_layers([tmp_path / "a.csv"]).plan.layers.values()))
    assert list(frame.columns) == ["名称", "column_4", "geometry"]


def test_a_layer_of_an_old_drawing_has_its_chinese_name(tmp_path):
    """What the code page of an R12 drawing lacks is written as its number."""
    ezdxf = pytest.importorskip("ezdxf")
    drawing = ezdxf.new("R12")
    corners = [(X, Y), (X + 90, Y), (X + 90, Y + 90)]
    drawing.modelspace().add_polyline2d(corners, close=True, dxfattribs={"layer": "地块"})
    drawing.saveas(tmp_path / "a.dxf")
    assert r"\U+5730" in (tmp_path / "a.dxf").read_text(encoding="latin-1")
    assert list(import_layers([tmp_path / "a.dxf"]).plan.layers) == ["parcels"]


def _shifted(frame):
    there, back = transformer("EPSG:4547", "EPSG:4490"), transformer("EPSG:4490", "EPSG:4547")

    def move(points):
        return np.column_stack(back.transform(*to_gcj(*there.transform(points[:, 0], points[:, 1]))))

    return frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), move), crs=frame.crs)


def test_a_web_maps_shift_is_told_from_a_second_phase_of_equal_plots(tmp_path):
    """Two phases of the same standard plots, 1,000 m apart, were suspected of GCJ-02."""
    plots = _plots({"id": list("abcdef")})
    for name, other in (("phase", _plots({"id": list("ghijkl")}, X + 1000)), ("web", _shifted(plots))):
        (tmp_path / name).mkdir()
        plots.to_file(tmp_path / name / "parcels_1.gpkg")
        other.to_file(tmp_path / name / "parcels_2.gpkg")
    assert "IM307" not in _codes(import_layers([tmp_path / "phase"]))
    assert "IM307" in _codes(import_layers([tmp_path / "web"]))


def test_dates_with_a_month_in_chinese_keep_their_month(tmp_path):
    _plots({"id": list("abc"), "finish": ["2016年5月", "2017-05", "20180512"]}).to_file(
        tmp_path / "b.gpkg", layer="buildings"
    )
    days = import_layers([tmp_path / "b.gpkg"]).plan.layers["buildings"]["finish"]
    assert days.tolist() == [pd.Timestamp(2016, 5, 1), pd.Timestamp(2017, 5, 1), pd.Timestamp(2018, 5, 12)]


def _layered(path, names):
    for k, name in enumerate(names):
        _plots({"note": ["x"]}, X + 100 * k).to_file(path, layer=name)
    return import_layers([path])


def test_layers_named_by_codes_are_parcels_with_those_codes_and_a_doubt(tmp_path):
    """A land-use drawing keeps M1, R2, G1 as layers: nothing of it was a parcel."""
    result = _layered(tmp_path / "plan.gpkg", ["M1", "YD-R2", "G1"])
    parcels = result.plan.layers["parcels"]
    assert sorted(zip(parcels["code"], parcels["scheme"], strict=True)) == [
        ("G1", "gb50137"), ("M1", "gb50137"), ("R2", "gb50137"),
    ]  # fmt: skip
    assert [(n.count, n.severity) for n in result.notes if n.code == "IM428"] == [(3, "warning")]


@pytest.mark.parametrize("names", [["A1", "A2", "A3"], ["M1", "M2"], ["M1", "R2", "buildings"]])
def test_layers_that_may_be_running_numbers_or_are_few_are_no_codes(tmp_path, names):
    result = _layered(tmp_path / "plan.gpkg", names)
    assert "parcels" not in result.plan.layers
