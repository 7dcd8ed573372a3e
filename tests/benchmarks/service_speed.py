"""Earliest service dates of six utilities on the synthetic city, against the plain networkx way, in one run.

    python -m tests.benchmarks.service_speed CITY.py [--parcels 100000] [--rounds 3]

CITY.py is the generator of the synthetic city. Both ways start from the same arrays (two nodes and a date for each pipe,
a node and a date for each source) and end with a day for each node. The plain way builds a networkx graph and runs a
heap over latest dates. Seconds are of the processor; the ratio is taken inside each round, and its median is shown.
"""

from __future__ import annotations

import argparse
import heapq
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from geo_planner.algorithms.networks.minimax import Links, earliest
from geo_planner.algorithms.networks.noding import NEVER

Array = np.ndarray[Any, Any]
DAY = "datetime64[D]"


def load_city(path: Path, parcels: int) -> Any:
    spec = importlib.util.spec_from_file_location("city", path)
    if spec is None or spec.loader is None:
        msg = f"{path} is no Python file"
        raise SystemExit(msg)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.City(parcels)


def links_of(city: Any) -> list[Links]:
    pipes, sources = city.layers["pipes"], city.layers["sources"]
    nodes = len(city.node_x)
    out = []
    for kind in sorted(pipes["utility"].unique()):
        p, s = pipes[pipes["utility"] == kind], sources[sources["utility"] == kind]
        out.append(
            Links(
                nodes,
                *(p[c].to_numpy() for c in ("u", "v")),
                days(p["finish_date"]),
                s["node"].to_numpy(),
                days(s["open_date"]),
            )
        )
    return out


def days(column: pd.Series) -> Array:
    return np.asarray(column.to_numpy(dtype=DAY).astype(np.int64))


def plain(links: Links) -> Array:
    """The way one writes it first: a graph of Python objects and a heap. The city has no parallel pipes of a kind."""
    graph = nx.Graph()
    graph.add_nodes_from(range(links.nodes))
    graph.add_weighted_edges_from(zip(links.u.tolist(), links.v.tolist(), links.day.tolist(), strict=True), "day")
    best: dict[int, int] = {}
    heap = list(zip(links.root_day.tolist(), links.root.tolist(), strict=True))
    heapq.heapify(heap)
    while heap:
        day, node = heapq.heappop(heap)
        if node in best:
            continue
        best[node] = day
        for other, pipe in graph.adj[node].items():
            if other not in best:
                heapq.heappush(heap, (max(day, pipe["day"]), other))
    out = np.full(links.nodes, NEVER, dtype=np.int64)
    out[list(best)] = list(best.values())
    return out


def timed(way: Callable[[Links], Array], networks: list[Links]) -> tuple[float, list[Array]]:
    began = time.process_time()
    answers = [way(links) for links in networks]
    return time.process_time() - began, answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("city", type=Path)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    networks = links_of(load_city(given.city, given.parcels))
    print(
        f"{given.parcels} parcels, {sum(len(n.u) for n in networks)} pipes in {len(networks)} networks", file=sys.stderr
    )
    ways: dict[str, Callable[[Links], Array]] = {
        "networkx": plain,
        "scipy": lambda n: earliest(n, "scipy").day,
        "numba": lambda n: earliest(n, "numba").day,
    }
    earliest(networks[0], "numba")  # compiled once, as it would be on any machine after the first run
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    answers: dict[str, list[Array]] = {}
    for _ in range(given.rounds):
        for name, way in ways.items():
            took, answers[name] = timed(way, networks)
            seconds[name].append(took)
    same = {n: all(np.array_equal(a, b) for a, b in zip(answers["networkx"], answers[n], strict=True)) for n in ways}
    for name in ways:
        ratio = statistics.median(b / t for b, t in zip(seconds["networkx"], seconds[name], strict=True))
        row = {
            "way": name,
            "cpu_s": round(statistics.median(seconds[name]), 4),
            "times_faster": round(ratio, 1),
            "same_answer": same[name],
        }
        print(json.dumps(row))


if __name__ == "__main__":
    main()
