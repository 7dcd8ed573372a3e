"""The land of a park that no parcel covers, of parks that are looked at anew only where something near them changed."""

from __future__ import annotations

import random

import numpy as np
import pytest
import shapely

from geo_planner.checks import run
from geo_planner.checks.contract import mini
from geo_planner.facts.landuse import uncovered as module
from geo_planner.facts.landuse.uncovered import uncovered
from geo_planner.facts.registry import with_work
from geo_planner.plan import Edit, apply
from geo_planner.work import Memory, Work
from tests.checks.test_warm_is_cold import drawn

BOX = "POLYGON (({0} 0, {1} 0, {1} 100, {0} 100, {0} 0))"


def two_parks():
    """Park K of 200 m and park L of 100 m, both 100 m deep; parcel A covers half of K, parcel B all but 10 m of L."""
    return mini(
        parks=[{"id": "K", "wkt": BOX.format(0, 200)}, {"id": "L", "wkt": BOX.format(1000, 1100)}],
        parcels=[{"id": "A", "wkt": BOX.format(0, 100)}, {"id": "B", "wkt": BOX.format(1000, 1090)}],
        roads=[{"id": "R", "width": 20.0, "wkt": "LINESTRING (150 0, 150 100)"}],
        control_lines=[{"id": "W", "kind": "river", "wkt": BOX.format(190, 200)}],
    ).plan


@pytest.fixture
def looked_at(monkeypatch):
    """The boxes of parks that were looked at anew."""
    seen, real = [], module._land
    monkeypatch.setattr(module, "_land", lambda park, *rest: (seen.append(park.bounds[0]), real(park, *rest))[1])
    return seen


def areas(plan, work):
    lands = [one.land for one in uncovered(with_work(plan, work))]
    return [[shapely.area(shape) for shape in (land.roads, land.water, land.rest)] for land in lands]


def test_only_the_park_in_which_a_parcel_changes_is_looked_at_anew(looked_at):
    plan, work = two_parks(), Work(Memory())
    assert areas(plan, work) == [[2_000.0, 1_000.0, 7_000.0], [0.0, 0.0, 1_000.0]]
    smaller = apply(plan, [Edit("reshape", "parcels", "B", {"geometry": BOX.format(1000, 1050)})])
    assert areas(smaller, work) == [[2_000.0, 1_000.0, 7_000.0], [0.0, 0.0, 5_000.0]]
    assert looked_at == [0.0, 1000.0, 1000.0]


def test_a_wider_road_and_a_wider_water_are_seen_in_parks_whose_parcels_are_as_they_were():
    plan, work = two_parks(), Work(Memory())
    areas(plan, work)
    wider = apply(plan, [Edit("set", "roads", "R", {"width": 40.0})])
    assert areas(wider, work)[0] == [4_000.0, 1_000.0, 5_000.0]
    wet = apply(plan, [Edit("reshape", "control_lines", "W", {"geometry": BOX.format(180, 200)})])
    assert areas(wet, work)[0] == [2_000.0, 2_000.0, 6_000.0]


def test_a_parcel_that_goes_leaves_its_land_bare():
    plan, work = two_parks(), Work(Memory())
    areas(plan, work)
    assert areas(apply(plan, [Edit("remove", "parcels", "A")]), work)[0] == [2_000.0, 1_000.0, 17_000.0]
    gone = apply(plan, [Edit("retime", "parcels", "A", {"removed": "2020-01-01"})])
    assert areas(gone, work)[0][2] == 17_000.0


def test_the_width_of_a_sliver_is_that_of_who_asks():
    land = uncovered(with_work(two_parks(), Work(Memory())))[1].land
    assert [sum(land.wider_than(width)[1]) for width in (0.02, 20.0, 0.02)] == pytest.approx([1_000.0, 0.0, 1_000.0])


def test_parks_edited_at_random_are_as_cold_and_their_gaps_too():
    rng, plan, warm = random.Random(4), two_parks(), Work(Memory())
    for _ in range(25):
        plan = apply(plan, [drawn(plan, rng)])
        told = [run(with_work(plan, work), only=["DA904", "BA418"]) for work in (warm, Work(Memory()))]
        assert told[0] == told[1]
        if "parcels" in plan.layers and "parks" in plan.layers:
            hot, cold = ([one.land for one in uncovered(with_work(plan, w))] for w in (warm, Work(Memory())))
            same = [
                a.rest.equals_exact(b.rest) and np.array_equal(a.open_roads, b.open_roads)
                for a, b in zip(hot, cold, strict=True)
            ]
            assert all(same)
