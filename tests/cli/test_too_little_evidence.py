"""Too little evidence is no clean bill: the word says so, the exit code is 1, and ten lines tell what to bring."""

from __future__ import annotations

import json
from itertools import takewhile

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli import main

WHOLE = {
    "id": ["A", "B", "C"],
    "code": ["M1", "R2", "G1"],
    "scheme": ["gb50137"] * 3,
    "start": ["2010-01-01", "2012-01-01", "2012-01-01"],
    "released": ["2009-01-01", "2011-06-01", "2011-06-01"],
    "used": ["2011-01-01", "2013-01-01", "2013-01-01"],
}
DATES = ("start", "released", "used")
CASES = {
    "one layer": {},
    "no dates": dict.fromkeys(DATES, [None] * 3),
    "no codes": {"code": [None] * 3, "scheme": [None] * 3},
    "ids only": {**dict.fromkeys(DATES, [None] * 3), "code": [None] * 3, "scheme": [None] * 3},
}


@pytest.fixture(params=CASES)
def layer(request, tmp_path):
    shapes = [shapely.box(500000 + x, 3700000, 500100 + x, 3700100) for x in (0, 200, 400)]
    path = tmp_path / "parcels.gpkg"
    table = {name: column for name, column in (WHOLE | CASES[request.param]).items() if any(column)}
    gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4548").to_file(path)
    return path


def test_the_verdict_is_open_and_the_exit_code_1(capsys, tmp_path, layer):
    assert main(["check", str(layer), "-o", str(tmp_path / "out"), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)["verdict"]
    states = {item["name"]: item["state"] for item in said["items"]}
    assert said["overall"] in {"unknown", "fail"}
    assert not said["word"]["zh"].startswith("合格")
    assert {states[k] for k in ("plan_first", "underground_first", "industry_first", "safety", "networks")} == {
        "unknown"
    }


def test_the_terminal_begins_with_the_word_and_ends_with_at_most_ten_lines_of_what_to_bring(
    capsys, tmp_path, layer, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "400")
    main(["check", str(layer), "-o", str(tmp_path / "out"), "-q"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("总体结论：证据不足")
    rest = list(takewhile(bool, lines[lines.index("还需要的数据：") + 1 :]))
    assert 1 <= len(rest) <= 10
    assert any(line.startswith("缺少图层：approvals（规划与许可）") for line in rest)
    assert not any(line.startswith("未判定 ") for line in lines)


def test_a_run_of_a_scenario_is_no_cleaner_than_a_check(capsys, tmp_path, layer, monkeypatch):
    """`run` says the same word, exits 1, and tells why and what to bring in at most ten lines."""
    monkeypatch.setenv("COLUMNS", "400")
    scenario = tmp_path / "thin.toml"
    scenario.write_text(f'name = "thin"\nlayers = "{layer.name}"\n', encoding="utf-8")
    assert main(["run", str(scenario), "-o", str(tmp_path / "out"), "-q"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("总体结论：证据不足")
    rest = list(takewhile(bool, lines[lines.index("还需要的数据：") + 1 :]))
    assert 1 <= len(rest) <= 10
    assert any("缺少图层：" in line for line in rest)
