"""The least change with few gangs and money by the quarter."""

from __future__ import annotations

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


def test_without_ortools_the_gap_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    repair = within_limits(SAME_DAY, one_gang(2))
    assert limit_breaks(SAME_DAY, one_gang(2), repair.start) == 0
    assert repair.status == "feasible, gap 100.0 %"


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
