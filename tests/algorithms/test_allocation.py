"""Uses for parcels: the same best as all layouts tried one by one, and what is proved where there is none."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from geo_planner.algorithms.programs import allocation
from geo_planner.algorithms.programs.allocation import Allocation, Band, Clash, District, Need, Supply, allocate
from geo_planner.algorithms.programs.conflict import conflict, give_of
from geo_planner.algorithms.programs.program import Effort
from geo_planner.algorithms.programs.separators import cuts_of, ways
from geo_planner.algorithms.programs.supplies import served

EXACT = Effort(gap=0.0)
USES = 4  # works, homes, green, shops
GRID = np.array([(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)])
"""Six parcels in two rows of three."""


def _mask(*uses: int) -> np.ndarray:
    return np.isin(np.arange(USES), uses)


def _world(seed: int) -> Allocation:
    random = np.random.default_rng(seed)
    area, now = random.integers(5, 20, 6).astype(float), random.integers(0, USES, 6)
    allowed = random.random((6, USES)) < 0.85
    allowed[0] = False
    allowed[np.arange(6), now] = True
    cost = area[:, None] * np.where(np.arange(USES) == now[:, None], 0.0, random.choice([1.0, 1.5], (6, USES)))
    total, seeds = area.sum(), np.zeros(6, dtype=bool)
    seeds[[0, 5]] = True
    both = np.concatenate([GRID, GRID[:, ::-1]])
    return Allocation(
        area=area, now=now, allowed=allowed, cost=cost, links=GRID,
        bands=[Band("green", _mask(2), 0.2 * total, 0.5 * total), Band("works", _mask(0, 3), 0.2 * total, 0.7 * total)],
        clashes=[Clash("clash", both, _mask(0), _mask(1))],
        needs=[Need("walk", both, _mask(1, 3), _mask(2))],
        districts=[District("living", _mask(1, 3), seeds)] if seed % 2 else [],
    )  # fmt: skip


def _lawful(land: Allocation, use: tuple[int, ...]) -> bool:
    """Loop over everything, slowly."""
    now = land.now
    if not all(land.allowed[p, k] for p, k in enumerate(use)):
        return False
    for band in land.bands:
        area = sum(land.area[p] for p, k in enumerate(use) if band.uses[k])
        if not band.low - 1e-9 <= area <= band.high + 1e-9:
            return False
    for clash in land.clashes:
        for p, q in clash.pairs:
            stays = use[p] == now[p] and use[q] == now[q]
            if clash.left[use[p]] and clash.right[use[q]] and not stays:
                return False
    for need in land.needs:
        for p, k in enumerate(use):
            around = [q for a, q in need.pairs if a == p]
            lacked = need.who[now[p]] and not any(need.of[now[q]] for q in around) and k == now[p]
            if need.who[k] and not lacked and not any(need.of[use[q]] for q in around):
                return False
    return all(_joined(use, district) for district in land.districts)


def _joined(use: tuple[int, ...], district: District) -> bool:
    mine = {p for p, k in enumerate(use) if district.uses[k]}
    seen = {p for p in mine if district.seeds[p]}
    while more := {b for a, b in [*GRID, *GRID[:, ::-1]] if a in seen and b in mine} - seen:
        seen |= more
    return seen == mine


@pytest.mark.parametrize("seed", range(24))
def test_the_layout_is_as_cheap_as_the_best_of_all_layouts(seed):
    land = _world(seed)
    cheap = [
        sum(land.cost[p, k] for p, k in enumerate(use)) for use in product(range(USES), repeat=6) if _lawful(land, use)
    ]
    found = allocate(land, EXACT)
    assert found.value == pytest.approx(min(cheap, default=np.inf)) and found.bound == pytest.approx(found.value)
    assert (found.use is None) == (not cheap) and (found.use is None or _lawful(land, tuple(found.use.tolist())))


@pytest.mark.parametrize("seed", range(1, 24, 2))
def test_no_lawful_layout_breaks_a_cut_of_a_relaxed_one(seed):
    """Cuts drawn from random shares of parcels hold for every layout of six parcels that keeps the rules."""
    land = _world(seed)
    share = np.random.default_rng(seed).random(land.allowed.shape) * land.allowed
    cuts = cuts_of(land, land.touching(), share / share.sum(axis=1, keepdims=True))
    lawful = [u for u in product(range(USES), repeat=6) if _lawful(land, u)]
    for _, parcel, gate, uses in cuts:
        assert [u for u in lawful if uses[u[parcel]] and not any(uses[u[q]] for q in gate)] == []


def test_a_relaxed_layout_is_cut_at_the_fewest_parcels():
    """Seven in a row, the seed first, half of the third and all of the last two green: they lack a way between.

    Parcels 3 and 4 hold nothing, so either alone parts 5 and 6 from the seed.
    """
    district = District("green belt", _mask(2), np.arange(7) == 0)
    land = _row([2, 0, 0, 0, 0, 2, 2], (0.0, 60.0), districts=[district])
    share = np.zeros((7, USES))
    share[:, 2] = [1.0, 1.0, 0.5, 0.0, 0.0, 1.0, 1.0]
    cuts = cuts_of(land, land.touching(), share)
    assert {(p, tuple(gate.tolist())) for _, p, gate, _ in cuts} >= {(5, (3,)), (5, (4,)), (6, (3,)), (6, (4,))}
    assert all(share[gate, 2].sum() < share[p, 2] for _, p, gate, _ in cuts)


def _row(now: list[int], green: tuple[float, float], **rules: object) -> Allocation:
    """Parcels of 10 in a row, touching their neighbours; every use may stand everywhere."""
    n = len(now)
    cost = 10.0 * (np.arange(USES) != np.array(now)[:, None])
    links = np.column_stack([np.arange(n - 1), np.arange(1, n)])
    band = [Band("green", _mask(2), *green)]
    return Allocation(
        area=np.full(n, 10.0), now=np.array(now), allowed=np.ones((n, USES), dtype=bool), cost=cost, links=links,
        bands=band, **rules,
    )  # fmt: skip


def test_an_island_is_joined_by_the_shortest_bridge_or_given_up():
    """Green at both ends of six, seed on the left, half must be green: two more beside the seed, the right one goes."""
    seeds = np.arange(6) == 0
    land = _row([2, 0, 0, 0, 0, 2], (30.0, 60.0), districts=[District("green belt", _mask(2), seeds)])
    found = allocate(land, EXACT)
    assert (found.value, found.bound) == (30.0, 30.0)
    assert found.use is not None and found.use.tolist()[:3] == [2, 2, 2] and found.use[5] != 2


def test_what_stands_in_conflict_may_stay_but_is_not_made_anew():
    """Works beside homes stay; the third parcel, a shop, cannot become homes nor works beside them."""
    pairs = np.array([(0, 1), (1, 0), (1, 2), (2, 1)])
    clash = Clash("clash", pairs, _mask(0), _mask(1))
    land = _row([0, 1, 3], (0.0, 30.0), clashes=[clash])
    assert allocate(land, EXACT).value == 0.0
    more_works = Allocation(**{**vars(land), "bands": [Band("works", _mask(0), 20.0, 20.0)]})
    found = allocate(more_works, EXACT)
    assert found.value == 10.0 and found.use is not None and found.use.tolist() == [0, 0, 3]


def test_the_least_group_in_conflict_is_a_band_and_the_walk_with_their_price():
    """Homes everywhere and green nowhere cannot be: of three parcels one must be green, so homes give a third."""
    every = np.array([(p, q) for p in range(3) for q in range(3) if p != q])
    land = _row([3, 3, 3], (0.0, 30.0), needs=[Need("walk", every, _mask(1), _mask(2))])
    land = Allocation(**{**vars(land), "bands": [*land.bands, Band("homes", _mask(1), 30.0, 30.0)]})
    found = allocate(land, EXACT)
    assert (found.use, found.status) == (None, "infeasible")
    assert set(conflict(found.program, found.group, EXACT)) == {"homes >= 100 %", "walk"}
    assert give_of(found.program, found.group, "homes >= 100 %", EXACT) == pytest.approx(100 / 3)


@pytest.mark.parametrize("seed", range(1, 16, 2))
def test_the_repair_of_islands_is_lawful_and_its_bound_holds(seed, monkeypatch):
    """One round of cuts alone, then the repair: never better than the best of all, never below its bound."""
    monkeypatch.setattr(allocation, "ROUNDS", 1)
    monkeypatch.setattr(allocation, "TIGHTENINGS", 0)
    monkeypatch.setattr(allocation, "first_cuts", lambda *_: [])
    land = _world(seed)
    cheap = [
        sum(land.cost[p, k] for p, k in enumerate(use)) for use in product(range(USES), repeat=6) if _lawful(land, use)
    ]
    found = allocate(land, EXACT)
    assert found.bound <= min(cheap, default=np.inf) + 1e-6
    assert found.use is None or (_lawful(land, tuple(found.use.tolist())) and found.value >= min(cheap) - 1e-6)


def test_the_repair_gives_up_an_island_where_the_rounds_have_ended(monkeypatch):
    """The row of six again without a cut: the green on the right is forbidden, and two grow beside the seed."""
    monkeypatch.setattr(allocation, "ROUNDS", 1)
    monkeypatch.setattr(allocation, "TIGHTENINGS", 0)
    monkeypatch.setattr(allocation, "first_cuts", lambda *_: [])
    district = District("green belt", _mask(2), np.arange(6) == 0)
    found = allocate(_row([2, 0, 0, 0, 0, 2], (30.0, 60.0), districts=[district]), EXACT)
    assert (found.status, found.value) == ("feasible", 30.0) and found.bound == 10.0
    assert found.use is not None and found.use.tolist()[:3] == [2, 2, 2] and found.use[5] != 2


def _with_schools(seed: int) -> Allocation:
    """The world of six parcels in hectares; homes want 40 % of their area as shops (3) beside them."""
    land = _world(seed)
    supply = Supply("shops", np.concatenate([GRID, GRID[:, ::-1]]), _mask(1), _mask(3), 0.4)
    return replace(land, area=1e4 * land.area, cost=1e4 * land.cost, supplies=[supply], needs=[],
                   bands=[replace(b, low=1e4 * b.low, high=1e4 * b.high) for b in land.bands])  # fmt: skip


def _ample(land: Allocation, use: tuple[int, ...]) -> bool:
    """Every group of homes, one by one: what it wants is no more than all shops beside it give."""
    (supply,) = land.supplies
    today = served(supply, 0.4 * land.area * supply.who[land.now], land.area * supply.of[land.now])[0]
    homes = [p for p, k in enumerate(use) if supply.who[k]]
    want = {p: today[p] if use[p] == land.now[p] else 0.4 * land.area[p] for p in homes}
    for many in range(1, len(homes) + 1):
        for some in combinations(homes, many):
            near = {b for a, b in supply.pairs.tolist() if a in some and supply.of[use[b]]}
            if sum(want[p] for p in some) > sum(land.area[p] for p in near) + 10.0:
                return False
    return True


@pytest.mark.parametrize("seed", range(24))
def test_services_are_large_enough_at_least_cost(seed):
    land = _with_schools(seed)
    cheap = [
        sum(land.cost[p, k] for p, k in enumerate(use))
        for use in product(range(USES), repeat=6)
        if _lawful(land, use) and _ample(land, use)
    ]
    found = allocate(land, EXACT)
    assert found.value == pytest.approx(min(cheap, default=np.inf)) and found.bound == pytest.approx(found.value)
    assert found.use is None or _ample(land, tuple(found.use.tolist()))


def test_a_service_is_not_used_twice():
    """One school of 4 ha between two homes that want 3 ha each: each alone is served, both together lack 2."""
    supply = Supply("school", np.array([[0, 1], [2, 1]]), np.array([True, False]), np.array([False, True]), 0.5)
    got, groups = served(supply, np.array([30_000.0, 0.0, 30_000.0]), np.array([0.0, 40_000.0, 0.0]))
    assert got.sum() == 40_000 and [g.tolist() for g in groups] == [[0, 2]]
    assert served(supply, np.array([30_000.0, 0.0, 10_000.0]), np.array([0.0, 40_000.0, 0.0]))[1] == []
    # Homes that have no school in reach at all are a group of their own.
    far = replace(supply, pairs=np.array([[0, 1]]))
    assert [g.tolist() for g in served(far, np.full(3, 9_000.0) * [1, 0, 1], np.array([0, 1e5, 0]))[1]] == [[2]]


@pytest.mark.parametrize("seed", range(1, 24, 2))
def test_where_each_parcel_needs_one_nearer_to_a_seed_no_island_can_be(seed):
    land = _world(seed)
    share = np.random.default_rng(seed).random(land.allowed.shape)
    gates = {p: set(gate.tolist()) for _, p, gate, _ in ways(land, land.touching(), land.districts[0], share)}
    for use in product(range(USES), repeat=6):
        mine = {p for p, k in enumerate(use) if land.districts[0].uses[k]}
        if _lawful(replace(land, districts=[]), use) and all(gates.get(p, {p}) & mine for p in mine):
            assert _joined(use, land.districts[0])


def test_from_one_seed_a_district_is_laid_out_whole(monkeypatch):
    """Twelve by twelve parcels, none locked, works in one corner as a third.

    Without the neighbourhoods and the core: the ways alone find a layout without islands at 47 changes, the least.
    """
    for name in ("_cored", "_repaired", "_improved"):
        monkeypatch.setattr(allocation, name, lambda *_: None)
    n, side = 144, 12
    at = np.arange(n).reshape(side, side)
    links = np.concatenate(
        [np.stack([at[:, :-1], at[:, 1:]], -1).reshape(-1, 2), np.stack([at[:-1], at[1:]], -1).reshape(-1, 2)]
    )
    now, seeds = np.ones(n, dtype=int), np.arange(n) == 0
    now[0] = 0
    land = Allocation(
        area=np.ones(n), now=now, allowed=np.tile(_mask(0, 1), (n, 1)), links=links,
        cost=np.where(np.arange(USES) == now[:, None], 0.0, 1.0), bands=[Band("works", _mask(0), 48, 60)],
        districts=[District("works", _mask(0), seeds)],
    )  # fmt: skip
    found = allocate(land, EXACT)
    assert found.value == 47.0 and found.use is not None and _joined_on(found.use, links, seeds)


def _joined_on(use: np.ndarray, links: np.ndarray, seeds: np.ndarray) -> bool:
    mine, seen = use == 0, seeds.copy()
    for _ in range(len(use)):
        for p, q in links.tolist():
            if mine[p] and mine[q] and (seen[p] or seen[q]):
                seen[p] = seen[q] = True
    return bool((seen >= mine).all())
