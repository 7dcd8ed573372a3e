"""One case read in a forked child, and held against what the manifest expects."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import socket
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo_planner.errors import GeoPlannerError
from geo_planner.read import ReadOptions, import_layers
from geo_planner.read.open import open_layer
from geo_planner.read.scenario import read_scenario
from geo_planner.show.exports.files import write_import

from .cases import Case

MEMORY = 6 << 30


@dataclass
class Verdict:
    """What came of a case."""

    outcome: str = "crash"
    rows: int = 0
    out: int = 0
    error: str = ""
    codes: str = ""
    texts: list[str] = field(default_factory=list)
    area: float = float("nan")
    seconds: float = 0.0
    megabytes: int = 0
    traceback: bool = False
    hang: bool = False
    source_changed: bool = False
    escaped: bool = False
    connected: bool = False
    wrong: list[str] = field(default_factory=list)
    outcome_good: bool = False
    count_good: bool = True
    names_good: bool = True
    area_good: bool = True

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict without its texts, for a report."""
        return {k: v for k, v in asdict(self).items() if k != "texts"}


def warm_up(corpus: Path) -> None:
    """Load what every child would load by itself, so that a case's time is its own."""
    first = corpus / "generated" / "xy-wgs84-truth" / "a.geojson"
    if first.exists():
        import_layers([first.resolve()])


def judge(case: Case, limit: float = 60.0) -> Verdict:
    """Read a case and compare."""
    before = tree(case.folder)
    work = Path(tempfile.mkdtemp(prefix="corpus_"))
    try:
        verdict = _forked(case, work, limit)
        verdict.source_changed = tree(case.folder) != before
        stray = case.checks.get("must_not_create")
        verdict.escaped = bool(stray) and any(
            p.exists() for p in (work / stray, Path("/tmp") / stray, Path.cwd() / stray)
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _compare(case, verdict)
    return verdict


def _forked(case: Case, work: Path, limit: float) -> Verdict:
    answer = work / "answer.json"
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            _child(case, work, answer)
        finally:
            os._exit(0)
    verdict = Verdict()
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        if time.monotonic() - start > limit:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            verdict.hang = True
            status = 0
            break
        time.sleep(0.003)
    if answer.exists():
        verdict = Verdict(**json.loads(answer.read_text(encoding="utf-8")))
    elif not verdict.hang:
        verdict.error = f"ended with status {status}"
    verdict.seconds = round(time.monotonic() - start, 2)
    return verdict


def _child(case: Case, work: Path, answer: Path) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(work)
    verdict = Verdict()

    def refuse(*_: object, **__: object) -> None:
        verdict.connected = True
        msg = "no network here"
        raise OSError(msg)

    socket.socket.connect = refuse  # type: ignore[assignment, method-assign]
    try:
        _read(case, work, verdict)
    except BaseException:
        verdict.outcome, verdict.traceback, verdict.error = "crash", True, traceback.format_exc()[-400:]
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    verdict.megabytes = max(used) // 1024
    answer.write_text(json.dumps(asdict(verdict)), encoding="utf-8")


def _read(case: Case, work: Path, verdict: Verdict) -> None:
    if case.is_scenario:
        _read_scenario(case, verdict)
        return
    forced = case.checks.get("override_encoding")
    across = case.id == "xy-gcj02-against-reference"  # the fault lies between two files of the folder
    result = import_layers([case.folder if across else case.path], ReadOptions(layer=case.checks.get("layer")))
    verdict.outcome = result.outcome
    verdict.error = str(result.error or "")
    verdict.codes = " ".join(f"{n.code}:{n.severity[0]}" for n in result.notes)
    own = [r for r in result.layers if not across or r.source == case.path.name]
    verdict.rows = sum(r.rows_in for r in own)
    verdict.out = sum(r.rows_out for r in own)
    if result.plan is not None:
        write_import(result, work / "out.gpkg")
        read = import_layers([case.path], ReadOptions(encoding=forced)) if forced else result
        frames = list((read.plan or result.plan).layers.values()) + list(read.rejects.values())
        verdict.texts = [
            str(v) for f in frames for c in f.columns if c != f.geometry.name for v in f[c].dropna().tolist()[:3000]
        ]
        verdict.area = _area(case)


def _read_scenario(case: Case, verdict: Verdict) -> None:
    try:
        read_scenario(case.path)
        verdict.outcome = "full"
    except GeoPlannerError as error:
        verdict.outcome, verdict.error = "refuse", str(error)


def _area(case: Case) -> float:
    """Return the area after repair in the unit of the corpus: squares of 1e-4 degrees, before any projection."""
    if not case.areas:
        return float("nan")
    sheets = open_layer(case.path)
    return float(sum(shapely.area(np.asarray(s.frame.geometry.array)).sum() for s in sheets) / 1e-8)  # type: ignore[union-attr]


def tree(folder: Path) -> str:
    """Return a hash of every name and byte below a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(str(path.relative_to(folder)).encode("utf-8", "surrogateescape"))
        if path.is_file() and not path.is_symlink():
            total.update(path.read_bytes())
    return total.hexdigest()


def _only_crs_doubted(case: Case, verdict: Verdict) -> bool:
    """Whether a case that the manifest calls full or a repair is a doubt for nothing but its unknown CRS.

    The manifest was written when an unknown coordinate system counted as a repair; nothing was repaired, so it is a
    doubt now (IM301 is a warning), and only these rows are read so.
    """
    others = {c.split(":")[1] for c in verdict.codes.split() if not c.startswith("IM301:")}
    return case.expected in {"full", "repair"} and verdict.outcome == "warn" and not others & {"w", "e"}


def _compare(case: Case, verdict: Verdict) -> None:
    verdict.outcome_good = verdict.outcome in {case.expected, case.also} or _only_crs_doubted(case, verdict)
    if not verdict.outcome_good:
        verdict.wrong.append("outcome")
    if verdict.outcome in {"full", "repair", "warn"}:
        verdict.count_good = not case.counts or verdict.rows in case.counts or verdict.out in case.counts
        verdict.names_good = all(n in verdict.texts for n in case.names)
        if case.areas:
            unit = float(case.checks.get("tolerance", 1e-6)) * 100 + 1e-3
            verdict.area_good = any(abs(verdict.area - a) <= unit for a in case.areas)
    elif case.areas:
        verdict.area_good = 0 in case.areas and verdict.outcome == "refuse"
    checks = {
        "count": not verdict.count_good,
        "names": not verdict.names_good,
        "area": not verdict.area_good,
        "traceback": verdict.traceback,
        "hang": verdict.hang,
        "source": verdict.source_changed,
        "escaped": verdict.escaped,
        "network": verdict.connected,
        "slow": verdict.seconds > max(20.0, float(case.checks.get("max_seconds", 20))),
        "memory": verdict.megabytes > max(1500, int(case.checks.get("max_rss_mb", 1500))),
        "leak": "must_not_contain" in case.checks and any(case.checks["must_not_contain"] in t for t in verdict.texts),
    }
    verdict.wrong += [word for word, bad in checks.items() if bad]
