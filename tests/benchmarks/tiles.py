"""A synthetic city judged whole and in tiles: `python -m tests.benchmarks.tiles --parcels N [--rows R] [--processes P]`.

The city comes from `../shared/bench/city.py`. Each way runs in a process of its own: it reads the layers, then judges
them by every check of the profile `china` (or those of `--only`) without verdict and files. Told are seconds of CPU of
the process and of its children (the larger is the time on free cores), wall, how long cutting the tiles took of it, the highest memory of the process before and
after judging and of its largest child, the checks judged by tile, whether both reports are one to the last bit, and if
not, in what they differ.
The last line is one JSON object with everything.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo_planner.plan.digests import digest_of
from tests.shared import SHARED


def _peak(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1e3, 1)


def one_way(given: argparse.Namespace) -> dict[str, Any]:
    """Judge the layers, in tiles where `rows` is above 0, and write what is found."""
    from geo_planner.checks import run
    from geo_planner.facts.registry import with_work, work_of
    from geo_planner.read import read_plan
    from geo_planner.read.profile import read_profile
    from geo_planner.study.tiles.judge import Tiling, judged_apart
    from geo_planner.work import Memory, Work

    plan = with_work(read_plan([given.layers], name="city"), Work(Memory()))
    rules, read_mb = read_profile("china"), _peak(resource.RUSAGE_SELF)
    tiling = Tiling(rows=given.rows, processes=given.processes) if given.rows else None
    before, wall = os.times(), time.perf_counter()
    with judged_apart(plan, rules, tiling, given.only) as parted:
        cut_wall, by_tile = time.perf_counter() - wall, tuple(work_of(parted).apart)
        report = run(parted, rules, only=given.only)
    spent = [b - a for a, b in zip(before, os.times(), strict=True)]
    own, children = spent[0] + spent[1], spent[2] + spent[3]
    told = {
        "own_cpu_s": round(own, 1),
        "children_cpu_s": round(children, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
        "cut_wall_s": round(cut_wall, 1),
        "read_mb": read_mb,
        "peak_mb": _peak(resource.RUSAGE_SELF),
        "child_mb": _peak(resource.RUSAGE_CHILDREN),
        "by_tile": list(by_tile),
        "findings": len(report.findings),
        "unknown": digest_of(report.unknown),
        "runs": digest_of([replace(r, seconds=0.0) for r in report.runs]),
        "digest": report.digest,
        "dearest": {r.code: round(r.seconds, 1) for r in sorted(report.runs, key=lambda r: -r.seconds)[:8]},
    }
    report.findings.drop(columns="args").to_parquet(given.way)
    return told


def differences(folder: Path, rows: int) -> dict[str, Any]:
    """In what the findings of both ways differ: names, the greatest difference of a value, and of evidence [m]."""
    a, b = (gpd.read_parquet(folder / f"found_{n}.parquet") for n in (0, rows))
    names = ["code", "fingerprint", "severity", "layer", "id", "other_layer", "other_id", "from", "to"]
    same = a[names].equals(b[names])
    told: dict[str, Any] = {"names_and_dates_are_one": same}
    if same:
        value = (a["value"] - b["value"]).abs().to_numpy()
        other = ~shapely.equals_exact(a.geometry.array, b.geometry.array)
        far = shapely.hausdorff_distance(np.array(a.geometry.array)[other], np.array(b.geometry.array)[other])
        told |= {"values_apart": int((value > 0).sum()), "most_apart": float(np.nan_to_num(value).max(initial=0.0))}
        told |= {"evidence_apart": int(other.sum()), "most_apart_m": float(np.nan_to_num(far).max(initial=0.0))}
    return told


def main() -> None:
    """Measure both ways, or one where called as a child."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parcels", type=int, default=10_000)
    options.add_argument("--rows", type=int, default=50_000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--only", nargs="*", default=[])
    options.add_argument("--way", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--layers", type=Path, help="A city written before, in place of one of --parcels.")
    given = options.parse_args()
    if given.way:
        print(json.dumps(one_way(given)))
        return
    city = SHARED / "bench" / "city.py"
    if not given.layers and not city.exists():
        print("../shared/bench/city.py is absent: nothing is measured")
        return
    told: dict[str, Any] = {"parcels": given.parcels, "rows": given.rows, "processes": given.processes}
    with tempfile.TemporaryDirectory() as folder:
        layers = given.layers or Path(folder) / "layers"
        if not given.layers:
            make = [sys.executable, str(city), "--parcels", str(given.parcels), "--seed", "7", "--out", str(layers)]
            subprocess.run([*make, "--formats", "gpkg"], check=True, stdout=subprocess.DEVNULL)
        for name, rows in (("whole", 0), ("tiles", given.rows)):
            call = [sys.executable, "-m", "tests.benchmarks.tiles", "--layers", str(layers), "--rows", str(rows)]
            call += ["--way", f"{folder}/found_{rows}.parquet", "--processes", str(given.processes)]
            call += ["--only", *given.only] if given.only else []
            told[name] = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
            print(name, told[name], flush=True)
        told["differ"] = differences(Path(folder), given.rows)
    for what in ("digest", "unknown", "runs"):
        told[f"same_{what}"] = told["whole"][what] == told["tiles"][what]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
