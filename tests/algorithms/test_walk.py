"""Layouts drawn at random: each lawful layout as often as any other, and what chains of draws are worth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from geo_planner.algorithms.mixing import effective, share_between, split_rhat
from geo_planner.algorithms.programs.allocation import Allocation, Clash
from geo_planner.algorithms.programs.walk import Length, broken_rules, open_of, walk
from tests.algorithms.test_allocation import _lawful, _mask, _with_schools, _world


def _every(land: Allocation) -> list[tuple[int, ...]]:
    ways = [np.flatnonzero(row).tolist() for row in land.allowed]
    return [u for u in product(*ways) if _lawful(land, u) and not broken_rules(land, np.array(u))]


def _blocks(land: Allocation, size: int) -> np.ndarray:
    many = len(open_of(land))
    return (np.arange(many)[:, None] + np.arange(min(size, many))) % many


@pytest.mark.parametrize("seed", [0, 1, 3, 6])
def test_every_lawful_layout_is_drawn_as_often_as_any_other(seed):
    """Odd seeds join a district. 20 walks of 120 draws, far apart: each share within four standard errors."""
    land = _world(seed)
    every = _every(land)
    starts = np.array([every[0], every[-1]] * 10)
    found = walk(land, starts, _blocks(land, 6), Length(120, 15, 10), seed=7)
    drawn = [tuple(u) for u in found.use.reshape(-1, len(found.open)).tolist()]
    lawful = {tuple(np.array(u)[found.open].tolist()) for u in every}
    assert len(lawful) > 5 and set(drawn) <= lawful
    share = 1.0 / len(lawful)
    for one in lawful:
        hits = np.array([u == one for u in drawn]).reshape(20, 120)
        error = np.sqrt(share * (1.0 - share) / effective(hits))
        assert abs(hits.mean() - share) < 4.0 * error
    assert 0.0 < found.taken < 1.0


def test_no_draw_lacks_a_service():
    land = _with_schools(3)
    every = _every(land)
    found = walk(land, np.array([every[0]] * 4), _blocks(land, 6), Length(50, 5, 2), seed=1)
    use = np.tile(np.array(every[0]), (200, 1))
    use[:, found.open] = found.use.reshape(200, -1)
    assert all(not broken_rules(land, u) for u in use)


def test_the_same_seed_draws_the_same_and_another_seed_does_not():
    land = _world(6)
    starts = np.array([_every(land)[0]] * 4)
    one, same, other = (walk(land, starts, _blocks(land, 3), Length(20, 5, 2), seed=s).use for s in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_walks_that_cannot_reach_each_other_are_told_by_rhat():
    """Ten parcels, all works or all homes, for neither bears the other beside it: blocks of three never turn them all."""
    n = 10
    every = np.array([(i, j) for i in range(n) for j in range(n) if i != j])
    land = Allocation(
        area=np.ones(n), now=np.zeros(n, dtype=int), allowed=np.tile(_mask(0, 1), (n, 1)), cost=np.zeros((n, 4)),
        clashes=[Clash("clash", every, _mask(0), _mask(1))],
    )  # fmt: skip
    starts = np.repeat([[0] * n, [1] * n], 2, axis=0)
    found = walk(land, starts, _blocks(land, 3), Length(20, 10, 0), seed=1)
    assert split_rhat((found.use == 1).mean(axis=2)) == float("inf") and found.taken == 0.0


def test_rhat_is_one_where_chains_agree_and_large_where_they_do_not():
    random = np.random.default_rng(3)
    alike = random.normal(size=(4, 400))
    assert split_rhat(alike) == pytest.approx(1.0, abs=0.01)
    # Two chains around 0 and two around 3: between-variance 3 (over eight halves), within 1, so about 1.9.
    assert split_rhat(alike + np.array([[0], [0], [3], [3]])) == pytest.approx(np.sqrt(1 + 18 / 7), abs=0.1)
    assert split_rhat(np.ones((3, 10))) == 1.0


def test_draws_that_follow_each_other_are_worth_fewer():
    """A chain x' = 0.8 x + noise is worth (1 - 0.8) / (1 + 0.8) of its draws: a ninth."""
    random = np.random.default_rng(5)
    noise, x = random.normal(size=(8, 2000)), np.zeros((8, 2000))
    for t in range(1, 2000):
        x[:, t] = 0.8 * x[:, t - 1] + noise[:, t]
    assert effective(x) == pytest.approx(16_000 / 9, rel=0.15)
    assert effective(noise) == pytest.approx(16_000, rel=0.1) and effective(np.ones((2, 10))) == 20.0


def test_the_interval_of_a_share_is_wilsons():
    """Published for 0 of 10: (0, 0.2775); for 5 of 10: (0.2366, 0.7634)."""
    assert share_between(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert share_between(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_the_rules_that_a_layout_breaks_are_named():
    land = _world(0)
    now = broken_rules(land, land.now)
    assert set(now) <= {"green >= 20 %", "green <= 50 %", "works >= 20 %", "works <= 70 %"}
    assert not any(broken_rules(land, np.array(u)) for u in _every(land)[:5])
