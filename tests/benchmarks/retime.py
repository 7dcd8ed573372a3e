"""One edit judged again, warm: `python -m tests.benchmarks.retime [--parcels N | --files …] [--edits K]`.

Without `--parcels` the sample park, else the synthetic city of `../shared/bench/city.py`. First the plan is judged, then K
parcels are retimed and K reshaped, each from the first plan on, by `Judged.edit` or `apply` and `judge`: CPU seconds of
each, and whether the findings equal those of a cold run (of the first edit of each kind, with `--cold`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import shapely

import geo_planner as gp
from geo_planner.facts.registry import with_work
from geo_planner.plan import Edit, Plan, Profile, Scenario, apply
from geo_planner.read import read_plan
from geo_planner.read.profile import read_profile
from geo_planner.read.scenario import read_scenario
from geo_planner.study.run import load_scenario
from geo_planner.verdict import judge
from geo_planner.work import Memory, Work
from tests.shared import SHARED

ROOT = Path(__file__).parents[2]


def world(parcels: int, files: Sequence[Path] = ()) -> tuple[Plan, Profile]:
    """The plan to be edited and the profile that judges it."""
    if files:
        return read_plan(files, name="city"), read_profile("china")
    if not parcels:
        scenario: Scenario = read_scenario(ROOT / "scenarios" / "susu_base.toml")
        return load_scenario(scenario), scenario.rules
    with tempfile.TemporaryDirectory() as folder:
        maker = [sys.executable, str(SHARED / "bench" / "city.py"), "--parcels", str(parcels), "--out", folder]
        subprocess.run([*maker, "--formats", "gpkg"], check=True, capture_output=True)
        return read_plan([Path(folder)], name="city"), read_profile("china")


def edits(plan: Plan, count: int) -> dict[str, list[Edit]]:
    """Parcels moved in time by 400 days, and parcels drawn a tenth smaller."""
    frame = plan["parcels"]
    rows = [len(frame) * (2 * k + 1) // (2 * count) for k in range(count)]
    ids, shapes = frame["id"].to_numpy(dtype=object)[rows], frame.geometry.to_numpy()[rows]
    smaller = shapely.buffer(shapes, -0.03 * shapely.length(shapes))
    return {
        "retimed": [Edit("retime", "parcels", name, {"shift_days": -400}) for name in ids],
        "reshaped": [
            Edit("reshape", "parcels", n, {"geometry": s.wkt})
            for n, s in zip(ids, smaller, strict=True)
            if not s.is_empty
        ],
    }


def main() -> None:
    """Print CPU seconds of the first run, of the same plan again and of each edit, and one JSON object at the end."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--parcels", type=int, default=0)
    ask.add_argument(
        "--files", type=Path, nargs="*", default=[], help="files or folders of a city that is there already"
    )
    ask.add_argument("--edits", type=int, default=3)
    ask.add_argument("--cold", action="store_true", help="compare with a cold run")
    given = ask.parse_args()
    plan, rules = world(given.parcels, given.files)
    work, told = Work(Memory()), {}

    def seconds(one: Plan) -> tuple[float, gp.Report]:
        began = time.process_time()
        report = judge(with_work(one, work), rules)
        return round(time.process_time() - began, 2), report

    for name in ("first", "again"):
        told[name] = [seconds(plan)[0]]
        print(name, told[name], flush=True)
    for kind, listed in edits(plan, given.edits).items():
        told[kind] = []
        for number, edit in enumerate(listed):
            edited = apply(plan, [edit])
            spent, report = seconds(edited)
            told[kind].append(spent)
            if given.cold and not number:
                told[f"{kind} equal to cold"] = [report == judge(with_work(edited, Work(Memory())), rules)]
        print(kind, told[kind], told.get(f"{kind} equal to cold", ""), flush=True)
    print(json.dumps({"parcels": len(plan["parcels"]), **told}))


if __name__ == "__main__":
    main()
