"""An attribute filled for a part of the rows: filled and modelled values do not mix in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.checks import run
from geo_planner.facts.population import homes
from geo_planner.plan import Plan, Profile
from geo_planner.verdict.ablation import Addition, mixed_up

from .judging import judge, mini, square

SCHOOL = {"id": "S", "kind": "primary_school", "wkt": "POINT (0 10)"}
DEFAULT = Profile(name="default")


def home(k: int, x: float, **more: object) -> dict[str, object]:
    return {"id": f"R{k}", "code": "R2", "scheme": "gb50137", "park": "K", "wkt": square(x, 0, 20)} | more


def street(people: dict[int, float], many: int = 10) -> Plan:
    """Homes every 200 m east of a school: those from 600 m on lie beyond its 500 m, which leaves 3 of 10 served."""
    return mini(parcels=[home(k, 200.0 * k, people=people.get(k)) for k in range(many)], facilities=[SCHOOL]).plan


def test_people_of_one_house_of_many_do_not_hide_that_a_school_is_far():
    # By land 3 of 10 homes are served: 30 %. The one home that tells its people lies at the school.
    bare, one = (run(street(people), DEFAULT, only=["BA412"]) for people in ({}, {0: 50.0}))
    assert bare.findings[["id", "value"]].to_numpy().tolist() == [["primary_school", 30.0]]
    assert one.findings[["id", "value"]].to_numpy().tolist() == [["primary_school", 30.0]]
    assert one.findings["args"].iloc[0]["filled"] == 10.0
    partly = one.unknown[one.unknown["reason"] == "partly_filled"]
    assert sorted(partly["id"]) == [f"R{k}" for k in range(1, 10)]


def test_people_of_one_building_of_many_leave_the_parcels_as_they_were():
    plan = street(dict.fromkeys(range(10), 10.0))
    houses = [
        {"id": f"H{k}", "use": "house", "people": 9.0 if k == 0 else None, "wkt": square(200.0 * k + 5, 5, 5)}
        for k in range(10)
    ]
    with_houses = replace(plan, layers={**plan.layers, **mini(buildings=houses).plan.layers})
    report = run(with_houses, DEFAULT, only=["BA412"])
    assert report.findings[["id", "value"]].to_numpy().tolist() == [["primary_school", 30.0]]
    assert homes(with_houses).layer == "parcels"


@pytest.mark.parametrize(("told", "basis", "value"), [(7, "用地", 30.0), (8, "人口", 37.5)])
def test_people_count_from_eight_homes_of_ten_on_and_the_rest_is_unknown(told, basis, value):
    # 7 of 10 are too few: all by land. 8 of 10 are enough: 3 of the 8 are served, the other two are unknown.
    out = judge(
        "BA412", parcels=[home(k, 200.0 * k, people=10.0 if k < told else None) for k in range(10)], facilities=[SCHOOL]
    )
    assert (out.rows["value"].tolist(), out.rows["args"].iloc[0]["weight_zh"]) == ([value], basis)
    assert sorted(out.unknown.loc[out.unknown["layer"] == "parcels", "id"]) == [f"R{k}" for k in range(told, 10)]


def test_dwellings_of_all_stay_when_one_home_tells_its_people():
    land = [home(k, 200.0 * k, dwellings=10.0, people=26.0 if k == 0 else None) for k in range(10)]
    assert judge("BA412", parcels=land, facilities=[SCHOOL]).rows["value"].tolist() == [30.0]


def works(k: int, jobs: float | None) -> dict[str, object]:
    return {
        "id": f"M{k}",
        "code": "M1",
        "scheme": "gb50137",
        "park": "K",
        "jobs": jobs,
        "wkt": square(400.0 + 50 * k, 100, 40),
    }


@pytest.mark.parametrize(("told", "found"), [(3, []), (4, ["K"])])
def test_the_jobs_of_a_few_works_are_not_the_jobs_of_a_park(told, found):
    # 100 people are 55 workers; 4 of 5 works tell 10 jobs each, 40 / 55 = 0.73. Three of five are too few to say it.
    land = [works(k, 10.0 if k < told else None) for k in range(5)]
    out = judge("BA411", parcels=[home(0, 0.0, people=100.0), *land])
    assert out.rows["id"].tolist() == found
    assert ("K" in out.unknown["id"].tolist()) is not bool(found)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(10, 60)), min_size=3, max_size=9), st.data())
def test_one_filled_row_of_many_makes_no_finding_vanish(places, data):
    land = [
        home(k, float(x), dwellings=None) | {"wkt": square(float(x), 100.0 * k, float(w))}
        for k, (x, w) in enumerate(places)
    ]
    plan = mini(parcels=land, facilities=[SCHOOL]).plan
    row = data.draw(st.integers(0, len(land) - 1))
    filled = Addition("parcels", data.draw(st.sampled_from(["people", "jobs", "dwellings"])), row, 40.0)
    codes = ["BA411", "BA412", "BA413", "BA415"]
    before, after = (run(p, DEFAULT, only=codes) for p in (filled.without(plan), filled.of(plan)))
    assert mixed_up(before, after, filled) == []
