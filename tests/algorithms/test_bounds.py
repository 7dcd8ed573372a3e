"""A bound is never below what GEOS measures, and near it where a strip is straight."""

import numpy as np
import pytest
import shapely

from geo_planner.algorithms.bounds import direction, most_shared


def _most(line: str, area: str, along: float = 0.0) -> float:
    shapes = shapely.from_wkt(np.array([line, area], dtype=object))
    return float(most_shared(shapes[:1], shapes[1:], np.array([along]), (np.array([0]), np.array([0])))[0])


def test_a_line_that_crosses_a_strip_shares_its_width_at_most():
    assert _most("LINESTRING (50 -100, 50 100)", "POLYGON ((0 -7, 200 -7, 200 7, 0 7, 0 -7))") == pytest.approx(14)


def test_a_strip_that_lies_askew_is_boxed_in_its_own_direction():
    strip = shapely.buffer(shapely.LineString([(0, 0), (300, 400)]), 7, cap_style="flat").wkt
    along = np.arctan2(400, 300)
    assert _most("LINESTRING (-40 480, 440 120)", strip, along) == pytest.approx(14, abs=1e-5)
    assert _most("LINESTRING (-40 480, 440 120)", strip) == pytest.approx(305.67, abs=0.01), "as a box to the north"


def test_a_line_beside_the_box_shares_nothing_worth_a_look():
    assert _most("LINESTRING (0 8, 200 8)", "POLYGON ((0 -7, 200 -7, 200 7, 0 7, 0 -7))") == pytest.approx(0, abs=1e-5)


def test_the_direction_of_a_closed_ring_and_of_nothing_is_east():
    shapes = shapely.from_wkt(["LINESTRING (0 0, 1 1)", "POLYGON ((0 0, 1 0, 1 1, 0 0))", None, "LINESTRING EMPTY"])
    assert direction(shapes).tolist() == [np.pi / 4, 0, 0, 0]


def test_no_bound_is_below_the_length_that_geos_measures():
    random = np.random.default_rng(1128)
    lines = shapely.linestrings(random.uniform(0, 300, (400, 4, 2)))
    roads = shapely.linestrings(random.uniform(0, 300, (400, 3, 2)))
    lines[:-1:7] = shapely.union(lines[:-1:7], lines[1::7])
    strips = shapely.buffer(roads, random.uniform(2, 40, 400), cap_style="flat")
    i, j = (side.ravel() for side in np.meshgrid(np.arange(400), np.arange(400)))
    i, j = i[::13], j[::13]
    shared = shapely.length(shapely.intersection(lines[i], strips[j]))
    assert (most_shared(lines, strips, direction(roads), (i, j)) >= shared).all()
    assert (shared > 10).sum() > 1000
