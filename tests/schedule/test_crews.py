"""Schedules under limited resources: always feasible, never called optimal without proof."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from geo_planner.errors import MissingExtraError, ScheduleError
from geo_planner.schedule.resources import exact
from geo_planner.schedule.resources.exact import Effort
from geo_planner.schedule.resources.makespan import Answer, shortest
from geo_planner.schedule.resources.project import Project, lower_bound, violations
from geo_planner.schedule.resources.search import Walk
from tests.benchmarks.psplib import read_rcp, read_sch, read_sm
from tests.shared import shared

QUICK = Effort(seconds=2.0, workers=1)


def project(duration, demand, capacity, arcs=(), latest=None) -> Project:
    """Return a project; arcs are (before, after, lag)."""
    links = np.array(list(arcs), np.int64).reshape(-1, 3)
    return Project(
        duration=np.array(duration),
        demand=np.array(demand).reshape(len(duration), -1),
        capacity=np.array(capacity),
        before=links[:, 0],
        after=links[:, 1],
        lag=links[:, 2],
        latest=None if latest is None else np.array(latest),
    )


# Three works of 2, 3 and 4 days need one gang each, and there is one gang: 9 days, whatever the order.
ONE_GANG = project([2, 3, 4], [1, 1, 1], [1])


def test_one_gang_works_one_after_the_other():
    answer = shortest(ONE_GANG, QUICK)
    assert (answer.value, answer.bound, answer.status) == (9, 9, "optimal")
    assert sum(violations(ONE_GANG, answer.start).values()) == 0


def test_two_gangs_share_the_work():
    assert shortest(project([2, 3, 4], [1, 1, 1], [2]), QUICK).value == 5


def test_the_checker_counts_each_kind_of_fault():
    chain = project([2, 3], [1, 1], [1], [(0, 1, 2)], latest=[0, 2])
    assert violations(chain, np.array([0, 2]))["arcs"] == 0
    wrong = violations(chain, np.array([-1, 0]))
    assert dict(wrong) == {"arcs": 1, "resources": 1, "early": 1, "late": 0}
    assert violations(chain, np.array([1, 3]))["late"] == 2


def test_the_work_of_the_busiest_resource_bounds_the_span():
    assert lower_bound(ONE_GANG) == 9


def test_a_demand_above_the_capacity_is_named():
    with pytest.raises(ScheduleError, match="activities 1 need more"):
        project([1, 1], [1, 3], [2])


def test_a_maximum_distance_that_resources_forbid_is_infeasible():
    # Both need the only gang for 3 days, yet the second has to start within 2 days of the first.
    close = project([3, 3], [1, 1], [1], [(0, 1, 0), (1, 0, -2)])
    assert shortest(close, QUICK).status == "infeasible"


def test_groups_hold_every_pair_that_does_not_fit_side_by_side():
    # Capacity 4: the two works of 3 exclude each other and the work of 2; two works of 2 fit together.
    some = project([1, 1, 1, 1, 0], [3, 3, 2, 2, 4], [4])
    assert exact.exclusive_groups(some) == [[0, 1, 2], [0, 1, 3]]


def test_latest_starts_are_kept():
    answer = shortest(project([2, 3, 4], [1, 1, 1], [1], latest=[7, 99, 0]), QUICK)
    assert answer.start.tolist() == [7, 4, 0]


def test_without_ortools_there_is_a_schedule_and_a_gap(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    # Four works of 3 days, two at a time, one chain: the search alone cannot prove that 7 is the least.
    odd = project([3, 3, 3, 1], [2, 2, 2, 3], [4], [(0, 3, 3)])
    answer = shortest(odd, Effort(seconds=0.2))
    assert sum(violations(odd, answer.start).values()) == 0
    assert answer.status == "optimal" if answer.value == answer.bound else answer.status.startswith("feasible, gap ")


def test_a_missing_ortools_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.sat.python.cp_model", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'geo-planner\[optimize\]'"):
        exact.cp_model()


def test_the_clash_with_highspy_is_named(monkeypatch):
    def clash(_: str) -> None:
        msg = "libortools.so.9: undefined symbol: _ZN5Highs13releaseMemoryEv"
        raise ImportError(msg)

    monkeypatch.setattr(exact.importlib, "import_module", clash)
    with pytest.raises(MissingExtraError, match="highspy"):
        exact.cp_model()


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer(start=np.array([0]), value=10, bound=10), "optimal"),
        (Answer(start=np.array([0]), value=10, bound=8), "feasible, gap 20.0 %"),
        (Answer(start=None, value=None, bound=3), "unknown"),
        (Answer(start=None, value=None, bound=3, infeasible=True), "infeasible"),
    ],
)
def test_the_word_says_no_more_than_is_proved(answer: Answer, word: str):
    assert answer.status == word


def test_a_walk_repeats_itself_from_the_same_seed():
    random = np.random.default_rng(3)
    some = project(random.integers(1, 9, 12), random.integers(1, 4, 12), [5], [(k, k + 3, 2) for k in range(9)])
    first, second = Walk(some, seed=7), Walk(some, seed=7)
    assert np.array_equal(first.best, second.best)


def test_a_psplib_instance_is_solved_and_proved():
    text = shared("psplib", "j30", "j301_5.sm").read_text(encoding="latin-1")
    some = read_sm(text)
    answer = shortest(some, Effort(seconds=20.0))
    assert (answer.value, answer.status) == (39, "optimal")
    assert sum(violations(some, answer.start).values()) == 0


def test_a_large_instance_always_has_a_schedule():
    some = read_rcp(shared("psplib", "RG300", "RG300_130.rcp").read_text(encoding="latin-1"))
    walk = Walk(some)
    assert sum(violations(some, walk.best).values()) == 0


def test_an_infeasible_instance_with_maximum_distances_is_recognised():
    some = read_sch(shared("psplib", "rcpsp_max", "ubo10", "psp8.sch").read_text(encoding="latin-1"))
    assert shortest(some, Effort(seconds=20.0)).status == "infeasible"
