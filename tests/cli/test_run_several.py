"""`geo-planner run A.toml B.toml`: each in its own folder, one table at the end, nothing half written."""

from __future__ import annotations

import json

import pytest

from geo_planner.cli import main
from tests.study.small import write_pair, write_scenario


def test_two_scenarios_stand_side_by_side(capsys, tmp_path):
    base, early = write_pair(tmp_path)
    out = tmp_path / "out"
    assert main(["run", str(base), str(early), "-o", str(out), "--lang", "en", "-q"]) == 1
    text = capsys.readouterr().out
    head, *rows = text.splitlines()
    assert head.split() == ["figure", "now", "early"]
    row = next(r for r in rows if r.startswith("IN303"))
    assert row.split()[-2:] == ["0", "1"]
    assert {p.name for p in (out / "early").iterdir()} >= {"map.html", "report.json"}
    assert (out / "now" / "report.json").is_file()


def test_json_is_one_object_with_reports_and_table(capsys, tmp_path):
    base, early = write_pair(tmp_path)
    main(["run", str(base), str(early), "-o", str(tmp_path / "out"), "--json"])
    got = json.loads(capsys.readouterr().out)
    assert [one["plan"]["name"] for one in got["scenarios"]] == ["now", "early"]
    assert got["table"]["early"]["findings_error"] - got["table"]["now"]["findings_error"] == 1
    assert got["table"]["now"]["S1"] is None


def test_a_scenario_of_a_batch_is_judged_as_alone(capsys, tmp_path):
    base, early = write_pair(tmp_path)
    main(["run", str(base), str(early), "-o", str(tmp_path / "many"), "-q"])
    main(["run", str(early), "-o", str(tmp_path / "one"), "-q"])
    one, many = tmp_path / "one" / "report.json", tmp_path / "many" / "early" / "report.json"
    assert one.read_bytes() == many.read_bytes()


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ('kind = "set"\nlayer = "parcels"\nid = "Z"\nvalue = { code = "R2" }', "no feature 'Z'"),
        ('kind = "set"\nlayer = "parcels"\nwhere = "kode == 1"\nvalue = { code = "R2" }', "Did you mean code"),
        ('kind = "set"\nlayer = "parcels"\nvalue = { code = "R2" }', "'id' is missing"),
        (
            'kind = "set"\nlayer = "parcels"\nid = "A"\nvalue = { code = "R2" }\n[[edits]]\nkind = "remove"\nlayer = "parcels"\nid = "A"',
            "contradict",
        ),
    ],
)
def test_a_fault_in_the_last_scenario_leaves_nothing_behind(capsys, tmp_path, edit, says):
    base, _ = write_pair(tmp_path)
    bad = write_scenario(tmp_path / "bad.toml", f'base = "now.toml"\n[[edits]]\n{edit}\n')
    assert main(["run", str(base), str(bad), "-o", str(tmp_path / "out"), "--lang", "en"]) == 2
    error = capsys.readouterr().err.strip()
    assert says in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


def test_two_scenarios_of_one_name_are_refused(capsys, tmp_path):
    base, _ = write_pair(tmp_path)
    assert main(["run", str(base), str(base), "-o", str(tmp_path / "out"), "--lang", "en"]) == 2
    assert "two scenarios are named 'now'" in capsys.readouterr().err


def test_fixes_belong_to_one_scenario(capsys, tmp_path):
    base, early = write_pair(tmp_path)
    assert main(["run", str(base), str(early), "--fixes", str(early), "-o", str(tmp_path / "out"), "--lang", "en"]) == 2
    assert "--fixes belongs to one scenario" in capsys.readouterr().err
