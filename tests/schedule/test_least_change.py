"""The repair is the cheapest schedule there is, and it keeps every rule."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from geo_planner.errors import ScheduleError
from geo_planner.schedule import Network, least_change
from geo_planner.schedule.repair import before_after, binding_rules, require_possible

from .small import brute_force, net, networks

# b starts 2 days before a is done; moving b later costs 3 a day, moving a earlier costs 1.
SHORT = net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], later=[3, 3], earlier=[1, 3])


def holds(network: Network, start: np.ndarray) -> bool:
    """Check every rule one by one, without the code under test."""
    arcs, tasks = network.arcs, network.tasks
    kept = all(start[j] >= start[i] + lag for i, j, lag in zip(arcs.before, arcs.after, arcs.lag, strict=True))
    return kept and all(start[k] == tasks.start[k] for k in np.flatnonzero(tasks.frozen))


def flow_cost(network: Network, far: int = 60) -> float:
    """Return the optimum as a minimum-cost flow in networkx: the dual, built from the definition."""
    tasks, arcs = network.tasks, network.arcs
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(tasks.n + 1), demand=0)
    root = tasks.n
    for i, j, lag in zip(arcs.before.tolist(), arcs.after.tolist(), arcs.lag.tolist(), strict=True):
        graph.add_edge(i, j, weight=-lag, capacity=10_000)
    for k in range(tasks.n):
        held = bool(tasks.frozen[k])
        start = int(tasks.start[k])
        graph.add_edge(root, k, weight=-start, capacity=10_000 if held else int(tasks.earlier[k]))
        graph.add_edge(k, root, weight=start, capacity=10_000 if held else int(tasks.later[k]))
        graph.add_edge(root, k, weight=far, capacity=10_000)
    cost, _ = nx.network_simplex(graph)
    return -float(cost)


def test_the_cheaper_side_moves():
    repair = least_change(SHORT)
    assert repair.start.tolist() == [8, 13]
    assert (repair.cost, repair.bound, repair.status) == (2.0, 2.0, "optimal")


def test_delays_only_moves_nothing_forward():
    repair = least_change(SHORT, mode="delay")
    assert repair.start.tolist() == [10, 15]
    assert repair.cost == 6.0


def test_the_price_of_a_rule_is_what_a_day_less_would_save():
    assert binding_rules(SHORT, least_change(SHORT))["price"].tolist() == [1.0]


def test_a_frozen_task_makes_the_other_one_move():
    held = net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], frozen=[True, False])
    assert least_change(held).start.tolist() == [10, 15]


def test_a_deadline_is_kept():
    tight = net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], later=1.0, earlier=9.0, deadline=[99, 18])
    assert least_change(tight).start.tolist() == [9, 14]


def test_nothing_starts_before_today():
    assert least_change(SHORT, today=10).start.tolist() == [10, 15]


def test_a_task_without_a_date_is_placed_at_no_price():
    open_ = net({"a": (5, 10), "b": (4, -(2**40))}, [("a", "b", "FS", 0)])
    repair = least_change(open_)
    assert (repair.cost, repair.start.tolist()) == (0.0, [10, 15])


def test_a_schedule_that_keeps_the_rules_is_left_alone():
    sound = net({"a": (5, 10), "b": (4, 15)}, [("a", "b", "FS", 0)])
    assert least_change(sound).start.tolist() == [10, 15]


def test_an_impossible_schedule_names_its_conflict():
    stuck = net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], frozen=[True, True])
    repair = least_change(stuck)
    assert repair.status == "infeasible"
    assert repair.why is not None
    assert repair.why.days == 2
    with pytest.raises(ScheduleError, match="2 days too tight"):
        require_possible(repair)


def test_the_table_of_changes_shows_both_dates():
    row = before_after(SHORT, least_change(SHORT).start).iloc[0]
    assert (str(row["start"])[:10], str(row["new_start"])[:10], row["shift"]) == ("1970-01-11", "1970-01-09", -2)


@settings(max_examples=40, deadline=None)
@given(networks(most=3, horizon=5))
def test_the_cost_is_that_of_trying_everything(network: Network):
    best = brute_force(network, -16, 24)
    repair = least_change(network)
    if best == float("inf"):
        assert repair.status == "infeasible"
    else:
        assert repair.cost == best
        assert holds(network, repair.start)


@settings(max_examples=60, deadline=None)
@given(networks(most=7, horizon=20))
def test_the_cost_is_that_of_the_minimum_cost_flow(network: Network):
    repair = least_change(network)
    if repair.status == "optimal":
        assert repair.cost == flow_cost(network)
        assert holds(network, repair.start)


@settings(max_examples=40, deadline=None)
@given(networks(most=6, horizon=9))
def test_moving_all_dates_by_a_year_moves_the_repair_by_a_year(network: Network):
    tasks = network.tasks
    columns = {n: getattr(tasks, n) for n in tasks.__dataclass_fields__} | {"start": tasks.start + 365}
    one, other = least_change(network), least_change(Network(type(tasks)(**columns), network.arcs))
    assert one.status == other.status
    assert np.array_equal(one.start + 365, other.start)


@settings(max_examples=40, deadline=None)
@given(networks(most=4, horizon=5))
def test_delays_only_is_the_least_schedule_task_by_task(network: Network):
    if network.tasks.frozen.any():
        return
    start = least_change(network, mode="delay").start
    arcs = network.arcs
    least = network.tasks.start.copy()
    for _ in range(network.tasks.n):
        np.maximum.at(least, arcs.after, least[arcs.before] + arcs.lag)
    assert start.tolist() == least.tolist()
