"""The output is wholly old or wholly new, whatever happens to the run that writes it.

    python -m tests.harness.kill [--n 100] [--works plan,import,outputs] [--modes kill,steps,disk,concurrent] [--seed 1]

From an old output the same work is started again and again and killed at a random moment, killed before each single
step that renames or removes a file (`steps`, as many as there are), stopped at a random file size (a full disk as the
process sees it), or run four times at once on one output. The work is the writing of a plan; a full import: files read,
repaired, checked, and three files written; or all that `run` and `check` write into a folder.

A set of which some files are of the old run and some of the new one is "MIXED" and wrong, at any moment and to any
program that looks. A set that a kill left without some of its files is finished by the next reader: it must then be the
old one or the new one byte by byte. Nothing else may lie there after a later plain run, which must reach the new one.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geo_planner.errors import GeoPlannerError
from geo_planner.plan import Report
from geo_planner.plan.plan import Plan
from geo_planner.read import import_layers, read_plan
from geo_planner.show import write_outputs
from geo_planner.show.exports.files import write_import, write_plan
from geo_planner.verdict import judge

ROWS = 3000
GOOD = {"old", "new", "old, finished by a reader", "new, finished by a reader"}

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


def judging(rows: int) -> Work:
    """Return the writing of all results of a judged plan."""
    made = []
    for name, count, step in _sizes(rows):
        plan = Plan(name, "EPSG:4548", {"parcels": parcels(name, count, step)})
        made.append((plan, judge(plan, only=["PB101"])))
    (old, of_old), (new, of_new) = made
    return Work(lambda path: _results(old, of_old, path), lambda path: _results(new, of_new, path))


def _results(plan: Plan, report: Report, path: Path) -> None:
    write_outputs(plan, report, path.parent)


def _sizes(rows: int) -> tuple[tuple[str, int, float], tuple[str, int, float]]:
    return ("old", rows // 2, 20.0), ("new", rows, 10.0)


def state(folder: Path) -> State:
    """Return the hash of every file in a folder; unfinished ones beside them count too."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir()) if p.is_file()}


def verdict(before: State, after: State, got: State) -> str:
    """Return old, new, part of one of them, or what is wrong: a file of neither run, or files of both."""
    for name, content in got.items():
        if content not in {before.get(name), after.get(name)}:
            return f"TORN {name}"
    if got in (before, after):
        return "old" if got == before else "new"
    of_old = [n for n in got if got[n] != after.get(n)]
    of_new = [n for n in got if got[n] != before.get(n)]
    if of_old and of_new:
        return f"MIXED {', '.join(of_old)} of the old run, {', '.join(of_new)} of the new one"
    return "part of old" if of_old else "part of new"


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


def trial(mode: str, moment: float, bench: Bench) -> tuple[str, int | None]:
    """Run one trial; return its verdict (old, new, or what is wrong) and the exit code of what was not killed."""
    box = Path(tempfile.mkdtemp(prefix="killed_"))
    try:
        out, said = box / "out", box / "said"
        shutil.copytree(bench.before, out)
        before = state(out)
        code = _hurt(mode, moment, (bench.work.new, out / "plan.gpkg", said), bench)
        word = verdict(before, bench.after, state(out))
        if code == 0 and state(out) != bench.after:
            word = "LIED"
        if code == 3:
            word += " traceback: " + (said.read_text(errors="replace")[-200:] if said.exists() else "")
        if word.startswith("part of"):
            looked = wait(start(look, out / "plan.gpkg", said))
            found = verdict(before, bench.after, state(out))
            word = f"{found}, finished by a reader" if looked == 0 else f"UNREADABLE {word}"
        if wait(start(bench.work.new, out / "plan.gpkg", said)) != 0 or state(out) != bench.after:
            word += " no recovery"
        if {p.name for p in out.iterdir()} != set(bench.after):
            word += " strays"
        return word, code
    finally:
        shutil.rmtree(box, ignore_errors=True)


def look(path: Path) -> None:
    """Read the plan as the next command does."""
    read_plan(path)


def _hurt(mode: str, moment: float, job: tuple[Callable[[Path], None], Path, Path], bench: Bench) -> int | None:
    """Start the work and hurt it: at a share of its time or of its size, or before one of its steps."""
    work, path, said = job
    if mode == "kill":
        pid = start(*job)
        time.sleep(bench.seconds * 1.05 * moment)
        os.kill(pid, signal.SIGKILL)
        wait(pid)
        return None
    if mode == "steps":
        return wait(start(lambda target: (die_before(int(moment)), work(target))[1], path, said))
    if mode == "disk":
        return wait(start(*job, most_bytes=int(bench.size * moment)))
    return max(wait(p) for p in [start(*job) for _ in range(4)])


def die_before(step: int) -> None:
    """End this process, without a word, before it renames or removes a file or folder for the n-th time."""
    left, own = [step], os.getpid()

    def counted(act: Callable[..., None]) -> Callable[..., None]:
        def one(*args: Any, **named: Any) -> None:
            if os.getpid() == own:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(own, signal.SIGKILL)
            act(*args, **named)

        return one

    for name in ("replace", "rename", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))


def run(work: str, modes: list[str], n: int, seed: int, rows: int = ROWS) -> dict[str, Counter[str]]:
    """Return the verdicts by mode; `concurrent` runs a tenth of `n` times, four writers each; `steps` each step once."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="killed_") as name:
        folder = Path(name)
        works = {
            "plan": lambda: writing(rows),
            "import": lambda: importing(rows, folder),
            "outputs": lambda: judging(rows),
        }
        bench = prepared(works[work](), folder)
        out = {}
        for mode in modes:
            times = max(1, n // 10) if mode == "concurrent" else n
            rounds = _each_step(bench) if mode == "steps" else (trial(mode, dice.random(), bench) for _ in range(times))
            out[mode] = Counter(word for word, _ in rounds)
        return out


def _each_step(bench: Bench) -> Iterator[tuple[str, int | None]]:
    """Yield the verdict of a kill before every step, until the work has no more of them."""
    for step in itertools.count(1):
        word, code = trial("steps", step, bench)
        if code == 0:
            return
        yield word, code


def main() -> int:
    """Print the verdicts; exit 1 when any is neither the whole old set nor the whole new one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--works", default="plan,import,outputs")
    parser.add_argument("--modes", default="kill,steps,disk,concurrent")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    found = {w: run(w, chosen.modes.split(","), chosen.n, chosen.seed) for w in chosen.works.split(",")}
    wrong = sum(n for f in found.values() for c in f.values() for v, n in c.items() if v not in GOOD)
    print(json.dumps({w: {m: dict(c) for m, c in f.items()} for w, f in found.items()} | {"wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
