"""Reading, checking and writing parcels against what pyogrio alone needs to read and write them, in the same run.

    python -m tests.benchmarks.read_speed ../shared/bench/city.py [--parcels 100000] [--limit 3.0]

Prints CPU seconds of both (own and child processes) and their ratio; exit 1 when the ratio is over the limit.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyogrio

from geo_planner.read import import_layers
from geo_planner.show.files import write_plan


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
        ]
        subprocess.run(argv, check=True, capture_output=True)
        source = next(p for p in sorted(folder.rglob("*.gpkg")) if "parcel" in p.stem or p.stem == "city")
        layer = "parcels" if "parcels" in {str(n) for n, _ in pyogrio.list_layers(source)} else None

        def plain() -> None:
            frame = pyogrio.read_dataframe(source, layer=layer)
            pyogrio.write_dataframe(frame, folder / "plain_out.gpkg", layer="parcels", driver="GPKG")

        def ours() -> None:
            from geo_planner.read import ReadOptions

            result = import_layers([source], ReadOptions(layer=layer))
            if result.plan is None:
                raise SystemExit(str(result.error))
            write_plan(result.plan, folder / "ours_out.gpkg")

        alone, with_checks = timed(plain), timed(ours)
        most = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    ratio = with_checks[0] / alone[0]
    print(json.dumps({"parcels": chosen.parcels, "pyogrio_cpu_wall": alone, "ours_cpu_wall": with_checks,
                      "ratio_cpu": round(ratio, 2), "peak_mb": most}))  # fmt: skip
    return 0 if ratio <= chosen.limit else 1


if __name__ == "__main__":
    sys.exit(main())
