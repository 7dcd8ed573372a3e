"""Sites: p-median, p-centre and covering against trying every set of sites."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geo_planner.algorithms.location.cover import fewest_for, fewest_sites, most_covered, p_centre
from geo_planner.algorithms.location.median import p_median
from geo_planner.algorithms.programs.program import Effort

EXACT = Effort(gap=0.0)


def _distances(seed: int, customers: int = 14, sites: int = 9) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.integers(1, 60, (customers, sites)).astype(float)


def test_three_houses_on_a_line_are_served_from_the_middle_one():
    line = np.array([[0.0, 1, 5], [1, 0, 4], [5, 4, 0]])
    found = p_median(line, 1, EXACT)
    assert (found.chosen.tolist(), found.value, found.bound) == ([1], 5.0, 5.0)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("p", [1, 2, 4])
def test_the_p_median_is_the_best_of_all_sets(seed, p):
    cost = _distances(seed)
    best = min(cost[:, list(s)].min(axis=1).sum() for s in combinations(range(9), p))
    found = p_median(cost, p, EXACT)
    assert (found.value, found.bound, found.proved) == (best, best, True)
    assert cost[:, found.chosen].min(axis=1).sum() == best


def test_a_bound_between_whole_numbers_proves_the_value_above_it():
    """pmed4 was found at its optimum with a bound less than 1 below it, and yet not called proved."""
    found = p_median(_distances(3, 40, 40), 12, EXACT)
    assert found.proved


def test_as_many_sites_as_places_takes_them_all():
    cost = _distances(0)
    found = p_median(cost, 20, EXACT)
    assert found.chosen.tolist() == list(range(9)) and found.value == cost.min(axis=1).sum()


@pytest.mark.parametrize("seed", range(4))
def test_the_p_centre_is_the_best_of_all_sets(seed):
    cost = _distances(seed)
    best = min(cost[:, list(s)].min(axis=1).max() for s in combinations(range(9), 3))
    found = p_centre(cost, 3, EXACT)
    assert (found.value, found.bound, len(found.chosen)) == (best, best, 3)


@pytest.mark.parametrize("seed", range(4))
def test_the_fewest_sites_reach_everybody(seed):
    near = _distances(seed) <= 22
    near[~near.any(axis=1), 0] = True
    found = fewest_sites(near, EXACT)
    least = next(k for k in range(1, 10) if any(near[:, list(s)].any(axis=1).all() for s in combinations(range(9), k)))
    assert (found.value, found.bound) == (least, least) and near[:, found.chosen].any(axis=1).all()


def test_a_customer_beyond_every_reach_means_no_answer():
    assert fewest_sites(np.array([[True], [False]]), EXACT) is None


@pytest.mark.parametrize("seed", range(4))
def test_two_sites_reach_the_most_demand(seed):
    near, demand = _distances(seed) <= 18, np.arange(1.0, 15.0)
    best = max(demand[near[:, list(s)].any(axis=1)].sum() for s in combinations(range(9), 2))
    found = most_covered(near, demand, 2, EXACT)
    assert (-found.value, -found.bound) == (pytest.approx(best), pytest.approx(best))


@pytest.mark.parametrize("seed", range(4))
def test_the_fewest_sites_for_half_of_the_demand(seed):
    near, demand = _distances(seed) <= 18, np.arange(1.0, 15.0)
    need = 0.5 * demand[near.any(axis=1)].sum()
    reached = {
        k: max(demand[near[:, list(s)].any(axis=1)].sum() for s in combinations(range(9), k)) for k in range(1, 10)
    }
    least = next(k for k in range(1, 10) if reached[k] >= need)
    found = fewest_for(near, demand, need, EXACT)
    assert (found.value, found.bound) == (least, least)
    assert demand[near[:, found.chosen].any(axis=1)].sum() == reached[least]
