"""Findings that come from one thing have one anchor: a rule for each kind of thing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.checks import grouping, load
from geo_planner.checks.contract import CRS, mini
from geo_planner.plan import Rows, findings
from tests.checks.judging import square

NOWHERE = mini(parcels=[{"id": "A", "district": "north", "wkt": square()}]).plan


def found(code, *, ids, layer="parcels", **how) -> gpd.GeoDataFrame:
    shapes = how.pop("geometry", [shapely.Point(0, 0)] * len(ids))
    rows = findings(CRS, Rows(layer=layer, id=ids, geometry=shapes, **how), judged=len(ids)).rows
    return rows.assign(code=code)


def anchors(rule, rows, plan=NOWHERE):
    got = rule(plan, rows)
    return list(zip(got.layer, got.id, got.part, strict=True))


def test_a_pipe_that_two_parcels_wait_for_is_the_thing_and_one_that_one_waits_for_is_not():
    rows = found("UG201", ids=["A", "B", "C"], other_layer="pipes", other_id=["P", "P", "Q"], args={"kind": "water"})
    assert anchors(grouping.waited_for, rows) == [("pipes", "P", ""), ("pipes", "P", ""), ("parcels", "C", "")]


def test_a_pipe_waited_for_twice_by_one_parcel_is_no_bottleneck():
    rows = found("UG201", ids=["A", "A"], other_layer="pipes", other_id="P", args={"kind": ["water", "power"]})
    assert anchors(grouping.waited_for, rows) == [("parcels", "A", "")] * 2


def test_the_works_that_hold_up_one_start_and_one_use_hold_up_two_parcels():
    """UG201 and UG202 name one rule and are grouped together."""
    rows = pd.concat(
        [found(c, ids=[n], other_layer="sources", other_id="S") for c, n in (("UG201", "A"), ("UG202", "B"))]
    )
    assert {load()[c].cause for c in ("UG201", "UG202", "UG204")} == {grouping.waited_for}
    assert anchors(grouping.waited_for, rows) == [("sources", "S", "")] * 2


def test_parcels_that_no_gas_ever_reaches_are_one_gap_in_its_network():
    rows = found("UG202", ids=["A", "B", "C"], args={"kind": ["gas", "gas", "heat"]})
    assert anchors(grouping.waited_for, rows) == [("pipes", "", "never|gas")] * 2 + [("parcels", "C", "")]


def test_a_plant_too_near_to_two_homes_is_the_thing_else_the_pair_is():
    rows = found("ST701", ids=["A", "B", "C"], other_layer="parcels", other_id=["M", "M", "N"])
    assert anchors(grouping.counterpart, rows) == [("parcels", "M", "")] * 2 + [("parcels", "C", "parcels|N")]


def test_services_are_grouped_by_kind_whichever_check_found_them():
    home = [shapely.MultiPoint([(0, 0)])]
    rows = pd.concat(
        [
            found("BA412", ids=["clinic"], layer="facilities", geometry=home),
            found("BA412", ids=["primary_school"], layer="facilities", geometry=[shapely.MultiPoint([(9, 9)])]),
            found("BA415", ids=["A"], other_layer="facilities", other_id="clinic"),
            found("BA414", ids=["fire_station-2500"], layer="facilities", geometry=[shapely.Point(5, 5)]),
        ]
    )
    kinds = ["clinic", "primary_school", "clinic", "fire_station"]
    assert anchors(grouping.service_kind, rows) == [("facilities", kind, "service") for kind in kinds]


def test_services_that_leave_out_the_same_homes_are_one_missing_centre():
    """Four of five homes are the same: 0.8 is enough; three of five are not."""
    places = [[(n, 0) for n in ks] for ks in ([1, 2, 3, 4, 5], [1, 2, 3, 4], [1, 2, 3])]
    kinds = ["clinic", "community", "kindergarten"]
    rows = found("BA412", ids=kinds, layer="facilities", geometry=[shapely.MultiPoint(p) for p in places])
    assert [a[1] for a in anchors(grouping.service_kind, rows)] == ["clinic", "clinic", "kindergarten"]


def test_the_figures_of_a_park_are_its_structure_and_those_of_roads_another_matter():
    rows = pd.concat(
        [
            found("BA401", ids=["K"], layer="parks", other_id="ecology"),
            found("BA418", ids=["K", "K"], layer="parks", other_id=["R-share", "S-share"]),
            found("BA416", ids=["K"], layer="parks", other_id="blocks-homes"),
        ]
    )
    assert [a[2] for a in anchors(grouping.land_structure, rows)] == ["structure", "structure", "roads", "roads"]


def test_land_consumed_in_any_years_is_one_matter_of_the_park():
    rows = found("BA420", ids=["2006-2012-10", "2012-2018-90"], layer="parks")
    assert anchors(grouping.whole_park, rows) == [("parks", "", "land")] * 2


def test_a_pipe_uphill_and_unconnected_is_one_matter_of_that_pipe():
    rows = pd.concat([found("NW502", ids=["P"], layer="pipes"), found("NW503", ids=["P"], layer="pipes", other_id="Q")])
    assert load()["NW502"].cause is load()["NW503"].cause is grouping.of_feature
    assert anchors(grouping.of_feature, rows) == [("pipes", "P", "")] * 2


def test_a_phase_of_which_two_parcels_are_found_is_the_thing():
    rows = found("IN302", ids=["A", "B", "C"], args={"phase": ["1", "1", "2"]})
    assert anchors(grouping.opened_phase, rows) == [("parcels", "", "phase|1")] * 2 + [("parcels", "C", "")]


def test_weak_supply_of_two_parcels_of_one_district_is_one_cause():
    parcels = [
        {"id": n, "district": d, "wkt": square(x)} for n, d, x in (("A", "n", 0), ("B", "n", 200), ("C", "s", 400))
    ]
    rows = found("NW504", ids=["A", "B", "C"])
    want = [("parcels", "", "weak|n")] * 2 + [("parcels", "C", "")]
    assert anchors(grouping.weak_supply, rows, mini(parcels=parcels).plan) == want


def test_a_plan_unit_that_two_parcels_lack_is_the_thing_and_a_building_stands_for_its_parcel():
    plan = mini(
        parcels=[{"id": n, "wkt": square(x)} for n, x in (("A", 0), ("B", 150), ("C", 900))],
        buildings=[{"id": "J", "parcel": "C", "wkt": square(900, w=10)}],
        approvals=[{"id": "KG1", "kind": "detailed_plan", "wkt": "POLYGON ((0 0, 200 0, 200 90, 0 90, 0 0))"}],
    ).plan
    rows = pd.concat([found("PB101", ids=["A", "B", "C"]), found("PB104", ids=["J"], layer="buildings")])
    want = [("approvals", "KG1", "")] * 2 + [("parcels", "C", "")] * 2
    assert anchors(grouping.approval, rows, plan) == want


def test_overlaps_of_one_width_are_one_habit_and_the_odd_one_goes_back_with_the_layer():
    """Three slivers of 1 x 100 m and one of 3 x 100 m; twice the area through the girth is 0.99 and 2.9 m."""
    strips = [shapely.box(0, y, 100, y + w) for y, w in ((0, 1), (10, 1), (20, 1), (30, 3))]
    rows = found("DA903", ids=list("ABCD"), other_layer="parcels", other_id=list("EFGH"), geometry=strips)
    got = [a[2] for a in anchors(grouping.habit, rows)]
    assert got == ["habit|DA903|1.0 m"] * 3 + ["odd"]


def test_gaps_of_one_metre_between_parcels_are_one_habit_of_the_parcels_layer():
    """Four gaps of 1 x 100 m and one of 8 x 8 m: the four are drawn by one hand."""
    gaps = [*(shapely.box(0, y, 100, y + 1) for y in (0, 10, 20, 30)), shapely.box(0, 50, 8, 58)]
    rows = found("DA904", ids=["K"] * 5, layer="parks", geometry=gaps, value=shapely.area(gaps))
    want = [("parcels", "", "habit|DA904|1.0 m")] * 4 + [("parcels", "", "odd")]
    assert anchors(grouping.habit, rows) == want


def test_areas_in_mu_are_one_habit():
    rows = found("DA906", ids=list("ABC"), value=np.array([15.0, 30.0, 45.0]), limit=np.array([1e4, 2e4, 3e4]))
    assert [a[2] for a in anchors(grouping.habit, rows)] == ["habit|DA906|x 0.0015"] * 3


@pytest.mark.parametrize("code", list(load()))
def test_every_check_gives_one_anchor_a_finding_and_remedies_in_both_languages(code):
    check = load()[code]
    rows = check.run(check.fails.plan, check.params()).rows.assign(code=code)
    for part in vars((check.cause or grouping.of_pair)(check.fails.plan, rows)).values():
        assert len(part) == len(rows)
        assert all(isinstance(word, str) for word in part)
    for state in ("happened", "ahead", "data"):
        assert all(check.remedy(state))
    assert set(check.remedies) <= {"happened", "ahead", "data"}


@pytest.mark.parametrize("code", list(load()))
def test_nobody_is_told_to_postpone_or_bring_forward_what_has_happened(code):
    zh, en = load()[code].remedy("happened")
    assert [w for w in ("推迟", "提前", "优先启动", "再供地", "再开工", "再投用", "后再供", "放缓") if w in zh] == []
    assert [
        w
        for w in ("start later", "pave later", "postpone", "bring industry forward", "first plant is", "start after")
        if w in en
    ] == []


def test_widths_are_written_to_a_decimetre_as_each_by_itself():
    """0.35 is a little less than half, 0.25 is half: rounding first would write 0.4 m for the one."""
    rng = np.random.default_rng(5)
    width = np.concatenate([[0.35, 0.25, 0.15, 2.675, 0.0, 1e7 + 0.05], rng.random(500) * 20, np.arange(200) / 20])
    assert grouping._decimetres(width).tolist() == [f"{x:.1f} m" for x in width.tolist()]
    assert grouping._decimetres(np.array([0.35, 0.25])).tolist() == ["0.3 m", "0.2 m"]
