"""The report as JSON, GeoPackage and table."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest

from geo_planner.errors import ReadError
from geo_planner.read import read_plan
from geo_planner.show import read_report, report_json, score_lines, verdict_table, write_findings_gpkg, write_outputs
from geo_planner.show.exports.sarif import sarif
from geo_planner.show.qgis.project import qgis_project

from .parks import plan, report, silent


def test_the_json_has_the_keys_other_programs_hold_on_to() -> None:
    said = json.loads(json.dumps(report_json(report(plan()))))
    assert {"plan", "profile", "scores", "balance", "runs", "findings"} <= set(said)
    assert set(said["scores"]) >= {"S1", "S2", "S3", "headline"}
    assert set(said["runs"][0]) == {
        "code",
        "outcome",
        "reason",
        "rows_judged",
        "rows_unknown",
        "found",
        "seconds",
        "share",
        "needs",
    }
    keys = {
        "code",
        "severity",
        "layer",
        "id",
        "other_layer",
        "other_id",
        "value",
        "limit",
        "unit",
        "from",
        "to",
        "text",
    }
    assert all(keys <= set(row) for row in said["findings"])


def test_a_sentence_is_made_from_the_finding_in_both_languages() -> None:
    row = report_json(report(plan()))["findings"][0]
    assert row["text"] == {"zh": "parcels P0：P0（80）", "en": "parcels P0: P0 (80)"}
    assert (row["from"], row["to"]) == ("2012-01-01", None)


def test_a_missing_score_is_null_with_its_reason() -> None:
    said = report_json(report(plan()))["scores"]
    assert said["S3"] is None
    assert said["headline"] is None
    assert said["reasons"]["S3"]["zh"] == "缺开工日期"


def test_an_untimed_report_says_nothing_of_the_clock() -> None:
    assert all(run["seconds"] == 0 for run in report_json(report(plan()), timed=False)["runs"])


def test_the_geopackage_holds_findings_with_sentences_and_what_was_not_judged(tmp_path: Path) -> None:
    write_findings_gpkg(report(plan()), tmp_path / "f.gpkg")
    found = pyogrio.read_dataframe(tmp_path / "f.gpkg", layer="findings")
    open_rows = pyogrio.read_dataframe(tmp_path / "f.gpkg", layer="unknown", read_geometry=False)
    assert list(found["code"]) == ["PB101", "PB101", "UG204"]
    assert found.geometry.notna().all()
    assert list(open_rows["reason_zh"]) == ["缺开工日期"]


def test_an_empty_report_writes_a_layer_that_opens(tmp_path: Path) -> None:
    write_findings_gpkg(silent(plan()), tmp_path / "f.gpkg")
    found = pyogrio.read_dataframe(tmp_path / "f.gpkg", layer="findings")
    assert (len(found), "text_zh" in found) == (0, True)


def test_the_geopackage_is_the_same_bytes_twice(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        write_findings_gpkg(report(plan()), tmp_path / name)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_the_verdict_table_tells_a_skipped_check_from_a_passed_one() -> None:
    _, *rows = verdict_table(report(plan()), "zh")
    assert {row[0]: row[2] for row in rows} == {
        "BA401": "通过",
        "EC601": "未判定",
        "PB101": "有问题",
        "ST701": "程序出错",
        "UG204": "有问题",
    }


def test_what_was_not_judged_is_told_below_the_scores_with_the_reason() -> None:
    lines = score_lines(report(plan()), "zh")
    assert "  S3 先工业后商住 –：缺开工日期" in lines
    assert "未判定 EC601 EC601 标题：缺少图层：buildings" in lines
    assert "部分未判定 缺开工日期：PB101 (1)" in lines


def test_the_outputs_are_the_same_bytes_twice(tmp_path: Path) -> None:
    toy = plan()
    for name in ("a", "b"):
        write_outputs(toy, report(toy), tmp_path / name)
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert files == [
        "findings.gpkg", "findings.json", "map.html", "plan.gpkg", "project.qgs", "report.json", "worklist.json",
    ]  # fmt: skip
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_a_report_that_was_written_can_be_drawn_again(tmp_path: Path) -> None:
    toy = plan()
    write_outputs(toy, report(toy), tmp_path)
    again, told = read_report(tmp_path / "report.json")
    assert again.digest == toy.digest
    assert report_json(told) == report_json(report(toy), timed=False)
    assert told.findings.geometry.geom_equals(report(toy).findings.geometry).all()


def test_a_report_without_its_plan_says_what_is_missing(tmp_path: Path) -> None:
    toy = plan()
    write_outputs(toy, report(toy), tmp_path)
    (tmp_path / "plan.gpkg").unlink()
    with pytest.raises(ReadError, match=r"plan\.gpkg"):
        read_report(tmp_path / "report.json")


def test_the_sarif_leads_from_each_finding_into_the_map() -> None:
    said = sarif(report(plan()))
    first = said["runs"][0]["results"][0]
    assert (first["ruleId"], first["level"], first["hostedViewerUri"]) == (
        "PB101",
        "warning",
        "map.html#f=000000000000",
    )
    assert first["locations"][0]["logicalLocations"] == [{"name": "P0", "kind": "parcels"}]
    assert 117 < first["locations"][0]["properties"]["longitude"] < 118
    notes = [n["message"]["text"] for n in said["runs"][0]["invocations"][0]["toolExecutionNotifications"]]
    assert "未判定 EC601 EC601 标题：缺少图层：buildings" in notes


def test_the_qgis_project_names_the_layers_beside_it_with_their_classes() -> None:
    root = ElementTree.fromstring(qgis_project(plan(), report(plan())))
    sources = [e.text for e in root.iter("datasource")]
    assert sources[:3] == [
        f"./findings.gpkg|layername=findings|geometrytype={k}" for k in ("Point", "LineString", "Polygon")
    ]
    assert "./plan.gpkg|layername=parcels" in sources
    pipes = next(e for e in root.iter("maplayer") if e.findtext("layername") == "管线")
    assert pipes.find("renderer-v2").get("attr") == "kind"
    assert {c.get("label") for c in pipes.iter("category")} >= {"给水", "污水"}


def test_the_geopackages_carry_their_looks_for_qgis_and_stay_plans(tmp_path: Path) -> None:
    toy = plan()
    write_outputs(toy, report(toy), tmp_path)
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as base:
        rows = base.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        listed = {name for (name,) in base.execute("SELECT table_name FROM gpkg_geometry_columns")}
    assert {row[0] for row in rows} == listed
    looks = {name: ElementTree.fromstring(qml.split("\n", 1)[1]) for name, _, qml, _ in rows}
    assert {(column, first) for _, column, _, first in rows} == {("geom", 1)}
    labels = {c.get("value"): c.get("label") for c in looks["parcels"].iter("category")}
    assert labels["M1"] == "M1 一类工业用地"
    assert looks["parcels"].find("renderer-v2").get("attr") == "code"
    again = read_plan([tmp_path / "plan.gpkg"], name=toy.name)
    assert (again.digest, set(again.layers)) == (toy.digest, set(toy.layers))
    with closing(sqlite3.connect(tmp_path / "findings.gpkg")) as base:
        kinds = base.execute("SELECT styleName, useAsDefault FROM layer_styles ORDER BY id").fetchall()
    assert kinds == [("问题（面）", 1), ("问题（线）", 0), ("问题（点）", 0)]
