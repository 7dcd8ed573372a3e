"""Ensembles on a Dask cluster: a lost worker and a lost scheduler cost what was running, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from geo_planner.errors import StudyError
from geo_planner.show.documents.ensemble import ensemble_json
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
MEMBERS = 40
CLUSTER = """
import distributed, signal
if __name__ == "__main__":
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
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
    return ensemble_json(run_ensemble(study, Options(members=MEMBERS, seed=2, processes=1)))


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


def test_a_worker_killed_half_way_costs_what_it_was_at(study, serial, tmp_path):
    """The worker is killed when ten members are done; what lay in files then is not computed again."""
    before = {}

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:

        def kill():
            before.update(written(tmp_path))
            os.kill(cluster.workers[0].process.pid, signal.SIGKILL)

        options = Options(members=MEMBERS, seed=2, folder=tmp_path, scheduler=cluster.scheduler_address)
        done = run_ensemble(study, options, progress=once(10, kill))
    after = written(tmp_path)
    assert len(before) >= 10
    assert len(after) == MEMBERS
    assert before.items() <= after.items()
    assert ensemble_json(done) == serial


def test_a_scheduler_killed_half_way_costs_what_was_running_and_resume_goes_on(study, serial, tmp_path):
    """Scheduler and workers are killed when ten members are done; another cluster takes over every finished member."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    lost, out = _cluster(script), tmp_path / "out"
    address = lost.stdout.readline().strip()
    try:
        with pytest.raises(StudyError, match=r"are gone after \d+ of 40 members.*--resume"):
            run_ensemble(
                study,
                Options(members=MEMBERS, seed=2, folder=out, scheduler=address),
                progress=once(10, lambda: os.killpg(lost.pid, signal.SIGKILL)),
            )
    finally:
        _end(lost)
    kept = written(out)
    assert 10 <= len(kept) < MEMBERS
    found = _cluster(script)
    try:
        options = Options(members=MEMBERS, seed=2, folder=out, scheduler=found.stdout.readline().strip(), resume=True)
        again = run_ensemble(study, options)
    finally:
        _end(found)
    assert (again.reused, again.computed) == (len(kept), MEMBERS - len(kept))
    assert kept.items() <= written(out).items()
    assert ensemble_json(again) == serial


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
