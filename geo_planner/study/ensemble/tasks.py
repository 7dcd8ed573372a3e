"""Results of members as files named by their content's key: what was computed once is not computed again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from .member import Job, judged


def task_key(job: Job, number: int) -> str:
    """Return the name of a member's result: the digest of its job and of what it draws."""
    draw = [repr(float(u)) for u in job.chances[number]]
    return hashlib.sha256(f"{job.key}|{job.seed}|{draw}".encode()).hexdigest()


def path_of(job: Job, number: int) -> Path:
    """Return where a member's result lies."""
    key = task_key(job, number)
    return Path(job.folder) / key[:2] / f"{key}.json"


def stored(job: Job, number: int) -> dict[str, Any] | None:
    """Return a result that was computed before; a damaged file counts as none."""
    if not job.folder:
        return None
    try:
        out = json.loads(path_of(job, number).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return out if isinstance(out, dict) and {"runs", "found"} <= out.keys() else None


def keep(job: Job, number: int, result: dict[str, Any]) -> None:
    """Write a member's result in one step; where the folder cannot be reached (another machine) nothing is written."""
    if not job.folder or not Path(job.folder).is_dir():
        return
    path = path_of(job, number)
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(result, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    part.replace(path)


def compute(job: Job, number: int) -> dict[str, Any]:
    """Judge a member and keep its result; a fault of one member is told as its result and not kept."""
    try:
        result = judged(job, number)
    except Exception as fault:  # one member that breaks does not end the others; it is counted and named
        return {"fault": f"{type(fault).__name__}: {fault}", "runs": {}, "found": []}
    keep(job, number, result)
    return result


def fresh_folder(folder: Path, *, resume: bool) -> Path:
    """Return the folder of results, emptied where the study does not go on from earlier ones."""
    tasks = folder / "tasks"
    if tasks.is_dir() and not resume:
        shutil.rmtree(tasks)
    tasks.mkdir(parents=True, exist_ok=True)
    return tasks
