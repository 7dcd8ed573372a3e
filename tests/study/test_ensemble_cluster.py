"""Ensembles on a Dask cluster: a lost worker and a lost scheduler cost what was running, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from geo_planner.errors import StudyError
from geo_planner.show.documents.ensemble import ensemble_json, write_ensemble
from geo_planner.study.ensemble import Options, run_ensemble
from tests.study.small import write_pair, write_scenario

distributed = pytest.importorskip("distributed")

STUDY = """
name = "late"
base = "now.toml"
checks = ["IN303", "DA"]
[[uncertainties]]
name = "release"
kind = "date"
layer = "parcels"
id = "B"
columns = ["released"]
range = [-300, 0]
"""
MEMBERS = 24
HALF_WAY = 6
CLUSTER = """
import distributed, signal
if __name__ == "__main__":
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0")
    print(cluster.scheduler_address, flush=True)
    signal.pause()
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("park")
    write_pair(folder)
    return write_scenario(folder / "late.toml", STUDY)


@pytest.fixture(scope="module")
def serial(study):
    return run_ensemble(study, Options(members=MEMBERS, seed=2, processes=1))


@pytest.fixture(scope="module")
def cluster():
    """One cluster for all tests of this file: its nanny begins a killed worker anew."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as started:
        yield started


def read(folder):
    return {p.name: p.read_bytes() for p in sorted(Path(folder).iterdir()) if p.is_file()}


def written(folder):
    """Which file holds the result of which member: a result that is computed again is another file."""
    return {path.name: path.stat().st_ino for path in (folder / "tasks").rglob("*.json")}


def once(number, act):
    """A progress that acts when so many members are done, once."""
    seen = []

    def progress(_, done, __):
        if done >= number and not seen:
            seen.append(done)
            act()

    return progress


def test_a_dask_cluster_gives_the_same_bytes(study, serial, cluster, tmp_path):
    options = Options(members=MEMBERS, seed=2, folder=tmp_path / "far", scheduler=cluster.scheduler_address)
    write_ensemble(run_ensemble(study, options), tmp_path / "far")
    write_ensemble(serial, tmp_path / "here")
    assert read(tmp_path / "far") == read(tmp_path / "here")
    assert len(written(tmp_path / "far")) == MEMBERS


def test_a_worker_killed_half_way_costs_what_it_was_at(study, serial, cluster, tmp_path):
    """The worker is killed when six members are done; what lay in files then is not computed again."""
    before = {}

    def kill():
        before.update(written(tmp_path))
        os.kill(cluster.workers[0].process.pid, signal.SIGKILL)

    options = Options(members=MEMBERS, seed=2, folder=tmp_path, scheduler=cluster.scheduler_address)
    done = run_ensemble(study, options, progress=once(HALF_WAY, kill))
    after = written(tmp_path)
    assert len(before) >= HALF_WAY
    assert len(after) == MEMBERS
    assert before.items() <= after.items()
    assert ensemble_json(done) == ensemble_json(serial)


def test_a_scheduler_killed_half_way_costs_what_was_running_and_resume_goes_on(study, serial, cluster, tmp_path):
    """Scheduler and worker are killed when six members are done; another cluster takes over every finished member."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    lost, out = _cluster(script), tmp_path / "out"
    address = lost.stdout.readline().strip()
    try:
        with pytest.raises(StudyError, match=r"are gone after \d+ of 24 members.*--resume"):
            run_ensemble(
                study,
                Options(members=MEMBERS, seed=2, folder=out, scheduler=address),
                progress=once(HALF_WAY, lambda: os.killpg(lost.pid, signal.SIGKILL)),
            )
    finally:
        _end(lost)
    kept = written(out)
    assert HALF_WAY <= len(kept) < MEMBERS
    options = Options(members=MEMBERS, seed=2, folder=out, scheduler=cluster.scheduler_address, resume=True)
    again = run_ensemble(study, options)
    assert (again.reused, again.computed) == (len(kept), MEMBERS - len(kept))
    assert kept.items() <= written(out).items()
    assert ensemble_json(again) == ensemble_json(serial)


def _cluster(script):
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _end(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
