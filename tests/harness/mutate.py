"""Byte-level damage to the import corpus; nothing may crash, hang, leave a traceback or touch the source.

    python -m tests.harness.mutate ../shared/import-corpus --n 10000 [--seed 1] [--jobs 2] [--only NUMBER] [--report FILE]

Every mutation follows from the seed and its number. Each is imported and written in a forked child under limits. With
TMPDIR on a memory file system the disk is spared and 10,000 take half an hour on one idle core.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from geo_planner.errors import GeoPlannerError
from geo_planner.read import ReadOptions, import_layers
from geo_planner.read.sandbox.process import Limits
from geo_planner.show.exports.files import write_import

MAIN = (
    ".shp",
    ".gpkg",
    ".geojson",
    ".json",
    ".kml",
    ".gpx",
    ".dxf",
    ".zip",
    ".tif",
    ".csv",
    ".fgb",
    ".parquet",
    ".gml",
)
INTS = (0, 1, -1, 2, 0x7FFFFFFF, -0x80000000, 0xFFFF, 0x7FFF, 100, 9994, 5, 15, 255)
FLOATS = (float("nan"), float("inf"), -1e300, 1e-320, 0.0, 1e39, -1e39)
TOKENS = (
    b"null",
    b"1e999",
    b"-1e308",
    b"NaN",
    b'""',
    b"[]",
    b"{}",
    b"9" * 21,
    b"<script>",
    b"\xff\xfe",
    b"\x00",
    b"\xc4\xe3",
    b"../../x",
    b"&a;",
)
SKIPPED = {"gpkg-endless-view", "dxf-block-bomb", "dxf-block-loop", "zip-many-entries"}
GOOD = {"ok", "refused"}
_WORTH = 100  # from so many runs on, warming up pays

Seed = tuple[str, str, dict[str, bytes]]


@dataclass(frozen=True)
class Result:
    """What came of one mutation."""

    number: int
    case: str
    verdict: str
    seconds: float
    said: str


def seeds(corpus: Path, largest: int = 300_000) -> list[Seed]:
    """Return every case of a corpus small enough: its name, its main file, and all its files."""
    out = []
    for half in ("generated", "real"):
        folder = corpus / half
        for case in sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []:
            files = {p.name: p.read_bytes() for p in sorted(case.iterdir()) if p.is_file() and not p.is_symlink()}
            mains = sorted((MAIN.index(Path(n).suffix.lower()), n) for n in files if Path(n).suffix.lower() in MAIN)
            if mains and sum(map(len, files.values())) <= largest and case.name not in SKIPPED:
                out.append((case.name, mains[0][1], files))
    return out


def damage(raw: bytes, dice: random.Random) -> bytes:
    """Return the bytes with one random wound; half of the wounds hit the first 160 bytes, where meaning is densest."""
    if not raw:
        return dice.randbytes(dice.randint(1, 64))
    body = bytearray(raw)
    at = dice.randrange(min(len(body), 160)) if dice.random() < 0.5 else dice.randrange(len(body))
    kind = dice.randrange(10)
    if kind == 0:
        body[at] ^= 1 << dice.randrange(8)
    elif kind == 1:
        size = dice.randint(1, 16)
        body[at : at + size] = dice.randbytes(size)
    elif kind == 2:
        del body[at:]
    elif kind == 3:
        del body[at : at + dice.randint(1, 64)]
    elif kind == 4:
        body[at:at] = dice.randbytes(dice.randint(1, 64))
    elif kind == 5:
        body[at:at] = body[at : at + dice.randint(1, 256)] * dice.randint(1, 8)
    elif kind == 6:
        body[at - at % 4 : at - at % 4 + 4] = struct.pack(dice.choice("<>") + "i", dice.choice(INTS))
    elif kind == 7:
        body[at - at % 8 : at - at % 8 + 8] = struct.pack("<d", dice.choice(FLOATS))
    elif kind == 8:
        size = dice.randint(1, 512)
        body[at : at + size] = bytes(len(body[at : at + size]))
    else:
        body[at : at + dice.randint(0, 8)] = dice.choice(TOKENS)
    return bytes(body)


def mutant(number: int, seed: str, pool: list[Seed]) -> Seed:
    """Return the damaged files of one number; the same number gives the same files."""
    dice = random.Random(f"{seed}:{number}")
    name, main, files = dice.choice(pool)
    files = dict(files)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        victim = main if dice.random() < 0.6 else dice.choice(sorted(files))
        if victim != main and dice.random() < 0.15:
            files.pop(victim, None)
        elif victim != main and dice.random() < 0.15:
            same = [
                f[n] for _, _, f in pool for n in sorted(f) if Path(n).suffix.lower() == Path(victim).suffix.lower()
            ]
            files[victim] = dice.choice(same)
        else:
            files[victim] = damage(files.get(victim, b""), dice)
    return name, main, files


def run_one(number: int, seed: str, pool: list[Seed], timeout: float = 30.0) -> Result:
    """Import one mutant in a forked child and return the verdict: ok, refused, or what went wrong."""
    name, main, files = mutant(number, seed, pool)
    work = Path(tempfile.mkdtemp(prefix="mutant_"))
    start = time.monotonic()
    try:
        source, out = work / "in", work / "out"
        source.mkdir()
        out.mkdir()
        for file, raw in files.items():
            (source / file).write_bytes(raw)
        verdict, said = _forked(source / main, out / "plan.gpkg", work, timeout)
        changed = {p.name: p.read_bytes() for p in source.iterdir() if p.is_file()} != files
        strays = {p.name for p in work.iterdir()} - {"in", "out", "said.txt"}
        verdict = "source" if changed else "escaped" if strays else verdict
        if verdict == "refused" and any(out.iterdir()):
            verdict = "partial"
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Result(number, name, verdict, round(time.monotonic() - start, 2), said)


def _forked(source: Path, target: Path, work: Path, timeout: float) -> tuple[str, str]:
    answer = work / "said.txt"
    pid = os.fork()
    if pid == 0:
        code = 3
        try:
            code = _child(source, target, work, answer)
        finally:
            os._exit(code)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            said = answer.read_text(encoding="utf-8") if answer.exists() else ""
            if os.WIFSIGNALED(status):
                return "crash", f"signal {os.WTERMSIG(status)}"
            return {0: "ok", 2: "refused"}.get(os.WEXITSTATUS(status), "traceback"), said
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "hang", ""


def _child(source: Path, target: Path, work: Path, answer: Path) -> int:
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(work)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        result = import_layers([source], ReadOptions(limits=Limits(seconds=15)))
        write_import(result, target)
    except GeoPlannerError as error:
        answer.write_text(str(error), encoding="utf-8", errors="replace")
        return 2
    except BaseException:
        answer.write_text(traceback.format_exc()[-600:], encoding="utf-8", errors="replace")
        return 3
    if result.error is not None:
        answer.write_text(str(result.error), encoding="utf-8", errors="replace")
        return 2
    return 0 if target.exists() else 3


def warm_up(pool: list[Seed]) -> None:
    """Read one unharmed case of each kind, so that the children find loaded what each would load by itself."""
    with tempfile.TemporaryDirectory(prefix="mutant_") as name:
        for suffix in MAIN:
            files = next((f for _, main, f in pool if Path(main).suffix.lower() == suffix), {})
            for file, raw in files.items():
                (Path(name) / file).write_bytes(raw)
            main = next((Path(name) / f for f in files if Path(f).suffix.lower() == suffix), None)
            if main is not None:
                result = import_layers([main])
                write_import(result, Path(name) / "out" / "plan.gpkg")


def run(corpus: Path, numbers: list[int], seed: str, jobs: int) -> list[Result]:
    """Run mutations on some cores; results come in the order of their numbers."""
    pool = seeds(corpus)
    if len(numbers) >= _WORTH:
        warm_up(pool)
    task = partial(run_one, seed=seed, pool=pool)
    if jobs == 1:
        return [task(n) for n in numbers]
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as workers:
        return list(workers.map(task, numbers, chunksize=16))


def main() -> int:
    """Print the counts and the worst; exit 1 when anything is neither read nor refused in a sentence."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", type=int)
    parser.add_argument("--report", type=Path)
    chosen = parser.parse_args()
    start = time.monotonic()
    numbers = [chosen.only] if chosen.only is not None else list(range(chosen.n))
    results = run(chosen.corpus, numbers, chosen.seed, chosen.jobs)
    bad = [r for r in results if r.verdict not in GOOD]
    for result in bad[:40] if chosen.only is None else results:
        print(result.number, result.case, result.verdict, result.said[-300:].replace("\n", " | "))
    slowest = max((r.seconds for r in results), default=0.0)
    print(
        json.dumps(
            {
                "mutations": len(results),
                "seconds": round(time.monotonic() - start, 1),
                "slowest": slowest,
                "verdicts": dict(Counter(r.verdict for r in results)),
                "bad": len(bad),
            }
        )
    )
    if chosen.report:
        chosen.report.write_text(json.dumps([vars(r) for r in results], ensure_ascii=False, indent=1), encoding="utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
