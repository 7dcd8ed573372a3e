"""Ensembles: what is certain and what decides, the same for every number of processes, and nothing computed twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo_planner.checks import run
from geo_planner.cli import main
from geo_planner.errors import StudyError
from geo_planner.plan.uncertainty import Distribution
from geo_planner.read.study import read_study
from geo_planner.show.documents.ensemble import ensemble_json, ensemble_lines, write_ensemble
from geo_planner.study.ensemble import Options, run_ensemble
from geo_planner.study.ensemble.design import base_rows, chances, saltelli
from geo_planner.study.ensemble.member import drawn
from geo_planner.study.ensemble.run import _codes, _job
from geo_planner.study.ensemble.sensitivity import sobol_indices
from tests.study.small import write_pair, write_scenario

STUDY = """
name = "late"
base = "now.toml"
checks = ["IN303"]

[[uncertainties]]
name = "release"
title = { zh = "供地提前", en = "the release" }
kind = "date"
layer = "parcels"
id = "B"
columns = ["released"]
range = [-300, 0]

[[uncertainties]]
name = "works"
kind = "date"
layer = "parcels"
where = "code == 'M1'"
columns = ["used"]
range = [-10, 10]
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("park")
    write_pair(folder)
    return write_scenario(folder / "late.toml", STUDY)


def read(folder):
    return {p.name: p.read_bytes() for p in sorted(Path(folder).iterdir()) if p.is_file()}


def test_half_of_the_members_break_the_rule_and_the_release_decides(study):
    """Homes are released 151 days after the plant works: so many days earlier, and IN303 is broken."""
    done = run_ensemble(study, Options(members=128, seed=3, processes=1))
    row = done.states.iloc[0]
    days = np.rint(done.drawn["release"]) - np.rint(done.drawn["works"])
    assert row["share"] == pytest.approx((days >= -151).mean())
    assert row["state"] == done.state == "undecided"
    decider = done.deciders.iloc[0]
    assert decider[["code", "id", "uncertainty", "side"]].tolist() == ["IN303", "B", "release", "below"]
    assert decider["threshold"] == pytest.approx(-151, abs=10)
    assert done.sensitivity["release"]["ST"] > 0.8
    assert done.sensitivity["works"]["ST"] < 0.2
    assert "if the release is below -1" in ensemble_lines(done, "en")[1]
    assert "供地提前" in ensemble_lines(done, "zh")[1]


def test_the_same_seed_gives_the_same_bytes_at_one_two_and_four_processes(study, tmp_path):
    results = []
    for processes in (1, 2, 4):
        folder = tmp_path / str(processes)
        write_ensemble(run_ensemble(study, Options(members=20, seed=5, processes=processes, folder=folder)), folder)
        results.append(read(folder))
    assert results[0] == results[1] == results[2]
    other = run_ensemble(study, Options(members=20, seed=6, processes=1))
    assert json.dumps(ensemble_json(other)) != results[0]["ensemble.json"].decode()


def test_resume_computes_only_what_is_missing(study, tmp_path):
    whole = run_ensemble(study, Options(members=20, seed=5, processes=1, folder=tmp_path))
    files = sorted((tmp_path / "tasks").rglob("*.json"))
    assert (whole.computed, whole.reused, len(files)) == (20, 0, 20)
    for path in files[:7]:
        path.unlink()
    files[7].write_text("{half", encoding="utf-8")  # damaged: counts as missing
    again = run_ensemble(study, Options(members=20, seed=5, processes=1, folder=tmp_path, resume=True))
    assert (again.computed, again.reused) == (8, 12)
    assert ensemble_json(again) == ensemble_json(whole)
    more = run_ensemble(study, Options(members=20, seed=5, processes=1, folder=tmp_path))
    assert more.computed == 20


def test_after_a_kill_resume_gives_the_same_result(study, tmp_path):
    """The whole run is killed half-way; the second run takes over every finished member."""
    command = [
        sys.executable,
        "-m",
        "geo_planner",
        "ensemble",
        str(study),
        "--members",
        "30",
        "--seed",
        "1",
        "--processes",
        "2",
    ]
    command += ["-o", str(tmp_path / "killed"), "-q"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    kept = _wait_for(tmp_path / "killed" / "tasks", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kept = len(list((tmp_path / "killed" / "tasks").rglob("*.json")))
    again = run_ensemble(study, Options(members=30, seed=1, processes=2, folder=tmp_path / "killed", resume=True))
    assert again.reused == kept > 0
    assert again.computed == 30 - kept
    assert ensemble_json(again) == ensemble_json(run_ensemble(study, Options(members=30, seed=1, processes=1)))


def _wait_for(tasks, process):
    for _ in range(6000):
        if len(list(tasks.rglob("*.json"))) >= 3 or process.poll() is not None:
            return
        time.sleep(0.02)
    return


def test_a_killed_process_costs_its_member_only(study, tmp_path, monkeypatch):
    """One member kills the process that computes it, the first time; the pool is started again and goes on."""
    from geo_planner.study.ensemble import spread

    real, mark = spread.compute, tmp_path / "died"

    def deadly(job, number):
        if number == 5 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return real(job, number)

    monkeypatch.setattr(spread, "compute", deadly)
    done = run_ensemble(study, Options(members=20, seed=5, processes=2, folder=tmp_path / "out"))
    assert mark.exists()
    monkeypatch.undo()
    assert ensemble_json(done) == ensemble_json(run_ensemble(study, Options(members=20, seed=5, processes=1)))


def test_a_member_that_breaks_is_counted_and_not_kept(study, tmp_path, monkeypatch):
    from geo_planner.study.ensemble import tasks

    real = tasks.judged
    monkeypatch.setattr(tasks, "judged", lambda job, number: real(job, number) if number != 2 else 1 / 0)
    done = run_ensemble(study, Options(members=4, seed=5, processes=1, folder=tmp_path))
    assert done.outcomes.faults == {2: "ZeroDivisionError: division by zero"}
    assert done.states["state"].tolist() == ["unknown"]
    assert len(list((tmp_path / "tasks").rglob("*.json"))) == 3


def test_ishigami_indices_are_the_published_ones():
    """S1 = .3139, .4424, 0 and ST = .5576, .4424, .2437 (Ishigami and Homma 1990, a = 7, b = 0.1)."""
    pytest.importorskip("SALib")
    x = (saltelli(32_768, 3, np.random.default_rng(2)) * 2 - 1) * np.pi
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = sobol_indices(("x1", "x2", "x3"), y)
    assert [found[n]["S1"] for n in found] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert [found[n]["ST"] for n in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


def test_the_page_tells_what_decides_in_both_languages_and_asks_no_network(study, tmp_path):
    """B is found in some members only, and the release decides; A and C are on the map as ground alone."""
    done = run_ensemble(study, Options(members=64, seed=3, processes=1))
    for lang, words in (("zh", ("供地提前", "不确定", "由哪些地块和日期决定")), ("en", ("the release", "undecided"))):
        write_ensemble(done, tmp_path / lang, lang=lang)
        page = (tmp_path / lang / "ensemble.html").read_text("utf-8")
        assert all(word in page for word in words)
        assert "default-src 'none'" in page
        assert page.count("<title>") == 2  # of the page and of the one feature that decides
        assert done.deciders["id"].tolist() == ["B"]
        assert "<script" not in page
    assert f"{done.deciders['threshold'].iloc[0]:,.0f}" in page


def test_the_design_fills_up_to_the_number_of_members():
    assert base_rows(1000, 3) == 128
    table = chances(1000, 3, 7)
    assert table.shape == (1000, 3)
    assert np.array_equal(table, chances(1000, 3, 7))
    assert table[0, 0] == table[2, 0] == table[3, 0] != table[1, 0] == table[4, 0]


@pytest.mark.parametrize(
    ("distribution", "at"),
    [
        (Distribution("uniform", (0, 10)), {0.0: 0, 0.5: 5, 1.0: 10}),
        (Distribution("triangular", (0, 0, 10)), {0.0: 0, 0.75: 5}),
        (Distribution("triangular", (3, 3, 3)), {0.5: 3}),
        (Distribution("normal", (4, 2)), {0.5: 4, 0.8413447460685429: 6}),
        (Distribution("lognormal", (30, 0.8)), {0.5: 30}),
        (Distribution("values", values=(1, 5)), {0.2: 1, 0.5: 5, 1.0: 5}),
    ],
)
def test_a_distribution_gives_its_values(distribution, at):
    assert distribution.at(np.array(list(at))).tolist() == pytest.approx(list(at.values()))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("range = [-300, 0]", "range = [0, -300]", "negative width"),
        ("range = [-300, 0]", 'distribution = "normal"\nmean = 0\nwidth = -3', "negative width"),
        ("range = [-300, 0]", 'distribution = "lognormal"\nmedian = 30\nspread = -1', "negative width"),
        ("range = [-300, 0]", 'distribution = "normall"\nmean = 0\nwidth = 3', "Did you mean normal"),
        ("range = [-300, 0]", "", "no distribution is given"),
        ('id = "B"', 'id = "Z"', "no feature 'Z'"),
        ("code == 'M1'", "code == 'X'", "no feature of layer 'parcels' fits"),
        ('columns = ["released"]', 'columns = ["far"]', "no column 'far' of dates"),
        ('name = "works"', 'name = "release"', "two uncertainties are named 'release'"),
        ('kind = "date"', 'kind = "dates"', "kind = 'dates' is unknown"),
        ('checks = ["IN303"]', 'checks = ["IN999"]', "no check or family 'IN999'"),
        ('base = "now.toml"', "", "needs the scenario it starts from"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(capsys, study, tmp_path, old, new, says):
    bad = write_scenario(study.parent / f"{tmp_path.name}.toml", STUDY.replace(old, new, 1))
    assert (
        main(["ensemble", str(bad), "--members", "4", "--processes", "1", "-o", str(tmp_path / "out"), "--lang", "en"])
        == 2
    )
    error = capsys.readouterr().err.strip()
    assert says in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("tcp://127.0.0.1:9", "no Dask scheduler answers at"),
        ("nowhere", "an address begins with its protocol"),
        ("tcp://", "no Dask scheduler answers at"),
    ],
)
def test_a_scheduler_that_is_not_there_is_one_sentence(capsys, study, tmp_path, monkeypatch, address, says):
    pytest.importorskip("distributed")
    from geo_planner.study.ensemble import spread

    monkeypatch.setattr(spread, "_WAIT", 1)
    assert (
        main(
            [
                "ensemble",
                str(study),
                "--members",
                "4",
                "-o",
                str(tmp_path / "out"),
                "--scheduler",
                address,
                "--lang",
                "en",
            ]
        )
        == 2
    )
    error = capsys.readouterr().err.strip()
    assert says in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


def test_a_check_that_reads_nothing_drawn_is_judged_once_and_stands_for_all(study):
    """Each member judged whole, by every check, is what the study tells of it."""
    chosen = replace(read_study(study), checks=())
    done = run_ensemble(chosen, Options(members=6, seed=5, processes=1))
    job = _job(chosen, _codes(chosen), Options(members=6, seed=5))
    assert {"BA401", "DA902"} <= set(done.once)  # shares and sound shapes know no day of release or of use
    assert not {"IN303", "DA903", "DA907"} & set(done.once)  # parcels overlap only while both are there
    for number in range(6):
        report = run(*drawn(job, number))
        counted = report.findings[report.findings["severity"] != "info"].drop_duplicates(["code", "layer", "id"])
        ran = {r.code: float((counted["code"] == r.code).sum()) for r in report.runs if r.outcome in {"ok", "found"}}
        told = done.outcomes.counts.loc[number]
        assert told.dropna().to_dict() == ran


def test_whom_an_uncertainty_is_about_is_looked_up_before_any_draw(study):
    """The homes start on 2012-01-01; a draw of another uncertainty that moves them does not change who is meant."""
    later = '[[uncertainties]]\nname = "later"\nkind = "date"\nlayer = "parcels"\nwhere = "start > \'2011-06-01\'"\nvalues = [10]\n'
    moved = '[[uncertainties]]\nname = "all"\nkind = "date"\nlayer = "parcels"\nvalues = [-900]\n'
    text = STUDY.split("[[unc", maxsplit=1)[0] + moved + later
    chosen = read_study(write_scenario(study.parent / "whom.toml", text))
    plan, _ = drawn(_job(chosen, _codes(chosen), Options(members=1)), 0)
    days = plan["parcels"].set_index("id")["start"]
    assert str(days["B"].date()) == "2009-07-25"  # 2012-01-01 less 900 days and ten more
    assert str(days["A"].date()) == "2007-07-16"


def test_parameters_demands_and_geometry_are_drawn(study):
    text = (
        STUDY.split("[[unc", maxsplit=1)[0]
        + """
[[uncertainties]]
name = "far"
kind = "demand"
layer = "parcels"
columns = ["far"]
values = [2.0]
[[uncertainties]]
name = "crs"
kind = "shift"
layer = "parcels"
shift = [100, -50]
values = [1]
[[uncertainties]]
name = "corner"
kind = "geometry"
layer = "parcels"
range = [0.5, 0.5]
[[levers]]
name = "commerce"
kind = "parameter"
check = "BA401"
parameter = "commerce_as"
values = ["production"]
"""
    )
    chosen = read_study(write_scenario(study.parent / "kinds.toml", text))
    job = _job(chosen, _codes(chosen), Options(members=2))
    plan, rules = drawn(job, 0)
    assert rules.values["BA401"]["commerce_as"].value == "production"
    before, after = job.plan["parcels"].geometry, plan["parcels"].geometry
    moved = after.bounds - before.bounds
    assert moved["minx"].mean() == pytest.approx(100, abs=3)
    assert moved["miny"].mean() == pytest.approx(-50, abs=3)
    assert after.iloc[0].touches(after.iloc[1])  # equal corners move alike, so neighbours stay neighbours


def test_a_study_says_how_levers_do(study):
    text = (
        STUDY
        + '[[levers]]\nname = "wait"\nkind = "date"\nlayer = "parcels"\nid = "B"\ncolumns = ["released"]\nvalues = [0, 400]\n'
    )
    done = run_ensemble(write_scenario(study.parent / "lever.toml", text), Options(members=80, seed=1, processes=1))
    told = {row["value"]: row["kept"] for row in ensemble_json(done)["levers"]}
    assert told[400] == 1.0
    assert 0.3 < told[0] < 0.7


def test_members_must_be_some(study):
    with pytest.raises(StudyError, match="0 members"):
        run_ensemble(study, Options(members=0))
