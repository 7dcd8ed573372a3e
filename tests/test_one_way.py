"""Data flows one way: a room imports only rooms to its left, and the house has exactly the rooms it was built with."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "geo_planner"
ORDER = ["plan", "read", "derive", "checks", "schedule", "improve", "study", "show", "cli"]
FLOOR = {"errors", "lang", "_version"}
BESIDE = {"sample", "testing", "profiles", "__init__", "__main__"}
BANNED = {"utils", "common", "helpers", "base", "core", "misc"}
MOST_FILES = 8


def _imports(path: Path) -> list[str]:
    """Return the rooms a file imports, wherever in the file the import stands."""
    depth = len(path.relative_to(ROOT).parts)
    rooms = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level == depth:
                rooms += [module.split(".")[0]] if module else [a.name for a in node.names]
            elif node.level == 0 and module.startswith("geo_planner"):
                rooms += [module.split(".")[1]] if "." in module else [a.name for a in node.names]
        elif isinstance(node, ast.Import):
            rooms += [a.name.split(".")[1] for a in node.names if a.name.startswith("geo_planner.")]
    return rooms


def _files(room: str) -> list[Path]:
    return [ROOT / f"{room}.py"] if room == "cli" else sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ORDER)
def test_a_room_imports_only_rooms_to_its_left(room):
    allowed = {*ORDER[: ORDER.index(room) + 1], *FLOOR} | ({"sample"} if room == "cli" else set())
    bad = [f"{f.relative_to(ROOT)} imports {r}" for f in _files(room) for r in _imports(f) if r not in allowed]
    assert bad == []


@pytest.mark.parametrize("name", ["errors", "lang"])
def test_the_floor_stands_on_nothing(name):
    assert set(_imports(ROOT / f"{name}.py")) <= FLOOR


def test_the_house_has_the_nine_rooms_and_no_other():
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and p.name != "__pycache__"}
    files = {p.stem for p in ROOT.glob("*.py")}
    assert folders == {*ORDER[:-1], "sample", "profiles"}
    assert files == {"cli", *FLOOR, "testing", "__init__", "__main__"}


def test_no_folder_or_file_has_a_name_that_says_nothing():
    assert [p for p in ROOT.rglob("*") if p.stem.lower() in BANNED] == []


@pytest.mark.parametrize("room", [r for r in ORDER if r not in {"checks", "cli"}])
def test_a_room_has_at_most_eight_files(room):
    crowded = [
        str(d.relative_to(ROOT))
        for d in [ROOT / room, *(p for p in (ROOT / room).rglob("*") if p.is_dir() and p.name != "__pycache__")]
        if len([f for f in d.glob("*.py") if f.name != "__init__.py"]) > MOST_FILES
    ]
    assert crowded == []


def test_only_the_reading_room_opens_outside_files():
    """`read_file`, `pyogrio.read_*` and `rasterio.open` stand nowhere but in read/, and in show/ to verify what was written."""
    calls = {"read_file", "read_dataframe", "read_arrow"}
    bad = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.relative_to(ROOT).parts[0] in {"read", "show"}:
            continue
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found = [n for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "attr", "") in calls]
        bad += [f"{path.relative_to(ROOT)}:{n.lineno}" for n in found]
    assert bad == []
