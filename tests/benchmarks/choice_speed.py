"""Repair with a choice of paths on generated programmes: cost, bound, gap and CPU seconds.

python -m tests.benchmarks.choice_speed [--tasks 10000] [--share 0.05]
"""

from __future__ import annotations

import argparse

import numpy as np

from geo_planner.schedule.choice import Choices
from geo_planner.schedule.network import Arcs, Network
from geo_planner.schedule.repair import least_change
from tests.benchmarks.schedule_speed import BLOCK, STAGES, park, timed


def choices_of(network: Network, share: float, *, seed: int = 2) -> Choices:
    """Works of the fifth stage that wait for a path to the source: one of two or three sets of two pipes each."""
    rng = np.random.default_rng(seed)
    n = network.tasks.n
    task = np.arange(n)
    stage = task % BLOCK // (BLOCK // STAGES)
    late = task[(stage == 4) & (rng.random(n) < share * STAGES)]
    paths = rng.integers(2, 4, len(late))
    group = np.repeat(np.arange(len(late)), paths)
    option = np.arange(len(group))
    after, members = np.repeat(late[group], 2), np.repeat(option, 2)
    block = np.clip(after // BLOCK + rng.integers(0, 12, len(after)), 0, n // BLOCK - 1)
    before = block * BLOCK + 2 * (BLOCK // STAGES) + rng.integers(0, BLOCK // STAGES, len(after))
    text = np.full(len(after), "", dtype=object)
    arcs = Arcs(before=before, after=after, lag=network.tasks.duration[before], rule=text, link=text, evidence=text)
    return Choices(arcs, np.repeat(group, 2), members, np.ones(len(after)), np.full(len(after), 2.0))


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.05)
    asked = parser.parse_args()
    network = park(asked.tasks)
    choices = choices_of(network, asked.share)
    broken = len(choices.broken(network.tasks.start))
    done, cpu = timed(lambda: least_change(network, choices=choices))
    gap = 100 * (done.cost - done.bound) / done.cost
    groups = len(np.unique(choices.group))
    print(
        f"{asked.tasks} tasks, {groups} choices, {broken} broken: {cpu:.1f} CPU s, cost {done.cost:.0f}, "
        f"bound {done.bound:.0f}, gap {gap:.2f} %, {done.status}"
    )


if __name__ == "__main__":
    main()
