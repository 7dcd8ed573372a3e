"""Real layers of others: judged without a traceback, with a map, honest skips, and shares counted by hand."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest

from geo_planner.cli import main
from tests.shared import shared

pytestmark = pytest.mark.shared


def judged(capsys, path, out):
    code = main(["check", str(path), "-o", str(out), "--json", "-q"])
    assert code in {0, 1}
    assert {p.name for p in out.iterdir()} >= {"map.html", "findings.gpkg", "report.json"}
    report = json.loads(capsys.readouterr().out)
    return report, {r["code"]: r for r in report["runs"]}


def test_wuxi_shares_agree_with_a_plain_count_over_the_file(capsys, tmp_path):
    path = shared("real-data", "assembled", "wuxi_1plus5.gpkg")
    report, runs = judged(capsys, path, tmp_path / "out")
    zones, water = gpd.read_file(path, layer="zones"), gpd.read_file(path, layer="ecology")
    water = water[water["use_class"] == "water"]
    parks = gpd.read_file(path, layer="parks").set_index("id").geometry
    for park, boundary in parks.items():
        area = {"production": 0.0, "living": 0.0, "ecology": 0.0}
        for ple, home, shape in zip(zones["ple"], zones["park_id"], zones.geometry, strict=True):
            if home == park and ple in area:
                area[ple] += shape.area
        area["ecology"] += sum(s.area for s in water.geometry if boundary.intersects(s.representative_point()))
        total = sum(area.values())
        got = report["balance"]["parks"][park]
        assert {k: got[f"{k}_share"] for k in area} == pytest.approx({k: v / total for k, v in area.items()}, abs=2e-6)
    assert runs["IN301"]["outcome"] == "skipped"
    assert "parcels.start" in runs["IN301"]["reason"]["en"]


def test_kitchener_has_no_land_use_so_balance_is_skipped_and_said_so(capsys, tmp_path):
    path = shared("real-data", "assembled", "kitchener_underground.gpkg")
    report, runs = judged(capsys, path, tmp_path / "out")
    assert report["balance"] == {} or all(v["unknown_ha"] > 0 for v in report["balance"]["parks"].values())
    for code in ("BA401", "IN301", "PB101"):
        assert runs[code]["outcome"] == "skipped", code
        assert runs[code]["reason"]["zh"]
    assert report["scores"]["headline"] is None
