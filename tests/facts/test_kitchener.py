"""The worked example on a real network: 666 mains of Kitchener, 521 with a date from the register."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import networkx as nx
import numpy as np
import pytest

from geo_planner.algorithms.networks.ends import parts
from geo_planner.algorithms.networks.noding import NEVER
from geo_planner.facts.utilities import Service, network_graph, service
from geo_planner.facts.utilities.graph import network

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "real-data" / "assembled" / "kitchener_underground.gpkg"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/real-data is absent"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:pyogrio.*"),
]


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kitchener", ROOT / "scenarios" / "kitchener.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(example: ModuleType) -> Service:
    return service(example.kitchener(DATA), "water", reach=example.REACH, snap=example.SNAP)


def test_all_mains_are_one_network_once_valves_are_bridged(example: ModuleType) -> None:
    plan = example.kitchener(DATA)
    part, fed = parts(network(plan, "water", example.SNAP))
    assert (len(part), fed.tolist()) == (666, [True])
    assert len(parts(network(plan, "water"))[1]) == 158  # at half a metre every valve is a gap


def test_521_mains_have_a_date(found: Service) -> None:
    assert (found.network.done < NEVER).sum() == 521


def test_every_main_is_served_on_the_day_that_components_day_by_day_give(example: ModuleType, found: Service) -> None:
    graph = network_graph(example.kitchener(DATA), "water", example.SNAP)
    days = {str(p): int(d) for p, d in zip(found.network.ids, found.network.done, strict=True)}
    source = [n for n, d in graph.nodes(data=True) if "source" in d]
    slow: dict[str, int] = {}
    for day in sorted(set(days.values()) - {NEVER}):
        built = nx.MultiGraph((u, v, d) for u, v, d in graph.edges(data=True) if days[d["pipe"]] <= day)
        built.add_nodes_from(source)
        for node in nx.node_connected_component(built, source[0]):
            for _, _, d in built.edges(node, data=True):
                slow.setdefault(d["pipe"], day)
    fast = {str(n): int(d) for n, d in zip(found.network.ids, found.spans[0].day, strict=True) if d < NEVER}
    assert fast == slow
    assert len(fast) > 400


def test_2890_of_2891_buildings_have_a_known_first_day(found: Service) -> None:
    frame = found.frame
    assert (len(frame), int(frame["served"].notna().sum())) == (2891, 2890)
    assert frame["served"].dt.year.value_counts().sort_index().tolist() == [2738, 87, 18, 47]


def test_a_witness_path_ends_at_the_fixed_head(found: Service) -> None:
    row = int(np.flatnonzero(found.frame["served"].notna())[0])
    path = found.path(str(found.parcels[row]))
    node = found.network.source_node[0]
    last = np.flatnonzero(found.network.ids == path[-1])[0]
    edges = found.network.pipe == last
    assert node in {*found.network.u[edges], *found.network.v[edges]}
