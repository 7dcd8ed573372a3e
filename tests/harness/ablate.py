"""Take data away from a scenario and print what looks better for it: `python -m tests.harness.ablate SCENARIO --n N`.

Without --n everything is taken away in turn: each layer, and of each column and the shapes a tenth, a half and all.
Exit code 1 where a promise is broken, 0 where none is.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import shapely

from geo_planner.plan import Plan
from geo_planner.read.scenario import read_scenario
from geo_planner.study.run import load_scenario
from geo_planner.verdict import judge
from geo_planner.verdict.ablation import SHARES, Ablation, ablations, aimed_ablations, broken_promises


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("--n", type=int, default=0, help="how many ablations, drawn at random; all where 0")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=1, help="draws of each share of a column")
    parser.add_argument("--aimed", action="store_true", help="instead: blank only the rows that findings name")
    parser.add_argument("--layers", nargs="*", default=[], help="only what is taken from these layers")
    parser.add_argument("--box", type=float, nargs=4, metavar=("W", "S", "E", "N"), help="only what touches this box")
    asked = parser.parse_args(argv)
    scenario = read_scenario(asked.scenario)
    plan = load_scenario(scenario)
    plan = cropped(plan, tuple(asked.box)) if asked.box else plan
    before, broken = judge(plan, scenario.rules, exemptions=scenario.exemptions), 0
    chosen = list(aimed_ablations(plan, before)) if asked.aimed else drawn(plan, asked.n, asked.seed, asked.seeds)
    chosen = [taken for taken in chosen if not asked.layers or taken.layer in asked.layers]
    for number, taken in enumerate(chosen, start=1):
        after = judge(taken.of(plan), scenario.rules, exemptions=scenario.exemptions)
        said = broken_promises(before, after, taken, plan)
        broken += bool(said)
        print(f"{number}/{len(chosen)} {taken}: {len(said)} broken", flush=True)
        for text in said[:20]:
            print(f"    {text}", flush=True)
    print(f"{broken} of {len(chosen)} ablations break a promise")
    return 1 if broken else 0


def drawn(plan: Plan, n: int, seed: int, seeds: int = 1) -> list[Ablation]:
    """Return n of everything that can be taken away, by chance; all where n is 0."""
    every = list(ablations(plan, SHARES, tuple(range(seed, seed + seeds))))
    if not n or n >= len(every):
        return every
    return [every[k] for k in np.sort(np.random.default_rng(seed).choice(len(every), n, replace=False))]


def cropped(plan: Plan, box: tuple[float, ...]) -> Plan:
    """Return the part of a plan whose features touch a box; rasters stay whole."""
    frame = shapely.box(*box)
    return replace(plan, layers={k: f[f.geometry.intersects(frame).to_numpy()] for k, f in plan.layers.items()})


if __name__ == "__main__":
    raise SystemExit(main())
