"""MapInfo, TopoJSON, Esri JSON, and tables whose cells are written by hand."""

import json
import shutil
import sqlite3
from contextlib import closing

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

from geo_planner.errors import NotALayerError, RefusedFileError
from geo_planner.read import import_layers
from geo_planner.read.formats.cells import numbers, shape_of
from geo_planner.read.notes import outcome
from geo_planner.read.open import Opening, open_layer

PLOT = shapely.box(622_000, 3_757_000, 622_100, 3_757_100)


def _plots(crs: str = "EPSG:4548") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"DKBH": ["A-01"], "YDMC": ["一类工业用地"]}, geometry=[PLOT], crs=crs)


def _mapinfo(folder, ending: str, charset: str = "gb18030"):
    pyogrio.write_dataframe(_plots(), folder / f"地块.{ending}", driver="MapInfo File", encoding=charset)
    return folder / f"地块.{ending}"


@pytest.mark.parametrize("ending", ["tab", "mif"])
def test_a_mapinfo_layer_is_read_with_its_chinese_text_and_system(tmp_path, ending):
    result = import_layers([_mapinfo(tmp_path, ending)])
    row = result.plan["parcels"].iloc[0]
    assert (row["id"], row["code_name"]) == ("A-01", "一类工业用地")
    assert row.geometry.area == pytest.approx(10_000, rel=1e-3)  # a .tab keeps whole steps of its grid


def test_a_mapinfo_exchange_file_of_no_declared_charset_shows_chinese_field_names(tmp_path):
    path = _mapinfo(tmp_path, "mif")
    raw = path.read_bytes().replace(b"YDMC", "用地名称".encode("gb18030"))
    path.write_bytes(raw)
    (sheet,) = open_layer(path)
    assert sheet.frame["用地名称"].tolist() == ["一类工业用地"]
    assert outcome(sheet.notes) == "repair"


def test_a_mapinfo_table_without_its_map_is_asked_for_whole(tmp_path):
    path = _mapinfo(tmp_path, "tab")
    path.with_suffix(".map").unlink()
    with pytest.raises(NotALayerError, match=r"\.map of the same name are missing"):
        open_layer(path)


def test_a_mapinfo_table_that_points_to_a_database_is_refused(tmp_path):
    (tmp_path / "a.tab").write_text("!table\n!version 300\nDefinition Table\n  Type ODBC\n", encoding="ascii")
    with pytest.raises(RefusedFileError, match="points to other tables"):
        open_layer(tmp_path / "a.tab")


TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.01, 0.01], "translate": [118.0, 33.0]},
    "objects": {
        "parcels": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "id": "W", "properties": {"code": "M1"}},
                {"type": "Polygon", "arcs": [[2, -2]], "id": "E", "properties": {"code": "R2"}},
            ],
        },
        "wells": {"type": "Point", "coordinates": [5, 5]},
    },
    "arcs": [[[1, 0], [-1, 0], [0, 1], [1, 0]], [[1, 1], [0, -1]], [[1, 1], [1, 0], [0, -1], [-1, 0]]],
}
"""Two squares of 0.01 degrees side by side, their common border kept once, and a point."""


def test_a_topology_gives_a_layer_an_object_and_its_arcs_join_to_rings(tmp_path):
    (tmp_path / "a.topojson").write_text(json.dumps(TOPOLOGY), encoding="utf-8")
    parcels, wells = open_layer(tmp_path / "a.topojson")
    assert (parcels.name, wells.name) == ("parcels", "wells")
    assert parcels.frame["id"].tolist() == ["W", "E"]
    assert shapely.area(parcels.frame.geometry.to_numpy()).round(9).tolist() == [0.0001, 0.0001]
    assert shapely.bounds(parcels.frame.geometry.iloc[1]).round(6).tolist() == [118.01, 33.0, 118.02, 33.01]
    assert wells.frame.geometry.iloc[0].equals_exact(shapely.Point(118.05, 33.05), 1e-9)


def test_a_topology_whose_arc_is_missing_sets_that_shape_aside(tmp_path):
    torn = json.loads(json.dumps(TOPOLOGY))
    torn["objects"]["parcels"]["geometries"][1]["arcs"] = [[7]]
    (tmp_path / "a.json").write_text(json.dumps(torn), encoding="utf-8")
    sheet = open_layer(tmp_path / "a.json")[0]
    assert (len(sheet.frame), sheet.rows_rejected) == (1, 1)


def test_esri_json_keeps_holes_and_the_system_it_names(tmp_path):
    outer = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]
    hole = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]
    document = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4548},
        "features": [{"attributes": {"DKBH": "A"}, "geometry": {"rings": [outer, hole]}}],
    }
    (tmp_path / "a.json").write_text(json.dumps(document), encoding="utf-8")
    (sheet,) = open_layer(tmp_path / "a.json")
    assert (sheet.crs, sheet.frame.geometry.iloc[0].area) == ("EPSG:4548", 96.0)
    del document["spatialReference"]
    (tmp_path / "b.json").write_text(json.dumps(document), encoding="utf-8")
    assert open_layer(tmp_path / "b.json")[0].crs == ""


@pytest.mark.parametrize(
    ("cell", "crs"),
    [
        ("POINT (1 2)", ""),
        ("SRID=4548;POINT (1 2)", "EPSG:4548"),
        (shapely.to_wkb(shapely.Point(1, 2), hex=True), ""),
        ('{"type": "Point", "coordinates": [1, 2]}', ""),
    ],
)
def test_a_cell_holds_a_shape_in_any_usual_writing(cell, crs):
    shape, said = shape_of(cell)
    assert (shape.wkt, said) == ("POINT (1 2)", crs)


@pytest.mark.parametrize("cell", ["", "POINT 1", "SRID=4548;", "{", "[1, 2]", None, "01"])
def test_a_cell_without_a_shape_gives_none(cell):
    assert shape_of(cell) == (None, "")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["118,31", "118,3"], [118.31, 118.3]),
        (["622,000.5", "622,100"], [622000.5, 622100.0]),
        (["622,000", "622,100"], [None, None]),  # 622 or 622 thousand: nothing shows which
        (["118°18'36\"", "118度30分"], [118.31, 118.5]),
        (["118°18′36″E", "W118°30′"], [118.31, -118.5]),
    ],
)
def test_coordinates_written_by_hand_are_numbers_where_only_one_reading_fits(cells, values):
    found = numbers(cells)[0]
    assert [v if v is None else round(v, 9) for v in found] == values


def test_coordinates_that_had_to_be_interpreted_are_a_repair_that_is_said(tmp_path):
    (tmp_path / "a.csv").write_text("id;lon;lat\na;118,31;33,9\nb;118,32;33,91\n", encoding="utf-8")
    result = import_layers([tmp_path / "a.csv"])
    assert (result.outcome, [n.code for n in result.notes if n.severity == "repair"]) == ("repair", ["IM423"])


def test_a_title_above_the_header_is_no_data(tmp_path):
    (tmp_path / "a.csv").write_text("污水厂一览表,,\n编号,经度,纬度\na,118.3,33.9\n", encoding="utf-8")
    book = openpyxl.Workbook()
    for row in (["污水厂一览表"], ["编号", "经度", "纬度"], ["a", 118.3, 33.9]):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    for name in ("a.csv", "b.xlsx"):
        (sheet,) = open_layer(tmp_path / name)
        assert sheet.frame["编号"].tolist() == ["a"]


def test_unicode_text_of_a_spreadsheet_is_a_table(tmp_path):
    (tmp_path / "a.csv").write_bytes("编号\t经度\t纬度\na\t118.3\t33.9\n".encode("utf-16"))
    (sheet,) = open_layer(tmp_path / "a.csv")
    assert sheet.frame["编号"].tolist() == ["a"]


def test_blanks_behind_the_commas_of_kml_coordinates_are_forgiven(tmp_path):
    text = "<kml><Placemark><Point><coordinates>118.3, 33.9, 0</coordinates></Point></Placemark></kml>"
    (tmp_path / "a.kml").write_text(text, encoding="utf-8")
    (sheet,) = open_layer(tmp_path / "a.kml")
    assert sheet.frame.geometry.iloc[0].equals_exact(shapely.Point(118.3, 33.9), 1e-9)


def test_a_layer_of_which_nothing_can_be_used_is_refused_and_not_read_as_nothing(tmp_path):
    text = "<kml><Placemark><Point><coordinates>x,y</coordinates></Point></Placemark></kml>"
    (tmp_path / "a.kml").write_text(text, encoding="utf-8")
    with pytest.raises(NotALayerError, match="none of its 1 rows has a usable shape"):
        open_layer(tmp_path / "a.kml")


def test_a_geopackage_with_gbk_bytes_in_it_is_decoded_and_said(tmp_path):
    path = tmp_path / "a.gpkg"
    _plots().to_file(path, layer="parcels")
    with closing(sqlite3.connect(path)) as base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("UPDATE parcels SET YDMC = CAST(? AS TEXT)", ("一类工业用地".encode("gb18030"),))
        base.commit()
    result = import_layers([path])
    assert result.plan["parcels"]["code_name"].tolist() == ["一类工业用地"]
    assert "IM202" in {n.code for n in result.notes}


def test_layers_whose_names_only_look_alike_are_asked_about(tmp_path):
    path = tmp_path / "a.gpkg"
    for name in ("地块", "地块 "):
        _plots().to_file(path, layer=name)
    with pytest.raises(RefusedFileError, match="differ only by a blank"):
        open_layer(path)
    assert [s.name for s in open_layer(path, Opening(layer="地块 "))] == ["地块 "]


def test_mapinfo_in_an_archive_comes_with_its_companions(tmp_path):
    (tmp_path / "in").mkdir()
    _mapinfo(tmp_path / "in", "tab")
    shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path / "in")
    assert [s.name for s in open_layer(tmp_path / "a.zip")] == ["地块"]
