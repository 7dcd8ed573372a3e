"""The earliest day on which each node is joined to an open source."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.algorithms.networks.minimax import Links, earliest
from geo_planner.algorithms.networks.noding import NEVER

ENGINES = ["scipy", "numba"]


def links(nodes: int, edges: list[tuple[int, int, int]], roots: list[tuple[int, int]]) -> Links:
    u, v, day = (np.array([e[k] for e in edges], dtype=np.int64) for k in range(3))
    root, opened = (np.array([r[k] for r in roots], dtype=np.int64) for k in range(2))
    return Links(nodes, u, v, day, root, opened)


DAYS = st.sampled_from([-40, 1, 2, 3, 70_000, NEVER])

networks = st.integers(2, 9).flatmap(
    lambda n: st.builds(
        links,
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), DAYS), min_size=1, max_size=16),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, 4)), max_size=3),
    )
)


def stage_by_stage(net: Links, day: int) -> set[int]:
    """Nodes joined to an open source by what stands on a day, the slow and obvious way."""
    graph = nx.Graph()
    graph.add_nodes_from(range(net.nodes))
    graph.add_edges_from((u, v) for u, v, d in zip(net.u, net.v, net.day, strict=True) if d <= day)
    open_now = [int(r) for r, d in zip(net.root, net.root_day, strict=True) if d <= day]
    return {int(node) for root in open_now for node in nx.node_connected_component(graph, root)}


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=60, deadline=None)
@given(net=networks)
def test_the_day_of_a_node_is_the_first_stage_in_which_it_is_joined_to_a_source(engine: str, net: Links) -> None:
    tree = earliest(net, engine)
    for day in (-41, -40, 0, 1, 2, 3, 4, 69_999, 70_000):
        assert set(np.flatnonzero(tree.day <= day)) == stage_by_stage(net, day)


@settings(max_examples=60, deadline=None)
@given(net=networks)
def test_both_engines_give_the_same_days_causes_and_parents(net: Links) -> None:
    one, two = earliest(net, "scipy"), earliest(net, "numba")
    assert np.array_equal(one.day, two.day)
    assert np.array_equal(one.cause, two.cause)
    for a, b in zip(one.parents, two.parents, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=40, deadline=None)
@given(net=networks)
def test_the_way_up_the_tree_reaches_a_source_and_its_latest_link_is_the_day(engine: str, net: Links) -> None:
    tree = earliest(net, engine)
    up, via = tree.parents
    day = np.concatenate([net.day, net.root_day])
    for node in np.flatnonzero(tree.day < NEVER):
        seen, at = [], int(node)
        while at != net.nodes:
            seen.append(int(via[at]))
            at = int(up[at])
        assert max(day[seen]) == tree.day[node] == day[tree.cause[node]]


@settings(max_examples=40, deadline=None)
@given(net=networks)
def test_moving_all_dates_by_a_year_moves_all_answers_by_a_year(net: Links) -> None:
    moved = np.where(net.day < NEVER, net.day + 365, NEVER)
    later = Links(net.nodes, net.u, net.v, moved, net.root, net.root_day + 365)
    before, after = earliest(net).day, earliest(later).day
    assert np.array_equal(after, np.where(before < NEVER, before + 365, NEVER))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_network_without_a_source_serves_nobody(engine: str) -> None:
    tree = earliest(links(2, [(0, 1, 5)], []), engine)
    assert tree.day.tolist() == [NEVER, NEVER]
    assert tree.parents[0].tolist() == [-1, -1]
