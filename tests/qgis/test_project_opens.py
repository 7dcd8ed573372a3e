"""`project.qgs` opens in QGIS with every layer drawn."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from geo_planner.show import write_outputs
from geo_planner.show.exports import findings_file, plan_copy
from geo_planner.verdict import judge

from ..show.parks import plan

PYTHON = "/usr/bin/python3"


def _qgis() -> bool:
    if not Path(PYTHON).exists() or shutil.which("qgis") is None:
        return False
    return subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0


def test_ids_of_layers_are_long_enough_for_qgis(tmp_path):
    toy = plan()
    write_outputs(toy, judge(toy), tmp_path)
    ids = re.findall(r'layer-tree-layer id="([^"]+)"', (tmp_path / "project.qgs").read_text(encoding="utf-8"))
    assert len(ids) == len(set(ids)) >= 2
    assert min(len(i) for i in ids) > 10


@pytest.mark.skipif(not _qgis(), reason="no QGIS is installed (Debian: apt-get install qgis python3-qgis)")
@pytest.mark.parametrize("packed", [False, True])
def test_every_layer_of_the_project_is_valid_styled_and_drawn(tmp_path, monkeypatch, packed):
    if packed:  # as those of a large plan with very many findings
        monkeypatch.setattr(plan_copy, "MANY", 1)
        monkeypatch.setattr(findings_file, "MANY", 0)
    toy = plan()
    write_outputs(toy, judge(toy), tmp_path)
    assert (tmp_path / "findings.gpkg.zip").is_file() == (tmp_path / "plan.gpkg.zip").is_file() == packed
    script = Path(__file__).with_name("opened.py")
    quiet = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA"):
        quiet.pop(name, None)
    command = [PYTHON, str(script), str(tmp_path / "project.qgs"), str(tmp_path / "drawn.png")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=quiet)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    filled = [n for n, f in toy.layers.items() if len(f)]
    assert seen["read"]
    assert seen["crs"] == toy.crs
    assert len(seen["layers"]) == seen["nodes"] == len(filled) + 3  # findings as areas, lines and points
    assert {layer["crs"] for layer in seen["layers"]} == {toy.crs}
    parcels = next(layer for layer in seen["layers"] if layer["rows"] == len(toy["parcels"]) and layer["classes"] > 1)
    assert parcels["renderer"] == "categorizedSymbol"
    assert seen["extent"][0] < seen["extent"][2]
    assert seen["colours"] > 3
