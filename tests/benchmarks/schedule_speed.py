"""Speed of critical path, repair and conflict on generated programmes, as ratios in one run.

python -m tests.benchmarks.schedule_speed [--tasks 100000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from geo_planner.schedule.conflict import conflict
from geo_planner.schedule.critical import critical_path, forward
from geo_planner.schedule.network import Arcs, Network, make_tasks
from geo_planner.schedule.repair import least_change, shift_cost

BLOCK, STAGES = 24, 6


def park(n: int, *, seed: int = 1, held: float = 0.0) -> Network:
    """A generated programme: blocks of 24 works in 6 stages (permit, earth, pipes, road, building, acceptance).

    Every work waits for one to four of the stage before, one in five of them in the block next door. The dates keep
    every rule with up to 60 days to spare, then one in five is moved by up to 200 days either way.
    """
    rng = np.random.default_rng(seed)
    task = np.arange(n)
    block, stage = task // BLOCK, task % BLOCK // (BLOCK // STAGES)
    duration = rng.integers(20, 360, n)
    after = np.repeat(task, np.where(stage > 0, rng.integers(1, 5, n), 0))
    home = np.where(rng.random(len(after)) < 0.2, block[after] - 1, block[after]).clip(0)
    before = home * BLOCK + (stage[after] - 1) * (BLOCK // STAGES) + rng.integers(0, BLOCK // STAGES, len(after))
    before, after = np.unique(np.column_stack([before, after]), axis=0).T.copy()
    text, link = np.full(len(after), "", dtype=object), np.full(len(after), "FS", dtype=object)
    arcs = Arcs(before=before, after=after, lag=duration[before], rule=link, link=link, evidence=text)
    start = 18_000 + (block * 3650 // max(1, n // BLOCK))
    for k in range(STAGES):
        start = start + np.where(stage == k, rng.integers(0, 60, n), 0)
        start = forward(Network(make_tasks(task.astype(str), duration, start), arcs), start)
    start = start + np.where(rng.random(n) < 1 / 5, rng.integers(-200, 200, n), 0)
    frozen = rng.random(n) < held
    price = {"later": rng.integers(1, 6, n), "earlier": rng.integers(1, 4, n)}
    return Network(make_tasks([f"T{i:06d}" for i in range(n)], duration, start, {"frozen": frozen, **price}), arcs)


def timed(job: Callable[[], Any]) -> tuple[Any, float]:
    """What a job returns and its CPU seconds."""
    begin = time.process_time()
    answer = job()
    return answer, time.process_time() - begin


def plain(network: Network) -> dict[int, int]:
    """The critical path pass as one writes it in networkx."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.tasks.n))
    arcs = network.arcs
    graph.add_weighted_edges_from(zip(arcs.before.tolist(), arcs.after.tolist(), arcs.lag.tolist(), strict=True))
    first = int(network.tasks.start.min())
    early: dict[int, int] = {}
    order = list(nx.topological_sort(graph))
    for j in order:
        early[j] = max((early[i] + w["weight"] for i, w in graph.pred[j].items()), default=first)
    end = max(early[j] + int(network.tasks.duration[j]) for j in order)
    late: dict[int, int] = {}
    for i in reversed(order):
        late[i] = min(
            (late[j] - w["weight"] for j, w in graph.succ[i].items()), default=end - int(network.tasks.duration[i])
        )
    return {j: late[j] - early[j] for j in order}


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=100_000)
    n = parser.parse_args().tasks
    big = park(n)
    line, ours = timed(lambda: critical_path(Network(big.tasks, big.arcs)))
    slack, theirs = timed(lambda: plain(big))
    same = all(int(line.total[j]) == s for j, s in slack.items())
    print(
        f"critical path, {n} tasks, {len(big.arcs)} arcs: {ours:.2f} s, networkx {theirs:.2f} s, ratio {theirs / ours:.0f}, same {same}"
    )
    for size in (n // 10, n):
        network = park(size)
        broken = (
            network.tasks.start[network.arcs.after] < network.tasks.start[network.arcs.before] + network.arcs.lag
        ).sum()
        done, cpu = timed(lambda network=network: least_change(network))
        late, quick = timed(lambda network=network: least_change(network, mode="delay"))
        print(
            f"least change, {size} tasks, {broken} broken arcs: {cpu:.2f} CPU s, cost {done.cost:.0f} {done.status}; "
            f"delays only {quick:.2f} CPU s, cost {shift_cost(network, late.start):.0f}"
        )
    tight = park(n, held=0.3)
    why, cpu = timed(lambda: conflict(tight))
    print(
        f"conflict, {n} tasks: {cpu:.2f} CPU s, {len(why.members) if why else 0} members, {why.days if why else 0} days too tight"
    )


if __name__ == "__main__":
    main()
