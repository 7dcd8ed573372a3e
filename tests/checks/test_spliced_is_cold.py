"""A plan judged from the one before it, only where an edit can have changed anything, gives what a first run gives."""

from __future__ import annotations

import importlib
import random
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.checks import load, reaches, run
from geo_planner.checks.contract import mini
from geo_planner.facts.registry import with_work
from geo_planner.plan import Edit, Plan, Profile, Threshold, apply
from geo_planner.work import Memory, Work
from tests.checks.test_warm_is_cold import drawn
from tests.study.test_tiles import PROFILE, REACH
from tests.study.tiles_world import town

SPLICED = importlib.import_module("geo_planner.checks.spliced")
PLACES = ("parcels",)
FOLLOWING = ("ST703", "ST705", "UG204")
SERVED = ("UG201", "UG202")
"""Checks of each parcel alone beside the whole networks."""


@pytest.fixture
def always(monkeypatch):
    """Every check that can be judged in part is, however small the plan; returns (code, judged in part) of each try."""
    tried, whole = [], SPLICED.spliced

    def spliced(check, *given):
        out = whole(check, *given)
        tried.append((check.code, out is not None))
        return out

    monkeypatch.setattr(SPLICED, "LEAST", 0)
    monkeypatch.setattr(SPLICED, "SHARE", 1.0)
    monkeypatch.setattr("geo_planner.checks.spliced", spliced)
    return tried


def told(plan: Plan, work: Work, codes):
    return run(with_work(plan, work), PROFILE, only=codes)


def moved(plan: Plan, code: str, count: int):
    """The plan after each of some random edits of all kinds of what a check reads, one on the other."""
    rng, check = random.Random(code), load()[code]
    for _ in range(count):
        for _ in range(rng.choice([1, 1, 3])):
            read = {n: f for n, f in plan.layers.items() if n in (*check.layers, *check.optional, *PLACES)}
            plan = apply(plan, [drawn(replace(plan, layers=read), rng)])
        yield plan


@pytest.mark.parametrize("code", [*REACH, *FOLLOWING])
def test_a_check_with_a_reach_is_judged_in_part_as_whole(code, always):
    plan, warm = town(12, 1), Work(Memory())
    assert told(plan, warm, [code]) == told(plan, Work(Memory()), [code])
    for now in moved(plan, code, 12):
        assert told(now, warm, [code]) == told(now, Work(Memory()), [code])
    assert (code, True) in always


def served(side: int) -> Plan:
    """The town with sources of water and power, and days of first use."""
    plan = town(side, 3)
    pipes, parcels = plan["pipes"], plan["parcels"]
    ends = shapely.get_point(pipes.geometry.to_numpy(), 0)
    chosen = np.flatnonzero(pipes["kind"].isin(["water", "power"]).to_numpy() & ~shapely.is_missing(ends))[::2]
    sources = gpd.GeoDataFrame(
        {
            "id": [f"S{k}" for k in chosen],
            "kind": pipes["kind"].to_numpy()[chosen],
            "finish": pd.Timestamp("2008-01-01"),
        },
        geometry=ends[chosen],
        crs=plan.crs,
    )
    used = parcels["start"] + pd.Timedelta(days=700)
    return plan.with_layer("sources", sources).with_layer("parcels", parcels.assign(used=used))


@pytest.mark.parametrize("code", SERVED)
def test_a_parcel_beside_whole_networks_is_judged_in_part_as_whole(code, always):
    plan, warm = served(9), Work(Memory())
    assert len(told(plan, warm, [code]).findings) > 5
    for now in moved(plan, code, 10):
        assert told(now, warm, [code]) == told(now, Work(Memory()), [code])
    assert (code, True) in always


def test_the_graph_of_networks_that_a_part_has_whole_is_not_made_again(monkeypatch, always):
    """Of a parcel moved in time the whole water and power networks were joined to graphs once more."""
    plan, warm, made = served(9), Work(Memory()), []
    graph = importlib.import_module("geo_planner.facts.utilities.graph")
    real = graph.noded
    monkeypatch.setattr(graph, "noded", lambda kind, *rest: (made.append(kind), real(kind, *rest))[1])
    told(plan, warm, ["UG201"])
    assert {"water", "power"} <= set(made)
    made.clear()
    later = apply(plan, [Edit("retime", "parcels", "P3", {"shift_days": 40})])
    assert told(later, warm, ["UG201"]) == told(later, Work(Memory()), ["UG201"])
    assert always == [("UG201", True)]
    assert sorted(made) == sorted(set(made))  # only the cold run


def test_where_a_pipe_is_edited_every_parcel_is_judged_again(always):
    plan, warm = served(9), Work(Memory())
    told(plan, warm, ["UG201"])
    pipes = plan["pipes"]
    name = pipes["id"][pipes["kind"].isin(["water", "power"]) & pipes["finish"].notna()].iloc[0]
    told(apply(plan, [Edit("retime", "pipes", name, {"shift_days": 40})]), warm, ["UG201"])
    assert always == [("UG201", False)]


def test_the_parcels_of_a_phase_that_are_judged_as_one_have_no_reach(always):
    by_phase = Profile("by phase", {"UG201": {"by_phase": Threshold(value=True, unit="", source="test")}})
    plan, warm = served(6), Work(Memory())
    run(with_work(plan, warm), by_phase, only=["UG201"])
    later = apply(plan, [Edit("retime", "parcels", "P3", {"shift_days": 40})])
    run(with_work(later, warm), by_phase, only=["UG201"])
    assert always == [("UG201", False)]


def test_a_building_keeps_with_the_parcel_that_it_names_wherever_that_lies(always):
    """ST701 was judged whole as soon as one building named its parcel: what a parcel is decides about its buildings."""
    plan, warm, rng = town(10, 2), Work(Memory()), random.Random(5)
    buildings = plan["buildings"]
    names = [rng.choice(plan["parcels"]["id"].tolist()) if rng.random() < 0.5 else None for _ in range(len(buildings))]
    plan = plan.with_layer("buildings", buildings.assign(parcel=pd.array(names, dtype="str"), use="house"))
    assert told(plan, warm, ["ST701"]).findings["layer"].eq("buildings").any()
    for now in moved(plan, "ST701", 10):
        assert told(now, warm, ["ST701"]) == told(now, Work(Memory()), ["ST701"])
    assert ("ST701", True) in always


def test_what_a_name_binds_or_a_network_decides_is_judged_in_no_tile():
    plan = served(6)
    assert not {"UG201", "UG202"} & set(reaches(plan, PROFILE))
    assert "ST701" in reaches(plan, PROFILE)
    named = plan["buildings"].assign(parcel="P3")
    assert "ST701" not in reaches(plan.with_layer("buildings", named), PROFILE)


def test_a_road_without_a_width_is_open_as_far_as_it_may_reach(always):
    """UG204 told a road of 14 m too few of its surroundings: a pipe 20 m away lies under it, were it 50 m wide."""
    road = {"id": "R", "finish": "2012-01-01", "wkt": "LINESTRING (0 0, 400 0)"}
    pipe = {"id": "P", "kind": "water", "finish": "2015-01-01", "wkt": "LINESTRING (0 20, 400 20)"}
    far = {"id": "Q", "kind": "water", "finish": "2010-01-01", "wkt": "LINESTRING (0 900, 400 900)"}
    plan, warm = mini(roads=[road], pipes=[pipe, far]).plan, Work(Memory())
    assert told(plan, warm, ["UG204"]).unknown["reason"].tolist() == ["no_width"]
    gone = told(apply(plan, [Edit("remove", "pipes", "P")]), warm, ["UG204"])
    assert gone.runs[0].outcome == "ok"
    assert gone.unknown["reason"].tolist() == []
    assert ("UG204", True) in always


@pytest.mark.parametrize("code", ["DA902", "DA903"])
def test_what_shares_an_id_with_an_edited_row_is_judged_with_it(code, always):
    """Of two parcels A one is crossed; the other becomes B, and the crossed one is told as before."""
    shapes = {"bow": "POLYGON ((0 0, 100 100, 100 0, 0 100, 0 0))", "wide": "POLYGON ((0 0, 90 0, 90 90, 0 90, 0 0))"}
    far = [{"id": f"F{k}", "wkt": f"POLYGON (({k} 900, {k + 50} 900, {k + 50} 950, {k} 900))"} for k in (0, 200, 400)]
    shape = shapes["bow"] if code == "DA902" else shapes["wide"]
    plan = mini(parcels=[{"id": "A", "wkt": far[0]["wkt"].replace("900", "700")}, *far]).plan
    twin = mini(parcels=[{"id": "A", "wkt": shape}, {"id": "N", "wkt": shapes["wide"]}]).plan
    both = pd.concat([twin.layers["parcels"], plan.layers["parcels"]], ignore_index=True)
    plan, warm = plan.with_layer("parcels", both), Work(Memory())
    told(plan, warm, [code])
    ids = both["id"].to_numpy(dtype=object).copy()
    ids[2] = "B"
    now = plan.with_layer("parcels", both.assign(id=ids))
    found = told(now, warm, [code])
    assert found == told(now, Work(Memory()), [code])
    assert "A" in [*found.findings["id"], *found.findings["other_id"]]
    assert (code, True) in always
