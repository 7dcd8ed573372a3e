"""CONTRIBUTING.md tells the truth: the files it names are there and name the example, and no file is forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (an? [a-z\- ]+) \| `([^`]+)` \| (.+) \|$", TEXT, re.MULTILINE)
FILES = {what: re.findall(r"`((?:geo_planner|tests)/[^`]+)`", files) for what, _, files in ROWS}
EXAMPLES = {what: example for what, example, _ in ROWS}
MOST = {
    "a check": 2,
    "a utility kind": 3,
    "a layer": 3,
    "a land-use scheme": 2,
    "a file format": 3,
    "an output": 2,
    "a command": 2,
}


def test_the_table_is_read():
    assert set(MOST) < set(FILES)


@pytest.mark.parametrize("what", sorted(FILES))
def test_every_file_of_a_row_is_there_and_names_the_example(what):
    for name in FILES[what]:
        path = ROOT / name
        assert path.exists(), name
        inside = EXAMPLES[what].lower() in (path.name + path.read_text(encoding="utf-8")).lower()
        assert inside, f"{name} does not speak of {EXAMPLES[what]}"


@pytest.mark.parametrize("what", sorted(MOST))
def test_adding_it_touches_no_more_files_than_promised(what):
    assert len(FILES[what]) <= MOST[what]


def test_every_room_of_the_house_stands_in_the_table():
    from tests.test_one_way import ORDER

    named = re.findall(r"^\| `([a-z]+)` \| ", TEXT, re.MULTILINE)
    assert named == ORDER


def test_a_check_is_registered_nowhere_but_in_its_file():
    """What is added with a check is its file and its test: no other Python file of the package names one that is found."""
    named = re.compile(r"ug206", re.IGNORECASE)
    files = [p for p in (ROOT / "geo_planner").rglob("*.py") if named.search(p.name + p.read_text(encoding="utf-8"))]
    assert [p.name for p in files] == ["ug206_road_dug_up_often.py"]
