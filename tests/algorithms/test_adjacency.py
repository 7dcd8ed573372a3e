"""Pairs that are near each other, while both exist."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo_planner.algorithms.distances import links, near
from geo_planner.algorithms.patches import borders
from geo_planner.algorithms.segments import near_lines
from geo_planner.checks.contract import mini
from geo_planner.facts.nearby import near_together, spans

SQUARE = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"


def test_near_finds_pairs_by_true_distance() -> None:
    homes = shapely.points([[0.0, 0.0]])
    # The chord of a buffer with 16 segments a quarter runs 0.12 m inside the circle of 100 m.
    plants = shapely.points([[99.95 * np.cos(0.049), 99.95 * np.sin(0.049)], [101.0, 0.0]])
    i, j, distance = near(homes, plants, 100.0)
    assert (i.tolist(), j.tolist()) == ([0], [0])
    assert distance == pytest.approx([99.95])


def test_near_of_nothing_is_nothing() -> None:
    assert [len(x) for x in near(np.array([], dtype=object), shapely.points([[0, 0]]), 5.0)] == [0, 0, 0]


def test_things_that_never_stand_together_are_no_pair() -> None:
    plan = mini(
        parcels=[
            {"id": "A", "removed": "2020-01-01", "wkt": SQUARE},
            {"id": "B", "start": "2019-01-01", "wkt": SQUARE},
        ],
        buildings=[{"id": "H", "start": "2020-01-01", "wkt": SQUARE}],
    ).plan
    pairs = near_together(plan, ("parcels", "buildings"), (np.array([0, 1]), np.array([0])), np.array([1.0, 1.0]))
    assert (pairs.left.tolist(), pairs.right.tolist()) == ([1], [0])
    assert str(pairs.both.since[0])[:10] == "2020-01-01"


def test_open_ends_are_shown_as_null() -> None:
    plan = mini(parcels=[{"id": "A", "start": "2020-01-01", "wkt": SQUARE}]).plan
    since, until = spans(plan, "parcels").days()
    assert str(since[0])[:10] == "2020-01-01"
    assert np.isnat(until[0])


def test_a_feature_is_not_near_itself() -> None:
    plan = mini(parcels=[{"id": "A", "wkt": SQUARE}, {"id": "B", "wkt": SQUARE}]).plan
    both = np.array([0, 1])
    pairs = near_together(plan, ("parcels", "parcels"), (both, both), np.array([1.0, 1.0]))
    assert list(zip(pairs.left, pairs.right, strict=True)) == [(0, 1), (1, 0)]


def test_a_link_between_overlapping_things_is_what_they_share() -> None:
    a, b = shapely.from_wkt([SQUARE, "POLYGON ((5 0, 15 0, 15 10, 5 10, 5 0))"])
    line = links(np.array([a, a]), np.array([b, shapely.box(13, 0, 20, 10)]))
    assert shapely.area(line[0]) == pytest.approx(50.0)
    assert shapely.length(line[1]) == pytest.approx(3.0)


def test_borders_of_multipolygons_are_found_part_by_part() -> None:
    left, right = shapely.box(0, 0, 10, 10), shapely.union_all(shapely.box([10, 40], [0, 0], [20, 50], [10, 10]))
    i, j, length = borders(np.array([left, right]))
    assert (i.tolist(), j.tolist(), length.tolist()) == ([0], [1], [10.0])


def test_borders_are_measured_along_shared_vertices() -> None:
    shapes = shapely.box([0, 10, 30], [0, 0, 0], [10, 20, 40], [10, 10, 10])
    i, j, length = borders(shapes)
    assert (i.tolist(), j.tolist(), length.tolist()) == ([0], [1], [10.0])


def test_lines_near_each_other_agree_with_the_slow_obvious_loop() -> None:
    rng = np.random.default_rng(3)
    lines = shapely.linestrings(rng.uniform(0, 60, (40, 1, 2)) + rng.uniform(-6, 6, (40, 4, 2)).cumsum(axis=1))
    i, j, distance = near_lines(lines, 2.0)
    slow = {(a, b): lines[a].distance(lines[b]) for a in range(40) for b in range(a + 1, 40)}
    slow = {k: v for k, v in slow.items() if v <= 2.0}
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == sorted(slow)
    assert distance == pytest.approx([slow[k] for k in sorted(slow)], abs=1e-9)
    assert (distance == 0).sum() > 3
