"""The inner loops of the crew search by value, compiled and as plain Python: both must say what a person works out.

The shop: works 0, 1 and 2 of 2, 3 and 4 days, one gang each, `capacity` gangs; 1 waits two days for the start of 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from geo_planner.schedule.resources import kernels
from geo_planner.schedule.resources.kernels import Links, Shop


def ints(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.int64)


AFTER_0 = Links(ptr=ints(0, 0, 1, 1), before=ints(0), lag=ints(2))
MIRROR = Links(ptr=ints(0, 1, 1, 1), before=ints(1), lag=ints(3))
FREE = Links(ptr=ints(0, 0, 0, 0), before=ints(), lag=ints())


def shop(capacity: int = 1, links: Links = AFTER_0, mirror: Links = MIRROR) -> Shop:
    return Shop(ints(2, 3, 4), ints(1, 1, 1).reshape(3, 1), ints(capacity), links, mirror, ints(0, 1, 2))


def room(days: int = 40) -> np.ndarray[Any, Any]:
    return np.zeros((days, 1), np.int64)


@pytest.fixture(params=["compiled", "plain"])
def loop(request) -> Callable[[str], Callable[..., Any]]:
    def chosen(name: str) -> Callable[..., Any]:
        made = getattr(kernels, name)
        return made if request.param == "compiled" else getattr(made, "py_func", made)

    return chosen


def test_a_predecessor_that_is_not_placed_is_named(loop) -> None:
    none = np.array([False, False, False])
    assert loop("first_open")(1, AFTER_0, none) == 0
    assert loop("first_open")(0, AFTER_0, none) == -1
    assert loop("first_open")(1, AFTER_0, np.array([True, False, False])) == -1


def test_the_second_of_two_predecessors_is_found(loop) -> None:
    both = Links(ptr=ints(0, 0, 0, 2), before=ints(0, 1), lag=ints(0, 0))
    assert loop("first_open")(2, both, np.array([True, False, False])) == 1


def test_an_order_is_settled_behind_its_predecessors_and_else_kept(loop) -> None:
    assert loop("settle")(ints(1, 2, 0), AFTER_0).tolist() == [0, 1, 2]
    assert loop("settle")(ints(2, 0, 1), AFTER_0).tolist() == [2, 0, 1]
    assert loop("settle")(ints(2, 1, 0), FREE).tolist() == [2, 1, 0]
    chain = Links(ptr=ints(0, 0, 1, 2), before=ints(0, 1), lag=ints(0, 0))
    assert loop("settle")(ints(2, 1, 0), chain).tolist() == [0, 1, 2]


def test_the_first_fit_looks_past_what_is_booked(loop) -> None:
    """Room by day: 1 1 0 1 1 1, booked until day 6."""
    field = ints(1, 1, 0, 1, 1, 1).reshape(6, 1)
    fit = loop("first_fit")
    assert fit(0, 2, ints(1), field, 6) == 0
    assert fit(0, 3, ints(1), field, 6) == 3
    assert fit(1, 2, ints(1), field, 6) == 3
    assert fit(0, 4, ints(1), field, 6) == 3
    assert fit(0, 1, ints(2), field, 6) == 6
    assert fit(9, 2, ints(1), field, 6) == 9


def test_each_resource_must_have_room(loop) -> None:
    field = np.array([[1, 0], [0, 1], [1, 1]], np.int64)
    assert loop("first_fit")(0, 1, ints(1, 1), field, 3) == 2
    assert loop("first_fit")(0, 1, ints(0, 1), field, 3) == 1


def test_one_gang_does_the_works_in_order_of_the_list(loop) -> None:
    assert loop("serial")(ints(0, 1, 2), shop(), AFTER_0, room()).tolist() == [0, 2, 5]
    assert loop("serial")(ints(2, 0, 1), shop(), AFTER_0, room()).tolist() == [4, 6, 0]


def test_two_gangs_work_side_by_side_and_a_lag_is_kept(loop) -> None:
    assert loop("serial")(ints(0, 1, 2), shop(2), AFTER_0, room()).tolist() == [0, 2, 0]
    late = Links(ptr=ints(0, 0, 1, 1), before=ints(0), lag=ints(7))
    assert loop("serial")(ints(0, 1, 2), shop(2), late, room()).tolist() == [0, 7, 0]


def test_a_work_of_no_days_takes_no_gang(loop) -> None:
    stop = Shop(ints(2, 0, 1), ints(1, 1, 1).reshape(3, 1), ints(1), AFTER_0, MIRROR, ints(0, 1, 2))
    assert loop("serial")(ints(0, 1, 2), stop, AFTER_0, room()).tolist() == [0, 2, 2]


def test_the_span_is_the_last_finish(loop) -> None:
    assert loop("span_of")(ints(0, 2, 5), shop()) == 9
    assert loop("span_of")(ints(6, 0, 2), shop()) == 8


def test_works_are_sorted_by_start_and_ties_by_rank(loop) -> None:
    assert loop("by_start")(ints(5, 0, 5, 2), ints(3, 2, 1, 0)).tolist() == [1, 3, 2, 0]
    assert loop("by_start")(ints(5, 0, 5, 2), ints(0, 1, 2, 3)).tolist() == [1, 3, 0, 2]


def test_a_schedule_with_idle_days_is_pushed_together(loop) -> None:
    """One gang, idle from 2 to 4 and from 7 to 10: 14 days become the 9 of the works themselves."""
    told = loop("justified")(ints(0, 4, 10), shop(), room())
    assert (told + ints(2, 3, 4)).max() == 9
    assert told.tolist() == [0, 2, 5]


def test_a_priority_without_noise_is_the_order_of_small_values(loop) -> None:
    assert loop("sampled")(np.array([3.0, 1.0, 2.0]), shop(links=FREE), 0.0).tolist() == [1, 2, 0]
    assert loop("sampled")(np.array([3.0, 1.0, 2.0]), shop(), 0.0).tolist() == [0, 1, 2]


def test_noise_gives_other_orders(loop) -> None:
    kernels.seed(1)
    np.random.seed(1)  # noqa: NPY002 - the stream of the plain loops
    told = {tuple(loop("sampled")(np.array([0.0, 0.1, 0.2]), shop(links=FREE), 5.0).tolist()) for _ in range(40)}
    assert len(told) == 6


def test_a_shuffle_mixes_its_window_alone(loop) -> None:
    order = np.arange(10)
    told = [loop("shuffled")(order, 3, 4) for _ in range(30)]
    assert {tuple(t[:3]) + tuple(t[7:]) for t in told} == {(0, 1, 2, 7, 8, 9)}
    assert all(sorted(t[3:7].tolist()) == [3, 4, 5, 6] for t in told)
    assert len({tuple(t) for t in told}) > 3
    assert order.tolist() == list(range(10))


def test_one_work_is_carried_to_the_other_end_of_a_window(loop) -> None:
    told = {tuple(loop("moved")(np.arange(6), 1, 4).tolist()) for _ in range(40)}
    assert told == {(0, 2, 3, 4, 1, 5), (0, 4, 1, 2, 3, 5)}


def test_a_neighbour_is_the_same_works_in_another_order(loop) -> None:
    told = [loop("neighbour")(np.arange(12), 5).tolist() for _ in range(60)]
    assert all(sorted(t) == list(range(12)) for t in told)
    changed = [[k for k, v in enumerate(t) if k != v] for t in told]
    assert max(c[-1] - c[0] for c in changed if c) <= 6
    assert {c[0] for c in changed if c} >= {0}
    assert max(c[-1] for c in changed if c) == 11
    assert len({tuple(t) for t in told}) > 20


def test_a_neighbour_of_a_short_list_is_within_it(loop) -> None:
    assert {tuple(loop("neighbour")(np.arange(2), 20).tolist()) for _ in range(30)} == {(0, 1), (1, 0)}


def test_the_opening_is_no_longer_than_its_first_try(loop) -> None:
    """Two gangs: 4 days beside 2 + 3 make 5."""
    told = loop("opening")(np.array([0.0, 0.0, 0.0]), shop(2, FREE, FREE), room(), 20)
    assert (told + ints(2, 3, 4)).max() == 5


def test_the_walk_stops_at_its_goal_and_keeps_the_best(loop) -> None:
    bad = ints(0, 2, 5)
    best, now = loop("anneal")(bad, shop(2), room(), 1.0, (0, 0))
    assert best.tolist() == now.tolist() == [0, 2, 5]
    best, _ = loop("anneal")(bad, shop(2), room(), 1.0, (50, 9))
    assert best.tolist() == [0, 2, 5]
    best, now = loop("anneal")(bad, shop(2), room(), 1.0, (50, 5))
    assert (best + ints(2, 3, 4)).max() == 5
    assert (now + ints(2, 3, 4)).max() == 5


def test_a_seed_repeats_the_walk() -> None:
    told = []
    for _ in range(2):
        kernels.seed(7)
        told.append(kernels.neighbour(np.arange(30), 10).tolist())
    kernels.seed(8)
    assert told[0] == told[1] != kernels.neighbour(np.arange(30), 10).tolist()
