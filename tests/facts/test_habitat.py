"""Patches, least-cost ways and the probability of connectivity, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.facts.ecology.habitat import (
    Patches,
    Species,
    Ways,
    cells,
    connectivity,
    costs,
    parted,
    patches,
    resistance,
    way,
)
from geo_planner.plan import Plan

FOX = Species(cell=10.0, habitat=1.0, farm=3.0, open=5.0, built=100.0, least=5000.0, reach=1e6, half=1000.0, most=30)


def strip(name: str, code: str, x: float, width: float = 100.0, **more: str) -> dict:
    return {
        "id": name,
        "code": code,
        "scheme": "gb50137",
        "wkt": f"POLYGON (({x} 0, {x + width} 0, {x + width} 100, {x} 100, {x} 0))",
    } | more


def row(*strips: dict) -> Plan:
    return mini(parcels=list(strips)).plan


def test_ecological_land_that_touches_is_one_patch() -> None:
    found = patches(
        row(strip("A", "G1", 0), strip("B", "E1", 100), strip("C", "G2", 300), strip("M", "M1", 200)), 0.0, 9
    )
    assert [m.tolist() for m in found.members] == [[0, 1], [2]]
    assert found.area.tolist() == [20000.0, 10000.0]


def test_small_patches_are_left_out() -> None:
    assert patches(row(strip("A", "G1", 0), strip("B", "G1", 300, width=40)), 5000.0, 9).area.tolist() == [10000.0]


def test_crossing_farmland_costs_three_a_metre() -> None:
    plan = row(strip("A", "G1", 0), strip("F", "E2", 100), strip("B", "G1", 200))
    grid = cells(plan, 10.0)
    cost = resistance(plan, grid, FOX, np.datetime64("2020-01-01", "ms"))
    between = costs(grid, patches(plan, 5000.0, 9), cost, 1e6)
    # Nine steps of 10 m at 3, and two border steps of 10 m at the mean of 1 and 3.
    assert between[0, 1] == pytest.approx(9 * 10 * 3 + 2 * 10 * 2)


def test_a_parcel_resists_from_the_day_its_works_begin() -> None:
    plan = row(strip("A", "G1", 0), strip("M", "M1", 100, start="2020-06-01"), strip("B", "G1", 200))
    grid = cells(plan, 10.0)
    before, after = (resistance(plan, grid, FOX, np.datetime64(d, "ms")) for d in ("2020-05-31", "2020-06-01"))
    assert sorted(set(before)) == [1.0, 5.0]
    assert sorted(set(after)) == [1.0, 100.0]


def test_the_way_goes_round_what_is_built() -> None:
    plan = row(strip("A", "G1", 0), strip("M", "M1", 100, start="2020-01-01"), strip("B", "G1", 200))
    round_it = {
        "id": "F",
        "code": "E2",
        "scheme": "gb50137",
        "wkt": "POLYGON ((0 100, 300 100, 300 150, 0 150, 0 100))",
    }
    plan = mini(
        parcels=[strip("A", "G1", 0), strip("M", "M1", 100, start="2020-01-01"), strip("B", "G1", 200), round_it]
    ).plan
    grid = cells(plan, 10.0)
    cost = resistance(plan, grid, FOX, np.datetime64("2021-01-01", "ms"))
    line = way(grid, patches(plan, 5000.0, 9), cost, (0, 1))
    assert line.bounds[3] > 100.0
    assert line.intersection(plan["parcels"].geometry[1]).length == pytest.approx(0.0, abs=1e-6)


def test_connectivity_of_two_patches_by_hand() -> None:
    found = Patches([np.array([0]), np.array([1])], np.empty(2, dtype=object), np.array([30.0, 10.0]))
    between = np.array([[0.0, 1000.0], [1000.0, 0.0]])
    assert connectivity(found, between, 1000.0, 100.0) == pytest.approx((900 + 100 + 2 * 300 * 0.5) / 10000)
    cut = np.array([[0.0, np.inf], [np.inf, 0.0]])
    assert connectivity(found, cut, 1000.0, 100.0) == pytest.approx(0.1)


@pytest.mark.parametrize(("seed", "falls"), [(seed, falls) for seed in range(6) for falls in (False, True)])
def test_the_steps_that_count_are_those_found_year_by_year(seed: int, falls: bool) -> None:
    """Works of many years on a random park, built up only or torn down too: every step looked at by itself agrees."""
    rng = np.random.default_rng(seed)
    plan = row(*(strip(f"P{k:02}", ("G1", "M1")[k % 2], 100.0 * k, start="2030-01-01") for k in range(12)))
    grid, found = cells(plan, 10.0), patches(plan, 5000.0, 9)
    prices = [resistance(plan, grid, FOX, np.datetime64("2020-01-01", "ms"))]
    for _ in range(9):
        cost = prices[-1].reshape(grid.shape).copy()
        cost[:, rng.choice(grid.shape[1], 1)] = 100.0  # a wall from edge to edge
        if falls:
            cost[:, rng.choice(grid.shape[1], 4)] = 1.0
        prices.append(cost.ravel())
    species = replace(FOX, reach=900.0)

    def loss(was: np.ndarray, now: np.ndarray) -> bool:
        whole = connectivity(found, was, 300.0, 120_000.0)
        return connectivity(found, now, 300.0, 120_000.0) < 0.97 * whole

    slow = [costs(grid, found, cost, species.reach) for cost in prices]
    alone = [k for k in range(9) if len(parted(slow[k], slow[k + 1])[0]) and loss(slow[k], slow[k + 1])]
    steps = Ways(plan, species).steps(prices, lambda was, now: len(parted(was, now)[0]) and loss(was, now))
    assert steps == alone
    assert 0 < len(alone) < 9


def test_years_in_which_nothing_counts_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-three years of works on the sample part one pair: four looks tell that no year loses a hundredth."""
    plan = row(strip("A", "G1", 0), strip("M", "M1", 100), strip("B", "G1", 200))
    grid = cells(plan, 10.0)
    first = resistance(plan, grid, FOX, np.datetime64("2020-01-01", "ms"))
    ways, looks = Ways(plan, FOX), []
    costs_of = ways.costs
    monkeypatch.setattr(ways, "costs", lambda cost: looks.append(1) or costs_of(cost))
    assert ways.steps([first + k for k in range(17)], lambda _was, _now: False) == []
    assert len(looks) == 2
