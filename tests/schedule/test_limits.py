"""The least change with few gangs and money by the quarter."""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

from geo_planner.errors import ScheduleError
from geo_planner.schedule.resources.exact import Effort
from geo_planner.schedule.resources.limits import Limits, limit_breaks, within_limits

from .small import net

REPEATABLE = Effort(steps=0.2, workers=1)

# Two works of 10 days declared for the same day. One gang: the cheaper one (b, 1 a day) waits 10 days.
SAME_DAY = net({"a": (10, 0), "b": (10, 0)}, later=[5.0, 1.0], earlier=[5.0, 5.0])


def one_gang(n: int, **more) -> Limits:
    return Limits(demand=np.ones((n, 1), np.int64), capacity=np.array([1]), **more)


def test_the_cheaper_work_waits_for_the_gang():
    repair = within_limits(SAME_DAY, one_gang(2), effort=REPEATABLE)
    assert repair.start.tolist() == [0, 10]
    assert (repair.cost, repair.status) == (10.0, "optimal")
    assert limit_breaks(SAME_DAY, one_gang(2), repair.start) == 0


def test_two_gangs_need_no_change():
    limits = Limits(demand=np.ones((2, 1), np.int64), capacity=np.array([2]))
    assert within_limits(SAME_DAY, limits, effort=REPEATABLE).cost == 0.0


def test_without_ortools_our_own_bound_proves_small_cases(monkeypatch):
    """It said "gap 100 %": the bound knew nothing of gangs."""
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    repair = within_limits(SAME_DAY, one_gang(2))
    assert limit_breaks(SAME_DAY, one_gang(2), repair.start) == 0
    assert (repair.cost, repair.bound, repair.status) == (10.0, 10.0, "optimal")


def test_a_work_in_a_queue_pushes_what_waits_for_it_and_the_bound_knows(monkeypatch):
    # a and b share a gang; c needs none and starts after b, at 3 a day: b goes first and a (4 a day) waits 10 days.
    # The other way round b and c wait 10 days each: 10 + 30. Gangs alone would bound by 10, arcs alone by 0.
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    world = net(
        {"a": (10, 0), "b": (10, 0), "c": (5, 10)}, [("b", "c", "FS", 0)], later=[4.0, 1.0, 3.0], earlier=[9.0] * 3
    )
    limits = Limits(demand=np.array([[1], [1], [0]]), capacity=np.array([1]))
    repair = within_limits(world, limits, today=0)
    assert repair.cost == 40.0
    assert repair.bound > 36.0


def test_the_bound_never_passes_the_best_of_all_schedules(monkeypatch):
    """Against every order of starts of small random worlds, with two gangs and links; only delays."""
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    random = np.random.default_rng(7)
    for _ in range(12):
        length, day = random.integers(1, 4, 4), random.integers(0, 3, 4)
        later = random.integers(1, 5, 4).astype(float)
        world = net(
            {f"t{k}": (int(length[k]), int(day[k])) for k in range(4)}, [("t0", "t3", "FS", 0)], later=later.tolist()
        )
        limits = Limits(demand=np.array([[1], [1], [2], [1]]), capacity=np.array([2]))
        best = np.inf
        for moved in itertools.product(range(9), repeat=4):
            start = day + np.array(moved)
            if start[3] >= start[0] + length[0] and limit_breaks(world, limits, start) == 0:
                best = min(best, float((later * moved).sum()))
        repair = within_limits(world, limits, mode="delay")
        assert repair.bound <= best <= repair.cost


def test_the_bound_leaves_out_arcs_that_stand_for_a_choice(monkeypatch):
    # b waits 10 days for the gang; the last arc puts c 7 days off, which another choice might save.
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    world = net({"a": (10, 0), "b": (10, 0), "c": (1, 3)}, [("a", "c", "FS", 0)], earlier=[9.0] * 3)
    demand = np.array([[1], [1], [0]])
    for chosen, bound in ((0, 17.0), (1, 10.0)):
        repair = within_limits(world, Limits(demand=demand, capacity=np.array([1]), chosen=chosen), mode="delay")
        assert (repair.cost, repair.bound) == (17.0, bound)


def test_a_quarter_without_money_is_left_out():
    # 10 days at 10 a day; the first 20 days have no money at all, the next 20 have enough.
    work = net({"a": (10, 5)}, earlier=9.0)
    limits = Limits(
        demand=np.zeros((1, 1), np.int64),
        capacity=np.array([1]),
        cost=np.array([100.0]),
        quarters=np.array([0, 20, 40]),
        budget=np.array([0.0, 400.0]),
    )
    repair = within_limits(work, limits, effort=REPEATABLE)
    assert repair.start.tolist() == [20]
    assert limit_breaks(work, limits, repair.start) == 0
    assert limit_breaks(work, limits, np.array([5])) == 10


def test_a_frozen_work_keeps_its_gang():
    held = net({"a": (10, 0), "b": (10, 3)}, frozen=[True, False], earlier=9.0)
    assert within_limits(held, one_gang(2), effort=REPEATABLE).start.tolist() == [0, 10]


def test_more_gangs_than_there_are_is_named():
    with pytest.raises(ScheduleError, match="'a' need more gangs"):
        within_limits(net({"a": (10, 0)}), Limits(demand=np.array([[3]]), capacity=np.array([2])))


def test_dates_in_conflict_are_named_before_gangs():
    stuck = net({"a": (5, 10), "b": (4, 13)}, [("a", "b", "FS", 0)], frozen=[True, True])
    repair = within_limits(stuck, one_gang(2), effort=REPEATABLE)
    assert repair.status == "infeasible"
    assert repair.why is not None


def test_the_same_input_gives_the_same_answer():
    tasks = {f"t{k}": (5 + k % 4, 3 * k % 11) for k in range(8)}
    some = net(tasks, [("t0", "t5", "FS", 0), ("t2", "t6", "SS", 3)])
    first, second = (within_limits(some, one_gang(8), effort=REPEATABLE) for _ in range(2))
    assert np.array_equal(first.start, second.start)
    assert limit_breaks(some, one_gang(8), first.start) == 0
    assert first.bound <= first.cost
