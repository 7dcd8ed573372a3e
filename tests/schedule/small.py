"""Small networks for the tests of the schedule room, and slow obvious answers to compare with."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st

from geo_planner.schedule import Links, Network, arcs_of, make_tasks


def net(tasks: dict[str, tuple[int, int]], links: list[tuple[str, str, str, int]] = (), **given: object) -> Network:
    """Return a network: name -> (duration, declared start), and links (before, after, kind, gap)."""
    made = make_tasks(list(tasks), [d for d, _ in tasks.values()], [s for _, s in tasks.values()], given)
    columns = list(zip(*links, strict=True)) or [(), (), (), ()]
    return Network(made, arcs_of(made, Links(before=columns[0], after=columns[1], link=columns[2], gap=columns[3])))


@st.composite
def networks(draw, most: int = 5, horizon: int = 8) -> Network:
    """Return small networks without circles, with weights and a few frozen tasks."""
    n = draw(st.integers(2, most))
    tasks = {f"t{k}": (draw(st.integers(0, 3)), draw(st.integers(0, horizon))) for k in range(n)}
    pairs = [(f"t{i}", f"t{j}") for i, j in itertools.combinations(range(n), 2)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6))
    links = [(a, b, draw(st.sampled_from(["FS", "SS", "FF"])), draw(st.integers(-1, 3))) for a, b in chosen]
    weights = st.lists(st.integers(1, 4), min_size=n, max_size=n)
    frozen = [draw(st.integers(0, 5)) == 0 for _ in range(n)]
    return net(tasks, links, later=draw(weights), earlier=draw(weights), frozen=frozen)


def brute_force(network: Network, low: int, high: int) -> float:
    """Return the least cost over every choice of starts in [low, high); infinity where none keeps the rules."""
    tasks, arcs = network.tasks, network.arcs
    days = [[int(s)] if f else range(low, high) for s, f in zip(tasks.start, tasks.frozen, strict=True)]
    start = np.stack(np.meshgrid(*days, indexing="ij")).reshape(tasks.n, -1)
    kept = (start[arcs.after] >= start[arcs.before] + arcs.lag[:, None]).all(axis=0)
    shift = start[:, kept] - tasks.start[:, None]
    cost = tasks.later @ np.maximum(shift, 0) + tasks.earlier @ np.maximum(-shift, 0)
    return float(cost.min(initial=float("inf")))
