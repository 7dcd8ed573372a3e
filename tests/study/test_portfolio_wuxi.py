"""The parks of Wuxi as a real portfolio: no dates, and the board says so instead of guessing."""

from __future__ import annotations

import json

import openpyxl
import pytest

from geo_planner.cli import main
from tests.shared import shared
from tests.study.small import write_scenario

pytestmark = pytest.mark.shared


def test_wuxi_gives_a_board_although_there_are_no_dates(capsys, tmp_path):
    path = shared("real-data", "assembled", "wuxi_1plus5.gpkg")
    scenario = write_scenario(tmp_path / "wuxi.toml", f'name = "wuxi"\nlayers = "{path}"\nas_of = 2026-06-30\n')
    assert main(["portfolio", str(scenario), "-o", str(tmp_path / "out"), "-q", "--lang", "en"]) in {0, 1}
    assert "core park" in capsys.readouterr().out
    board = json.loads((tmp_path / "out" / "board.json").read_text("utf-8"))
    assert [p["name"] for p in board["parks"]] == ["P0", "P1", "P2", "P3", "P4", "P5"]
    assert [p["role"] for p in board["parks"]] == ["core"] + ["county"] * 5
    for park in board["parks"]:
        assert park["verdict"]["industry_first"] == "unknown"
        land = park["land_ha"]
        assert land["built"] == land["reserve"] == 0.0 < land["undated"]
        assert {s["now"] for s in park["spare"].values()} == {None}
        assert park["people"]["jobs"] is None
        assert sum(park["balance"].values()) == pytest.approx(1.0, abs=1e-5)
        assert {r["key"] for r in park["readiness"] if r["state"] == "unknown"} >= {"supplied", "built", "idle", "far"}
    page = (tmp_path / "out" / "board.html").read_text("utf-8")
    assert "http://" not in page.replace("http-equiv", "")
    assert "core park" in page
    assert "No land has a date" in page
    assert {"sources", "pipes"} <= {row["what"] for row in board["to_bring"]}
    assert openpyxl.load_workbook(tmp_path / "out" / "board.xlsx").sheetnames[0] == "parks"
