"""Layers are searched block by block; what is found does not depend on how the blocks fall."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_planner.read.topology import coverage, faults


def squares(side: int) -> np.ndarray:
    """A field of 10 m squares, side by side, `side` in a row."""
    return np.array([shapely.box(10 * i, 10 * j, 10 * i + 10, 10 * j + 10) for i in range(side) for j in range(side)])


def for_ever(shapes):
    return np.full(len(shapes), -np.inf), np.full(len(shapes), np.inf)


@pytest.mark.parametrize("block", [1, 7, 100, 5000])
def test_suspects_do_not_depend_on_the_size_of_a_block(monkeypatch, block):
    monkeypatch.setattr(coverage, "_BLOCK", block)
    shapes = squares(12)
    shapes[50] = shapely.box(40, 20, 51, 30)  # a metre into number 62; its longer sides no longer fit 49 and 51
    assert coverage.suspects(shapes).tolist() == [49, 50, 51, 62]


def test_two_layers_of_the_same_squares_are_all_copies(monkeypatch):
    monkeypatch.setattr(coverage, "_BLOCK", 10)
    shapes = np.concatenate([squares(5), squares(5)])
    copies, rest, hairlines = coverage.overlaps(shapes, coverage.suspects(shapes), for_ever(shapes), (0.01, 0.001))
    assert (copies, rest, hairlines) == ([(k, k + 25) for k in range(25)], [], 0)


def test_a_gap_between_two_plots_that_do_not_touch_is_found_far_from_other_faults():
    far = shapely.box(5000, 5000, 5010, 5010), shapely.box(5010.05, 5000, 5020.05, 5010)  # 5 cm apart, 0.5 m²
    shapes = np.concatenate([squares(6), [shapely.box(0, 0, 11, 10)], far])
    (gap,) = coverage.gaps(shapes, coverage.suspects(shapes), 0.01, 0.001)
    assert gap.area == pytest.approx(0.5, abs=0.01)
    assert gap.intersects(shapely.Point(5010.02, 5005))


def test_a_heap_of_copies_is_given_up_before_its_pairs_fill_the_memory(monkeypatch):
    monkeypatch.setattr(coverage, "_MOST_PAIRS", 100)
    monkeypatch.setattr(coverage, "_PAIRS_EACH", 10)
    heap = np.array(
        [shapely.box(0, 0, 9, 9 + k / 100) for k in range(50)]
    )  # 50 × 50 pairs of boxes, 100 + 10 × 50 allowed
    with pytest.raises(coverage.TooManyPairs, match="over 600 pairs"):
        coverage.suspects(heap)
    with pytest.raises(coverage.TooManyPairs, match="over 600 pairs"):
        coverage.overlaps(heap, np.arange(50), for_ever(heap), (0.01, 0.001))


def test_a_heap_is_said_and_not_searched(monkeypatch):
    monkeypatch.setattr(coverage, "_PAIRS_EACH", 0)
    monkeypatch.setattr(coverage, "_MOST_PAIRS", 10)
    heap = gpd.GeoDataFrame({"id": list("abcd")}, geometry=[shapely.box(0, 0, 9, 9)] * 4, crs="EPSG:4527")
    (said,) = [n for n in faults.faults("parcels", heap, faults.Tolerances()) if n.code == "IM608"]
    assert said.args["reason"] == "over 10 pairs of features lie on top of each other"


def test_an_outline_that_growing_breaks_is_still_compared():
    closed = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])  # a bow-tie, as a buffer may leave it
    whole = shapely.Polygon([(0, 0), (5, 5), (0, 10)])
    assert coverage._added(closed, whole, 1e-4).area == pytest.approx(25.0, abs=1e-3)


def test_a_bundle_of_line_ends_is_said_and_not_searched():
    fan = [shapely.LineString([(0, 0), (100, k)]) for k in range(600)]  # 600 × 600 pairs at one end alone
    frame = gpd.GeoDataFrame({"id": range(600), "kind": "water"}, geometry=fan, crs="EPSG:4527")
    (said,) = [n for n in faults.faults("pipes", frame, faults.Tolerances()) if n.code == "IM608"]
    assert said.args["reason"] == "over 236,000 pairs of line ends lie within 0.5 m"
