"""The sound park obeys 三先三后: permits in order, services before works, industry before homes."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
import shapely

from geo_planner.sample import layout, parcels

AS_OF = pd.Timestamp(layout.AS_OF)


@pytest.fixture(scope="module")
def land(sound) -> pd.DataFrame:
    letters = pd.Series({p.id: p.code[0] for p in layout.plots()})
    return pd.DataFrame(sound["parcels"]).assign(letter=sound["parcels"]["id"].map(letters))


def test_permits_follow_the_order_of_the_law(sound):
    own = (
        sound["approvals"]
        .dropna(subset="parcel")
        .pivot_table(index="parcel", columns="kind", values="start", aggfunc="first")
    )
    steps = ["site_opinion", "land_grant", "land_permit", "works_permit", "construction_permit"]
    for a, b in pairwise(steps):
        both = own[[a, b]].dropna()
        assert (both[a] <= both[b]).all(), (a, b)
    start = own.index.map(sound["parcels"].set_index("id")["start"])
    assert (
        own["construction_permit"].dropna() <= pd.Series(start, own.index)[own["construction_permit"].notna()]
    ).all()


def test_every_building_stands_on_land_permitted_before_it(sound):
    permits = sound["approvals"].query("kind == 'works_permit'").set_index("parcel")["start"]
    built = sound["buildings"]
    assert (built["parcel"].map(permits) <= built["start"]).all()
    ground = sound["parcels"].set_index("id").geometry.reindex(built["parcel"])
    assert shapely.covers(shapely.buffer(ground.to_numpy(), 0.01), built.geometry.to_numpy()).all()


def test_each_started_parcel_lies_in_a_plan_unit_approved_before(sound):
    units = sound["approvals"].query("kind == 'detailed_plan'")
    for unit in range(1, 9):
        members = sound["parcels"][sound["parcels"]["id"].str.startswith(f"SQ-{unit:02d}-")]
        plan = units[units["id"] == f"KG-{unit:02d}"].iloc[0]
        assert shapely.covers(shapely.buffer(plan.geometry, 0.01), members.geometry.to_numpy()).all()
        assert plan["start"] <= members[["released", "start"]].min().min()


def test_nobody_starts_before_the_roads_of_the_tranche_are_open(sound):
    tranche = {p.id: p.tranche for p in layout.plots()}
    opening = sound["roads"].groupby(sound["roads"]["finish"].dt.year)["finish"].max()
    assert opening.index.tolist() == [2007, 2008, 2011, 2012, 2016, 2017, 2021, 2022, 2024]
    started = sound["parcels"].dropna(subset="start")
    last = started["id"].map({i: opening.iloc[t - 1] for i, t in tranche.items()})
    assert ((started["start"] - last).dt.days >= 30).all()


@pytest.mark.parametrize("phase", layout.PHASES[:3])
def test_half_the_works_of_a_phase_have_started_when_its_first_home_is_released(land, phase):
    members = land[land["phase"] == phase]
    first_home = members[members["letter"].isin(["R", "B"])]["released"].min()
    works = members[members["letter"].isin(["M", "W"])]
    area = works["area_declared"]
    assert area[works["start"] <= first_home].sum() / area.sum() >= 0.5
    assert area[works["used"] <= first_home].sum() / area.sum() >= 0.3


def test_dates_of_a_parcel_never_run_backwards(land):
    for a, b in (("released", "start"), ("start", "finish"), ("finish", "used")):
        both = land[[a, b]].dropna()
        assert (both[a] < both[b]).all(), (a, b)


def test_some_land_is_planned_for_after_the_as_of_day(land):
    later = land[land["start"] > AS_OF]
    assert 40 <= len(later) <= 80
    assert later["start"].max() < pd.Timestamp("2031-01-01")
    assert later["far"].isna().all()


def test_jobs_and_people_are_those_of_a_park_for_ninety_thousand(land):
    assert 55_000 < land["jobs"].sum() < 90_000
    assert 75_000 < land["people"].sum() < 100_000


def test_ratios_of_a_parcel_come_from_its_buildings(sound):
    built = sound["buildings"].groupby("parcel")["floor_area"].sum()
    land = sound["parcels"].set_index("id").loc[built.index]
    assert (built / land.geometry.area - land["far"]).abs().max() < 0.006


def test_plan_days_come_before_the_first_trench_of_their_phase():
    assert [str(d) for d in parcels.PLAN_DAYS] == ["2006-08-18", "2010-05-20", "2015-04-16", "2020-09-08"]
