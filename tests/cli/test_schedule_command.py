"""A repair from the command line: a table, the price of each rule, and a scenario that can be run and is clean."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli import main

SCENARIO = """
name = "late_pipe"
layers = "park.gpkg"
as_of = 2026-01-01
"""


@pytest.fixture
def scenario(tmp_path):
    """A pipe that is accepted 31 days after the road above it is paved."""
    road = gpd.GeoDataFrame(
        {"id": ["R1"], "width": [20.0], "start": ["2027-01-01"], "paved": ["2027-06-01"], "finish": ["2027-07-01"]},
        geometry=[shapely.LineString([(500000, 3700000), (500200, 3700000)])], crs="EPSG:4548",
    )  # fmt: skip
    pipe = gpd.GeoDataFrame(
        {"id": ["P1"], "kind": ["water"], "start": ["2027-03-01"], "finish": ["2027-07-02"]},
        geometry=[shapely.LineString([(500000, 3700003), (500200, 3700003)])], crs="EPSG:4548",
    )  # fmt: skip
    road.to_file(tmp_path / "park.gpkg", layer="roads")
    pipe.to_file(tmp_path / "park.gpkg", layer="pipes")
    path = tmp_path / "late_pipe.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_without_repair_the_broken_rule_is_listed(scenario, capsys):
    assert main(["schedule", str(scenario), "--json", "-o", str(scenario.parent / "out")]) == 1
    got = json.loads(capsys.readouterr().out)
    assert [(r["rule"], r["days"]) for r in got["broken"]] == [("UG204", 31)]
    assert got["edits"] == []


def test_the_repair_moves_as_little_as_it_can_and_runs_clean(scenario, capsys):
    out = scenario.parent / "out"
    main(["schedule", str(scenario), "--repair", "--json", "-o", str(out)])
    got = json.loads(capsys.readouterr().out)
    assert (got["status"], got["cost"], got["bound"]) == ("optimal", 31.0, 31.0)
    assert sum(len(e["value"]) > 0 for e in got["edits"]) == len(got["edits"]) >= 1
    main(["run", str(out / "late_pipe_repaired.toml"), "-o", str(out / "again"), "--json"])
    runs = {r["code"]: r for r in json.loads(capsys.readouterr().out)["runs"]}
    assert runs["UG204"]["outcome"] == "ok"


def test_delay_mode_moves_nothing_earlier(scenario, capsys):
    main(["schedule", str(scenario), "--repair", "--mode", "delay", "--json", "-o", str(scenario.parent / "out")])
    got = json.loads(capsys.readouterr().out)
    assert [(e["layer"], e["id"], e["value"]["paved"]) for e in got["edits"]] == [("roads", "R1", "2027-07-02")]


def test_an_unknown_mode_is_said_so(scenario, capsys):
    assert main(["schedule", str(scenario), "--mode", "fastest"]) == 2
    assert "least or delay" in capsys.readouterr().err
