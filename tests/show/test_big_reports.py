"""Reports too large for one JSON file: the gravest stand in it, all in the table beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import orjson
import pandas as pd
import pyogrio
import pytest

from geo_planner import lang
from geo_planner.show import read_report, report_json, write_outputs
from geo_planner.show.exports import findings_file, results, sarif
from geo_planner.show.exports.rows import gravest, sentences

from .parks import plan, report


def test_the_gravest_come_first_and_keep_their_order():
    told = report(plan())
    assert list(told.findings["severity"]) == ["warning", "warning", "error"]
    assert gravest(told, 2).tolist() == [0, 2]


@pytest.mark.parametrize(
    ("limits", "name"),
    [({}, "findings.gpkg"), ({"MANY": 2}, "findings.gpkg.zip"), ({"MANY": 2, "BIG": 2}, "findings.parquet")],
)
def test_a_report_beyond_the_limit_holds_the_gravest_and_names_the_file_with_all(
    tmp_path: Path, monkeypatch, limits: dict[str, int], name: str
):
    monkeypatch.setattr(results, "MOST", 2)
    for limit, most in ({"MOST": 2} | limits).items():
        monkeypatch.setattr(findings_file, limit, most)
    toy = plan()
    write_outputs(toy, report(toy), tmp_path)
    said = orjson.loads((tmp_path / "report.json").read_bytes())
    assert [row["code"] for row in said["findings"]] == ["PB101", "UG204"]
    assert (said["findings_count"], said["findings_all"]) == (3, name)
    assert (tmp_path / name).is_file()
    _, told = read_report(tmp_path / "report.json")
    assert sentences(told, "zh") == sentences(report(toy), "zh")
    assert told.findings["args"].tolist() == report(toy).findings["args"].tolist()
    assert told.findings.geometry.geom_equals(report(toy).findings.geometry).all()
    assert report_json(told) == report_json(report(toy), timed=False)


def test_many_findings_lie_in_a_zip_that_gdal_opens_and_the_other_kind_goes(tmp_path: Path, monkeypatch):
    toy, places = plan(), []
    for most in (20_000, 2, 20_000):
        monkeypatch.setattr(findings_file, "MANY", most)
        written = {path.name for path in write_outputs(toy, report(toy), tmp_path)}
        places.append(sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("findings.gpkg")))
        assert set(places[-1]) < written
        root = ElementTree.fromstring((tmp_path / "project.qgs").read_text(encoding="utf-8"))
        source = next(e.text or "" for e in root.iter("datasource")).split("|")[0]
        there = source.replace("/./", f"/{tmp_path}/") if source.startswith("/vsizip/") else tmp_path / source
        assert len(pyogrio.read_dataframe(there, layer="findings")) == 3
    assert places == [["findings.gpkg"], ["findings.gpkg.zip"], ["findings.gpkg"]]


def test_what_was_said_of_a_finding_that_the_report_does_not_list_comes_back(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(results, "MOST", 1)
    monkeypatch.setattr(findings_file, "MOST", 1)
    toy = plan()
    mark = {"verdict": "waived", "reason": "agreed", "reviewer": "Li", "date": "2026-01-01"}
    told = replace(report(toy), reviews={report(toy).findings["fingerprint"][0]: mark})
    write_outputs(toy, told, tmp_path)
    (row,) = orjson.loads((tmp_path / "report.json").read_bytes())["findings"]
    assert row["fingerprint"] not in told.reviews
    assert read_report(tmp_path / "report.json")[1].reviews == told.reviews


@pytest.mark.parametrize("few", [1, 5000])
def test_open_rows_beyond_the_limit_come_back_from_the_geopackage(tmp_path: Path, monkeypatch, few: int):
    monkeypatch.setattr(results, "MOST_OPEN", 3)
    monkeypatch.setattr(findings_file, "FEW", few)
    toy = plan()
    codes = ["PB101", "PB101", "PB101", "UG204"]
    unknown = pd.DataFrame({"layer": "parcels", "id": list("abcd"), "reason": "no_start", "code": codes}, dtype="str")
    write_outputs(toy, replace(report(toy), unknown=unknown), tmp_path)
    said = orjson.loads((tmp_path / "report.json").read_bytes())
    assert [(row["code"], row["id"]) for row in said["unknown"]] == [("PB101", "a"), ("PB101", "b"), ("UG204", "d")]
    assert said["unknown_count"] == 4
    _, told = read_report(tmp_path / "report.json")
    assert told.unknown["id"].tolist() == list("abcd")
    assert told.unknown["code"].tolist() == codes
    assert set(told.unknown["reason"]) == {"no_start"}


def test_many_findings_have_no_spatial_index_and_few_have_one(tmp_path: Path, monkeypatch):
    findings_file.write_findings_gpkg(report(plan()), tmp_path / "few.gpkg")
    monkeypatch.setattr(findings_file, "FEW", 2)
    findings_file.write_findings_gpkg(report(plan()), tmp_path / "many.gpkg")
    indexed = [pyogrio.read_info(tmp_path / f"{n}.gpkg", layer="findings")["features"] for n in ("few", "many")]
    assert indexed == [3, 3]
    for name, count in (("few", 1), ("many", 0)):
        with closing(sqlite3.connect(tmp_path / f"{name}.gpkg")) as base:
            found = base.execute("SELECT count(*) FROM sqlite_master WHERE name = 'rtree_findings_geom'").fetchone()
        assert found == (count,), name


def test_many_open_rows_have_their_reasons_in_a_table_of_their_own(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(findings_file, "FEW", 1)
    unknown = pd.DataFrame({"layer": "parcels", "id": list("ab"), "reason": "no_start", "code": "PB101"}, dtype="str")
    findings_file.write_findings_gpkg(replace(report(plan()), unknown=unknown), tmp_path / "f.gpkg")
    rows, said = (pyogrio.read_dataframe(tmp_path / "f.gpkg", layer=name) for name in ("unknown", "reasons"))
    assert rows[["code", "layer", "id", "key"]].to_numpy().tolist() == [
        ["PB101", "parcels", x, "no_start"] for x in "ab"
    ]
    assert "reason_zh" not in rows
    assert said["reason_zh"].tolist() == ["缺开工日期"]


def test_of_very_many_findings_the_gravest_have_their_sentence_and_all_a_template(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(findings_file, "MOST_TEXTS", 2)
    findings_file.write_findings_gpkg(report(plan()), tmp_path / "f.gpkg", languages=("zh",))
    rows, said = (pyogrio.read_dataframe(tmp_path / "f.gpkg", layer=name) for name in ("findings", "templates"))
    every = sentences(report(plan()), "zh")
    assert rows["text_zh"].astype(object).where(rows["text_zh"].notna(), None).tolist() == [every[0], None, every[2]]
    assert said.set_index("code").loc["PB101", "zh"] == report(plan()).rules["PB101"].zh["message"]


def test_report_json_says_a_reason_once_and_with_text_in_every_open_row():
    bare, told = (orjson.loads(results.report_text(report(plan()), text=text)) for text in (False, True))
    (row,) = bare["unknown"]
    assert "reason" not in row
    assert bare["reasons"][row["key"]] == told["unknown"][0]["reason"] == {"zh": "缺开工日期", "en": "no date of start"}


def test_report_json_holds_templates_and_only_with_text_the_sentences(tmp_path: Path):
    toy = report(plan())
    bare, told = (orjson.loads(results.report_text(toy, text=text)) for text in (False, True))
    assert "text" not in bare["findings"][0]
    assert told["findings"][0]["text"]["zh"] == "parcels P0：P0（80）"
    row = bare["findings"][0]
    template = bare["templates"][row["code"]]["zh"]
    assert (
        lang.sentence(template, {**row, **row["args"], "layer_name": row["layer"]}) == told["findings"][0]["text"]["zh"]
    )
    assert report_json(toy, timed=False) == told


@pytest.mark.parametrize("language", lang.LANGS)
def test_a_sarif_message_filled_with_its_arguments_is_the_sentence(language):
    told = report(plan())
    run = sarif.sarif(told, lang=language)["runs"][0]
    strings = {rule["id"]: rule["messageStrings"] for rule in run["tool"]["driver"]["rules"]}
    filled = [
        strings[r["ruleId"]][r["message"]["id"]]["text"].format(*r["message"]["arguments"]) for r in run["results"]
    ]
    assert filled == sentences(told, language)


def test_a_sarif_file_says_how_many_findings_it_leaves_out(monkeypatch):
    monkeypatch.setattr(sarif, "MOST", 2)
    run = sarif.sarif(report(plan()))["runs"][0]
    assert [r["ruleId"] for r in run["results"]] == ["PB101", "UG204"]
    notes = [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]]
    assert "共 3 条问题，此文件只列最严重的 2 条，全部见 findings.gpkg" in notes
