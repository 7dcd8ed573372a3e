"""What UG201 and UG202 ask of a parcel, and when they do not know."""

from __future__ import annotations

from typing import Any

import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Findings, Profile, Skipped, Threshold

PLOT = {
    "id": "A",
    "code": "M1",
    "scheme": "gb50137",
    "start": "2020-06-01",
    "used": "2021-06-01",
    "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))",
}
WATER = {"id": "W", "kind": "water", "finish": "2020-06-01", "wkt": "LINESTRING (0 0, 140 0)"}
SOURCE = {"id": "S", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (0 0)"}


def judge(code: str, plots: list[dict[str, Any]], pipes: list[dict[str, Any]], **given: Any) -> Findings:
    given = {"kinds": ("water",)} | given
    values = {code: {k: Threshold(v, "1", "test") for k, v in given.items()}}
    check = load()[code]
    return check.run(mini(parcels=plots, pipes=pipes, sources=[SOURCE]).plan, check.bind(Profile("test", values)))


def test_a_start_on_the_day_of_acceptance_is_in_time() -> None:
    assert not len(judge("UG201", [PLOT], [WATER]).rows)


def test_a_start_a_day_before_acceptance_is_a_day_early() -> None:
    rows = judge("UG201", [PLOT | {"start": "2020-05-31"}], [WATER]).rows
    assert rows[["id", "other_id", "value"]].to_numpy().tolist() == [["A", "W", 1.0]]


def test_an_allowance_forgives_as_many_days() -> None:
    early = PLOT | {"start": "2020-05-02"}
    assert len(judge("UG201", [early], [WATER], allowance=29.0).rows) == 1
    assert not len(judge("UG201", [early], [WATER], allowance=30.0).rows)


def test_a_parcel_no_pipe_comes_near_is_never_served_and_is_its_own_evidence() -> None:
    far = PLOT | {"wkt": "POLYGON ((80 60, 120 60, 120 90, 80 90, 80 60))"}
    rows = judge("UG201", [far], [WATER]).rows
    assert rows["value"].isna().all()
    assert rows.geometry.iloc[0].area == 1200.0


def test_the_evidence_is_the_late_stretch_only() -> None:
    pipes = [
        WATER | {"wkt": "LINESTRING (0 0, 40 0)"},
        WATER | {"id": "V", "finish": "2020-09-01", "wkt": "LINESTRING (40 0, 140 0)"},
    ]
    rows = judge("UG201", [PLOT], pipes).rows
    assert rows["other_id"].tolist() == ["V"]
    assert rows.geometry.iloc[0].length == 100.0


@pytest.mark.parametrize("code", ["G1", "S1", "E2"])
def test_green_roads_and_farm_land_need_no_services(code: str) -> None:
    out = judge("UG201", [PLOT | {"start": "2010-01-01", "code": code}], [WATER])
    assert (len(out.rows), out.judged) == (0, 0)


def test_an_undated_pipe_leaves_the_parcel_unknown() -> None:
    out = judge("UG201", [PLOT], [{k: v for k, v in WATER.items() if k != "finish"}])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["A", "no_finish"]]
    assert out.judged == 0


def test_a_kind_without_a_network_is_unknown_not_failed() -> None:
    out = judge("UG201", [PLOT], [WATER], kinds=("water", "power"))
    assert (len(out.rows), out.unknown["reason"].tolist()) == (0, ["no_source"])


def test_a_plan_without_any_network_skips_the_check() -> None:
    with pytest.raises(Skipped):
        judge("UG201", [PLOT], [WATER], kinds=("power",))


def test_a_parcel_without_a_start_is_unknown() -> None:
    out = judge("UG201", [PLOT, {"id": "B", "code": "M1", "scheme": "gb50137", "wkt": PLOT["wkt"]}], [WATER])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_start"]]


def test_branches_may_follow_with_the_plot_where_the_profile_says_so() -> None:
    branch = WATER | {"id": "V", "finish": "2020-08-01", "branch": True, "wkt": "LINESTRING (40 0, 140 0)"}
    pipes = [WATER | {"wkt": "LINESTRING (0 0, 40 0)"}, branch]
    lenient = {"branch_lag": 90.0, "branch_kinds": ("water",)}
    assert len(judge("UG201", [PLOT], pipes).rows) == 1
    assert not len(judge("UG201", [PLOT], pipes, **lenient).rows)
    assert len(judge("UG201", [PLOT], [pipes[0], branch | {"branch": False}], **lenient).rows) == 1


def test_a_whole_phase_can_be_held_to_its_first_start() -> None:
    west = "POLYGON ((0 10, 40 10, 40 50, 0 50, 0 10))"
    pipes = [
        WATER | {"finish": "2018-01-01", "wkt": "LINESTRING (0 0, 45 0)"},
        WATER | {"id": "V", "finish": "2020-01-01", "wkt": "LINESTRING (45 0, 140 0)"},
    ]
    plots = [PLOT | {"phase": "1"}, PLOT | {"id": "B", "phase": "1", "start": "2019-01-01", "wkt": west}]
    assert not len(judge("UG201", plots, pipes).rows)
    assert judge("UG201", plots, pipes, by_phase=True).rows["id"].tolist() == ["A"]


def test_use_is_judged_by_the_day_of_use() -> None:
    late = [WATER | {"finish": "2021-06-02"}]
    assert judge("UG202", [PLOT], late).rows["value"].tolist() == [1.0]
    assert not len(judge("UG202", [PLOT | {"used": "2021-06-02"}], late).rows)


def test_a_parcel_that_was_not_drawn_is_unknown() -> None:
    out = judge("UG201", [PLOT, PLOT | {"id": "B", "wkt": "POLYGON EMPTY"}], [WATER])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_geometry"]]
