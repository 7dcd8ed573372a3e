"""Shares at every event date, by park, phase, hexagon and zones of one's own."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.checks.contract import mini
from geo_planner.facts.landuse.through_time import balance_at_end, balance_through_time, hexagon_count, hexagons
from geo_planner.plan import Plan
from geo_planner.verdict.balance_series import CELLS


def strip(name: str, code: str, x: float, width: float = 100.0, **more: str) -> dict:
    wkt = f"POLYGON (({x} 0, {x + width} 0, {x + width} 100, {x} 100, {x} 0))"
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "wkt": wkt} | more


def park() -> Plan:
    return mini(
        parcels=[
            strip("G", "G1", 0, phase="1"),
            strip("M", "M1", 100, start="2010-01-01", phase="1"),
            strip("R", "R2", 200, start="2015-01-01", removed="2020-01-01", phase="2"),
            strip("S", "S1", 300, start="2010-01-01", phase="2"),
        ]
    ).plan


def test_shares_change_when_something_begins_or_ends() -> None:
    table = balance_through_time(park())
    assert [None if np.isnat(d) else str(d)[:10] for d in table["date"].to_numpy()] == [
        None,
        "2010-01-01",
        "2015-01-01",
        "2020-01-01",
    ]
    assert table["ecology_share"].tolist() == pytest.approx([1.0, 0.5, 1 / 3, 0.5])
    assert table["production_share"].tolist() == pytest.approx([0.0, 0.5, 1 / 3, 0.5])
    assert table["evenness"].tolist()[2] == pytest.approx(1.0)


def test_distance_to_the_bands_is_half_of_what_is_missed() -> None:
    table = balance_through_time(park())
    # Thirds: production 1/3 misses .40 by .0667, ecology exceeds .25 by .0833.
    assert table["off_target"].tolist()[2] == pytest.approx(0.4 - 1 / 3 + 1 / 3 - 0.25)


def test_roads_stay_out_of_the_denominator() -> None:
    assert balance_through_time(park())["total"].tolist() == [10000.0, 20000.0, 30000.0, 20000.0]


def test_phases_are_units_of_their_own() -> None:
    table = balance_through_time(park(), "phase")
    assert sorted(set(table["unit"])) == ["1", "2"]
    assert table[table["unit"] == "2"]["total"].tolist() == [0.0, 0.0, 10000.0, 0.0]


def test_zones_of_ones_own_count_what_lies_inside() -> None:
    zones = gpd.GeoSeries([shapely.box(50, 0, 150, 100)], index=["mine"])
    table = balance_through_time(park(), zones)
    last = table.iloc[-1]
    assert (last["unit"], last["ecology"], last["production"]) == ("mine", pytest.approx(5000.0), pytest.approx(5000.0))


def test_hexagons_tile_without_gap_or_overlap() -> None:
    cells = hexagons(np.array([0.0, 0.0, 1000.0, 700.0]), 100.0)
    box = shapely.box(0, 0, 1000, 700)
    parts = shapely.intersection(cells.to_numpy(), box)
    assert shapely.area(parts).sum() == pytest.approx(700_000.0)
    assert shapely.union_all(parts).area == pytest.approx(700_000.0)


def test_a_parcel_in_another_country_does_not_fill_the_land_between_with_hexagons() -> None:
    near, far = [0.0, 0.0, 1000.0, 700.0], [3.7e7, 3.9e7, 3.7e7 + 100, 3.9e7 + 100]
    alone, both = hexagons(np.array(near), 100.0), hexagons(np.array([near, far]), 100.0)
    assert both.loc[alone.index].geom_equals(alone).all()
    assert len(both) - len(alone) <= 16
    assert hexagon_count(np.array([[0.0, 0.0, 3.7e7, 3.9e7]]), 500.0) > CELLS  # one corner far off


def test_hexagons_add_up_to_the_park() -> None:
    whole, parts = balance_through_time(park()), balance_through_time(park(), "hexagon", size=60.0)
    assert parts.groupby("date", dropna=False)["total"].sum().sort_values().tolist() == pytest.approx(
        sorted(whole["total"])
    )


@pytest.mark.parametrize("by", ["hexagon", "phase", gpd.GeoSeries([shapely.box(50, 0, 150, 100)], index=["mine"])])
def test_the_end_is_the_last_row_of_each_unit(by: Any) -> None:
    whole, end = balance_through_time(park(), by, size=3.0), balance_at_end(park(), by, size=3.0)
    last = whole.groupby("unit", sort=True).tail(1).reset_index(drop=True)
    pd.testing.assert_frame_equal(end, last, check_exact=True)
    assert len(end) == len(set(whole["unit"]))


def test_so_many_hexagons_are_taken_in_several_turns() -> None:
    assert len(balance_at_end(park(), "hexagon", size=3.0)) > 1000  # of which 32 are held at a time


def test_the_end_of_land_without_a_date_is_what_always_stood() -> None:
    plan = mini(parcels=[strip("G", "G1", 0), strip("M", "M1", 100)]).plan
    assert balance_at_end(plan, "park")["total"].tolist() == [20000.0]
