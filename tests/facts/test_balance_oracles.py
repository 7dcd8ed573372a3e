"""Coupling coordination, entropy and shares against published and hand-computed numbers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.facts.landuse.balance import coordination, entropy, evenness, level, shares
from geo_planner.plan import Plan
from tests.shared import shared


def test_the_published_table_of_two_subsystems_to_its_printed_digits():
    table = pd.read_csv(shared("domain", "oracle_ccd_n2_published.csv"))
    got = coordination(table[["U1", "U2"]].to_numpy())
    # The table prints three digits of numbers computed from inputs that were themselves rounded to three.
    for theirs, ours in (("C", "C_std"), ("T", "T"), ("D", "D_std")):
        assert np.abs(table[theirs] - got[ours]).max() <= 0.001


@pytest.mark.parametrize(
    ("name", "columns"), [("n3_computed", ["U_P", "U_L", "U_E"]), ("n4_published", ["U1", "U2", "U3", "U4"])]
)
def test_the_oracles_of_three_and_four_subsystems_to_six_digits(name, columns):
    table = pd.read_csv(shared("domain", f"oracle_ccd_{name}.csv"))
    got = coordination(table[columns].to_numpy())
    for column in [c for c in table if c in got]:
        assert np.abs(table[column] - got[column]).max() < 6e-7, column


def test_three_equal_low_systems_couple_perfectly_but_stay_low():
    row = coordination(np.array([[0.2, 0.2, 0.2]])).iloc[0]
    assert (round(row["C_wang"], 9), round(row["D_wang"], 6)) == (1.0, 0.447214)


def test_entropy_and_evenness_of_five_three_two():
    p = np.array([0.5, 0.3, 0.2])
    assert round(float(entropy(p)), 7) == 1.0296530
    assert round(float(evenness(p)), 7) == 0.9372306


@pytest.mark.parametrize(("D", "band"), [(0.05, 0), (0.1, 0), (0.45, 4), (0.5, 4), (0.51, 5), (1.0, 9)])
def test_bands_of_d_take_their_upper_edge(D, band):
    assert level(D) == band


def test_roads_stay_out_of_the_shares_and_unknown_land_is_told():
    """40 ha works, 20 ha homes, 20 ha park, 20 ha road, 10 ha unknown: 50 %, 25 %, 25 %."""
    areas = {"M1": 40, "R2": 20, "G1": 20, "S1": 20, "Q7": 10}
    x, rows = 0.0, []
    for code, ha in areas.items():
        rows.append((code, shapely.box(x, 0, x + ha * 100, 100)))
        x += ha * 100
    frame = gpd.GeoDataFrame(
        {"id": list(areas), "code": list(areas), "scheme": "gb50137"}, geometry=[g for _, g in rows], crs="EPSG:4527"
    )
    row = shares(Plan(name="K", crs="EPSG:4527", layers={"parcels": frame})).iloc[0]
    assert row[["production_share", "living_share", "ecology_share"]].tolist() == [0.5, 0.25, 0.25]
    assert (row["shared"], row["unknown"]) == (200_000.0, 100_000.0)
