"""Polygons of one layer that lie on one another: pairs and areas, against a slow and obvious loop."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely

from geo_planner.algorithms.selves import inside_another, laid_over, self_overlaps

SQUARE = shapely.box(0, 0, 10, 10)


def _slow(shapes):
    pairs = [(i, j, shapes[i].intersection(shapes[j]).area) for i, j in combinations(range(len(shapes)), 2)]
    return [(i, j, pytest.approx(area, abs=1e-6)) for i, j, area in pairs if area > 1e-6]


def _fast(shapes):
    i, j, area = self_overlaps(np.array(shapes, dtype=object))
    return list(zip(i.tolist(), j.tolist(), area.tolist(), strict=True))


def test_neighbours_share_nothing_and_a_strip_shares_its_area():
    shapes = [SQUARE, shapely.box(10, 0, 20, 10), shapely.box(9, 0, 12, 10), shapely.box(50, 50, 60, 60)]
    assert _fast(shapes) == [(0, 2, pytest.approx(10.0)), (1, 2, pytest.approx(20.0))]


def test_equal_and_contained_shapes_share_the_smaller_ones_area():
    assert _fast([SQUARE, SQUARE, shapely.box(2, 2, 4, 4)]) == [
        (0, 1, pytest.approx(100.0)),
        (0, 2, pytest.approx(4.0)),
        (1, 2, pytest.approx(4.0)),
    ]


def test_missing_and_empty_shapes_pair_with_nothing():
    assert _fast([SQUARE, None, shapely.Polygon(), shapely.box(5, 5, 15, 15)]) == [(0, 3, pytest.approx(25.0))]
    assert _fast([]) == []


def test_a_zone_of_many_corners_with_holes_agrees_with_a_slow_loop():
    rng = np.random.default_rng(7)
    turn = np.linspace(0, 2 * np.pi, 3000, endpoint=False)
    zone = shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * (60 + 5 * np.sin(9 * turn))[:, None])
    zone = zone.difference(shapely.Point(10, 10).buffer(12))
    plots = [shapely.box(x, y, x + 12, y + 12) for x in range(-72, 72, 12) for y in range(-72, 72, 12)]
    parts = shapely.MultiPolygon([shapely.box(-80, -5, -40, 5), shapely.box(40, -5, 80, 5)])
    shapes = [*rng.permutation(np.array(plots, dtype=object)), zone, parts]
    assert _fast(shapes) == _slow(shapes)


def test_a_zone_over_plots_lies_on_them_and_plots_do_not_lie_on_the_zone():
    plots = [shapely.box(10 * k, 0, 10 * k + 10, 10) for k in range(4)]
    shapes = np.array([*plots, shapely.box(0, 0, 40, 10), shapely.box(38, 0, 60, 10)], dtype=object)
    assert laid_over(shapes, *self_overlaps(shapes)).tolist() == [False, False, False, False, True, False]


def test_what_lies_within_another_is_named_and_what_touches_its_outline_is_not():
    shapes = [SQUARE, shapely.box(2, 2, 4, 4), shapely.box(0, 5, 3, 8), shapely.box(8, 8, 12, 12), None, SQUARE]
    assert inside_another(np.array(shapes, dtype=object)).tolist() == [False, True, False, False, False, False]


def test_the_union_is_the_same_without_what_lies_within_another():
    random = np.random.default_rng(9)
    x, y, side = random.uniform(0, 100, (3, 300))
    shapes = shapely.box(x, y, x + side / 4, y + side / 4)
    shapes[5] = shapely.buffer(shapely.Point(50, 50), 40, quad_segs=200)
    inside = inside_another(shapes)
    assert inside.sum() > 100
    assert shapely.union_all(shapes).symmetric_difference(shapely.union_all(shapes[~inside])).area < 1e-9
