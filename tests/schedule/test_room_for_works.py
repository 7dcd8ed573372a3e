"""Room for works by value: days and money that are there, the order of works, what the exact model forbids."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from geo_planner.errors import ScheduleError
from geo_planner.schedule.repair import settled, shift_cost, verify, whole_cost
from geo_planner.schedule.resources.exact import Effort
from geo_planner.schedule.resources.limits import (
    CENTS,
    Limits,
    Room,
    _exactly,
    _field,
    _fits,
    _is_whole_horizon,
    _money,
    _order,
    _pulled,
    _too_small,
    _whole_scale,
    limit_breaks,
    serial_schedule,
)

from .small import net

FAR = 1000


def window(network: Any, low: int = 0, high: int = FAR) -> Any:
    tasks = network.tasks
    fixed = tasks.frozen
    return SimpleNamespace(
        low=np.where(fixed, tasks.start, low), high=np.where(fixed, tasks.start, high), wish=tasks.start.copy(),
        later=np.where(fixed, 0.0, tasks.later), earlier=np.where(fixed, 0.0, tasks.earlier),
    )  # fmt: skip


def gangs(network: Any, capacity: int = 1, **more: Any) -> Limits:
    return Limits(demand=np.ones((network.tasks.n, 1), np.int64), capacity=np.array([capacity]), **more)


def field(network: Any, capacity: int = 1, **more: Any) -> Room:
    return _field(network, gangs(network, capacity, **more), network.tasks.start, window(network))


TWO = net({"a": (10, 0), "b": (5, 0)})


def test_a_field_is_as_long_as_all_works_one_after_the_other_on_either_side() -> None:
    told = field(TWO)
    assert (told.base, len(told.room)) == (0, 10 + 15 + 1)
    assert set(told.room.ravel().tolist()) == {1}
    free = _field(TWO, gangs(TWO), TWO.tasks.start, window(TWO, low=-100))
    assert (free.base, len(free.room)) == (-15, 10 + 15 + 15 + 1)


def test_works_that_stand_are_booked_and_leave_no_less_than_nothing() -> None:
    fixed = net({"a": (3, 2), "b": (2, 3), "c": (4, 0)}, frozen=[True, True, False])
    assert field(fixed).room.ravel()[:6].tolist() == [1, 1, 0, 0, 0, 1]
    assert field(fixed, capacity=2).room.ravel()[:6].tolist() == [2, 2, 1, 0, 0, 2]


def test_money_is_spread_over_its_quarter_and_not_limited_outside() -> None:
    told = _money(np.array([10, 20, 40]), np.array([100.0, 50.0]), 8, 34)
    assert told[0] == told[1] == told[-1] == 2**40
    assert told[2] == told[11] == 10 * CENTS
    assert told[12] == told[31] == np.floor(CENTS * 2.5)
    assert told[32] == 2**40


def test_a_field_with_money_reaches_to_the_end_of_the_last_quarter() -> None:
    more = {"cost": np.array([100.0, 0.0]), "quarters": np.array([0, 50]), "budget": np.array([500.0])}
    told = field(TWO, **more)
    assert len(told.room) == 50 + 15 + 1
    assert told.need.tolist() == [[1, 10 * CENTS], [1, 0]]
    assert told.room[0].tolist() == [1, 10 * CENTS]


def test_a_schedule_fits_where_no_day_has_too_many() -> None:
    assert _fits(TWO, field(TWO), np.array([0, 10]))
    assert not _fits(TWO, field(TWO), np.array([0, 9]))
    assert _fits(TWO, field(TWO, 2), np.array([0, 0]))


def test_a_work_that_needs_more_than_there_is_is_named() -> None:
    many = Limits(demand=np.array([[1], [3]]), capacity=np.array([2]))
    with pytest.raises(ScheduleError, match="tasks 'b' need more gangs"):
        _too_small(TWO, many)
    _too_small(net({"a": (1, 0), "b": (1, 0)}, frozen=[False, True]), many)


def test_the_order_is_that_of_wishes_behind_predecessors() -> None:
    chain = net({"a": (1, 5), "b": (1, 0), "c": (1, 3)}, [("a", "b", "FS", 0)])
    assert _order(chain, np.array([5, 0, 3])).tolist() == [2, 0, 1]
    assert _order(TWO, np.array([7, 7])).tolist() == [0, 1]


def test_works_are_laid_as_soon_as_arcs_and_room_allow() -> None:
    chain = net({"a": (4, 0), "b": (2, 0), "c": (3, 0)}, [("a", "b", "FS", 1)])
    assert serial_schedule(chain, field(chain), window(chain), np.array([0, 0, 0])).tolist() == [0, 7, 4]
    two = serial_schedule(chain, field(chain, 2), window(chain), np.array([0, 0, 0]))
    assert two.tolist() == [0, 5, 0]
    assert serial_schedule(chain, field(chain), window(chain, high=6), np.array([0, 0, 0])) is None
    assert serial_schedule(chain, field(chain), window(chain, high=7), np.array([0, 0, 0])) is not None


def test_works_are_pulled_back_to_their_wish_one_by_one() -> None:
    told = _pulled(TWO, field(TWO), window(TWO), np.array([5, 15]))
    assert told.tolist() == [0, 10]
    chain = net({"a": (4, 0), "b": (2, 0)}, [("a", "b", "FS", 0)])
    assert _pulled(chain, field(chain, 2), window(chain), np.array([3, 9])).tolist() == [0, 4]


def test_the_exact_model_keeps_gangs_arcs_and_the_days_of_works_that_stand() -> None:
    """B (5 a day late) goes first, then the frozen c from 7 to 9, then a after it: 9 days at 1."""
    world = net({"a": (10, 0), "b": (5, 0), "c": (2, 7)}, later=[1.0, 5.0, 1.0], frozen=[False, False, True])
    start, bound = _exactly(world, field(world), window(world), None, Effort(steps=2.0, workers=1))
    assert start is not None
    assert start.tolist() == [9, 0, 7]
    assert bound == pytest.approx(9.0)
    hinted, same = _exactly(world, field(world), window(world), np.array([9, 0, 7]), Effort(steps=2.0, workers=1))
    assert hinted is not None
    assert (hinted.tolist(), same) == ([9, 0, 7], pytest.approx(9.0))


def test_what_no_day_allows_costs_without_end() -> None:
    world = net({"a": (3, 0), "b": (3, 0)})
    narrow = window(world, high=2)
    start, bound = _exactly(world, field(world), narrow, None, Effort(steps=2.0, workers=1))
    assert (start, bound) == (None, float("inf"))
    assert _is_whole_horizon(field(world), narrow)
    assert not _is_whole_horizon(field(world), window(world))


def test_prices_are_counted_whole_where_they_are() -> None:
    assert [_whole_scale(np.array(w)) for w in ([1.0, 2.0], [1.0, 0.5])] == [1, 1000]
    assert whole_cost(TWO, 7.2) == 8.0
    assert whole_cost(TWO, 7.00001) == 7.0
    assert whole_cost(net({"a": (1, 0)}, later=[0.5]), 7.2) == 7.2


def test_days_with_too_many_works_or_too_much_money_are_counted() -> None:
    assert limit_breaks(TWO, gangs(TWO), np.array([0, 8])) == 2
    assert limit_breaks(TWO, gangs(TWO), np.array([0, 10])) == 0
    more = {"cost": np.array([100.0, 0.0]), "quarters": np.array([2, 12]), "budget": np.array([99.0])}
    assert limit_breaks(TWO, gangs(TWO, 2, **more), np.array([0, 0])) == 8
    more["budget"] = np.array([100.0])
    assert limit_breaks(TWO, gangs(TWO, 2, **more), np.array([0, 0])) == 0


def test_a_shift_costs_its_days_by_their_price_on_either_side() -> None:
    world = net({"a": (1, 10), "b": (1, 10)}, later=[2.0, 3.0], earlier=[5.0, 7.0])
    assert shift_cost(world, np.array([13, 8])) == 3 * 2 + 2 * 7
    assert shift_cost(world, world.tasks.start) == 0.0


def test_a_free_shift_goes_back_as_near_to_its_wish_as_neighbours_let_it() -> None:
    chain = net(
        {"a": (4, 0), "b": (2, 4), "c": (1, 6)}, [("a", "b", "FS", 0), ("b", "c", "FS", 0)], later=[1.0, 0.0, 0.0]
    )
    assert settled(chain, window(chain), np.array([2, 20, 30])).tolist() == [2, 6, 8]
    early = net({"a": (4, 5), "b": (2, 9)}, [("a", "b", "FS", 0)], earlier=[0.0, 0.0])
    assert settled(early, window(early), np.array([0, 6])).tolist() == [5, 9]
    dear = net({"a": (4, 0)}, later=[1.0])
    assert settled(dear, window(dear), np.array([3])).tolist() == [3]


def test_a_schedule_that_breaks_a_rule_is_a_fault_of_ours() -> None:
    chain = net({"a": (4, 0), "b": (2, 4)}, [("a", "b", "FS", 0)])
    verify(chain, np.array([0, 4]), window(chain))
    with pytest.raises(AssertionError, match="breaks 1 rules"):
        verify(chain, np.array([0, 3]), window(chain))
    with pytest.raises(AssertionError, match="breaks 2 rules"):
        verify(chain, np.array([-1, FAR + 1]), window(chain))
