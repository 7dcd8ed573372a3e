"""Reading, checking and writing parcels against what pyogrio alone needs to read and write them, in the same run.

    python -m tests.benchmarks.read_speed ../shared/bench/city.py [--parcels 100000] [--dirty 0.0] [--limit 3.0]

Prints CPU and wall seconds of both (own and child processes), the worse of the two ratios, and the most memory that all
processes held at one moment; exit 1 when the ratio is over the limit or the memory over 6 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyogrio

from geo_planner.read import ReadOptions, import_layers
from geo_planner.show.exports.files import write_plan

MOST_MB = 6 * 1024


class Memory(threading.Thread):
    """Looks five times a second at what this process and its children hold, shared pages counted once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.ended = 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.2):
            self.most = max(self.most, sum(_held(p) for p in (os.getpid(), *_children())))


def _children() -> list[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(p) for p in listed.read_text(encoding="ascii").split()] if listed.exists() else []


def _held(pid: int) -> int:
    """Return the megabytes of a process, its share of what is shared."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("Pss:")), 0)


def cpu() -> float:
    """Return CPU seconds spent so far by this process and its children."""
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def timed(task: Callable[[], None]) -> tuple[float, float]:
    """Return CPU and wall seconds of a task."""
    begun, wall = cpu(), time.monotonic()
    task()
    return round(cpu() - begun, 2), round(time.monotonic() - wall, 2)


def main() -> int:
    """Make a city, read and write it both ways, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("city", type=Path)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--dirty", type=float, default=0.0)
    parser.add_argument("--limit", type=float, default=3.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        argv = [
            sys.executable,
            str(chosen.city),
            "--parcels",
            str(chosen.parcels),
            "--seed",
            "7",
            "--out",
            name,
            "--formats",
            "gpkg",
            "--dirty",
            str(chosen.dirty),
        ]
        subprocess.run(argv, check=True, capture_output=True)
        source = folder / "parcels.gpkg"
        notes: dict[str, int] = {}

        def plain() -> None:
            frame = pyogrio.read_dataframe(source)
            pyogrio.write_dataframe(frame, folder / "plain_out.gpkg", layer="parcels", driver="GPKG")

        def ours() -> None:
            result = import_layers([source], ReadOptions())
            if result.plan is None:
                raise SystemExit(str(result.error))
            notes.update({n.code: n.count for n in result.notes})
            write_plan(result.plan, folder / "ours_out.gpkg")

        memory = Memory()
        alone = timed(plain)
        memory.start()
        with_checks = timed(ours)
        memory.ended.set()
    ratios = [ours / alone for ours, alone in zip(with_checks, alone, strict=True)]
    print(
        json.dumps(
            {
                "parcels": chosen.parcels,
                "pyogrio_cpu_wall": alone,
                "ours_cpu_wall": with_checks,
                "ratio_cpu_wall": [round(r, 2) for r in ratios],
                "peak_mb": memory.most,
                "notes": notes,
            }
        )
    )
    return 0 if max(ratios) <= chosen.limit and memory.most <= MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main())
