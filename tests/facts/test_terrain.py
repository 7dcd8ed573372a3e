"""Slope, hollows, floods, earthworks and heights at points, on grids of a few cells."""

from __future__ import annotations

import heapq

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_planner.checks.contract import grid, mini
from geo_planner.errors import RasterError
from geo_planner.facts.terrain import bathtub, cut_and_fill, fits, metres, parcel_terrain, sample, sinks, slope
from geo_planner.plan import Raster

SQUARE = {"id": "P", "wkt": "POLYGON ((0 0, 40 0, 40 40, 0 40, 0 0))"}


def test_a_plane_slopes_the_same_in_every_cell_but_the_rim() -> None:
    steep = slope(grid([[3.0 * c + 4.0 * r for c in range(4)] for r in range(4)]))
    assert steep[1:-1, 1:-1].ravel().tolist() == pytest.approx([50.0] * 4)
    assert np.isnan(steep[0]).all()
    assert np.isnan(steep[:, -1]).all()


def test_a_cell_beside_the_unknown_has_no_slope() -> None:
    assert np.isnan(slope(grid([[1, 1, 1], [1, 1, 1], [1, 1, -9]], nodata=-9.0))[1, 1])


def test_feet_and_odd_nodata_become_metres_and_nothing() -> None:
    heights = metres(grid([[100.0, -999999.0]], nodata=-999999.0, unit="ft"))
    assert heights[0, 0] == pytest.approx(30.48006)
    assert np.isnan(heights[0, 1])


def test_the_height_is_that_of_the_cell_below_the_point() -> None:
    heights = sample(grid([[1, 2], [3, 4]]), shapely.points([[5, 15], [15, 15], [5, 5], [15, 5], [25, 5], [-1, 5]]))
    assert heights[:4].tolist() == [1, 2, 3, 4]
    assert np.isnan(heights[4:]).all()


def test_a_pit_fills_to_its_lowest_rim() -> None:
    depth = sinks(grid([[9, 9, 9, 9], [9, 2, 3, 9], [9, 9, 5, 9], [9, 9, 4, 9]]))
    assert depth.tolist() == [[0, 0, 0, 0], [0, 3, 2, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_pits_fill_as_by_the_priority_flood() -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        z = rng.integers(0, 30, (12, 15)).astype(float)
        z[rng.random(z.shape) < 0.05] = np.nan
        np.testing.assert_array_equal(sinks(grid(z)), _flooded(z) - z)


def _flooded(z: np.ndarray) -> np.ndarray:
    """Cell by cell from the rim inward (Barnes 2014); a cell beside an unknown one is rim too."""
    rows, columns = z.shape
    filled, done, heap = z.copy(), np.isnan(z), []

    def around(r: int, c: int) -> list[tuple[int, int]]:
        return [(a, b) for a in range(r - 1, r + 2) for b in range(c - 1, c + 2) if 0 <= a < rows and 0 <= b < columns]

    for r, c in zip(*np.nonzero(~np.isnan(z)), strict=True):
        if r in {0, rows - 1} or c in {0, columns - 1} or any(np.isnan(z[at]) for at in around(r, c)):
            heapq.heappush(heap, (z[r, c], int(r), int(c)))
            done[r, c] = True
    while heap:
        level, r, c = heapq.heappop(heap)
        for at in around(r, c):
            if not done[at]:
                done[at], filled[at] = True, max(z[at], level)
                heapq.heappush(heap, (filled[at], *at))
    return filled


def test_water_does_not_cross_a_dyke() -> None:
    z = grid([[1, 1, 5, 1, 5], [1, 1, 5, 1, 5], [1, 1, 5, 5, 5]])
    wet = bathtub(grid([[1, 5, 5, 5, 5], [1, 5, 1, 1, 5], [1, 5, 5, 5, 5]]), 3.0)
    assert wet.tolist() == [[2, 0, 0, 0, 0], [2, 0, 0, 0, 0], [2, 0, 0, 0, 0]]
    assert bathtub(z, 6.0).min() == 1.0


def test_levelling_a_step_moves_half_of_it_down_half_the_site() -> None:
    table = cut_and_fill(grid([[2.0, 4.0]]), gpd.GeoSeries([shapely.box(0, 0, 20, 10)]))
    assert table.iloc[0].tolist() == pytest.approx([3.0, 100.0, 100.0, 1.0])


def test_cells_count_by_their_share_inside_the_parcel() -> None:
    parcel = {"id": "P", "wkt": "POLYGON ((5 0, 20 0, 20 10, 5 10, 5 0))"}
    plan = mini(parcels=[parcel], rasters={"dem": grid([[2.0, 4.0]])}).plan
    row = parcel_terrain(plan).iloc[0]
    assert (row["height"], row["low"], row["high"], row["covered"]) == (
        pytest.approx(10 / 3),
        2.0,
        4.0,
        pytest.approx(1.0),
    )


def test_a_raster_of_another_place_is_refused_in_one_sentence() -> None:
    far = Raster("dem", np.ones((2, 2)), (10.0, 0.0, 9e5, 0.0, -10.0, 9e5), "EPSG:4527")
    with pytest.raises(RasterError, match="touches no parcel"):
        fits(mini(parcels=[SQUARE], rasters={"dem": far}).plan, "dem")


def test_a_raster_in_another_crs_is_refused_with_what_to_do() -> None:
    other = Raster("dem", np.ones((2, 2)), (10.0, 0.0, 0.0, 0.0, -10.0, 20.0), "EPSG:32650")
    with pytest.raises(RasterError, match="Reproject the raster to EPSG:4527"):
        fits(mini(parcels=[SQUARE], rasters={"dem": other}).plan, "dem")
