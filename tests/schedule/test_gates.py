"""Many events that wait for the same choice wait for one gate: a smaller problem with the same answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.schedule import least_change
from geo_planner.schedule.gates import gated
from geo_planner.schedule.window import window_of

from .small import net
from .test_choice import choices, slowly

PLANTS = ("p1", "p2", "p3")


def waiting(homes: list[str], plants: tuple[str, ...] = PLANTS, weight: float = 1.0) -> list:
    """One group for each home: any of the plants must have come, or enough of them."""
    return [[[(plant, home, 0, weight) for plant in plants]] for home in homes]


def test_groups_of_the_same_members_become_one_of_a_gate():
    network = net({"p1": (0, 9), "p2": (0, 7), "p3": (0, 8), "a": (0, 1), "b": (0, 2), "c": (0, 3)})
    every = choices(network, waiting(["a", "b", "c"]))
    whole = gated(network, every, window_of(network), network.tasks.start)
    assert (len(every), len(whole.choices)) == (9, 3)
    assert whole.network.tasks.ids[6:].tolist() == ["gate/0"]
    added = whole.network.arcs.pick(whole.network.arcs.rule == "GATE")
    assert (added.before.tolist(), added.after.tolist()) == ([6, 6, 6], [3, 4, 5])
    # Each member of a home is decided on by the gate's member of the same plant.
    before = whole.choices.arcs.before[whole.member]
    assert before.tolist() == every.arcs.before.tolist()


def test_groups_of_other_members_or_another_need_stay_apart():
    network = net({"p1": (0, 9), "p2": (0, 7), "p3": (0, 8), "a": (0, 1), "b": (0, 2)})
    other = choices(network, waiting(["a"]) + waiting(["b"], PLANTS[:2]))
    assert len(gated(network, other, window_of(network), network.tasks.start).choices) == 5
    needs = choices(network, waiting(["a", "b"]))
    needs.need[needs.group == 1] = 2.0
    assert len(gated(network, needs, window_of(network), network.tasks.start).choices) == 6


def test_of_two_needs_of_one_event_only_the_greater_is_chosen():
    network = net({"p1": (0, 9), "p2": (0, 7), "p3": (0, 8), "a": (0, 1)}, later=[1, 1, 1, 90])
    both = choices(network, waiting(["a", "a"]))
    both.need[both.group == 1] = 2.0
    assert len(gated(network, both, window_of(network), network.tasks.start).choices) == 3
    # Two of three plants on day 1: the nearest are 6 and 7 days away.
    done = least_change(network, choices=both)
    assert (done.cost, done.bound, done.start.tolist()) == (13.0, 13.0, [9, 1, 1, 1])


def test_the_homes_wait_for_one_plant_and_the_plant_for_none_of_them():
    # One plant forward by 6 days, or homes later at 2 a day each, for which it saves a day at most: the plant p2 moves.
    days = {"p1": (0, 19), "p2": (0, 7), "p3": (0, 18), "a": (0, 1), "b": (0, 2), "c": (0, 3)}
    network = net(days, later=[1, 1, 1, 2, 2, 2])
    done = least_change(network, choices=choices(network, waiting(["a", "b", "c"])))
    assert (done.cost, done.bound, done.status) == (6.0, 6.0, "optimal")
    assert done.start.tolist() == [19, 1, 18, 1, 2, 3]


def test_a_home_that_has_happened_does_not_hold_the_gate_open_for_others():
    # Status day 5: home a was there on day 1, before any plant; b on day 6 waits for p2 on day 9, or p2 comes by day 6.
    network = net(
        {"p1": (0, 30), "p2": (0, 9), "a": (0, 1), "b": (0, 6)}, frozen=[False, False, True, False], later=[1, 1, 1, 2]
    )
    done = least_change(network, today=5, choices=choices(network, waiting(["b"], PLANTS[:2])))
    assert (done.cost, done.start.tolist()) == (3.0, [30, 6, 1, 6])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=2),
    st.lists(st.integers(0, 4), min_size=2, max_size=3),
    st.sampled_from([0.5, 1.0]),
    st.lists(st.integers(1, 3), min_size=5, max_size=5),
)
def test_the_answer_with_gates_is_that_of_trying_everything(plants, homes, weight, price):
    days = {f"p{k + 1}": (0, d) for k, d in enumerate(plants)} | {f"h{k}": (0, d) for k, d in enumerate(homes)}
    size = len(days)
    network = net(days, later=price[:size], earlier=price[::-1][:size])
    groups = waiting([f"h{k}" for k in range(len(homes))], PLANTS[:2], weight)
    done = least_change(network, choices=choices(network, groups))
    best = slowly(network, groups, 1.0, range(8))
    assert done.cost == pytest.approx(best)
    assert (done.bound, done.status) == (pytest.approx(best), "optimal")
    assert np.array_equal(choices(network, groups).broken(done.start), [])
