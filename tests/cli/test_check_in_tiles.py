"""`check --tile-rows` writes what `check` writes."""

from __future__ import annotations

import json

import pytest

from geo_planner.cli.front import main
from tests.study.tiles_world import town


@pytest.fixture
def layers(tmp_path):
    plan = town(8, 6)
    (tmp_path / "in").mkdir()
    for name in ("parcels", "buildings", "roads"):
        frame = plan[name]
        frame.set_geometry(frame.translate(39_500_000, 3_750_000)).to_file(tmp_path / "in" / f"{name}.gpkg")
    return tmp_path


def test_check_in_tiles_writes_the_report_of_the_whole(layers, capsys):
    reports = []
    for name, more in (("whole", []), ("tiles", ["--tile-rows", "40", "--processes", "1"])):
        source = [f"{n}={layers / 'in' / n}.gpkg" for n in ("parcels", "buildings", "roads")]
        code = main(["check", *source, "-o", str(layers / name), "--only", "st702", "--only", "da9", "--quiet", *more])
        assert code == 1
        report = json.loads((layers / name / "report.json").read_text(encoding="utf-8"))
        for run in report.get("runs", []):
            run.pop("seconds", None)
        reports.append(report)
    assert reports[0]["findings"]
    assert reports[0] == reports[1]
    capsys.readouterr()


def test_tiles_of_less_than_a_row_are_refused(layers, capsys):
    source = f"parcels={layers / 'in' / 'parcels.gpkg'}"
    assert main(["check", source, "-o", str(layers / "out"), "--tile-rows", "-5", "--lang", "en"]) == 2
    assert "tiles of -5 rows: take 1 or more" in capsys.readouterr().err
    assert not (layers / "out").exists()
