"""Reports too large for one JSON file: the gravest stand in it, all in the table beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pandas as pd
import pytest

from geo_planner import lang
from geo_planner.show import read_report, report_json, write_outputs
from geo_planner.show.exports import results, sarif
from geo_planner.show.exports.rows import gravest, sentences

from .parks import plan, report


def test_the_gravest_come_first_and_keep_their_order():
    told = report(plan())
    assert list(told.findings["severity"]) == ["warning", "warning", "error"]
    assert gravest(told, 2).tolist() == [0, 2]


def test_a_report_beyond_the_limit_holds_the_gravest_and_names_the_file_with_all(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(results, "MOST", 2)
    monkeypatch.setattr("geo_planner.show.MOST", 2)
    toy = plan()
    write_outputs(toy, report(toy), tmp_path)
    said = orjson.loads((tmp_path / "report.json").read_bytes())
    assert [row["code"] for row in said["findings"]] == ["PB101", "UG204"]
    assert (said["findings_count"], said["findings_all"]) == (3, "findings.parquet")
    _, told = read_report(tmp_path / "report.json")
    assert sentences(told, "zh") == sentences(report(toy), "zh")
    assert told.findings["args"].tolist() == report(toy).findings["args"].tolist()
    assert told.findings.geometry.geom_equals(report(toy).findings.geometry).all()


def test_open_rows_beyond_the_limit_come_back_from_the_geopackage(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(results, "MOST", 3)
    toy = plan()
    unknown = pd.DataFrame({"layer": "parcels", "id": list("abcd"), "reason": "no_start", "code": "PB101"}, dtype="str")
    write_outputs(toy, replace(report(toy), unknown=unknown), tmp_path)
    said = orjson.loads((tmp_path / "report.json").read_bytes())
    assert (len(said["unknown"]), said["unknown_count"]) == (3, 4)
    _, told = read_report(tmp_path / "report.json")
    assert told.unknown["id"].tolist() == list("abcd")
    assert set(told.unknown["reason"]) == {"no_start"}


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
