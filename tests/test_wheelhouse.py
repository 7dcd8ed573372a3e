"""A wheelhouse holds what its target needs, and the package installs and runs from one with the index switched off."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from .wheelhouse import EXTRAS, SYSTEMS, lacking

GIVEN = os.environ.get("GEO_PLANNER_WHEELHOUSE", "")


def _wheel(folder, name, *asks):
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as box:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {a}" for a in asks)]
        box.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n")


def test_what_only_windows_asks_for_is_collected_for_windows_alone(tmp_path):
    _wheel(tmp_path, "park", "rich_>=1", 'solver; extra == "optimize"', 'loop; sys_platform != "win32"')
    _wheel(tmp_path, "rich_", 'Colorama>=0.4; platform_system == "Windows"', 'park; extra == "all"')

    def names(target, ask):
        system = {**SYSTEMS[target], "python_version": "3.11"}
        return [r.name for r in lacking(tmp_path, Requirement(ask), system)]

    assert names("windows", "park") == ["Colorama"]
    assert names("linux", "park") == ["loop"]
    assert names("linux", "park[optimize]") == ["loop", "solver"]


def test_the_readme_tells_the_two_commands_for_both_systems():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    install = f'pip install --no-index --find-links wheelhouse "geo-planner[{EXTRAS}]"'
    assert text.count(install) == 3  # sh, PowerShell, and in Chinese
    assert f"{install}; geo-planner" in text
    for target in SYSTEMS:
        assert f"python -m tests.wheelhouse {target} -o wheelhouse" in text


@pytest.mark.slow
@pytest.mark.skipif(not GIVEN, reason="no wheelhouse at hand: collect one and set GEO_PLANNER_WHEELHOUSE to its folder")
def test_the_sample_runs_from_a_wheelhouse_with_the_index_switched_off(tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    bin_ = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    quiet = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    how = ["install", "-q", "--no-index", "--find-links", str(Path(GIVEN).resolve()), f"geo-planner[{EXTRAS}]"]
    subprocess.run([bin_ / "python", "-m", "pip", "--isolated", *how], check=True, cwd=tmp_path, env=quiet)

    def run(*words):
        return subprocess.run([bin_ / "geo-planner", *words], check=False, cwd=tmp_path, env=quiet).returncode

    assert run("demo", "park") == 0
    assert run("run", "park/scenarios/susu_base.toml", "-o", "out", "-q") == 1  # the sample has planted faults
    assert {p.name for p in (tmp_path / "out").iterdir()} >= {"map.html", "findings.gpkg", "report.json"}
