"""A folder of facts never gives a wrong answer, whenever the run that fills it is killed.

    python -m tests.harness.kill_cache SCENARIO [--n 100] [--seed 1] [--box MINX MINY MAXX MAXY]

The same plan is judged again and again in a forked child that is killed at a random moment; every tenth time the files
it left are also cut or altered. After each kill a fresh child judges the plan from the same folder: its report must be
the one of a run without a folder. The folder stays from trial to trial, and is emptied every twentieth time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from geo_planner.facts import registry
from geo_planner.facts.registry import with_work
from geo_planner.plan import Plan, Profile
from geo_planner.read.scenario import read_scenario
from geo_planner.study.folder import FolderStore
from geo_planner.study.run import load_scenario
from geo_planner.verdict import judge
from geo_planner.work import Memory, Work

from .ablate import cropped
from .kill import start, wait

EMPTIED, HURT = 20, 10


def judged(plan: Plan, rules: Profile, folder: Path | None, path: Path) -> None:
    """Judge a plan with nothing in memory, and write the report's digest where it is asked for."""
    registry.HERE = Work(Memory())
    if folder is not None:
        plan = with_work(plan, Work(FolderStore(folder, lambda _: None)))
    path.write_text(judge(plan, rules).digest, encoding="ascii")


def hurt(folder: Path, dice: random.Random) -> None:
    """Cut one in five of the kept files short, or alter a byte of it."""
    for path in sorted(folder.rglob("*.fact")):
        if dice.random() < 0.2:
            content = bytearray(path.read_bytes())
            place = dice.randrange(len(content))
            if dice.random() < 0.5:
                del content[place:]
            else:
                content[place] ^= 1 << dice.randrange(8)
            path.write_bytes(bytes(content))


def trials(plan: Plan, rules: Profile, box: Path, chosen: argparse.Namespace) -> Counter[str]:
    """The words of all trials: right, wrong or failed, after a kill or after a kill and damage."""
    dice, told, faults = random.Random(chosen.seed), box / "digest", box / "faults"
    begun = time.monotonic()
    wait(start(lambda path: judged(plan, rules, None, path), told, faults))
    seconds, right = time.monotonic() - begun, told.read_text(encoding="ascii")
    words: Counter[str] = Counter()
    for number in range(chosen.n):
        folder = box / "cache"
        if number % EMPTIED == 0:
            shutil.rmtree(folder, ignore_errors=True)
        child = start(lambda path: judged(plan, rules, box / "cache", path), told, faults)
        time.sleep(seconds * dice.random())
        os.kill(child, 9)
        wait(child)
        harm = "after damage" if number % HURT == HURT - 1 else "after a kill"
        if harm == "after damage":
            hurt(folder, dice)
        told.unlink(missing_ok=True)
        code = wait(start(lambda path: judged(plan, rules, box / "cache", path), told, faults))
        word = "failed" if code else "right" if told.read_text(encoding="ascii") == right else "WRONG"
        words[f"{word} {harm}"] += 1
    return words


def main() -> int:
    """Print the words of the trials as one JSON object; exit 1 where any is not right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario", type=Path)
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--box", type=float, nargs=4)
    chosen = parser.parse_args()
    scenario = read_scenario(chosen.scenario)
    plan = load_scenario(scenario)
    plan = cropped(plan, tuple(chosen.box)) if chosen.box else plan
    with tempfile.TemporaryDirectory(prefix="killed_") as name:
        words = trials(plan, scenario.rules, Path(name), chosen)
    print(json.dumps(dict(words)))
    return int(any(not word.startswith("right") for word in words))


if __name__ == "__main__":
    sys.exit(main())
