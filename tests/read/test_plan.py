"""Files become one plan; nothing is lost, and what was decided can be decided again."""

import json
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo_planner.errors import NotALayerError, ReadError
from geo_planner.read import ReadOptions, import_layers, import_report, import_table, read_plan
from geo_planner.read.notes import note_texts, outcome, sentence
from geo_planner.show.exports.files import write_import, write_plan
from tests.shared import shared

from .files import X, Y, box, dbf, line, names_table, polygon, shapefile


def _bureau(folder):
    """A bureau's folder: parcels, roads and water pipes in GBK without .cpg."""
    fields = [
        ("地块编号".encode("gbk"), "C", 12),
        ("用地性质代码".encode("gbk"), "C", 6),
        ("竣工日期".encode("gbk"), "C", 12),
    ]
    rows = [[b"DK-1", b"M1", "2019年5月8日".encode("gbk")], [b"DK-2", "Ｒ２".encode("gbk"), b"2020.1.1"]]
    shapefile(folder, "地块", [polygon(box(X, Y)), polygon(box(X + 100, Y))], dbf(fields, rows))
    road = line([(X, Y - 10), (X + 300, Y - 10)])
    shapefile(
        folder,
        "道路",
        [road],
        dbf([(b"DLMC", "C", 20), (b"TCRQ", "D", 8)], [["通湖大道".encode("gbk"), b"20180601"]]),
        kind=3,
    )
    shapefile(folder, "给水管线", [road], dbf([(b"GJ", "C", 6), (b"YSRQ", "D", 8)], [[b"DN300", b"20170601"]]), kind=3)
    return folder


def test_a_bureaus_folder_becomes_a_plan(tmp_path):
    plan = read_plan([_bureau(tmp_path)], name="试点")
    parcels, roads, pipes = plan["parcels"], plan["roads"], plan["pipes"]
    assert plan.crs == "EPSG:4527"
    assert parcels[["id", "code", "scheme"]].to_numpy().tolist() == [
        ["DK-1", "M1", "gb50137"],
        ["DK-2", "R2", "gb50137"],
    ]
    assert parcels["finish"].dt.strftime("%Y-%m-%d").tolist() == ["2019-05-08", "2020-01-01"]
    assert (roads["name"].tolist(), roads["finish"].dt.year.tolist()) == (["通湖大道"], [2018])
    assert (pipes["kind"].tolist(), pipes["diameter_mm"].tolist(), pipes["finish"].dt.year.tolist()) == (
        ["water"],
        [300.0],
        [2017],
    )


def test_zones_in_three_files_end_as_parcels_with_their_function(tmp_path):
    for k, name in enumerate(("industrial", "residential", "ecological")):
        shapefile(tmp_path, name, [polygon(box(X + 200 * k, Y))], names_table("a", field=b"NOTE"))
    plan = read_plan([tmp_path])
    assert dict(zip(plan["parcels"]["id"], plan["parcels"]["ple"], strict=True)) == {
        "ecological-00001": "ecology",
        "industrial-00001": "production",
        "residential-00001": "living",
    }


def test_a_role_given_goes_before_the_name(tmp_path):
    path = shapefile(tmp_path, "export_3", [polygon(box(X, Y))], names_table("a"))
    assert sorted(read_plan([("buildings", path)]).layers) == ["buildings"]
    with pytest.raises(NotALayerError, match="no layer of a plan"):
        read_plan([("castles", path)])


def test_an_unknown_layer_is_kept_under_its_own_name_and_said(tmp_path):
    result = import_layers([shapefile(tmp_path, "export_3", [polygon(box(X, Y))], names_table("a"))])
    assert sorted(result.plan.layers) == ["export_3"]
    assert "IM701" in {n.code for n in result.notes}


def test_a_plan_written_and_read_again_has_the_same_digest(tmp_path):
    plan = read_plan([_bureau(tmp_path / "in")], name="试点")
    write_plan(plan, tmp_path / "plan.gpkg")
    again = read_plan([tmp_path / "plan.gpkg"])
    assert (again.digest, again.name, again.crs) == (plan.digest, "试点", plan.crs)
    assert [n.code for n in again.notes] == [n.code for n in plan.notes]


def test_the_same_import_writes_the_same_bytes(tmp_path):
    result = import_layers([_bureau(tmp_path / "in")])
    write_import(result, tmp_path / "one" / "plan.gpkg")
    write_import(import_layers([tmp_path / "in"]), tmp_path / "two" / "plan.gpkg")
    assert (tmp_path / "one" / "plan.gpkg").read_bytes() == (tmp_path / "two" / "plan.gpkg").read_bytes()


def test_rows_in_are_rows_out_and_rows_set_aside(tmp_path):
    records = [polygon(box(X, Y)), b"\x00\x00\x00\x00", polygon(box(X, Y)[:1] * 4)]
    result = import_layers([shapefile(tmp_path, "地块", records, names_table("a", "b", "c"))])
    (report,) = result.layers
    assert (report.rows_in, report.rows_out, report.rows_rejected) == (3, 1, 2)
    assert result.rejects["地块"]["reject_reason"].tolist() == ["no geometry", "no area once made valid"]


def test_rejects_are_kept_beside_the_plan_with_their_reason(tmp_path):
    records = [polygon(box(X, Y)), b"\x00\x00\x00\x00"]
    result = import_layers([shapefile(tmp_path, "地块", records, names_table("a", "b"))])
    write_import(result, tmp_path / "plan.gpkg")
    kept = gpd.read_file(tmp_path / "plan.rejects.gpkg")
    assert kept["NAME"].tolist() == ["b"]


def test_strict_refuses_what_was_guessed(tmp_path):
    path = shapefile(tmp_path, "地块", [polygon(box(X, Y))], names_table("甲地块"))
    result = import_layers([path], ReadOptions(strict=True))
    assert (result.outcome, result.plan) == ("refuse", None)
    assert "IM201" in str(result.error)


def test_a_recipe_replays_what_was_decided(tmp_path):
    path = shapefile(tmp_path, "export_3", [polygon(box(X, Y))], names_table("M1", field=b"XZ"), prj="")
    told = ReadOptions(crs="EPSG:4527", mapping={"XZ": "code"}, roles={"export_3": "parcels"})
    write_import(import_layers([path], told), tmp_path / "plan.gpkg")
    again = read_plan([path], options=ReadOptions(recipe=tmp_path / "plan.recipe.toml"))
    assert (again.crs, again["parcels"]["code"].tolist()) == ("EPSG:4527", ["M1"])


def test_a_recipe_with_an_unknown_key_names_the_near_one(tmp_path):
    (tmp_path / "r.toml").write_text("[layers.a]\nrolle = 'parcels'\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r"unknown key 'rolle'\. Did you mean role"):
        read_plan(
            [shapefile(tmp_path, "a", [polygon(box(X, Y))], names_table("a"))],
            options=ReadOptions(recipe=tmp_path / "r.toml"),
        )


def test_overlaps_gaps_and_copies_are_said_with_both_ids(tmp_path):
    boxes = [box(X, Y), box(X + 90, Y), box(X + 400, Y), box(X + 400, Y)]
    table = dbf([(b"DKBH", "C", 4)], [[b"A"], [b"B"], [b"C"], [b"D"]])
    result = import_layers([shapefile(tmp_path, "地块", [polygon(b) for b in boxes], table)])
    said = {n.code: n for n in result.notes}
    assert (said["IM601"].count, said["IM601"].args["area"], said["IM601"].args["ids"]) == (1, "1000.00", "A – B")
    assert said["IM603"].args["ids"] == "C – D"


def test_parcels_that_follow_each_other_in_time_do_not_overlap(tmp_path):
    fields = [(b"DKBH", "C", 4), ("开工日期".encode("gbk"), "D", 8), (b"CCRQ", "D", 8)]
    frame = gpd.GeoDataFrame(
        {
            "id": ["A", "B"],
            "start": pd.to_datetime(["2010-01-01", "2020-01-01"]),
            "removed": pd.to_datetime(["2019-01-01", None]),
        },
        geometry=[shapely.box(0, 0, 100, 100)] * 2,
        crs="EPSG:4548",
    )
    frame.to_file(tmp_path / "地块.gpkg")
    assert fields
    codes = {n.code for n in import_layers([tmp_path / "地块.gpkg"]).notes}
    assert not codes & {"IM601", "IM603"}


def test_a_pipe_that_stops_short_of_the_main_is_said(tmp_path):
    main, branch = line([(X, Y), (X + 100, Y)]), line([(X + 50, Y + 50), (X + 50, Y + 0.2)])
    result = import_layers(
        [shapefile(tmp_path, "给水管线", [main, branch], dbf([(b"GXBH", "C", 4)], [[b"P1"], [b"P2"]]), kind=3)]
    )
    (said,) = [n for n in result.notes if n.code == "IM605"]
    assert said.args["ids"] == "P2 – P1"


def test_every_note_that_reading_can_make_is_explained_in_two_languages():
    for text in note_texts().values():
        assert text.severity in {"info", "repair", "warning"}
        assert text.zh
        assert text.en
        assert text.advice


def test_the_report_is_json_with_the_fields_of_the_contract(tmp_path):
    result = import_layers([_bureau(tmp_path)])
    report = json.loads(json.dumps(import_report(result), ensure_ascii=False))
    assert report["outcome"] == outcome(result.notes) == "repair"
    want = {
        "name",
        "source",
        "rows_in",
        "rows_out",
        "rows_rejected",
        "geometry",
        "crs",
        "crs_source",
        "encoding",
        "encoding_source",
        "fields",
        "notes",
    }
    assert all(want <= set(layer) for layer in report["layers"])
    assert {"code", "severity", "count", "text", "example"} <= set(report["layers"][0]["notes"][0])
    assert import_table(result, "zh")[0] == "读入结果：读入，有修复"


def test_control_characters_of_a_file_never_reach_the_terminal(tmp_path):
    path = shapefile(tmp_path, "a", [polygon(box(X, Y))], dbf([(b"GXLX", "C", 20)], [[b"\x1b[31mred"]]))
    result = import_layers([("pipes", path)])
    assert all("\x1b" not in text for text in import_table(result))


def test_a_sentence_never_breaks_for_want_of_a_number():
    from geo_planner.plan.plan import Note

    assert sentence(Note("IM404", "warning")) == "field ?: areas were read as ? (ratio to the shapes ?)"


def test_the_wuxi_layers_are_read_without_a_word_of_doubt_about_their_crs():
    plan = read_plan([shared("real-data", "assembled", "wuxi_1plus5.gpkg")])
    assert plan.crs == "EPSG:32650"
    assert {k: len(v) for k, v in plan.layers.items()} == {
        "district": 1,
        "facilities": 592,
        "parcels": 2033 + 87,
        "parks": 6,
        "roads": 5835,
    }


def test_the_kitchener_pipes_keep_their_dates():
    plan = read_plan([shared("real-data", "assembled", "kitchener_underground.gpkg")])
    assert int(plan["pipes"]["finish"].notna().sum()) == 521  # the register's start_date is the day of completion
    assert int(plan["pipes"]["start"].notna().sum()) == 0
    assert [n.args["field"] for n in plan.notes if n.code == "IM418"] == ["start_date"]
    assert plan["pipes"]["kind"].unique().tolist() == ["water"]


def test_three_records_of_one_outline_are_no_copies(tmp_path):
    shape = shapely.box(532000, 3752000, 532100, 3752100)
    path = tmp_path / "地块.gpkg"
    gpd.GeoDataFrame({"期": [1, 2, 3]}, geometry=[shape] * 3, crs="EPSG:4548").to_file(path)
    codes = {n.code: n.severity for n in import_layers([path]).notes}
    assert codes["IM609"] == "info"
    assert "IM603" not in codes


def test_an_archive_of_layers_without_any_crs_is_read_only_when_the_crs_is_given(tmp_path):
    for name in ("甲", "乙"):
        path = tmp_path / name / f"{name}.shp"
        path.parent.mkdir()
        gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.box(532000, 3752000, 532100, 3752100)], crs="EPSG:4548").to_file(
            path
        )
        path.with_suffix(".prj").unlink()
    with zipfile.ZipFile(tmp_path / "成果.zip", "w") as archive:
        for part in sorted(p for p in tmp_path.rglob("*.*") if p.suffix in {".shp", ".shx", ".dbf", ".cpg"}):
            archive.write(part, part.name)
    refused = import_layers([tmp_path / "成果.zip"])
    assert refused.outcome == "refuse"
    assert "holds several layers (乙, 甲)" in str(refused.error)
    assert len(import_layers([tmp_path / "成果.zip"], ReadOptions(crs="EPSG:4548")).layers) == 2
    assert import_layers([tmp_path / "成果.zip"], ReadOptions(layer="甲")).outcome == "warn"
