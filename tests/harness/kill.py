"""The output is wholly old or wholly new, whatever happens to the run that writes it.

    python -m tests.harness.kill [--n 100] [--works plan,import] [--modes kill,disk,concurrent] [--seed 1]

From an old output the same work is started again and again and killed at a random moment, stopped at a random file size
(a full disk as the process sees it), or run four times at once on one output. The work is the writing of a plan, or a
full import: files read, repaired, checked, and three files written. Each time every file must be the old one or the new
one byte by byte, a later plain run must reach the new ones, and nothing else may lie beside them then. The three files
of an import are replaced one after the other, rejects before the plan and the recipe last: a run that is killed
between two of them is counted as "mixed".
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import shapely

from geo_planner.errors import GeoPlannerError
from geo_planner.plan.plan import Plan
from geo_planner.read import import_layers
from geo_planner.show.exports.files import write_import, write_plan

ROWS = 3000
GOOD = {"old", "new", "mixed"}

State = dict[str, str]


@dataclass(frozen=True)
class Work:
    """What is done again and again: the older and the newer of two results, written to a path."""

    old: Callable[[Path], None]
    new: Callable[[Path], None]


def parcels(name: str, rows: int, step: float) -> gpd.GeoDataFrame:
    """Return square parcels, `step` metres apart; one in a hundred has no shape and will be set aside."""
    boxes = shapely.box(
        [k % 100 * step for k in range(rows)],
        [k // 100 * step for k in range(rows)],
        [k % 100 * step + 9 for k in range(rows)],
        [k // 100 * step + 9 for k in range(rows)],
    )
    return gpd.GeoDataFrame({"id": [f"{name}{k}" for k in range(rows)]}, geometry=boxes, crs="EPSG:4548")


def writing(rows: int) -> Work:
    """Return the writing of plans."""
    old, new = (Plan(n, "EPSG:4548", {"parcels": parcels(n, r, s)}) for n, r, s in _sizes(rows))
    return Work(lambda path: write_plan(old, path), lambda path: write_plan(new, path))


def importing(rows: int, folder: Path) -> Work:
    """Return full imports of two files in a folder."""
    for name, count, step in _sizes(rows):
        frame = parcels(name, count, step)
        frame.loc[frame.index % 100 == 7, "geometry"] = None
        frame.to_file(folder / f"{name}.gpkg", layer="parcels")

    def read(name: str) -> Callable[[Path], None]:
        def work(path: Path) -> None:
            result = import_layers([folder / f"{name}.gpkg"])
            if result.error is not None:
                raise result.error
            write_import(result, path)

        return work

    return Work(read("old"), read("new"))


def _sizes(rows: int) -> tuple[tuple[str, int, float], tuple[str, int, float]]:
    return ("old", rows // 2, 20.0), ("new", rows, 10.0)


def state(folder: Path) -> State:
    """Return the hash of every file in a folder; unfinished ones beside them count too."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir()) if p.is_file()}


def verdict(before: State, after: State, got: State) -> str:
    """Return old, new or mixed, or which file is lost."""
    for name in sorted({*before, *after}):
        if got.get(name) not in {before.get(name), after.get(name)}:
            return f"LOST {name}"
    return "old" if got == before else "new" if got == after else "mixed"


def start(work: Callable[[Path], None], path: Path, said: Path, most_bytes: int | None = None) -> int:
    """Start the work in a forked child, in a group of its own; return its process id."""
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
            work(path)
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


@dataclass(frozen=True)
class Bench:
    """A work, what it comes to before and after, and how long and large it is."""

    work: Work
    before: Path
    after: State
    seconds: float
    size: int


def prepared(work: Work, folder: Path) -> Bench:
    """Return the work done once each way in a folder."""
    old, new = folder / "old", folder / "new"
    work.old(old / "plan.gpkg")
    new.mkdir()
    begun = time.monotonic()
    wait(start(work.new, new / "plan.gpkg", folder / "said"))
    seconds = time.monotonic() - begun
    return Bench(work, old, state(new), seconds, (new / "plan.gpkg").stat().st_size)


def trial(mode: str, dice: random.Random, bench: Bench) -> str:
    """Run one trial and return its verdict: old, new, mixed, or what is wrong."""
    box = Path(tempfile.mkdtemp(prefix="killed_"))
    try:
        out, said = box / "out", box / "said"
        shutil.copytree(bench.before, out)
        before = state(out)
        code = _hurt(mode, dice, (bench.work.new, out / "plan.gpkg", said), bench)
        got = state(out)
        word = verdict(before, bench.after, got)
        if code == 0 and got != bench.after:
            word = "LIED"
        if code == 3:
            word += " traceback: " + (said.read_text(errors="replace")[-200:] if said.exists() else "")
        if wait(start(bench.work.new, out / "plan.gpkg", said)) != 0 or state(out) != bench.after:
            word += " no recovery"
        if {p.name for p in out.iterdir()} != set(bench.after):
            word += " strays"
        return word
    finally:
        shutil.rmtree(box, ignore_errors=True)


def _hurt(mode: str, dice: random.Random, job: tuple[Callable[[Path], None], Path, Path], bench: Bench) -> int | None:
    if mode == "kill":
        pid = start(*job)
        time.sleep(bench.seconds * 1.05 * dice.random())
        os.kill(pid, signal.SIGKILL)
        wait(pid)
        return None
    if mode == "disk":
        return wait(start(*job, most_bytes=dice.randrange(0, bench.size)))
    return max(wait(p) for p in [start(*job) for _ in range(4)])


def run(work: str, modes: list[str], n: int, seed: int, rows: int = ROWS) -> dict[str, Counter[str]]:
    """Return the verdicts by mode; `concurrent` runs a tenth of `n` times, four writers each."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="killed_") as name:
        folder = Path(name)
        bench = prepared(writing(rows) if work == "plan" else importing(rows, folder), folder)
        return {
            m: Counter(trial(m, dice, bench) for _ in range(max(1, n // 10) if m == "concurrent" else n)) for m in modes
        }


def main() -> int:
    """Print the verdicts; exit 1 when any is neither old nor new."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--works", default="plan,import")
    parser.add_argument("--modes", default="kill,disk,concurrent")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    found = {w: run(w, chosen.modes.split(","), chosen.n, chosen.seed) for w in chosen.works.split(",")}
    wrong = sum(n for f in found.values() for c in f.values() for v, n in c.items() if v not in GOOD)
    print(json.dumps({w: {m: dict(c) for m, c in f.items()} for w, f in found.items()} | {"wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
