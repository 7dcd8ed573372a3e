"""Proof in time: the parties of a cause with their dates, equal to those drawn by hand, and the gap that is broken."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Profile, Threshold
from geo_planner.verdict import judge
from geo_planner.verdict.proof import proofs
from tests.checks.judging import square
from tests.verdict.test_causes import MAIN, park

WATER = Profile(name="p", values={"UG201": {"kinds": Threshold(("water",), "list", "test")}})


def proof(plan, code, profile=WATER):
    report = judge(plan, profile, only=[code])
    return proofs(plan, report, profile)


def test_the_late_main_is_told_with_its_path_its_day_and_the_gap():
    """B starts on 2010-06-01 and the main W is accepted on 2011-06-01: 365 days."""
    (one,) = proof(park(as_of="2026-06-30"), "UG201")
    assert one["gap"] == {"from": "2010-06-01", "to": "2011-06-01", "days": 365.0}
    assert one["blocking"] == {"layer": "pipes", "id": "W"}
    assert [(w["id"], w["days"]) for w in one["waiting"]] == [("B", 365.0), ("A", 151.0)]
    parcel = next(p for p in one["parties"] if p["role"] == "parcel")
    assert (parcel["id"], [(e["key"], e["date"]) for e in parcel["events"]]) == ("B", [("start", "2010-06-01")])
    water = next(p for p in one["parties"] if p["role"] == "utility")
    assert (water["kind"], water["path"], water["blocking"]) == ("water", ["W"], {"layer": "pipes", "id": "W"})
    assert [(e["key"], e["date"]) for e in water["events"]] == [("served", "2011-06-01")]


def test_the_path_runs_from_the_source_to_the_parcel():
    """The main in two pieces, W at the source and V behind it: parcel B, beyond 200 m, is served through both."""
    near = {**MAIN, "finish": "2009-01-01", "wkt": "LINESTRING (0 -5, 150 -5)"}
    plan = park(as_of="2026-06-30", pipe=near)
    plan = plan.with_layer(
        "pipes", mini(pipes=[near, {**MAIN, "id": "V", "wkt": "LINESTRING (150 -5, 1000 -5)"}]).plan["pipes"]
    )
    (one,) = proof(plan, "UG201")
    water = next(p for p in one["parties"] if p["role"] == "utility")
    assert (water["path"], one["blocking"]) == (["W", "V"], None)


def test_a_utility_that_no_check_asks_for_is_told_as_one_that_is_asked_for():
    """Only the parcels of the causes are joined to it: B has the telecom line T, laid on 2011-03-01, either way."""
    line = {**MAIN, "id": "T", "kind": "telecom", "finish": "2011-03-01", "wkt": "LINESTRING (0 -6, 1000 -6)"}
    plan = park(as_of="2026-06-30")
    plan = plan.with_layer("pipes", mini(pipes=[MAIN, line]).plan["pipes"])
    works = plan["sources"]
    plan = plan.with_layer("sources", pd.concat([works, works.assign(id="X", kind="telecom")], ignore_index=True))
    both = Profile(name="p", values={"UG201": {"kinds": Threshold(("water", "telecom"), "list", "test")}})
    told = []
    for profile in (WATER, both):
        (one,) = (p for p in proof(plan, "UG201", profile) if p["gap"]["to"] == "2011-06-01")
        told.append([p for p in one["parties"] if p["kind"] == "telecom"])
    assert told[0] == told[1]
    assert [(p["path"], [e["date"] for e in p["events"]]) for p in told[0]] == [(["T"], ["2011-03-01"])]


def test_homes_before_the_first_plant_are_told_with_that_plant():
    """Homes B are granted on 2010-06-01, the plant A works from 2011-01-01: 214 days."""
    (one,) = proof(load()["IN303"].fails.plan, "IN303")
    assert one["gap"] == {"from": "2010-06-01", "to": "2011-01-01", "days": 214.0}
    first = next(p for p in one["parties"] if p["id"] == "A")
    assert ("used", "2011-01-01") in [(e["key"], e["date"]) for e in first["events"]]


def test_permits_and_the_plan_a_parcel_lies_in_are_parties_by_date():
    plot = {"id": "A", "code": "M1", "scheme": "gb50137", "start": "2012-01-01", "wkt": square()}
    papers = [
        {"id": "SG", "kind": "construction_permit", "parcel": "A", "start": "2013-01-01", "wkt": square()},
        {"id": "KG", "kind": "detailed_plan", "start": "2012-06-01", "wkt": square(-10, -10, 900)},
        {"id": "XX", "kind": "construction_permit", "parcel": "Z", "start": "2011-01-01", "wkt": square(500)},
    ]
    (one,) = proof(mini(as_of="2026-06-30", parcels=[plot], approvals=papers).plan, "PB101")
    assert [p["id"] for p in one["parties"] if p["role"] == "approval"] == ["KG", "SG"]
    assert one["gap"] == {"from": "2012-01-01", "to": None, "days": None}


def test_a_big_plan_tells_the_proof_of_its_gravest_causes_only():
    few = Profile(name="p", values={**WATER.values, "CAUSES": {"proofs_most": Threshold(0, "causes", "test")}})
    assert proof(park(as_of="2026-06-30"), "UG201", few) == []


@pytest.mark.parametrize("code", list(load()))
def test_every_check_gives_a_proof_of_plain_values(code):
    plan = load()[code].fails.plan
    report = judge(plan, only=[code])
    made = proofs(plan, report, Profile(name="p"))
    assert json.loads(json.dumps(made)) == made
    assert [p["cause"] for p in made] == [c.key for c in report.causes if c.fingerprints]
