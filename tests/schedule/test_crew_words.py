"""Crews from words, and what of them limits each work."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.schedule.crews import Crews, crews_of, limits_of
from geo_planner.schedule.programme import Programme, programme
from geo_planner.schedule.resources.makespan import _share_of_proof
from geo_planner.schedule.resources.project import Project
from geo_planner.schedule.resources.search import Walk


def test_words_become_gangs_over_those_known() -> None:
    assert crews_of(["pipes=3", " roads = 2 "]).gangs == {"pipes": 3, "roads": 2}
    known = Crews(gangs={"pipes": 1, "parcels": 4}, cost_per_day={"pipes": 5.0})
    more = crews_of(["pipes=3"], known)
    assert (more.gangs, more.cost_per_day) == ({"pipes": 3, "parcels": 4}, {"pipes": 5.0})
    assert crews_of([], known) is known
    assert crews_of(None) is None


@pytest.mark.parametrize("word", ["pipes", "pipes=", "pipes=many", "pipes=1.5"])
def test_a_word_that_is_no_number_of_gangs_is_refused(word: str) -> None:
    with pytest.raises(ScheduleError, match="cannot be read"):
        crews_of([word])


@pytest.mark.parametrize(
    "given", [{"gangs": {"pipes": -1}}, {"cost_per_day": {"pipes": -1.0}}, {"budget": {"2012-01-01": -1.0}}]
)
def test_nothing_of_crews_is_negative(given: dict[str, dict[str, float]]) -> None:
    with pytest.raises(ScheduleError, match="cannot be negative"):
        Crews(**given)
    assert crews_of(["pipes=0"]).gangs == {"pipes": 0}


def works() -> Programme:
    line = {"kind": "water", "wkt": "LINESTRING (0 0, 100 0)", "start": "2012-01-01", "finish": "2012-01-11"}
    road = {"wkt": "LINESTRING (0 50, 100 50)", "start": "2012-02-01", "finish": "2012-02-06"}
    return programme(mini(pipes=[{"id": "P1", **line}, {"id": "P2", **line}], roads=[{"id": "R1", **road}]).plan)


def test_each_work_asks_for_a_gang_of_its_part() -> None:
    limits = limits_of(works(), Crews(gangs={"pipes": 2, "roads": 1}))
    assert limits.capacity.tolist() == [2, 1]
    assert sorted(limits.demand.tolist()) == [[0, 1], [1, 0], [1, 0]]


def test_money_is_days_times_the_rate_and_a_last_quarter_ends_after_92_days() -> None:
    budget = {"2012-04-01": 70.0, "2012-01-01": 50.0}
    limits = limits_of(works(), Crews(cost_per_day={"pipes": 3.0}, budget=budget))
    assert sorted(limits.cost.tolist()) == [0.0, 30.0, 30.0]
    assert np.diff(limits.quarters).tolist() == [91, 92]
    assert limits.budget.tolist() == [50.0, 70.0]


def test_the_share_of_the_proof_falls_with_the_size() -> None:
    assert [_share_of_proof(n) for n in (1, 40, 41, 100, 101)] == [1.0, 1.0, 0.5, 0.5, 0.3]


def walk() -> Walk:
    none = np.empty(0, np.int64)
    return Walk(Project(
        duration=np.array([2, 3, 4]), demand=np.ones((3, 1), np.int64), capacity=np.array([2]),
        before=none, after=none, lag=none,
    ), seed=1)  # fmt: skip


def test_a_walk_goes_on_from_a_shorter_schedule_only() -> None:
    one = walk()
    assert one.span == 5
    one.best = np.array([0, 2, 5])
    assert one.span == 9
    one.restart(np.array([0, 2, 6]))
    assert one.best.tolist() == [0, 2, 5]
    one.restart(np.array([0, 2, 0]))
    assert (one.span, one.best.tolist()) == (5, [0, 2, 0])


def test_a_walk_runs_until_it_is_told_to_stop() -> None:
    one = walk()
    one.best = one._now = np.array([0, 2, 5])
    one.target = 9
    one.run(lambda: False)
    assert one.span == 9
    one.target = 0
    one.run(lambda: True)
    assert one.span == 9
    one.target = 5
    one.run(lambda: False)
    assert one.span == 5
