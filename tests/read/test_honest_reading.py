"""What was guessed or lost without a word: dates, empty files, encodings, tables, cells, vertices."""

from __future__ import annotations

import json
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import shapely

from geo_planner.errors import GeoPlannerError
from geo_planner.plan import Plan
from geo_planner.read import import_layers
from geo_planner.read.encoding import decide
from geo_planner.read.formats import geojson
from geo_planner.read.open import open_layer
from geo_planner.read.schema.columns import understand
from geo_planner.show.exports.layers import export_plan

from .files import X, Y, box, names_table, polygon, shapefile


def _pipes(**columns):
    rows = len(next(iter(columns.values())))
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString([(k, 0), (k, 9)]) for k in range(rows)])


@pytest.mark.parametrize("field", ["installation_year", "year", "建设年份"])
def test_years_of_pipes_are_their_completion_and_rough(field):
    read = understand("pipes", _pipes(**{field: [1979, 2004]}), {})
    assert read.frame["finish"].dt.strftime("%Y-%m-%d").tolist() == ["1979-01-01", "2004-01-01"]
    assert [(n.code, n.count) for n in read.notes if n.code == "IM414"] == [("IM414", 2)]


def test_the_start_date_of_a_pipe_register_is_completion_and_said():
    read = understand("pipes", _pipes(start_date=["1979-07-01"]), {})
    assert read.frame["finish"].dt.strftime("%Y-%m-%d").tolist() == ["1979-07-01"]
    assert [(n.severity, n.args["field"]) for n in read.notes if n.code == "IM418"] == [("warning", "start_date")]


def test_a_start_date_that_is_mapped_or_beside_a_completion_stays_a_start():
    mapped = understand("pipes", _pipes(start_date=["1979-07-01"]), {}, {"start_date": "start"})
    both = understand("pipes", _pipes(start_date=["1979-07-01"], 验收日期=["1980-01-01"]), {})
    for read in (mapped, both):
        assert read.frame["start"].dt.year.tolist() == [1979]
        assert "IM418" not in [n.code for n in read.notes]


def test_a_header_of_a_workbook_is_never_a_formula(tmp_path):
    frame = gpd.GeoDataFrame({"=1+1": ["a"], "@x": ["b"]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4548")
    export_plan(Plan("p", "EPSG:4548", {"other": frame}), tmp_path, "xlsx")
    page = openpyxl.load_workbook(tmp_path / "p.xlsx")["other"]
    assert {cell.value: cell.data_type for cell in page[1][:2]} == {"=1+1": "s", "@x": "s"}


def test_an_empty_layer_is_exported_as_a_shapefile_and_read_again(tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": pd.Series([], dtype="str"), "start": pd.Series([], dtype="datetime64[ms]")}, geometry=[], crs="EPSG:4548"
    )
    export_plan(Plan("p", "EPSG:4548", {"parcels": frame}), tmp_path, "shapefile")
    (sheet,) = open_layer(tmp_path / "地块.shp")
    assert (len(sheet.frame), "编号" in sheet.frame.columns) == (0, True)


@pytest.mark.parametrize(
    ("name", "raw"),
    [("a.geojson", b""), ("b.geojson", b"\xef\xbb\xbf \n"), ("c.csv", b"\n\n"), ("d.shp", b""), ("e.dxf", b" ")],
)
def test_an_empty_file_is_called_empty(tmp_path, name, raw):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(GeoPlannerError, match="is empty") as caught:
        open_layer(tmp_path / name)
    assert "damaged" not in str(caught.value)


def test_an_empty_archive_is_called_empty(tmp_path):
    zipfile.ZipFile(tmp_path / "a.zip", "w").close()
    with pytest.raises(GeoPlannerError) as caught:
        open_layer(tmp_path / "a.zip")
    assert "damaged" not in str(caught.value)


@pytest.mark.parametrize("text", [b"30\xb0C", b"118\xb0N 33\xb0E", b"25 \xb5g"])
def test_a_degree_sign_is_no_chinese(text):
    assert decide([text], None).codec == "cp1252"


@pytest.mark.parametrize("declared", [None, "utf-8", "gb18030", "cp950"])
def test_taiwan_in_big5_is_never_read_as_other_hanzi(declared):
    choice = decide(["臺灣".encode("cp950")], declared, ".cpg")
    assert "臺灣".encode("cp950").decode(choice.codec) == "臺灣"


def test_gbk_text_stays_gbk():
    assert decide(["臺灣省".encode("gbk"), "江苏省宿迁市".encode("gbk")], "gb18030", ".cpg").codec == "gb18030"


def test_a_table_of_another_layer_is_not_attached(tmp_path):
    shapefile(tmp_path, "地块", [polygon(box(X + 100 * k, Y)) for k in range(4)], names_table(*"abcdefghij"))
    (sheet,) = open_layer(tmp_path / "地块.shp")
    assert list(sheet.frame.columns) == ["geometry"]
    assert [n.args for n in sheet.notes if n.code == "IM126"] == [{"rows": 10, "shapes": 4}]


def test_cells_of_a_nanometre_are_a_doubt(tmp_path):
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=4, height=4, count=1, dtype="float32", crs="EPSG:4548",
        transform=rasterio.Affine(1e-9, 0, 500_000, 0, -1e-9, 3_750_000),
    ) as grid:  # fmt: skip
        grid.write(np.ones((1, 4, 4), "float32"))
    result = import_layers([tmp_path / "dem.tif"])
    assert "IM804" in [n.code for n in result.notes]
    assert result.outcome == "warn"


def test_geojson_written_and_read_again_has_the_same_vertices(tmp_path):
    """Two parcels of 900 m by 300 m that meet at their ends: five vertices each, however often they are read."""
    shapes = [shapely.box(530_000 + 900 * k, 3_750_000, 530_900 + 900 * k, 3_750_300) for k in range(2)]
    plan = Plan("p", "EPSG:4548", {"parcels": gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=shapes, crs="EPSG:4548")})
    export_plan(plan, tmp_path, "geojson")
    again = import_layers([tmp_path / "parcels.geojson"]).plan["parcels"]
    assert shapely.get_num_coordinates(again.geometry.array).tolist() == [5, 5]


def test_reading_a_split_border_again_splits_it_no_further(tmp_path):
    """The long border has a neighbour's corner in its middle, so it is split once."""
    shapes = [
        shapely.box(118.0, 33.9, 118.01, 33.91),
        shapely.box(118.01, 33.9, 118.02, 33.905),
        shapely.box(118.01, 33.905, 118.02, 33.91),
    ]
    gpd.GeoDataFrame({"id": list("abc")}, geometry=shapes, crs=4326).to_file(tmp_path / "parcels.geojson")
    first = import_layers([tmp_path / "parcels.geojson"]).plan
    export_plan(first, tmp_path / "out", "geojson")
    second = import_layers([tmp_path / "out" / "parcels.geojson"]).plan
    count = [shapely.get_num_coordinates(p["parcels"].geometry.array).sum() for p in (first, second)]
    assert count[0] == count[1] > 15


def test_features_are_read_one_by_one_with_every_oddity_still_seen(tmp_path):
    text = '{"type":"FeatureCollection","type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1,"a":2},"geometry":{"type":"Point","coordinates":[1,2]}}],"name":"x"}'
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8")
    sheet = geojson.read(tmp_path / "a.geojson")
    assert (sheet.frame["a"].tolist(), [n.count for n in sheet.notes if n.code == "IM116"]) == ([2], [2])
    (tmp_path / "b.geojson").write_text(json.dumps(json.loads(text))[:-20], encoding="utf-8")
    with pytest.raises(GeoPlannerError, match="the JSON is damaged at line 1"):
        geojson.read(tmp_path / "b.geojson")
