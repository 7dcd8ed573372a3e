"""A portfolio: each park in its own zone, then what crosses their borders; the sample's planted faults are all found."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from geo_planner.cli import main
from geo_planner.sample.network import network_files, write_network
from geo_planner.study.portfolio import run_portfolio
from tests.study.small import write_park, write_scenario

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    write_network(folder)
    return folder


@pytest.fixture(scope="module")
def out(folder):
    path = folder / "scenarios" / "network" / "portfolio.toml"
    assert main(["portfolio", str(path), "-o", str(folder / "out"), "-q"]) == 1
    return folder / "out"


@pytest.fixture(scope="module")
def board(out):
    return json.loads((out / "board.json").read_text("utf-8"))


def park(board, name):
    return next(p for p in board["parks"] if p["name"] == name)


def test_the_files_in_the_repository_are_those_of_the_recipe():
    for name, text in network_files().items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, name


def test_six_parks_in_three_zones(board):
    assert [p["role"] for p in board["parks"]] == ["core"] + ["county"] * 5
    assert {p["crs"] for p in board["parks"]} == {"EPSG:4527", "EPSG:4528", "EPSG:4498"}
    assert board["network_crs"] == "EPSG:4527"


def test_land_is_built_idle_or_in_reserve(board):
    """Ten parcels of four hectares are to be built on; A-09 was to start in June 2018 and has not."""
    land = {"built": 36.0, "committed": 0.0, "idle": 4.0, "reserve": 0.0, "undated": 0.0}
    assert park(board, "A")["land_ha"] == pytest.approx(land, abs=1e-3)
    rows = {r["key"]: r for r in park(board, "A")["readiness"]}
    assert (rows["supplied"]["value"], rows["built"]["value"], rows["idle"]["value"]) == pytest.approx(
        (100.0, 90.0, 10.0)
    )
    assert (rows["idle"]["state"], rows["idle"]["gap"]) == ("fail", 10.0)
    assert (rows["far"]["state"], rows["far"]["gap"]) == ("unknown", None)
    assert all(r["source"] and r["trust"] for r in rows.values())


def test_a_given_figure_carries_its_source(board):
    row = next(r for r in park(board, "K")["readiness"] if r["key"] == "value_added")
    assert (row["value"], row["state"], row["value_from"]) == (11.2, "pass", "example figure, not a statistic")
    assert next(r for r in park(board, "A")["readiness"] if r["key"] == "value_added")["state"] == "unknown"


def test_people_and_money(board):
    """Six works of 600 jobs and three homes of 1,800 people; 900 (10,000 yuan) on 4 ha = 60 亩 of works are 15 a 亩."""
    told = park(board, "A")
    assert (told["people"]["jobs"], told["people"]["people"], told["people"]["dwellings"]) == (3600.0, 5400.0, None)
    assert told["productivity"]["tax_wan"]["per_mu"] == pytest.approx(15.0)
    assert told["productivity"]["output_wan"]["per_mu"] is None


def test_land_claimed_by_two_parks_is_found_across_zones(board):
    rows = {(r["id"], r["other_id"]): r["value"] for r in board["across"] if r["code"] == "DA903"}
    assert rows == pytest.approx(
        {("E-01", "K-04"): 4000.0, ("E-05", "K-08"): 4000.0, ("E-09", "K-12"): 4000.0}, abs=1.0
    )


def test_homes_beside_the_neighbours_plant_are_found(board):
    rows = {(r["park"], r["id"], r["other_park"], r["other_id"]) for r in board["across"] if r["code"] == "ST701"}
    assert ("K", "K-08", "E", "E-05") in rows


def test_a_source_of_two_parks_is_counted_twice(board):
    assert board["shared_sources"] == [
        {"kind": "water", "park": "K", "id": "W-K", "other_park": "E", "other_id": "W-K"}
    ]


def test_what_a_park_lacks_and_its_nearest_neighbour_has(board):
    assert [(r["park"], r["kind"], r["neighbour"]) for r in board["neighbours"]] == [("C", "power", "A")]
    told = park(board, "C")["spare"]["power"]
    assert told["now"] == pytest.approx(-board["neighbours"][0]["missing"])
    assert park(board, "C")["spare"]["gas"] == {"unit": "Nm³/h", "years": None, "now": None}


def test_the_county_that_does_what_the_core_does_is_named(board):
    same = {r["county"]: r["overlap"] for r in board["division"]["overlap"] if r["same_lead"]}
    assert same == {"B": 1.0}
    assert board["division"]["location_quotient"]["A"]["17"] > 6


def test_the_page_asks_no_network_and_the_workbook_has_its_sheets(out):
    page = (out / "board.html").read_text("utf-8")
    assert "default-src 'none'" in page
    assert "src=" not in page.replace("default-src", "")
    for words in ("核心园区", "先工业后商住", "跨园区问题", "国家级开发区条件对照", "证据不足"):
        assert words in page
    names = openpyxl.load_workbook(out / "board.xlsx").sheetnames
    assert set(names) >= {"园区", "跨园区问题", "国家级开发区条件对照", "建设用地（公顷）", "富余能力"}


def test_a_second_run_writes_the_same_bytes(folder, out):
    path = folder / "scenarios" / "network" / "portfolio.toml"
    main(["portfolio", str(path), "-o", str(folder / "again"), "-q"])
    for name in ("board.html", "board.json", "board.xlsx"):
        assert (folder / "again" / name).read_bytes() == (out / name).read_bytes(), name


def two(tmp_path, at, crs="EPSG:4548"):
    files = []
    for name, x, system in (("one", 500_000, "EPSG:4548"), ("two", at, crs)):
        write_park(tmp_path / name, at=x, crs=system)
        files.append(write_scenario(tmp_path / f"{name}.toml", f'layers = "{name}/parcels.gpkg"\nas_of = 2026-06-30\n'))
    return files


@pytest.mark.parametrize(
    ("at", "crs", "says"), [(500_000, "EPSG:4548", "cover the same land"), (500_000, "EPSG:32633", "km apart")]
)
def test_parks_that_cannot_be_one_network_are_refused(capsys, tmp_path, at, crs, says):
    files = two(tmp_path, at, crs)
    assert main(["portfolio", *map(str, files), "-o", str(tmp_path / "out"), "--lang", "en"]) == 2
    error = capsys.readouterr().err.strip()
    assert says in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('scenarios = ["one.toml", "one.toml"]', "in the portfolio twice"),
        ('scenarios = ["one.toml"]\nnetwork_crs = "EPSG:4490"', "no projected system"),
        ('scenarios = ["one.toml"]\nnetwork_crs = "here"', "no projected system"),
        ('scenarios = ["one.toml"]\n[parks.Z]\nrole = "core"', "is none of its parks"),
        ('scenarios = ["one.toml"]\n[parks.one]\ntax_wan = 3', "needs value and source"),
        ('scenarios = ["one.toml"]\n[parks.one]\ntax = 3', "unknown key 'tax'"),
        ("scenarios = []", "scenarios is a list of files"),
        ('scenarios = ["none.toml"]', "no scenario file"),
    ],
)
def test_bad_portfolio_files_are_one_sentence(capsys, tmp_path, text, says):
    two(tmp_path, 600_000)
    path = write_scenario(tmp_path / "portfolio.toml", text + "\n")
    assert main(["portfolio", str(path), "-o", str(tmp_path / "out"), "--lang", "en"]) == 2
    error = capsys.readouterr().err.strip()
    assert says in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


def test_two_scenarios_make_a_board_without_a_file(tmp_path):
    board = run_portfolio(two(tmp_path, 600_000))
    assert [p["name"] for p in board["parks"]] == ["one", "two"]
    assert board["parks"][0]["role"] == "unknown"
    assert board["across"] == []
