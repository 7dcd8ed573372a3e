"""Scenarios of a whole portfolio: every park under every variant, as if each had been run for itself."""

from __future__ import annotations

import json

import pytest

from geo_planner.cli import main
from geo_planner.read.scenario import read_scenario
from geo_planner.show.documents.board import sections
from geo_planner.study.portfolio import read_portfolio, run_portfolio
from geo_planner.study.run import run_scenario
from tests.study.small import REGISTER, write_park, write_scenario

EARLY = """
[[variants]]
name = "early"
title = { zh = "住宅提前", en = "homes earlier" }
[[variants.edits]]
kind = "retime"
layer = "parcels"
where = "code == 'R2'"
value = { released = "2010-06-01" }
"""
ONE = """
[[variants]]
name = "one park"
[[variants.edits]]
kind = "set"
layer = "parcels"
where = "code == 'M2'"
value = { code = "M1" }
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two parks of three parcels; in the second the works are M2. Homes 400 days earlier come before the first plant."""
    folder = tmp_path_factory.mktemp("two")
    for name, at, code in (("one", 500_000, "M1"), ("two", 600_000, "M2")):
        write_park(folder / name, at=at)
        text = f'name = "{name}"\nlayers = "{name}/parcels.gpkg"\nas_of = 2026-06-30\n' + REGISTER
        if code == "M2":
            text += '[[edits]]\nkind = "set"\nlayer = "parcels"\nid = "A"\nvalue = { code = "M2" }\n'
        write_scenario(folder / f"{name}.toml", text)
    return folder


def portfolio(folder, text):
    return write_scenario(folder / "portfolio.toml", 'scenarios = ["one.toml", "two.toml"]\n' + text)


@pytest.fixture(scope="module")
def board(files):
    return run_portfolio([portfolio(files, EARLY + ONE)])


def test_a_park_under_a_variant_is_what_its_own_scenario_gives(files, board):
    """Written by hand as a scenario of the first park, the earlier homes give the same verdicts and counts."""
    edit = EARLY.split("[[variants.edits]]")[1]
    own = write_scenario(files / "own.toml", 'name = "own"\nbase = "one.toml"\n[[edits]]' + edit)
    report = run_scenario(read_scenario(own)).report
    told = board["variants"][0]["parks"]["one"]
    assert told["touched"]
    assert told["verdict"] == {v.name: v.state for v in report.verdict}
    assert told["verdict"]["industry_first"] == "fail" != board["parks"][0]["verdict"]["industry_first"]
    assert told["findings"] == {s: report.count(s) for s in ("error", "warning", "info")}


def test_a_variant_that_does_not_touch_a_park_says_so(board):
    assert [v["touched"] for v in board["variants"][1]["parks"].values()] == [False, True]
    rows = dict(sections(board, "zh"))["variants"]
    assert rows[0] == ("园区", "现方案", "住宅提前", "one park")
    assert rows[1][3] == "不涉及"
    assert rows[1][2].startswith("不合格")


def test_the_board_is_the_same_on_two_processes(files, board):
    again = run_portfolio(read_portfolio([portfolio(files, EARLY + ONE)]), processes=2)
    assert json.dumps(again) == json.dumps(board)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (EARLY.replace("'R2'", "'R9'"), "no park has such a 'parcels' feature"),
        (EARLY.replace("where = \"code == 'R2'\"", 'id = "Z"'), "edit 'retime' of 'Z': no park has such"),
        (EARLY + EARLY, "two have that name"),
        ('[[variants]]\nname = "x"\n', "each needs a name and [[variants.edits]]"),
        ("variants = 3\n", "must be written as [[variants]] tables"),
        (EARLY.replace('kind = "retime"', 'kind = "shift"'), "kind = 'shift' is unknown"),
    ],
)
def test_a_variant_that_cannot_be_meant_is_one_sentence(capsys, files, tmp_path, text, says):
    path = portfolio(files, text)
    assert main(["portfolio", str(path), "-o", str(tmp_path / "out"), "-q", "--lang", "en"]) == 2
    error = capsys.readouterr().err.strip()
    assert says in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()
