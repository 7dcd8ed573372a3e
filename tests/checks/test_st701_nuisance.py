"""ST701: the distance asked for, by assessment, by formula and by class, and who must keep it."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.st701_home_inside_nuisance_buffer import Params, protective_distance, required
from geo_planner.checks.tables import table
from geo_planner.checks.tables.steps import step
from tests.checks.one_rule import box, judge, mini, parcel

HOME = parcel("R", "R2", box(400, 0, 500, 100))


def works(**more):
    return parcel("M", more.pop("code", "M3"), box(0, 0, 100, 100), **more)


@pytest.mark.parametrize(
    ("emission", "limit", "area", "distance", "steps"),
    [
        (0.05, 0.2, 1256.6, 18.30, 50),
        (0.3, 0.2, 5000, 65.16, 100),
        (1.0, 0.2, 10000, 163.38, 200),
        (0.02, 0.2, 400, 12.01, 50),
    ],
)
def test_the_formula_gives_the_worked_distances(emission, limit, area, distance, steps):
    L = protective_distance(np.array([emission / limit]), np.array([area]), Params())
    assert L[0] == pytest.approx(distance, abs=0.01)
    assert step(L)[0] == steps


def test_steps_are_50_then_100_then_200_metres():
    assert step(np.array([0.0, 49.9, 50.0, 100.0, 100.1, 999.0, 1000.0, 1000.1, 1250.0])).tolist() == [
        0,
        50,
        100,
        100,
        200,
        1000,
        1000,
        1200,
        1400,
    ]


def test_more_wind_asks_for_less_distance():
    ratio, area = np.array([5.0]), np.array([10000.0])
    calm, mild, windy = (protective_distance(ratio, area, Params(wind=w))[0] for w in (1.0, 3.0, 5.0))
    assert mild == pytest.approx(163.38, abs=0.01)
    assert windy < mild
    assert calm != mild


def test_the_assessment_overrules_the_formula_and_the_class():
    plan = mini(
        parcels=[
            works(buffer_eia=40, emission=1.0, limit_mg=0.2),
            works(emission=1.0, limit_mg=0.2) | {"id": "N"},
            works() | {"id": "O"},
        ]
    ).plan
    reach, basis = required(plan, Params())
    assert reach.tolist() == [40, 200, 300]
    assert basis.tolist() == ["eia", "formula", "class"]


def test_a_home_at_exactly_the_distance_is_far_enough():
    assert not len(judge("ST701", mini(parcels=[works(), HOME])).rows)
    assert judge("ST701", mini(parcels=[works(), HOME]), class3=301.0).rows["value"].tolist() == [300.0]


@pytest.mark.parametrize(("code", "reach"), [("M1", None), ("M2", 50.0), ("M3", 300.0), ("W3", 300.0), ("U21", 300.0)])
def test_each_class_has_its_own_default(code, reach):
    found = judge("ST701", mini(parcels=[works(code=code), parcel("R", "R2", box(110, 0, 200, 100))])).rows
    assert found["limit"].tolist() == ([] if reach is None else [reach])


def test_only_the_assessment_makes_an_error():
    near = parcel("R", "R2", box(110, 0, 200, 100))
    assert judge("ST701", mini(parcels=[works(buffer_eia=100), near])).rows["severity"].tolist() == ["error"]
    assert judge("ST701", mini(parcels=[works(), near])).rows["severity"].tolist() == ["warning"]


def test_shops_are_not_protected_and_schools_are():
    uses = [parcel(c, c, box(110, 0, 200, 100)) for c in ("B1", "A33", "A5", "G1", "M1")]
    assert judge("ST701", mini(parcels=[works(), *uses])).rows["id"].tolist() == ["A33", "A5"]


def test_a_school_opened_a_month_before_the_plant_closes_is_a_conflict():
    school = {"id": "S", "kind": "primary_school", "start": "2020-01-01", "wkt": "POINT (150 50)"}
    found = judge("ST701", mini(parcels=[works(removed="2020-02-01")], facilities=[school])).rows.iloc[0]
    assert (found["layer"], found["value"], str(found["from"].date()), str(found["to"].date())) == (
        "facilities",
        50.0,
        "2020-01-01",
        "2020-02-01",
    )


def test_bus_stops_are_not_protected():
    assert not len(
        judge(
            "ST701", mini(parcels=[works()], facilities=[{"id": "S", "kind": "bus_stop", "wkt": "POINT (150 50)"}])
        ).rows
    )


@pytest.mark.parametrize(("wind", "like"), [(1.99, 1.0), (2.0, 3.0), (4.0, 3.0), (4.01, 5.0)])
def test_two_and_four_metres_a_second_belong_to_the_middle_column(wind, like):
    ratio, area = np.array([5.0]), np.array([10000.0])
    assert protective_distance(ratio, area, Params(wind=wind)) == protective_distance(ratio, area, Params(wind=like))


@pytest.mark.parametrize(("emission", "limit"), [(None, 0.2), (1.0, None), (0.0, 0.2), (1.0, 0.0)])
def test_the_formula_needs_both_its_numbers(emission, limit):
    plan = mini(parcels=[works(emission=emission, limit_mg=limit)]).plan
    reach, basis = required(plan, Params())
    assert (reach.tolist(), basis.tolist()) == ([300.0], ["class"])


@pytest.mark.parametrize(("ratio", "row"), [(20.0, 0), (200.0, 1), (400.0, 2)])
def test_the_row_of_the_table_fits_the_distance_that_comes_out(ratio, row):
    L = protective_distance(np.array([ratio]), np.array([10000.0]), Params())[0]
    low, high = ((0, 1000), (1000, 2000), (2000, 1e5))[row]
    t = table("gbt39499_coefficients")
    A, B, C, D = (float(t[t["wind"] == "2-4"].iloc[row][k]) for k in ("A_II", "B", "C", "D"))
    assert (B * L**C + 0.25 * 10000 / np.pi) ** 0.5 * L**D / A == pytest.approx(ratio, rel=1e-6)
    assert low <= L <= high


def test_works_are_judged_and_farmland_is_not():
    farm = parcel("F", "E2", box(900, 0, 1000, 100))
    out = judge("ST701", mini(parcels=[works(), works(code="M1") | {"id": "L"}, HOME, farm]))
    assert out.judged == 2
    sewage = parcel("U", "U21", box(2000, 0, 2100, 100))
    assert judge("ST701", mini(parcels=[sewage, HOME])).judged == 1


def house(x, **more):
    return {"id": "H", "use": "house", "wkt": box(x, 0, x + 10, 10)} | more


def test_a_house_near_a_plant_and_a_dormitory_inside_it_are_inside_the_buffer():
    found = judge("ST701", mini(parcels=[works()], buildings=[house(155)])).rows
    assert found[["layer", "id", "other_id", "value", "limit"]].to_numpy().tolist() == [
        ["buildings", "H", "M", 55.0, 300.0]
    ]
    inside = judge("ST701", mini(parcels=[works()], buildings=[house(50, use="dormitory", parcel="M")])).rows
    assert (inside["id"].tolist(), inside["value"].tolist()) == (["H"], [0.0])


@pytest.mark.parametrize(("use", "found"), [("school", 1), ("hospital", 1), ("office", 0), ("factory", 0), ("shop", 0)])
def test_buildings_are_protected_by_their_use(use, found):
    assert len(judge("ST701", mini(parcels=[works()], buildings=[house(155, use=use)])).rows) == found


def test_a_house_on_housing_land_is_told_with_its_parcel():
    near = parcel("R", "R2", box(150, 0, 250, 100))
    rows = judge("ST701", mini(parcels=[works(), near], buildings=[house(155)])).rows
    assert rows[["layer", "id"]].to_numpy().tolist() == [["parcels", "R"]]
    named = judge(
        "ST701",
        mini(parcels=[works(), near, parcel("W", "W1", box(900, 0, 901, 1))], buildings=[house(155, parcel="W")]),
    )
    assert sorted(named.rows["id"]) == ["H", "R"]


def test_a_house_pulled_down_before_the_plant_is_no_conflict():
    gone = house(155, removed="2019-01-01")
    assert not len(judge("ST701", mini(parcels=[works(start="2020-01-01")], buildings=[gone])).rows)
