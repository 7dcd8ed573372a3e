"""The park's land adds up: areas by class, a coverage without gaps, ids as bureaus write them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo_planner.sample import layout

SHARES = {"M": 36, "W": 4, "R": 18, "A": 5, "B": 6, "U": 3, "G": 11, "E": 2}


def _area(letter: str) -> float:
    return sum(p.shape.area for p in layout.plots() if p.code[0] == letter)


def test_the_park_has_about_2135_hectares():
    assert layout.boundary().area / 1e4 == pytest.approx(2135, rel=0.005)


@pytest.mark.parametrize(("letter", "share"), SHARES.items())
def test_each_class_takes_its_share_within_a_point(letter, share):
    assert 100 * _area(letter) / layout.boundary().area == pytest.approx(share, abs=1.0)


def test_roads_and_stations_take_about_fifteen_percent():
    parcels = sum(p.shape.area for p in layout.plots() if p.code[0] != "S")
    assert 100 * (1 - parcels / layout.boundary().area) == pytest.approx(15, abs=1.0)


def test_parcels_and_roads_cover_the_park_without_gap_or_overlap():
    streets = [
        shapely.box(x - w / 2, 0, x + w / 2, layout.EW_ROADS[-1] + 12)
        for x, w in zip(layout.NS_ROADS, layout.NS_WIDTHS, strict=True)
    ]
    streets += [
        shapely.box(56, y - w / 2, layout.EAST + 12, y + w / 2)
        for y, w in zip(layout.EW_ROADS, layout.EW_WIDTHS, strict=True)
    ]
    ground = [p.shape for p in layout.plots()] + [shapely.union_all(streets)]
    assert sum(s.area for s in ground) == pytest.approx(layout.boundary().area, abs=0.01)
    assert shapely.union_all(ground).symmetric_difference(layout.boundary()).area == pytest.approx(0, abs=0.01)


def test_there_are_twelve_by_eleven_roads_and_more_than_600_parcels():
    assert (len(layout.NS_ROADS), len(layout.EW_ROADS)) == (12, 11)
    assert len(layout.plots()) == 811


def test_ids_are_unique_and_say_unit_block_and_parcel(sound):
    ids = sound["parcels"]["id"]
    assert ids.is_unique
    assert ids.str.fullmatch(r"SQ-\d\d-\d\d-\d\d").all()


def test_works_lie_west_of_the_avenue_and_homes_east():
    avenue = layout.NS_ROADS[layout.AVENUE]
    assert max(p.shape.bounds[2] for p in layout.plots() if p.code[0] in "MW") < avenue
    assert min(p.shape.bounds[0] for p in layout.plots() if p.code[0] == "R") > avenue


def test_every_phase_has_works_homes_and_a_district_of_its_own(sound):
    parcels = sound["parcels"]
    letters = dict(zip([p.id for p in layout.plots()], [p.code[0] for p in layout.plots()], strict=True))
    for phase, members in parcels.groupby("phase"):
        assert {"M", "R", "B"} <= {letters[i] for i in members["id"]}, phase
        assert members["district"].nunique() == 1


def test_the_turn_to_the_world_keeps_lengths_and_can_be_undone():
    here = np.array([[0.0, 0.0], [3000.0, 4000.0]])
    there = shapely.get_coordinates(layout.to_world(shapely.linestrings(here)))
    assert np.hypot(*(there[1] - there[0])) == pytest.approx(5000, abs=0.002)
    assert np.allclose(layout.to_park(there), here, atol=0.002)


def test_the_park_lies_at_the_seat_of_suqian_in_zone_39(sound):
    x0, y0, x1, y1 = sound["parks"].total_bounds
    assert 39_610_000 < x0 < x1 < 39_616_000
    assert 3_755_500 < y0 < y1 < 3_760_000


def test_every_layer_is_valid_and_in_the_parks_crs(sound):
    for name, frame in sound.items():
        assert frame.crs.to_epsg() == 4527, name
        assert frame.geometry.is_valid.all(), name
