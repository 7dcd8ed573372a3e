"""The output is wholly old or wholly new, whatever happens to the run that writes it.

    python -m tests.harness.kill [--n 100] [--modes kill,disk,concurrent] [--seed 1]

From an old plan the same import of a new source is started again and again and killed at a random moment, stopped at a random
file size (a full disk as the process sees it), or run four times at once on one output. Each time the output must be the old
plan or the new one, a later plain run must reach the new one, and nothing but the output may lie beside it then.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import shapely

from geo_planner.errors import GeoPlannerError
from geo_planner.plan.plan import Plan
from geo_planner.show.files import write_plan

ROWS = 3000


def plan_of(name: str, rows: int, step: float) -> Plan:
    """Return a plan of square parcels, `step` metres apart."""
    boxes = shapely.box([k % 100 * step for k in range(rows)], [k // 100 * step for k in range(rows)],
                        [k % 100 * step + 9 for k in range(rows)], [k // 100 * step + 9 for k in range(rows)])  # fmt: skip
    frame = gpd.GeoDataFrame({"id": [f"{name}{k}" for k in range(rows)]}, geometry=boxes, crs="EPSG:4548")
    return Plan(name, "EPSG:4548", {"parcels": frame})


def state(path: Path) -> str:
    """Return a hash of a plan file's rows, tables and index, "missing" or "unreadable"."""
    if not path.exists():
        return "missing"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
            if base.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                return "unreadable"
            tables = sorted(r[0] for r in base.execute("SELECT name FROM sqlite_master WHERE type='table'"))
            rows = base.execute("SELECT count(*), min(id), max(id) FROM parcels").fetchone()
            index = base.execute("SELECT count(*) FROM rtree_parcels_geom").fetchone()
            return repr((tables, rows, index))
    except sqlite3.Error:
        return "unreadable"


def start(plan: Plan, path: Path, said: Path, most_bytes: int | None = None) -> int:
    """Start writing in a forked child, in a group of its own; return its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        quiet = os.open(os.devnull, os.O_RDWR)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if most_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        try:
            write_plan(plan, path)
            code = 0
        except GeoPlannerError as error:
            code = 2
            os.write(os.open(said, os.O_CREAT | os.O_WRONLY), str(error).encode()[:200])
        except BaseException:
            code = 3
            os.write(os.open(said, os.O_CREAT | os.O_WRONLY), traceback.format_exc().encode()[-400:])
    finally:
        os._exit(code)


def wait(pid: int) -> int:
    """Return the exit code of a child, minus its signal where one ended it."""
    _, status = os.waitpid(pid, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def trial(mode: str, dice: random.Random, plans: tuple[Plan, Plan], span: tuple[float, int]) -> str:
    """Run one trial and return its verdict: old, new, or what is wrong."""
    old, new = plans
    box = Path(tempfile.mkdtemp(prefix="killed_"))
    try:
        out, said = box / "plan.gpkg", box.with_suffix(".said")
        write_plan(old, out)
        before = state(out)
        reference = box / "reference"
        write_plan(new, reference / "plan.gpkg")
        after = state(reference / "plan.gpkg")
        shutil.rmtree(reference)
        code = _hurt(mode, dice, (new, out, said), span)
        got = state(out)
        verdict = {before: "old", after: "new"}.get(got, f"LOST {got[:12]}")
        if code == 0 and got != after:
            verdict = "LIED"
        if code == 3:
            verdict += " traceback: " + (said.read_text(errors="replace")[-200:] if said.exists() else "")
        if wait(start(new, out, said)) != 0 or state(out) != after:
            verdict += " no recovery"
        if {p.name for p in box.iterdir()} != {"plan.gpkg"}:
            verdict += " strays"
        said.unlink(missing_ok=True)
        return verdict
    finally:
        shutil.rmtree(box, ignore_errors=True)


def _hurt(mode: str, dice: random.Random, job: tuple[Plan, Path, Path], span: tuple[float, int]) -> int | None:
    seconds, size = span
    if mode == "kill":
        pid = start(*job)
        time.sleep(seconds * 1.05 * dice.random())
        os.kill(pid, signal.SIGKILL)
        wait(pid)
        return None
    if mode == "disk":
        return wait(start(*job, most_bytes=dice.randrange(0, size)))
    return max(wait(p) for p in [start(*job) for _ in range(4)])


def run(modes: list[str], n: int, seed: int, rows: int = ROWS) -> dict[str, Counter[str]]:
    """Return the verdicts by mode; `concurrent` runs a tenth of `n` times, four writers each."""
    dice = random.Random(seed)
    plans = plan_of("old", rows // 2, 20.0), plan_of("new", rows, 10.0)
    with tempfile.TemporaryDirectory() as name:
        begun = time.monotonic()
        wait(start(plans[1], Path(name) / "plan.gpkg", Path(name) / "said"))
        span = time.monotonic() - begun, (Path(name) / "plan.gpkg").stat().st_size
    return {
        m: Counter(trial(m, dice, plans, span) for _ in range(max(1, n // 10) if m == "concurrent" else n))
        for m in modes
    }


def main() -> int:
    """Print the verdicts; exit 1 when any is neither old nor new."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--modes", default="kill,disk,concurrent")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    found = run(chosen.modes.split(","), chosen.n, chosen.seed)
    wrong = sum(n for c in found.values() for v, n in c.items() if v not in {"old", "new"})
    print(json.dumps({m: dict(c) for m, c in found.items()} | {"wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
