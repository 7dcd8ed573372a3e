"""Why nothing works: the smallest set of rules and dates in conflict, and the cheapest ways out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from geo_planner.schedule import Network, conflict, ways_out
from geo_planner.schedule.conflict import Prices, terms_of

from .small import net, networks

# a has to start on day 0 at the soonest and takes 10 days, b takes 5 and has to be done by day 12: 3 days too tight.
TIGHT = net(
    {"a": (10, 0), "b": (5, 9), "c": (1, 0)},
    [("a", "b", "FS", 0), ("a", "c", "FS", 0)],
    earliest=[0, -(2**40), -(2**40)],
    deadline=[2**40, 12, 2**40],
)


def test_the_members_are_the_release_the_link_and_the_deadline():
    found = conflict(TIGHT)
    assert found is not None
    assert sorted(found.members["what"]) == ["arc", "deadline", "earliest"]
    assert found.days == 3


def test_a_task_beside_the_conflict_is_not_named():
    found = conflict(TIGHT)
    assert found is not None
    assert "c" not in set(found.members["task"]) | set(found.members["other"])


def test_three_days_more_for_the_deadline_is_the_cheapest_way_out():
    out = ways_out(TIGHT)
    assert out[["what", "task", "days", "price"]].to_numpy().tolist() == [["deadline", "b", 3, 3.0]]


def test_the_way_out_follows_the_prices():
    out = ways_out(TIGHT, prices=Prices(earliest=1.0, deadline=50.0))
    assert out[["what", "task", "days"]].to_numpy().tolist() == [["earliest", "a", 3]]


def test_a_possible_schedule_has_no_conflict():
    assert conflict(net({"a": (10, 0), "b": (5, 3)}, [("a", "b", "FS", 0)])) is None


def test_a_maximum_distance_can_be_in_conflict():
    found = conflict(net({"a": (5, 0), "b": (5, 0)}, [("a", "b", "FS", 0), ("b", "a", "SS", -3)]))
    assert found is not None
    assert found.days == 2


def test_with_today_a_past_deadline_is_in_conflict():
    network = net({"a": (10, 0)}, deadline=[12])
    assert conflict(network) is None
    found = conflict(network, today=5)
    assert found is not None
    assert found.days == 3


def possible(n: int, before: np.ndarray, after: np.ndarray, lag: np.ndarray) -> bool:
    """Decide by all-pairs longest ways whether every term can be kept."""
    way = np.full((n, n), -1_000_000)
    np.maximum.at(way, (before, after), lag)
    for k in range(n):
        way = np.maximum(way, way[:, k, None] + way[None, k, :])
    return bool((np.diag(way) <= 0).all())


@settings(max_examples=80, deadline=None)
@given(networks(most=6, horizon=6))
def test_the_conflict_is_real_and_minimal(network: Network):
    terms = terms_of(network)
    n = network.tasks.n + 1
    found = conflict(network)
    assert (found is None) == possible(n, terms.before, terms.after, terms.lag)
    if found is None:
        return
    at = {"arc": "arc", "earliest": "earliest", "deadline": "deadline", "frozen": "frozen"}
    ids = network.tasks.ids.tolist()
    rows = []
    for what, task, other, lag in found.members[["what", "task", "other", "lag"]].to_numpy().tolist():
        root = n - 1
        i, j = ids.index(task), ids.index(other) if other else root
        rows.append(
            (i, j, lag) if at[what] == "arc" else (root, i, lag) if lag >= 0 and what != "deadline" else (i, root, lag)
        )
    assert sum(lag for *_, lag in rows) == found.days > 0
    for k in range(len(rows)):
        rest = np.array(rows[:k] + rows[k + 1 :]).reshape(-1, 3)
        assert possible(n, rest[:, 0], rest[:, 1], rest[:, 2])
