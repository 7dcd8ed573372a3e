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
        geometry=[shapely.LineString([(500000, 3700000), (500200, 3700000)])],
        crs="EPSG:4548",
    )
    pipe = gpd.GeoDataFrame(
        {"id": ["P1"], "kind": ["water"], "start": ["2027-03-01"], "finish": ["2027-07-02"]},
        geometry=[shapely.LineString([(500000, 3700003), (500200, 3700003)])],
        crs="EPSG:4548",
    )
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
    assert main(["schedule", str(scenario), "--mode", "fastest", "--lang", "en"]) == 2
    assert "least or delay" in capsys.readouterr().err


def test_dates_of_a_schedule_file_are_laid_on_the_features_and_strangers_are_named(scenario, capsys):
    """The pipe's own schedule brings it forward to before the pavement: nothing is broken any more."""
    sheet = scenario.parent / "进度.csv"
    sheet.write_text(
        "任务,名称,开始,完成\nP1,给水管,2027-02-01,2027-05-01\nX9,围墙,2027-01-01,2027-02-01\n", encoding="gb18030"
    )
    assert main(["schedule", str(scenario), "--dates", str(sheet), "--json", "-o", str(scenario.parent / "out")]) == 0
    out = capsys.readouterr()
    assert "对应 1 项任务（按编号 1），未对应 1 项：X9" in out.err
    assert json.loads(out.out)["broken"] == []


def test_quality_and_risk_are_written_beside_the_schedule(scenario, capsys):
    """A parcel is used 30 days after its pipe is due: half of the draws delay the pipe longer than that."""
    parcel = gpd.GeoDataFrame(
        {"id": ["A"], "used": ["2027-08-01"]}, geometry=[shapely.box(500050, 3700005, 500100, 3700050)], crs="EPSG:4548"
    )
    source = gpd.GeoDataFrame(
        {"id": ["W"], "kind": ["water"], "finish": ["2020-01-01"]},
        geometry=[shapely.Point(500000, 3700003)],
        crs="EPSG:4548",
    )
    parcel.to_file(scenario.parent / "park.gpkg", layer="parcels")
    source.to_file(scenario.parent / "park.gpkg", layer="sources")
    out = scenario.parent / "out"
    main(["schedule", str(scenario), "--risk", "-q", "-o", str(out)])
    assert (out / "quality.csv").read_text(encoding="utf-8").count("\n") == 15
    row = (out / "risk_parcels.csv").read_text(encoding="utf-8").splitlines()
    chance = float(dict(zip(row[0].split(","), row[1].split(","), strict=True))["概率"])
    assert chance == pytest.approx(0.5, abs=0.02)


def test_risk_without_parcels_is_said_so(scenario, capsys):
    assert main(["schedule", str(scenario), "--risk", "--lang", "en"]) == 2
    assert "--risk needs parcels with a date of first use" in capsys.readouterr().err


def test_a_schedule_of_another_kind_is_said_so(scenario, capsys):
    path = scenario.parent / "plan.mpp"
    path.write_bytes(b"x")
    assert main(["schedule", str(scenario), "--dates", str(path), "--lang", "en"]) == 2
    assert "not '.mpp'" in capsys.readouterr().err


def test_the_terms_of_the_scenario_reach_the_repair(scenario, capsys):
    """The road may not move and the pipe keeps its Mondays to Fridays: it comes forward by itself."""
    text = '[schedule]\nfrozen = ["roads/R1"]\n[schedule.deadlines]\n"pipes/P1" = 2027-12-31\n'
    scenario.write_text(SCENARIO + text, encoding="utf-8")
    main(["schedule", str(scenario), "--repair", "--json", "-o", str(scenario.parent / "out")])
    got = json.loads(capsys.readouterr().out)
    assert [(e["layer"], e["value"]["finish"]) for e in got["edits"]] == [("pipes", "2027-06-01")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[schedule.deadlines]\n"pipes/P1" = 2025-01-01\n', "'pipes/P1' have a deadline before the status date"),
        ("[schedule.crews]\npipes = -2\n", "crews.pipes = -2 is not a number of gangs"),
        ('[schedule]\nfrozen = ["pipes/P9"]\n', "a freeze is given for 'pipes/P9'"),
        ("[schedule.calendars.pipes]\nweek = []\n", "calendar 'pipes' has no working day"),
    ],
)
def test_terms_that_cannot_be_kept_are_one_sentence(scenario, capsys, text: str, words: str):
    scenario.write_text(SCENARIO + text, encoding="utf-8")
    assert main(["schedule", str(scenario), "--repair", "--lang", "en"]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error


def test_an_actual_date_after_the_status_day_is_named(scenario, capsys):
    sheet = scenario.parent / "p.csv"
    sheet.write_text("task,start,finish,actual start\nP1,2027-02-01,2027-05-01,2027-02-01\n", encoding="utf-8")
    assert main(["schedule", str(scenario), "--dates", str(sheet), "--lang", "en"]) == 2
    assert "tasks 'P1' have an actual date after the status day (2026-01-01)" in capsys.readouterr().err


def test_links_of_a_file_that_run_in_a_circle_are_named(scenario, capsys):
    sheet = scenario.parent / "p.csv"
    sheet.write_text(
        "task,start,finish,predecessors\nP1,2027-02-01,2027-05-01,R1\nR1,2027-02-01,2027-05-01,P1\n", encoding="utf-8"
    )
    assert main(["schedule", str(scenario), "--dates", str(sheet), "--lang", "en"]) == 2
    assert "wait for one another in a circle" in capsys.readouterr().err
