"""`geo-planner compare`: the sentence and the figures stand in the terminal, the file is told by its suffix."""

from __future__ import annotations

import json

import openpyxl
import pytest

from geo_planner.cli import main
from geo_planner.read.changes import read_changes
from tests.study.small import write_pair, write_park, write_scenario


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return write_pair(tmp_path_factory.mktemp("park"))


def test_the_terminal_shows_sentence_and_table(capsys, tmp_path, pair):
    assert main(["compare", *map(str, pair), "-o", str(tmp_path / "c.html"), "--lang", "en", "-q"]) == 0
    out = capsys.readouterr().out
    assert "early against now: works: 1 moved, violations: 1 new" in out  # what is none (land, gone) is not told
    assert "it is worse." in out
    row = next(line for line in out.splitlines() if line.startswith("errors"))
    assert "(+1)" in row
    assert row.rstrip().endswith("parcels/B released")
    assert (tmp_path / "c.html").stat().st_size > 10_000


def test_json_on_stdout_is_what_the_file_holds(capsys, tmp_path, pair):
    main(["compare", *map(str, pair), "-o", str(tmp_path / "c.json"), "--json", "-q"])
    printed, written = json.loads(capsys.readouterr().out), json.loads((tmp_path / "c.json").read_text("utf-8"))
    assert printed == written
    one = written["comparisons"][0]
    assert one["outlook"] == "worse"
    assert one["moved"] == [
        {
            "layer": "parcels",
            "id": "B",
            "column": "released",
            "before": "2011-06-01",
            "after": "2010-06-01",
            "days": -365.0,
        }
    ]
    new = [f for f in one["findings"] if f["state"] == "new" and f["severity"] == "error"]
    assert [(f["code"], f["because"]) for f in new] == [("IN303", "released")]


def test_a_workbook_has_a_sheet_for_each_table(tmp_path, pair):
    path = tmp_path / "c.xlsx"
    main(["compare", *map(str, pair), "-o", str(path), "-q"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "结论",
        "指标",
        "用地转移矩阵",
        "要素变化",
        "日期变化",
        "工程",
        "成因",
        "问题",
        "指标分解",
    ]
    assert [c.value for c in book["日期变化"][2]] == ["parcels", "B", "released", "2011-06-01", "2010-06-01", -365]
    first = path.read_bytes()
    main(["compare", *map(str, pair), "-o", str(path), "-q"])
    assert path.read_bytes() == first


def test_a_change_package_is_written_by_its_suffix(tmp_path, pair):
    main(["compare", *map(str, pair), "-o", str(tmp_path / "c.gpkg"), "-q"])
    package = read_changes(tmp_path / "c.gpkg")
    assert package.after["parcels"]["id"].tolist() == ["B"]


def test_a_scenario_compared_with_itself_differs_in_nothing(capsys, tmp_path, pair):
    assert main(["compare", str(pair[0]), str(pair[0]), "-o", str(tmp_path / "c.json"), "--lang", "en", "-q"]) == 0
    assert "now against now: nothing separates them." in capsys.readouterr().out
    assert json.loads((tmp_path / "c.json").read_text("utf-8"))["comparisons"][0]["empty"] is True


@pytest.mark.parametrize(("name", "says"), [("c.pdf", "told by the suffix"), ("c", "told by the suffix")])
def test_an_unknown_suffix_is_refused_before_anything_is_judged(capsys, tmp_path, pair, name, says):
    assert main(["compare", *map(str, pair), "-o", str(tmp_path / name), "--lang", "en"]) == 2
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_change_package_of_three_scenarios_is_refused(capsys, tmp_path, pair):
    assert main(["compare", *map(str, pair), str(pair[0]), "-o", str(tmp_path / "c.gpkg"), "--lang", "en"]) == 2
    assert "compare two scenarios, not 3" in capsys.readouterr().err


def test_scenarios_in_two_coordinate_systems_are_refused(capsys, tmp_path, pair):
    write_park(tmp_path, crs="EPSG:4549")
    other = write_scenario(tmp_path / "other.toml", 'layers = "parcels.gpkg"\n')
    assert main(["compare", str(pair[0]), str(other), "-o", str(tmp_path / "c.json"), "--lang", "en"]) == 2
    assert "give both scenarios the same crs" in capsys.readouterr().err
    assert not (tmp_path / "c.json").exists()


def test_less_evidence_is_never_better(capsys, tmp_path, pair):
    """Taking the date of release away removes the finding, and the sentence does not call that better."""
    base = pair[1]
    bare = write_scenario(
        pair[1].parent / "bare.toml",
        'name = "bare"\nbase = "early.toml"\n[[edits]]\nkind = "set"\nlayer = "parcels"\nid = "A"\nvalue = { used = "" }\n',
    )
    main(["compare", str(base), str(bare), "-o", str(tmp_path / "c.json"), "-q"])
    assert json.loads((tmp_path / "c.json").read_text("utf-8"))["comparisons"][0]["outlook"] != "better"
