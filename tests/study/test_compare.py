"""Two scenarios side by side: the differences a person would list, and parts that add up to the whole."""

from __future__ import annotations

import pandas as pd
import pytest

from geo_planner.checks.contract import mini
from geo_planner.plan import Edit, Scenario, apply
from geo_planner.study.compare import compare
from geo_planner.study.run import Judged
from geo_planner.verdict import judge as run


def land(name, code, x, **more):
    shape = f"POLYGON (({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))"
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "wkt": shape, "start": "2010-01-01"} | more


@pytest.fixture
def both():
    """One hectare each of works, homes and park; then the homes become works, and the works start 31 days later."""
    before = mini(parcels=[land("A", "M1", 0), land("B", "R2", 100), land("C", "G1", 200)]).plan
    edits = [Edit("set", "parcels", "B", {"code": "M1"}), Edit("retime", "parcels", "A", {"shift_days": 31})]
    after = apply(before, edits)
    return [Judged(Scenario(name), p, run(p, only=["ba", "in"])) for name, p in (("a", before), ("b", after))]


def test_a_changed_use_is_one_hectare_from_homes_to_works(both):
    table = compare(*both).transitions
    rows = {(r["from"], r["to"]): r["area"] for r in table.to_dict("records")}
    assert rows == {("M1", "M1"): 10_000.0, ("R2", "M1"): 10_000.0, ("G1", "G1"): 10_000.0}


def test_a_moved_date_says_by_how_many_days(both):
    moved = compare(*both).moved
    assert moved[["id", "column", "days"]].to_numpy().tolist() == [["A", "start", 31.0]]
    assert moved["after"].iloc[0] == pd.Timestamp("2010-02-01")


def test_a_changed_column_is_listed_with_both_values(both):
    features = compare(*both).features
    assert features[["id", "change", "column", "before", "after"]].to_numpy().tolist() == [
        ["B", "set", "code", "R2", "M1"]
    ]


def test_the_parts_add_up_to_the_change_of_each_share(both):
    result = compare(*both)
    parts = result.contributions.groupby("indicator")["delta"].sum()
    whole = result.indicators.set_index("name")["delta"]
    assert parts["production_share"] == pytest.approx(1 / 3)
    assert parts["living_share"] == pytest.approx(whole["living_share"], abs=1e-6)
    of_land = result.contributions[result.contributions["indicator"].str.endswith("_share")]
    assert of_land[["id", "because"]].drop_duplicates().to_numpy().tolist() == [["B", "code"]]


def test_a_removed_and_an_added_parcel_of_the_same_place_are_one_renamed(both):
    a, _ = both
    shape = "POLYGON ((100 0, 200 0, 200 99, 100 99, 100 0))"
    plan = apply(
        a.plan,
        [
            Edit("remove", "parcels", "B"),
            Edit("add", "parcels", "B-1", {"geometry": shape, "code": "R2", "scheme": "gb50137", "park": "K"}),
        ],
    )
    result = compare(a, Judged(Scenario("c"), plan, run(plan, only=["ba"])))
    changes = result.features[["id", "change"]].to_numpy().tolist()
    assert ["B", "renamed"] in changes
    assert ["B", "reshaped"] in changes
    assert not any(c in {"added", "removed"} for _, c in changes)


def test_findings_are_new_gone_or_the_same(both):
    states = compare(*both).findings.groupby("state").size().to_dict()
    assert "new" in states


def test_a_plan_compared_with_itself_differs_in_nothing(both):
    result = compare(both[0], both[0])
    assert len(result.features) == len(result.moved) == len(result.contributions) == 0
    assert set(result.findings["state"]) <= {"same"}
