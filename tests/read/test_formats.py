"""Every format that bureaus send ends in the same kind of sheet."""

import json
import struct
import zipfile

import ezdxf
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from geo_planner.errors import GeoPlannerError, NotALayerError, RasterError
from geo_planner.read import read_plan
from geo_planner.read.formats import gdal
from geo_planner.read.formats.curves import straight
from geo_planner.read.open import open_layer

KML = """<?xml version="1.0" encoding="{encoding}"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>园区</name>
<Placemark><name>苏宿工业园区</name><TimeSpan><begin>2006-05-01</begin></TimeSpan><ExtendedData><Data name="code"><value>M1</value></Data>
</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>118.3,33.9 118.31,33.9 118.31,33.91 118.3,33.9</coordinates></LinearRing>
</outerBoundaryIs></Polygon></Placemark></Folder></Document></kml>"""


@pytest.mark.parametrize(("declared", "stored"), [("UTF-8", "utf-8"), ("GBK", "gbk"), ("UTF-8", "gbk")])
def test_kml_keeps_folder_dates_and_data_in_any_encoding(tmp_path, declared, stored):
    (tmp_path / "a.kml").write_bytes(KML.format(encoding=declared).encode(stored))
    (sheet,) = open_layer(tmp_path / "a.kml")
    row = sheet.frame.iloc[0]
    assert (row["folder"], row["name"], row["start"], row["code"]) == ("园区", "苏宿工业园区", "2006-05-01", "M1")
    assert sheet.crs == "EPSG:4326"


def test_kmz_is_an_archive_with_kml_in_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", KML.format(encoding="UTF-8"))
    assert len(open_layer(tmp_path / "a.kmz")[0].frame) == 1


def test_gpx_gives_points_and_tracks(tmp_path):
    text = (
        '<gpx><wpt lat="33.9" lon="118.3"><name>井</name></wpt><trk><name>巡线</name><trkseg><trkpt lat="33.9" lon="118.3"/>'
        '<trkpt lat="33.91" lon="118.31"/></trkseg></trk></gpx>'
    )
    (tmp_path / "a.gpx").write_text(text, encoding="utf-8")
    (sheet,) = open_layer(tmp_path / "a.gpx")
    assert sheet.frame["name"].tolist() == ["井", "巡线"]
    assert sheet.frame.geom_type.tolist() == ["Point", "LineString"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("名称,经度,纬度\n甲,118.3,33.9\n乙,错,33.9\n", "gbk"),
        ("名称;经度;纬度\n甲;118.3;33.9\n乙;;33.9\n", "utf-8-sig"),
    ],
)
def test_a_table_with_chinese_coordinate_columns_gives_points(tmp_path, text, encoding):
    (tmp_path / "企业.csv").write_bytes(text.encode(encoding))
    (sheet,) = open_layer(tmp_path / "企业.csv")
    assert (sheet.frame["名称"].tolist(), sheet.rows_rejected) == (["甲"], 1)


def test_a_workbook_with_wkt_gives_its_shapes(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "地块"
    page.append(["地块编号", "WKT"])
    page.append(["DK-1", "POLYGON ((118.3 33.9, 118.31 33.9, 118.31 33.91, 118.3 33.9))"])
    book.create_sheet("说明").append(["无坐标"])
    book.save(tmp_path / "a.xlsx")
    (sheet,) = open_layer(tmp_path / "a.xlsx")
    assert (sheet.name, sheet.frame["地块编号"].tolist()) == ("地块", ["DK-1"])
    assert [n.args["inner"] for n in sheet.notes if n.code == "IM123"] == ["说明"]


def test_a_table_without_coordinates_is_told_what_it_needs(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NotALayerError, match="it needs a column WKT"):
        open_layer(tmp_path / "a.csv")


def test_a_drawing_gives_a_sheet_a_layer_with_the_code_inside_each_outline(tmp_path):
    drawing = ezdxf.new("R2010")
    space = drawing.modelspace()
    space.add_lwpolyline([(0, 0), (100, 0), (100, 100), (0, 100)], close=True, dxfattribs={"layer": "YD-R2"})
    space.add_lwpolyline([(200, 0), (300, 0), (300, 100), (200, 100)], close=True, dxfattribs={"layer": "地块"})
    space.add_text("M1", dxfattribs={"layer": "文字"}).set_placement((250, 50))
    space.add_line((0, -10), (300, -10), dxfattribs={"layer": "道路"})
    drawing.saveas(tmp_path / "总图.dxf")
    plan = read_plan([tmp_path / "总图.dxf"], crs="EPSG:4548")
    assert sorted(plan.layers) == ["parcels", "roads"]
    assert sorted(plan["parcels"]["code"]) == ["M1", "R2"]


def test_a_block_that_inserts_itself_is_refused(tmp_path):
    text = (
        "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n0\nENDSEC\n0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n8\n0\n2\nA\n70\n0\n10\n0\n20\n0\n"
        "0\nINSERT\n8\n0\n2\nA\n10\n1\n20\n0\n0\nENDBLK\n8\n0\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nINSERT\n8\n0\n2\nA\n10\n0\n20\n0\n"
        "0\nENDSEC\n0\nEOF\n"
    )
    (tmp_path / "a.dxf").write_text(text, encoding="ascii")
    with pytest.raises(GeoPlannerError, match=r"refers to itself|holds no lines"):
        open_layer(tmp_path / "a.dxf")


@pytest.mark.parametrize(
    ("driver", "name"), [("FlatGeobuf", "地块.fgb"), ("OpenFileGDB", "地块.gdb"), ("GML", "地块.gml")]
)
def test_formats_of_the_library_keep_text_and_crs(tmp_path, driver, name):
    frame = gpd.GeoDataFrame(
        {"dkbh": ["甲", "乙"]}, geometry=[shapely.box(k, 0, k + 1, 1) for k in (0, 2)], crs="EPSG:4548"
    )
    frame.geometry = frame.translate(617_000, 3_760_000)
    frame.to_file(tmp_path / name, driver=driver)
    plan = read_plan([("parcels", tmp_path / name)])
    assert sorted(plan["parcels"]["id"]) == ["乙", "甲"]
    assert plan.crs == "EPSG:4548"


def test_geoparquet_and_lines_of_geojson_are_read(tmp_path):
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(118.3, 33.9)], crs="EPSG:4326")
    frame.to_parquet(tmp_path / "a.parquet")
    feature = {
        "type": "Feature",
        "properties": {"id": "b"},
        "geometry": {"type": "Point", "coordinates": [118.3, 33.9]},
    }
    (tmp_path / "b.geojsonl").write_text(f"{json.dumps(feature)}\n{json.dumps(feature)}\n", encoding="utf-8")
    assert len(open_layer(tmp_path / "a.parquet")[0].frame) == 1
    assert len(open_layer(tmp_path / "b.geojsonl")[0].frame) == 2


def test_lines_with_measures_in_a_database_of_two_layers_are_both_read(tmp_path):
    for k, name in enumerate(("道路", "管线")):
        line = shapely.LineString([(617_000, 3_760_000 + k), (617_100, 3_760_000 + k)])
        gpd.GeoDataFrame({"id": [name]}, geometry=[line], crs="EPSG:4548").to_file(tmp_path / "成果.gpkg", layer=name)
    assert sorted(read_plan([tmp_path / "成果.gpkg"]).layers) == ["pipes", "roads"]


def _tif(path, values, **more):
    profile = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": values.dtype,
        "crs": "EPSG:4548",
        "transform": Affine(10, 0, 617_000, 0, -10, 3_761_000),
        **more,
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, 1)


def test_a_terrain_raster_takes_its_place_and_its_holes(tmp_path):
    values = np.full((20, 30), 15.0, "float32")
    values[3, 4] = np.nan
    _tif(tmp_path / "高程_dem.tif", values)
    plan = read_plan([tmp_path / "高程_dem.tif"])
    dem = plan.rasters["dem"]
    assert (dem.values[3, 4], dem.nodata, dem.transform[2], dem.crs) == (-9999.0, -9999.0, 617_000.0, "EPSG:4548")


def test_land_cover_keeps_the_year_of_its_name(tmp_path):
    _tif(tmp_path / "landcover_2012.tif", np.ones((20, 20), "uint8"))
    assert read_plan([tmp_path / "landcover_2012.tif"]).rasters["landcover_2012"].year == 2012


def test_a_raster_without_a_place_is_refused(tmp_path):
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        _tif(tmp_path / "dem.tif", np.ones((20, 20), "uint8"), crs=None, transform=Affine.identity())
    with pytest.raises(RasterError, match="not georeferenced"):
        open_layer(tmp_path / "dem.tif")


def test_a_half_circle_is_made_straight_within_the_tolerance():
    arc = b"\x01\x08\x00\x00\x00\x03\x00\x00\x00" + np.array([0, 0, 1, 1, 2, 0], "<f8").tobytes()
    line = straight(arc)
    assert line.length == pytest.approx(np.pi, rel=2e-3)
    assert shapely.get_coordinates(line)[-1].tolist() == [2.0, 0.0]


def test_the_sample_park_is_read_as_a_bureau_sends_it():
    from pathlib import Path

    folder = Path(__file__).parents[2] / "layers" / "susu"
    if not folder.exists():
        pytest.skip("layers/susu is not there yet")
    plan = read_plan([folder])
    assert plan.crs == "EPSG:4527"
    assert len(plan["parcels"]) >= 600
    assert set(plan["pipes"]["kind"].dropna()) >= {"water", "sewer", "storm", "power", "gas", "heat", "telecom"}
    assert {"dem", "landcover_2024"} <= set(plan.rasters)
    assert plan["approvals"]["start"].notna().all()
    assert pd.api.types.is_datetime64_any_dtype(plan["roads"]["paved"])


def test_the_kind_of_a_shape_is_read_from_its_first_bytes_in_both_byte_orders():
    wkb = [
        None,
        b"",
        shapely.to_wkb(shapely.Point(1, 2)),
        shapely.to_wkb(shapely.box(0, 0, 1, 1), byte_order=0),
        struct.pack("<BI", 1, 2012) + b"rest",
        struct.pack("<BI", 1, 10),
        shapely.to_wkb(shapely.Point(1, 2, 3), flavor="iso"),
    ]
    assert gdal._type_codes(np.array(wkb, dtype=object)).tolist() == [0, 0, 1, 3, 12, 10, 1]


def test_a_damaged_letter_in_a_parquet_file_is_replaced_and_said(tmp_path):
    frame = gpd.GeoDataFrame({"name": ["Oceania", "Asia"]}, geometry=gpd.points_from_xy([1, 2], [1, 2]), crs=4326)
    path = tmp_path / "a.parquet"
    frame.to_parquet(path, compression=None)
    path.write_bytes(path.read_bytes().replace(b"Oceania", b"Oce\xe9nia"))
    (sheet,) = open_layer(path)
    assert list(sheet.frame["name"]) == ["Oce\ufffdnia", "Asia"]
    assert [(n.code, n.count) for n in sheet.notes if n.code == "IM207"] == [("IM207", 1)]
