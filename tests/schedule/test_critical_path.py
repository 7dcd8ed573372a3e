"""Earliest and latest starts, slack, and what is critical."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from geo_planner.errors import ScheduleError
from geo_planner.schedule import Network, as_graph, critical_path

from .small import net, networks

# a (3 days) then b (4); a then c (1); d (2) waits for b and c. Drawn by hand: a 0, b 3, c 3, d 7, end 9.
DIAMOND = net(
    {"a": (3, 0), "b": (4, 3), "c": (1, 3), "d": (2, 7)},
    [("a", "b", "FS", 0), ("a", "c", "FS", 0), ("b", "d", "FS", 0), ("c", "d", "FS", 0)],
)


def test_earliest_starts_follow_the_longest_way():
    assert critical_path(DIAMOND).earliest.tolist() == [0, 3, 3, 7]


def test_only_the_short_branch_has_slack():
    line = critical_path(DIAMOND)
    assert (line.total.tolist(), line.free.tolist()) == ([0, 0, 3, 0], [0, 0, 3, 0])
    assert line.critical.tolist() == [True, True, False, True]


def test_a_later_horizon_is_slack_for_everybody():
    assert critical_path(DIAMOND, horizon=11).total.tolist() == [2, 2, 5, 2]


def test_a_deadline_before_the_end_makes_negative_slack():
    late = net({"a": (3, 0), "b": (4, 3)}, [("a", "b", "FS", 0)], deadline=[5, 5])
    assert critical_path(late).total.tolist() == [-2, -2]


def test_slack_against_the_declared_dates_is_negative_where_a_rule_is_broken():
    early = net({"a": (3, 0), "b": (4, 1)}, [("a", "b", "FS", 0)])
    assert critical_path(early).declared[0] == -2


def test_a_link_between_starts_does_not_wait_for_the_finish():
    assert critical_path(net({"a": (9, 0), "b": (1, 0)}, [("a", "b", "SS", 2)])).earliest.tolist() == [0, 2]


def test_a_frozen_task_stays_where_it_is():
    held = net({"a": (3, 0), "b": (4, 1)}, [("a", "b", "FS", 0)], frozen=[False, True])
    assert critical_path(held).earliest[1] >= 1


def test_a_circle_has_no_critical_path():
    with pytest.raises(ScheduleError, match="circle"):
        critical_path(net({"a": (1, 0), "b": (1, 0)}, [("a", "b", "FS", 0), ("b", "a", "FS", 0)]))


@settings(max_examples=60, deadline=None)
@given(networks())
def test_earliest_starts_are_the_longest_paths_of_networkx(network: Network):
    if network.tasks.frozen.any():
        return
    tasks, arcs = network.tasks, network.arcs
    first = int(tasks.start.min())
    early = dict.fromkeys(range(tasks.n), first)
    graph = nx.DiGraph(zip(arcs.before.tolist(), arcs.after.tolist(), strict=True))
    lags = dict(zip(zip(arcs.before.tolist(), arcs.after.tolist(), strict=True), arcs.lag.tolist(), strict=True))
    for j in nx.topological_sort(graph):
        early[j] = max([first, *(early[i] + lags[i, j] for i in graph.pred[j])])
    assert critical_path(network).earliest.tolist() == [early[k] for k in range(tasks.n)]


@settings(max_examples=30, deadline=None)
@given(networks())
def test_moving_all_dates_by_a_year_moves_the_answers_by_a_year(network: Network):
    tasks = network.tasks
    columns = {n: getattr(tasks, n) for n in tasks.__dataclass_fields__} | {"start": tasks.start + 365}
    moved = critical_path(Network(type(tasks)(**columns), network.arcs))
    line = critical_path(network)
    assert (moved.earliest - line.earliest == 365).all()
    assert np.array_equal(moved.total, line.total)


def test_the_graph_carries_rule_lag_and_slack():
    graph = as_graph(DIAMOND, critical_path(DIAMOND))
    assert graph.edges["a", "b"]["lag"] == 3
    assert graph.nodes["c"]["slack"] == 3
