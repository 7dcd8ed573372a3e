"""Land cover through the years: grids that differ, changes by class, the year a parcel was built."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.contract import grid, mini
from geo_planner.errors import RasterError
from geo_planner.facts.ecology.landcover import built_share, built_year, changes, consumed, laid_on, stack
from geo_planner.plan import Plan, Raster
from tests.shared import shared

SQUARE = {"id": "P", "wkt": "POLYGON ((0 0, 40 0, 40 40, 0 40, 0 0))"}


def cover(year: int, rows: list[list[float]], **more: object) -> Raster:
    return grid(rows, name=f"landcover_{year}", year=year, **more)


def plan_of(*grids: Raster) -> Plan:
    return mini(parcels=[SQUARE], rasters={g.name: g for g in grids}).plan


def test_changes_between_two_years_in_hectares() -> None:
    table = changes(cover(2010, [[1, 1], [2, 2]]), cover(2020, [[1, 8], [8, 8]]))
    assert table[["before", "after", "cells", "area_ha"]].to_numpy().tolist() == [
        [1, 1, 1, 0.01],
        [1, 8, 1, 0.01],
        [2, 8, 2, 0.02],
    ]


def test_unknown_cells_change_into_nothing() -> None:
    table = changes(cover(2010, [[1, 255], [2, 2]], nodata=255.0), cover(2020, [[255, 8], [8, 8]], nodata=255.0))
    assert table["cells"].tolist() == [2]


def test_a_grid_shifted_by_less_than_half_a_cell_reads_the_same() -> None:
    base = cover(2010, [[1, 2], [3, 4]])
    shifted = Raster(
        "landcover_2020", np.array([[1.0, 2.0], [3.0, 4.0]]), (10.0, 0.0, 4.0, 0.0, -10.0, 17.0), base.crs, year=2020
    )
    assert laid_on(shifted, base).tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_grid_that_ends_early_is_unknown_beyond() -> None:
    base = cover(2010, [[1, 2], [3, 4]])
    half = Raster("landcover_2020", np.array([[1.0], [3.0]]), (10.0, 0.0, 0.0, 0.0, -10.0, 20.0), base.crs, year=2020)
    assert np.isnan(laid_on(half, base)).tolist() == [[False, True], [False, True]]


def test_the_built_share_weighs_cells_by_what_lies_inside() -> None:
    share = built_share(plan_of(cover(2010, [[80, 1], [1, 1]], cell=30.0)), (80.0,))
    # 60 m of raster over 40 m of parcel: the built cell covers x 0-30, y 30-60, that is 30 x 10 of 1600 m².
    assert share[2010].tolist() == pytest.approx([300 / 1600])


def test_built_means_built_and_staying_so() -> None:
    shares = built_share(
        plan_of(*[cover(y, [[v]], cell=40.0) for y, v in ((2000, 1), (2005, 80), (2010, 1), (2015, 80))]), (80.0,)
    )
    before, found = built_year(shares, 0.5)
    assert (before.tolist(), found.tolist()) == ([2010.0], [2015.0])


def test_never_built_is_known_unbuilt_until_the_last_year() -> None:
    shares = built_share(plan_of(cover(2000, [[1]], cell=40.0), cover(2010, [[1]], cell=40.0)), (80.0,))
    before, found = built_year(shares, 0.5)
    assert before.tolist() == [2010.0]
    assert np.isnan(found).all()


def test_land_consumed_is_told_by_class_and_per_year() -> None:
    lost = consumed(
        plan_of(cover(2010, [[1, 2], [1, 80]], cell=20.0), cover(2014, [[80, 2], [80, 1]], cell=20.0)), (80.0,)
    )
    assert lost[["since", "until", "land", "area_ha", "per_year"]].to_numpy().tolist() == [[2010, 2014, 1, 0.08, 0.02]]
    assert lost["geometry"][0].bounds == (0.0, 0.0, 20.0, 40.0)


def test_a_raster_without_a_year_is_refused_in_one_sentence() -> None:
    plan = mini(parcels=[SQUARE], rasters={"landcover": grid([[1]], name="landcover")}).plan
    with pytest.raises(RasterError, match="has no year"):
        stack(plan)


def test_lausanne_on_two_grids_that_are_not_aligned() -> None:
    import rasterio
    from rasterio.warp import Resampling, reproject

    grids, transforms = [], []
    for year, name in ((2006, "ls100_06.tif"), (2012, "ls100_12.tif")):
        with rasterio.open(shared("real-data", "ch-lausanne-landcover", name)) as file:
            t, nodata = file.transform, file.nodata
            transforms.append(t)
            place = (t.a, t.b, t.c, t.d, t.e, t.f)
            grids.append(Raster(f"landcover_{year}", file.read(1), place, "EPSG:2056", nodata, year))
    assert transforms[0] != transforms[1]
    warped = np.zeros(grids[0].values.shape, dtype=np.uint8)
    reproject(
        np.array(grids[1].values),
        warped,
        src_transform=transforms[1],
        dst_transform=transforms[0],
        src_crs="EPSG:2056",
        dst_crs="EPSG:2056",
        resampling=Resampling.nearest,
    )
    ours = laid_on(grids[1], grids[0])
    both = ~np.isnan(ours)
    assert (ours[both] == warped[both]).mean() > 0.999
    table = changes(*grids)
    assert table["cells"].sum() == LAUSANNE_CELLS
    same = table["before"] == table["after"]
    assert table["cells"][same].sum() / table["cells"].sum() == pytest.approx(LAUSANNE_SAME, abs=5e-4)


LAUSANNE_CELLS = 76754
"""Cells known in both years; like the share unchanged below, read off the run whose classes agree with rasterio's warp."""
LAUSANNE_SAME = 0.9203
