"""A delivery as a whole: rows and layers that cannot belong to it, layers sent twice, months that drift from a recipe."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli.front import main
from geo_planner.errors import ImpossibleCRSError
from geo_planner.read import ReadOptions, import_layers, read_plan
from geo_planner.read.schema.recipe import recipe_of

LON, LAT = 118.2, 33.9


def _write(path, *, crs="EPSG:4490", at=(LON, LAT), step=0.002, **columns):
    """Write squares in a row, one a value of the columns; the ending of the path says the format."""
    rows = len(next(iter(columns.values())))
    x, y = at
    shapes = [shapely.box(x + k * step, y, x + (k + 0.9) * step, y + step) for k in range(rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path, encoding="utf-8")
    return path


def _codes(result, *codes):
    return [(n.code, n.count) for n in result.notes if n.code in codes]


@pytest.mark.parametrize("ending", ["geojson", "shp", "gpkg", "fgb"])
def test_one_row_at_null_island_is_set_aside_and_the_projection_stays_local(tmp_path, ending):
    shapes = [shapely.box(LON + k / 500, LAT, LON + k / 500 + 0.001, LAT + 0.001) for k in range(6)]
    frame = gpd.GeoDataFrame({"id": list("abcdefg")}, geometry=[*shapes, shapely.box(0, 0, 1e-10, 1e-10)], crs=4326)
    frame.to_file(tmp_path / f"parcels.{ending}")
    result = import_layers([tmp_path / f"parcels.{ending}"])
    assert (result.plan.crs, len(result.plan["parcels"])) == ("EPSG:4548", 6)
    assert result.rejects["parcels"]["reject_reason"].tolist() == ["at (0, 0)"]
    assert _codes(result, "IM315") == [("IM315", 1)]


def test_a_line_with_one_vertex_at_the_origin_is_set_aside_among_metres(tmp_path):
    lines = [shapely.LineString([(500_000 + k, 3_750_000), (500_100 + k, 3_750_000)]) for k in range(5)]
    lines.append(shapely.LineString([(0, 0), (500_100, 3_750_000)]))
    gpd.GeoDataFrame({"id": list("abcdef")}, geometry=lines, crs="EPSG:4548").to_file(tmp_path / "roads.gpkg")
    result = import_layers([tmp_path / "roads.gpkg"])
    assert result.plan["roads"].length.sum() == pytest.approx(500.0)
    assert _codes(result, "IM315") == [("IM315", 1)]


def test_a_drawing_that_begins_at_the_origin_keeps_its_first_point(tmp_path):
    lines = [shapely.LineString([(k * 100, 0), (k * 100 + 90, 50)]) for k in range(6)]
    gpd.GeoDataFrame({"id": list("abcdef")}, geometry=lines, crs="EPSG:4548").to_file(tmp_path / "roads.gpkg")
    assert _codes(import_layers([tmp_path / "roads.gpkg"]), "IM315", "IM316") == []


def test_one_row_on_another_continent_is_set_aside(tmp_path):
    shapes = [shapely.Point(LON + k / 500, LAT) for k in range(9)] + [shapely.Point(2.3, 48.8)]
    gpd.GeoDataFrame({"id": list("abcdefghij")}, geometry=shapes, crs=4326).to_file(tmp_path / "facilities.geojson")
    result = import_layers([tmp_path / "facilities.geojson"])
    assert (result.plan.crs, len(result.plan["facilities"])) == ("EPSG:4548", 9)
    assert [(n.count, n.args["distance"]) for n in result.notes if n.code == "IM316"] == [(1, "117°")]


def test_layers_continents_apart_are_refused_and_both_are_named(tmp_path):
    _write(tmp_path / "parcels.geojson", id=["a", "b"])
    _write(tmp_path / "roads.geojson", at=(10.0, 48.1), id=["a", "b"])
    result = import_layers([tmp_path])
    assert result.outcome == "refuse"
    assert "parcels.geojson (parcels) lies at 118.2°E 33.9°N and roads.geojson (roads) at 10.0°E 48.1°N" in str(
        result.error
    )


def test_the_richer_of_two_formats_of_one_layer_is_kept_and_both_are_named(tmp_path):
    """Four buildings twice: the shapefile lost height and use, and its ids."""
    rich = {"id": list("abcd"), "height": [10.0, 12.0, 9.0, 30.0], "use": ["factory"] * 4}
    _write(tmp_path / "buildings.geojson", **rich)
    _write(tmp_path / "a_建筑.shp", FID_1=["1", "2", "3", "4"])
    result = import_layers([tmp_path])
    assert result.plan["buildings"]["height"].tolist() == [10.0, 12.0, 9.0, 30.0]
    assert [(n.count, n.args["own"], n.args["other"]) for n in result.notes if n.code == "IM610"] == [
        (4, "a_建筑.shp", "buildings.geojson")
    ]
    assert all(r.rows_in == r.rows_out + r.rows_rejected for r in result.layers)


def test_pipes_of_two_kinds_in_one_trench_are_no_twins(tmp_path):
    line = [shapely.LineString([(LON, LAT), (LON + 0.01, LAT)])]
    for name in ("water_mains", "sewers"):
        gpd.GeoDataFrame({"id": ["a"]}, geometry=line, crs=4490).to_file(tmp_path / f"{name}.geojson")
    result = import_layers([tmp_path])
    assert sorted(result.plan["pipes"]["kind"]) == ["sewer", "water"]
    assert _codes(result, "IM610", "IM607") == []


def test_plans_now_and_planned_with_other_codes_are_no_twins(tmp_path):
    _write(tmp_path / "现状地块.geojson", id=["a", "b"], YDDM=["R2", "M1"])
    _write(tmp_path / "规划地块.geojson", id=["c", "d"], YDDM=["B1", "G1"])
    result = import_layers([tmp_path])
    assert (len(result.plan["parcels"]), _codes(result, "IM610")) == (4, [])


def test_red_line_areas_beside_centre_lines_are_not_roads_twice(tmp_path):
    _write(tmp_path / "道路红线.geojson", id=["a", "b"])
    lines = [shapely.LineString([(LON, LAT + k / 1000), (LON + 0.01, LAT + k / 1000)]) for k in range(3)]
    gpd.GeoDataFrame({"id": list("xyz")}, geometry=lines, crs=4490).to_file(tmp_path / "道路中心线.geojson")
    result = import_layers([tmp_path])
    assert (len(result.plan["roads"]), len(result.plan["road_areas"])) == (3, 2)
    assert [(n.count, n.args["other"]) for n in result.notes if n.code == "IM611"] == [(2, "道路中心线.geojson")]


def test_red_line_areas_alone_are_the_roads(tmp_path):
    _write(tmp_path / "道路红线.geojson", id=["a", "b"])
    assert len(import_layers([tmp_path]).plan["roads"]) == 2


def test_a_container_gives_no_role_to_the_layers_in_it(tmp_path):
    for layer, at in (("A_7", (LON, LAT)), ("XB_2", (LON, LAT + 0.1))):
        frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(at).buffer(0.001)], crs=4490)
        frame.to_file(tmp_path / "zoning.gpkg", layer=layer)
    assert sorted(import_layers([tmp_path / "zoning.gpkg"]).plan.layers) == ["A_7", "XB_2"]


def _recipe(tmp_path):
    first = tmp_path / "1"
    _write(first / "地块.geojson", 编号=["a", "b"], 用地代码=["R2", "M1"], 容积率=[1.5, 2.0])
    _write(first / "建筑.geojson", at=(LON, LAT + 0.1), 编号=["x"], 层数=[6])
    path = tmp_path / "recipe.toml"
    path.write_text(recipe_of(import_layers([first])), encoding="utf-8")
    return path


def test_a_delivery_like_the_first_drifts_in_nothing(tmp_path):
    recipe = _recipe(tmp_path)
    again = import_layers([tmp_path / "1"], ReadOptions(recipe=recipe))
    assert _codes(again, "IM706", "IM707", "IM708", "IM709", "IM710") == []


def test_a_recipe_notices_a_layer_gone_fields_renamed_and_types_changed(tmp_path):
    recipe, second = _recipe(tmp_path), tmp_path / "2"
    _write(second / "地块.geojson", 编号=["a", "b"], 用地=["R2", "M1"], 容积率=["高", "低"])
    _write(second / "管线.geojson", at=(LON, LAT + 0.1), 编号=["x"])
    result = import_layers([second], ReadOptions(recipe=recipe))
    said = {n.code: n.args for n in result.notes if n.code.startswith("IM70")}
    assert said["IM706"] == {"inner": "建筑"}
    assert said["IM708"] == {"what": "用地代码", "new": "用地"}
    assert said["IM709"] == {"what": "容积率 number → text"}
    assert [r.name for r in result.layers if any(n.code == "IM707" for n in r.notes)] == ["管线"]
    assert result.outcome == "warn"


def test_drift_fails_under_strict_with_code_2(tmp_path, capsys):
    recipe, second = _recipe(tmp_path), tmp_path / "2"
    _write(second / "地块.geojson", 编号=["a", "b"], 用地代码=["R2", "M1"], 容积率=[1.5, 2.0])
    args = ["read", str(second), "-o", str(tmp_path / "p.gpkg"), "--recipe", str(recipe), "--strict", "--lang", "en"]
    assert main(args) == 2
    assert "IM706" in capsys.readouterr().out


def test_six_digit_eastings_given_as_zone_39_are_refused_in_one_sentence_by_read_and_check(tmp_path, capsys):
    path = _write(tmp_path / "parcels.shp", crs="EPSG:4548", at=(617_000.0, 3_760_000.0), step=100.0, id=["a", "b"])
    path.with_suffix(".prj").unlink()
    for command in (
        ["read", str(path), "-o", str(tmp_path / "p.gpkg")],
        ["check", str(path), "-o", str(tmp_path / "m")],
    ):
        assert main([*command, "--crs", "EPSG:4527"]) == 2
        captured = capsys.readouterr()
        said = captured.out + captured.err
        assert "不可能位于 EPSG:4527" in said
        assert "EPSG:4548" in said


def test_six_digit_eastings_whose_file_declares_zone_39_are_not_judged(tmp_path, capsys):
    path = _write(tmp_path / "parcels.shp", crs="EPSG:4527", at=(617_000.0, 3_760_000.0), step=100.0, id=["a", "b"])
    assert main(["check", str(path), "-o", str(tmp_path / "m")]) == 2
    assert "坐标与所声明的坐标系不符" in capsys.readouterr().err


def test_crs_does_not_override_what_the_file_declares(tmp_path):
    path = _write(tmp_path / "parcels.shp", id=["a", "b"])
    kept = import_layers([path], ReadOptions(crs="EPSG:4547"))
    assert kept.plan["parcels"].to_crs(4490).total_bounds[0] == pytest.approx(LON)
    assert [n.args for n in kept.notes if n.code == "IM317"] == [{"crs": "EPSG:4490", "wish": "EPSG:4547"}]
    with pytest.raises(ImpossibleCRSError, match="cannot lie in EPSG:4547"):
        read_plan([path], options=ReadOptions(crs="EPSG:4547", force_crs=True))
