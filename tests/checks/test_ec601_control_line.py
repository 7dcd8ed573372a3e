"""EC601: how much of a parcel lies in farmland, in a red line or outside the boundary, and when."""

from __future__ import annotations

from typing import Any

import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Findings, Profile

HUNDRED = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"
EAST = "POLYGON ((80 0, 200 0, 200 100, 80 100, 80 0))"


def judge(parcel: dict[str, Any], *lines: dict[str, Any]) -> Findings:
    check = load()["EC601"]
    parcels = [{"id": "P", "code": "M1", "scheme": "gb50137", "wkt": HUNDRED} | parcel]
    return check.run(mini(parcels=parcels, control_lines=list(lines)).plan, check.bind(Profile(name="test")))


def test_the_area_in_farmland_is_reported_with_its_share() -> None:
    found = judge({}, {"id": "F", "kind": "farmland", "wkt": EAST}).rows.iloc[0]
    assert (found["value"], found["limit"], found["unit"], found["args"]["share"]) == (2000.0, 1.0, "m²", 20.0)
    assert found.geometry.bounds == (80, 0, 100, 100)


def test_land_outside_the_boundary_is_the_rest() -> None:
    found = judge({}, {"id": "B", "kind": "boundary", "wkt": EAST}).rows.iloc[0]
    assert found["value"] == 8000.0
    assert found.geometry.bounds == (0, 0, 80, 100)


def test_two_boundaries_count_together() -> None:
    west = "POLYGON ((0 0, 80 0, 80 100, 0 100, 0 0))"
    boundaries = [{"id": "B1", "kind": "boundary", "wkt": EAST}, {"id": "B2", "kind": "boundary", "wkt": west}]
    assert not len(judge({}, *boundaries).rows)


def test_a_line_repealed_before_the_works_is_no_fault() -> None:
    line = {"id": "F", "kind": "redline", "finish": "2020-06-01", "wkt": EAST}
    assert not len(judge({"start": "2020-06-01"}, line).rows)
    assert len(judge({"start": "2020-05-31"}, line).rows) == 1


def test_the_conflict_lasts_while_both_exist() -> None:
    line = {"id": "F", "kind": "redline", "start": "2019-01-01", "wkt": EAST}
    row = judge({"start": "2018-01-01", "removed": "2022-01-01"}, line).rows.iloc[0]
    assert (str(row["from"].date()), str(row["to"].date())) == ("2019-01-01", "2022-01-01")


def test_a_boundary_that_shrinks_later_is_judged_from_that_day() -> None:
    lines = [
        {"id": "B1", "kind": "boundary", "finish": "2021-01-01", "wkt": HUNDRED},
        {"id": "B2", "kind": "boundary", "start": "2021-01-01", "wkt": EAST},
    ]
    row = judge({"start": "2018-01-01"}, *lines).rows.iloc[0]
    assert (row["other_id"], row["value"], str(row["from"].date())) == ("B2", 8000.0, "2021-01-01")


@pytest.mark.parametrize(("code", "found"), [("G1", 0), ("E2", 0), ("S1", 1), ("R2", 1)])
def test_only_land_to_be_built_on_is_judged(code: str, found: int) -> None:
    assert len(judge({"code": code}, {"id": "F", "kind": "farmland", "wkt": EAST}).rows) == found


def test_a_parcel_without_a_code_is_unknown_and_not_passed() -> None:
    out = judge({"code": None}, {"id": "F", "kind": "farmland", "wkt": EAST})
    assert (out.judged, out.unknown["reason"].tolist()) == (0, ["no_code"])


@pytest.mark.parametrize(("width", "found"), [(0.009, 0), (0.02, 0), (0.15, 1)])
def test_a_sliver_within_either_tolerance_is_passed(width: float, found: int) -> None:
    strip = f"POLYGON (({100 - width} 0, 200 0, 200 100, {100 - width} 100, {100 - width} 0))"
    assert len(judge({}, {"id": "F", "kind": "farmland", "wkt": strip}).rows) == found


def test_other_control_lines_are_not_this_rule() -> None:
    assert not len(judge({}, {"id": "C", "kind": "canal", "wkt": EAST}).rows)


def test_a_parcel_that_names_no_boundary_period_is_not_judged_by_a_boundary_to_come() -> None:
    line = {"id": "B", "kind": "boundary", "start": "2022-01-01", "wkt": EAST}
    assert not len(judge({"start": "2018-01-01", "removed": "2022-01-01"}, line).rows)
    assert len(judge({"start": "2018-01-01", "removed": "2022-01-02"}, line).rows) == 1


def test_a_parcel_is_named_once_however_often_the_boundary_changes() -> None:
    lines = [
        {"id": "B1", "kind": "boundary", "finish": "2021-01-01", "wkt": EAST},
        {"id": "B2", "kind": "boundary", "start": "2021-01-01", "wkt": EAST},
    ]
    rows = judge({"start": "2018-01-01"}, *lines).rows
    assert [str(d.date()) for d in rows["from"]] == ["2018-01-01"]
