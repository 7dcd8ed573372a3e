"""Roles of parcels: built on, a nuisance, in need of protection."""

from __future__ import annotations

from geo_planner.checks.contract import mini
from geo_planner.facts.landuse.roles import developed, nuisance, sensitive, unread
from geo_planner.plan import Plan

SQUARE = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"


def plan_of(scheme: str, *codes: str | None) -> Plan:
    return mini(parcels=[{"id": f"P{k}", "code": c, "scheme": scheme, "wkt": SQUARE} for k, c in enumerate(codes)]).plan


def test_green_farm_and_reserve_land_is_not_developed() -> None:
    plan = plan_of("gb50137", "M1", "R2", "G1", "E2", "S1", "ZZ", None)
    assert developed(plan).tolist() == [True, True, False, False, True, False, False]
    assert [(u[1].tolist(), u[2]) for u in unread(plan)] == [(["P6"], "no_code"), (["P5"], "unknown_code")]


def test_nuisance_classes_are_read_from_both_schemes_and_housing_has_surely_none() -> None:
    assert nuisance(plan_of("gb50137", "M1", "M2", "M3", "W3", "U21", "R2")).tolist() == [
        "class1",
        "class2",
        "class3",
        "storage3",
        "sewage",
        "none",
    ]
    assert nuisance(plan_of("guide2023", "100101", "100103", "110103", "1302", "0701")).tolist() == [
        "class1",
        "class3",
        "storage3",
        "sewage",
        "none",
    ]


def test_homes_schools_and_hospitals_need_protection_and_shops_do_not() -> None:
    assert sensitive(plan_of("gb50137", "R2", "A33", "A5", "A6", "B1", "M1", None)).tolist() == [
        True,
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert sensitive(plan_of("guide2023", "070102", "080403", "0806", "0901")).tolist() == [True, True, True, False]
