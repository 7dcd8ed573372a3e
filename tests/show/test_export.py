"""Exports survive the way there and back."""

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from geo_planner.plan.plan import Plan
from geo_planner.read import ReadOptions, import_layers, read_plan
from geo_planner.show.exports.layers import export_plan, short_names

HOLED = shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(10, 10), (20, 10), (20, 20), (10, 20)]])


def _plan() -> Plan:
    place = [
        shapely.transform(g, lambda p: p + np.array([617_000, 3_760_000]))
        for g in (HOLED, shapely.box(200, 0, 300, 100))
    ]
    parcels = gpd.GeoDataFrame(
        {
            "id": ["DK-1", "DK-2"],
            "name": ["苏宿工业园区", "=cmd|' /C calc'!A0"],
            "code": ["M1", "R2"],
            "scheme": ["gb50137"] * 2,
            "start": pd.to_datetime(["2010-05-08", None]),
            "far": [1.25, None],
            "resettle": pd.array([True, None], dtype="boolean"),
        },
        geometry=place,
        crs="EPSG:4548",
    )
    roads = gpd.GeoDataFrame(
        {"id": ["R1"], "grade": ["branch"]},
        geometry=[shapely.LineString([(617_000, 3_759_990), (617_300, 3_759_990)])],
        crs="EPSG:4548",
    )
    return Plan("试点", "EPSG:4548", {"parcels": parcels, "roads": roads})


def _same(one: Plan, two: Plan) -> None:
    for layer in ("parcels", "roads"):
        a, b = one[layer].sort_values("id").reset_index(drop=True), two[layer].sort_values("id").reset_index(drop=True)
        for column in ("id", "name", "start") + (
            ("code", "scheme", "far", "resettle") if layer == "parcels" else ("grade",)
        ):
            assert (
                a[column].astype("object").where(a[column].notna(), "").tolist()
                == b[column].astype("object").where(b[column].notna(), "").tolist()
            )
        assert (
            a.geometry.geom_equals_exact(b.geometry.normalize(), 1e-6).all()
            or a.geometry.normalize().geom_equals_exact(b.geometry.normalize(), 1e-6).all()
        )


@pytest.mark.parametrize("kind", ["shapefile", "gpkg", "parquet"])
def test_values_and_shapes_survive_the_way_there_and_back(tmp_path, kind):
    plan = _plan()
    assert export_plan(plan, tmp_path, kind) == []
    _same(plan, read_plan([tmp_path]))


def test_a_shapefile_has_chinese_fields_an_honest_cpg_and_a_prj(tmp_path):
    export_plan(_plan(), tmp_path, "shapefile")
    assert (tmp_path / "地块.cpg").read_bytes() == b"GBK"
    assert b"CGCS2000" in (tmp_path / "地块.prj").read_bytes()
    codes = {n.code for n in import_layers([tmp_path]).notes}
    assert not codes & {"IM201", "IM202", "IM301", "IM101"}


def test_field_names_are_cut_at_ten_bytes_without_collisions():
    names = short_names("parcels", ["density_max", "far_max", "far_min", "contract_start"], chinese=True)
    assert len(set(names.values())) == 4
    assert all(len(n.encode("gbk")) <= 10 for n in names.values())
    assert names["density_max"] == "建筑密度上"


def test_long_names_that_would_collide_are_numbered():
    assert list(short_names("x", ["population_2020", "population_2021"], chinese=False).values()) == [
        "population",
        "populatio2",
    ]


def test_a_zone_of_choice_is_written(tmp_path):
    export_plan(_plan(), tmp_path, "shapefile", crs="EPSG:4527")
    plan = read_plan([tmp_path])
    assert plan.crs == "EPSG:4527"
    assert plan["parcels"].total_bounds[0] == pytest.approx(39_617_000, abs=0.01)


def test_a_worksheet_holds_no_live_formula(tmp_path):
    export_plan(_plan(), tmp_path, "xlsx")
    book = openpyxl.load_workbook(tmp_path / "试点.xlsx")
    cells = [c for page in book.worksheets for row in page.iter_rows() for c in row]
    assert [c.value for c in cells if c.data_type == "f"] == []
    assert "=cmd|' /C calc'!A0" in [c.value for c in cells]


def test_a_drawing_keeps_codes_as_layers_and_ids_as_text(tmp_path):
    said = export_plan(_plan(), tmp_path, "dxf")
    assert "a drawing holds no table" in said[0]
    read = import_layers([tmp_path], ReadOptions(crs="EPSG:4548")).plan
    assert sorted(read["parcels"]["code"].dropna()) == ["M1", "R2"]


def test_geojson_is_written_in_degrees(tmp_path):
    export_plan(_plan(), tmp_path, "geojson")
    box = gpd.read_file(tmp_path / "parcels.geojson").total_bounds
    assert 117 < box[0] < 119
    assert 33 < box[1] < 35
