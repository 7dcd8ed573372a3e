"""The command line keeps its contract with people and with other programs."""

from __future__ import annotations

import json
import subprocess
import sys

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli import main
from geo_planner.plan import LAYERS


@pytest.fixture(scope="module")
def layer(tmp_path_factory):
    """A plant that works from 2011 and homes released in 2010."""
    path = tmp_path_factory.mktemp("图层") / "parcels.gpkg"
    shapes = [shapely.box(500000, 3700000, 500100, 3700100), shapely.box(500200, 3700000, 500300, 3700100)]
    frame = gpd.GeoDataFrame(
        {
            "id": ["A", "B"],
            "code": ["M1", "R2"],
            "scheme": "gb50137",
            "used": ["2011-01-01", None],
            "released": [None, "2010-06-01"],
        },
        geometry=shapes,
        crs="EPSG:4548",
    )
    frame.to_file(path)
    return path


def test_help_starts_without_geopandas():
    code = "import sys; from geo_planner.cli import main; main(['--help']); sys.exit('geopandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_json_is_one_object_with_the_keys_of_the_contract(capsys, tmp_path, layer):
    mine = tmp_path / "mine.toml"  # who was first can be told where the register is complete from a day on
    mine.write_text(
        'extends = "china"\n[IN303.history_from]\nvalue = "2005-01-01"\nunit = "date"\nsource = "register"\n',
        encoding="utf-8",
    )
    assert main(["check", str(layer), "-o", str(tmp_path / "out"), "--profile", str(mine), "--json"]) == 1
    got = json.loads(capsys.readouterr().out)
    assert set(got) >= {"plan", "profile", "scores", "balance", "runs", "findings"}
    assert set(got["scores"]) >= {"S1", "S2", "S3", "headline"}
    assert set(got["runs"][0]) >= {"code", "outcome", "reason", "rows_judged", "rows_unknown", "found", "seconds"}
    finding = next(f for f in got["findings"] if f["code"] == "IN303")
    assert {k: finding[k] for k in ("severity", "layer", "id", "other_id", "value", "limit", "unit", "from", "to")} == {
        "severity": "error",
        "layer": "parcels",
        "id": "B",
        "other_id": "A",
        "value": 214.0,
        "limit": 0.0,
        "unit": "d",
        "from": "2010-06-01",
        "to": "2011-01-01",
    }
    assert "早 214 天" in finding["text"]["zh"]
    assert "214 days early" in finding["text"]["en"]


def test_check_writes_the_three_files_and_says_what_was_not_judged(capsys, tmp_path, layer):
    assert main(["check", str(layer), "-o", str(tmp_path / "out"), "--lang", "en"]) == 1
    assert {p.name for p in (tmp_path / "out").iterdir()} >= {"map.html", "findings.gpkg", "report.json"}
    out = capsys.readouterr().out
    assert "layer missing: approvals" in out


def test_a_second_run_writes_the_same_bytes(capsys, tmp_path, layer):
    for name in ("one", "two"):
        main(["check", str(layer), "-o", str(tmp_path / name), "-q"])
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two


def test_map_draws_a_report_that_was_written_before(capsys, tmp_path, layer):
    main(["check", str(layer), "-o", str(tmp_path / "out"), "-q"])
    assert main(["map", str(tmp_path / "out" / "report.json"), "-o", str(tmp_path / "again.html")]) == 0
    assert (tmp_path / "again.html").stat().st_size > 100_000


def test_read_writes_a_plan_that_check_takes(capsys, tmp_path, layer):
    assert main(["read", str(layer), "-o", str(tmp_path / "plan.gpkg"), "--json"]) == 0
    got = json.loads(capsys.readouterr().out)
    assert got["outcome"] in {"full", "repair", "warn"}
    assert main(["check", str(tmp_path / "plan.gpkg"), "-o", str(tmp_path / "out"), "--only", "IN303", "-q"]) == 1


def test_a_clean_plan_exits_with_0_and_one_that_lacks_layers_with_1(tmp_path):
    """Ids are clean only where every layer is there to be looked at: what is not in the data is not good news."""
    land, line = (
        shapely.box(500000, 3700000, 500100, 3700100),
        shapely.LineString([(500000, 3700000), (500100, 3700000)]),
    )
    shapes = {"roads": line, "pipes": line, "sources": land.centroid, "facilities": land.centroid}
    for name in LAYERS:
        row = gpd.GeoDataFrame({"id": ["A"]}, geometry=[shapes.get(name, land)], crs="EPSG:4548")
        row.to_file(tmp_path / "whole.gpkg", layer=name)
    row.to_file(tmp_path / "parcels.gpkg")
    codes = [
        main(["check", str(tmp_path / name), "-o", str(tmp_path / "out"), "--only", "DA901", "-q"])
        for name in ("whole.gpkg", "parcels.gpkg")
    ]
    assert codes == [0, 1]


def test_explain_speaks_both_languages(capsys):
    assert main(["explain", "in303"]) == 0
    assert "首宗商住用地早于首家企业投产" in capsys.readouterr().out
    assert main(["explain", "IN303", "--lang", "en"]) == 0
    assert "Housing released before the first plant works" in capsys.readouterr().out


def test_rules_as_json_gives_number_unit_source_and_whether_it_is_verified(capsys):
    assert main(["rules", "--json"]) == 0
    rules = {r["code"]: r for r in json.loads(capsys.readouterr().out)}
    got = rules["IN301"]["params"]["tolerance"]
    assert (got["value"], got["unit"], got["verified"], got["origin"]) == (10.0, "percentage points", False, "check")


def test_a_source_may_say_what_it_is_to_be_taken_as(capsys, tmp_path, layer):
    assert main(["read", f"control_lines={layer}", "-o", str(tmp_path / "plan.gpkg"), "--json"]) == 0
    assert [x["name"] for x in json.loads(capsys.readouterr().out)["layers"]] == ["control_lines"]
