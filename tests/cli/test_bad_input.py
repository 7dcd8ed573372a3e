"""Wrong input is one clear sentence (what, where, what to do), exit 2, no traceback, nothing half written."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli import main

ROOT = Path(__file__).parents[2]
SQUARES = shapely.from_wkt(
    ["POLYGON ((500000 3700000, 500100 3700000, 500100 3700100, 500000 3700100, 500000 3700000))"]
)


@pytest.fixture
def layer(tmp_path):
    path = tmp_path / "parcels.gpkg"
    gpd.GeoDataFrame({"id": ["A"], "code": ["M1"], "scheme": ["gb50137"]}, geometry=SQUARES, crs="EPSG:4548").to_file(
        path
    )
    return path


def said(capsys, *argv: str) -> str:
    assert main([*argv, "--lang", "en"]) == 2
    out = capsys.readouterr()
    assert "Traceback" not in out.err
    assert out.out == ""
    return out.err.strip()


def test_a_missing_file_is_named(capsys, tmp_path):
    text = said(capsys, "check", str(tmp_path / "nothing.shp"), "-o", str(tmp_path / "out"))
    assert "nothing.shp" in text
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_layer_is_said_so(capsys, tmp_path):
    path = tmp_path / "letter.shp"
    path.write_text("Dear colleague", encoding="utf-8")
    text = said(capsys, "check", str(path), "-o", str(tmp_path / "out"))
    assert "letter.shp" in text
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("crs", ["EPSG:999999", "the usual one"])
def test_a_crs_that_cannot_be_is_said_so(capsys, tmp_path, layer, crs):
    assert crs in said(capsys, "check", str(layer), "--crs", crs, "-o", str(tmp_path / "out"))


def test_an_unknown_profile_key_names_the_near_one(capsys, tmp_path, layer):
    profile = tmp_path / "mine.toml"
    profile.write_text('[IN301.tolerence]\nvalue = 5.0\nunit = "%"\nsource = "x"\n', encoding="utf-8")
    text = said(capsys, "check", str(layer), "--profile", str(profile), "-o", str(tmp_path / "out"))
    assert "tolerence" in text
    assert "Did you mean tolerance" in text


def test_a_scenario_edit_on_an_id_that_is_not_there_names_it(capsys, tmp_path, layer):
    scenario = tmp_path / "s.toml"
    scenario.write_text(
        'layers = "parcels.gpkg"\n[[edits]]\nkind = "remove"\nlayer = "parcels"\nid = "B"\n', encoding="utf-8"
    )
    assert "no feature 'B'" in said(capsys, "run", str(scenario), "-o", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_failed_run_leaves_the_old_outputs_as_they_were(capsys, tmp_path, layer):
    out = tmp_path / "out"
    assert main(["check", str(layer), "-o", str(out), "-q"]) in {0, 1}
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    said_text = capsys.readouterr()
    assert said_text.out
    said(capsys, "check", str(tmp_path / "gone.gpkg"), "-o", str(out))
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_an_unknown_check_names_the_near_one(capsys, tmp_path, layer):
    assert "Did you mean" in said(capsys, "check", str(layer), "--only", "IN31", "-o", str(tmp_path / "out"))


def test_control_characters_in_text_do_not_reach_the_terminal(capsys, tmp_path):
    assert "\x1b" not in said(capsys, "check", str(tmp_path / "a\x1b[2Jb.shp"), "-o", str(tmp_path / "out"))
