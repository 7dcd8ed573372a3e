"""The front of layouts: the same points as all lawful layouts tried one by one, each with a bound that holds."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from geo_planner.algorithms.programs.allocation import Allocation, Band, Borders
from geo_planner.algorithms.programs.front import Point, efficient, front
from geo_planner.algorithms.programs.program import Effort
from tests.algorithms.test_allocation import GRID, USES, _lawful, _mask, _world

EXACT = Effort(gap=0.0)
LENGTH = np.array([3.0, 5.0, 2.0, 4.0, 6.0, 1.0, 7.0])
BORDERS = Borders(GRID, LENGTH, np.array([0, 1, 2, 1]))


def _gain(seed: int) -> np.ndarray:
    return np.random.default_rng(100 + seed).integers(-5, 9, (6, USES)).astype(float)


def _all(land: Allocation, gain: np.ndarray) -> np.ndarray:
    """Change, gain and parted borders of every lawful layout."""
    ways = [np.flatnonzero(row).tolist() for row in land.allowed]
    uses = [np.array(u) for u in product(*ways) if _lawful(land, u)]
    at = np.arange(6)
    return np.array([(land.cost[at, u].sum(), gain[at, u].sum(), BORDERS.parted(u)) for u in uses]).reshape(-1, 3)


def _undominated(pairs: np.ndarray) -> set[tuple[float, float]]:
    def beaten(p: np.ndarray) -> bool:
        better = (pairs[:, 0] <= p[0]) & (pairs[:, 1] >= p[1]) & ((pairs[:, 0] < p[0]) | (pairs[:, 1] > p[1]))
        return bool(better.any())

    return {(round(a, 6), round(b, 6)) for a, b in pairs.tolist() if not beaten(np.array([a, b]))}


@pytest.mark.parametrize("seed", range(8))
def test_with_points_enough_the_front_is_the_whole_set_of_undominated_layouts(seed):
    land, gain = _world(seed), _gain(seed)
    every = _all(land, gain)
    found = front(land, gain, 40, EXACT)
    assert {(round(p.change, 6), round(p.gain, 6)) for p in found.points} == _undominated(every[:, :2])
    assert found.complete == bool(len(every)) and all(p.gap == 0.0 for p in found.points)


@pytest.mark.parametrize("seed", [3, 5, 7])
def test_with_few_points_both_ends_are_among_them_and_all_are_undominated(seed):
    land, gain = _world(seed), _gain(seed)
    every = _undominated(_all(land, gain)[:, :2])
    found = front(land, gain, 3, EXACT)
    mine = {(round(p.change, 6), round(p.gain, 6)) for p in found.points}
    assert len(every) > 3 and not found.complete and len(mine) == 3
    assert mine < every and {min(every), max(every)} <= mine


@pytest.mark.parametrize("seed", [3, 8, 10])
def test_the_bound_of_each_point_is_the_best_of_all_layouts_within_its_limits(seed):
    land, gain = replace(_world(seed), borders=BORDERS), _gain(seed)
    every = _all(land, gain)
    found = front(land, gain, 4, EXACT)
    assert {p.best for p in found.points} == {"gain", "borders", "both"}
    for p in found.points:
        within = every[every[:, 0] <= p.change + 1e-6]
        if p.best == "borders":
            assert p.parted == pytest.approx(within[:, 2].min()) == pytest.approx(p.bound)
            tied = within[within[:, 2] <= p.parted + 1e-6]
            assert p.gain == pytest.approx(tied[:, 1].max())
        else:
            short = within if p.best == "gain" else within[within[:, 2] <= p.parted + 1e-6]
            assert p.gain == pytest.approx(short[:, 1].max()) == pytest.approx(p.bound)


def test_where_nothing_is_lawful_the_front_is_empty_and_the_search_says_so():
    land = replace(_world(0), bands=[Band("green", _mask(2), 0.9 * 1e3, 1e3)])
    found = front(land, _gain(0), 5, EXACT)
    assert (found.points, found.needless, found.least.status) == ((), (), "infeasible")


def test_a_point_that_another_beats_is_told_apart():
    use = np.zeros(1, dtype=int)
    one, two, three = (Point(use, c, g, b, "gain", g) for c, g, b in ((1, 5, 9), (2, 5, 9), (2, 5, 3)))
    assert efficient([one, two, three], borders=False)[0] == (one,)
    kept, needless = efficient([one, two, three], borders=True)
    assert kept == (one, three) and needless == (two,)
