"""Data flows one way: a room imports only rooms to its left, and the house has exactly the rooms it was built with."""

from __future__ import annotations

import ast
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1] / "geo_planner"
ORDER = ["plan", "algorithms", "read", "facts", "checks", "verdict", "schedule", "improve", "study", "show", "cli"]
FLOOR = {"errors", "lang", "work", "_version"}
BESIDE = {"handbook", "qgis_plugin", "sample", "testing", "profiles", "__init__", "__main__"}
BANNED = {"utils", "common", "helpers", "base", "core", "misc"}


def _imported(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, wherever in the file: `read.crs.doctor`, `plan.plan`."""
    package = list(path.relative_to(ROOT).parts[:-1])
    out = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "geo_planner"):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = [*above, *(node.module or "").split(".")] if node.level else (node.module or "").split(".")[1:]
            stem = [part for part in module if part]
            for alias in node.names:
                deeper = ROOT.joinpath(*stem, alias.name)
                inside = deeper.is_dir() or deeper.with_suffix(".py").exists()
                out.add(".".join([*stem, alias.name] if inside else stem))
        elif isinstance(node, ast.Import):
            out |= {a.name.removeprefix("geo_planner.") for a in node.names if a.name.startswith("geo_planner.")}
    return out - {""}


def _rooms(path: Path) -> set[str]:
    return {module.split(".")[0] for module in _imported(path)}


def _files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ORDER)
def test_a_room_imports_only_rooms_to_its_left(room):
    allowed = {*ORDER[: ORDER.index(room) + 1], *FLOOR} | ({"sample"} if room == "cli" else set())
    bad = [f"{f.relative_to(ROOT)} imports {r}" for f in _files(room) for r in _rooms(f) if r not in allowed]
    assert bad == []


@pytest.mark.parametrize("name", sorted(FLOOR - {"_version"}))
def test_the_floor_stands_on_nothing(name):
    files = _files(name) or [ROOT / f"{name}.py"]
    assert {room for f in files for room in _rooms(f)} <= FLOOR


def test_the_plugin_of_qgis_stands_alone():
    """It is no room: `show` packs it as a zip, and it runs in the Python of QGIS, where the package is not installed."""
    assert _files("qgis_plugin")
    assert {room for f in _files("qgis_plugin") for room in _rooms(f)} <= {"qgis_plugin"}
    outside = [
        f for f in ROOT.rglob("*.py") if "qgis_plugin" in _rooms(f) and f.parent.name not in {"qgis_plugin", "cli"}
    ]
    assert outside == []


def test_the_house_has_its_rooms_and_no_other():
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and p.name != "__pycache__"}
    files = {p.stem for p in ROOT.glob("*.py")}
    assert folders == {*ORDER, "handbook", "lang", "qgis_plugin", "sample", "profiles"}
    assert files == {"errors", "work", "_version", "testing", "__init__", "__main__"}


def _folder(module: str) -> str:
    """Return the folder that a module stands in, or is: `read/crs` for read.crs.doctor, `read` for read.importer."""
    path = ROOT.joinpath(*module.split("."))
    return str((path if path.is_dir() else path.parent).relative_to(ROOT))


def _circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    graph = nx.DiGraph([(a, b) for a, many in arrows.items() for b in many if a != b])
    return [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]


def test_sub_folders_of_a_room_import_one_way():
    """Two sub-folders never use each other, also not by way of a third; files in no sub-folder are held by the next test."""
    arrows: dict[str, set[str]] = {}
    for path in ROOT.glob("*/*/**/*.py"):
        inner = {folder for module in _imported(path) if "/" in (folder := _folder(module))}
        arrows.setdefault(str(path.parent.relative_to(ROOT)), set()).update(inner)
    assert _circles(arrows) == []


def test_no_two_files_import_each_other_in_a_circle():
    arrows = {".".join(p.relative_to(ROOT).with_suffix("").parts): _imported(p) for p in ROOT.rglob("*.py")}
    assert _circles(arrows) == []


def test_every_folder_says_in_its_first_line_what_it_is():
    folders = {p.parent for p in ROOT.rglob("*.py")} - {ROOT}
    silent = [
        str(f.relative_to(ROOT))
        for f in folders
        if not (f / "__init__.py").read_text(encoding="utf-8").startswith('"""')
    ]
    assert silent == []


def test_no_folder_or_file_has_a_name_that_says_nothing():
    assert [p for p in ROOT.rglob("*") if p.stem.lower() in BANNED] == []


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
