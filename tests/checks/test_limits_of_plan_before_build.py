"""先规划后建设 on its very limits: PB101 to PB107 at, just under and just over each number."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.plan import Skipped

from .judging import ids, judge, square

HECTARE = {"id": "A", "start": "2010-03-01", "wkt": square()}
COVERED = {"id": "KG", "kind": "detailed_plan", "start": "2009-12-01", "wkt": square()}


def told(out):
    """What could not be judged, as pairs of id and reason."""
    return out.unknown[["id", "reason"]].to_numpy().tolist()


@pytest.mark.parametrize(("lapses", "found"), [("2010-03-01", ["A"]), ("2010-03-02", [])])
def test_a_plan_that_lapses_on_the_day_of_start_is_no_longer_in_force(lapses, found):
    assert ids(judge("PB101", parcels=[HECTARE], approvals=[COVERED | {"finish": lapses}])) == found


def test_only_a_parcel_that_an_undated_plan_touches_is_left_open():
    plots = [HECTARE, HECTARE | {"id": "B", "wkt": square(x=200)}, HECTARE | {"id": "C", "wkt": square(x=400)}]
    undated = {"id": "KG2", "kind": "detailed_plan", "wkt": square(x=200)}
    out = judge("PB101", parcels=plots, approvals=[COVERED, undated])
    assert (ids(out), told(out), out.judged) == (["C"], [["B", "no_date"]], 2)


def test_a_parcel_without_area_divides_nothing_by_nothing():
    line = HECTARE | {"id": "L", "wkt": "POLYGON ((300 0, 400 0, 300 0, 300 0))"}
    with np.errstate(invalid="raise", divide="raise"):
        assert ids(judge("PB101", parcels=[HECTARE, line], approvals=[COVERED])) == []
        assert ids(judge("PB105", parks=[{"id": "K", "wkt": square()}], parcels=[HECTARE, line])) == []


def permit(name, kind, day, parcel="A", wkt=None):
    return {"id": name, "kind": kind, "parcel": parcel, "start": day, "wkt": wkt or square()}


def test_a_paper_counts_for_the_land_it_is_drawn_on_whatever_parcel_it_names():
    grant = permit("1", "land_grant", "2010-01-01")
    late = permit("2", "works_permit", "2011-01-01", None)  # names no parcel, drawn on A
    plots = [HECTARE, HECTARE | {"id": "B", "wkt": square(x=200)}]
    for paper in (late, late | {"parcel": "B"}, late | {"wkt": square(w=60, h=100)}):
        assert ids(judge("PB102", parcels=plots, approvals=[grant, paper])) == ["A"]
    # Drawn elsewhere it is not A's, though it names A; with less than half of itself on A neither.
    for elsewhere in (square(x=500), square(x=51)):
        assert ids(judge("PB102", parcels=[HECTARE], approvals=[grant, late | {"parcel": "A", "wkt": elsewhere}])) == []
    # Without an area of its own it is for the parcel it names.
    nowhere = late | {"parcel": "A", "wkt": "POINT (900 900)"}
    assert ids(judge("PB102", parcels=plots, approvals=[grant, nowhere])) == ["A"]


@pytest.mark.parametrize(
    ("wkt", "named", "found"), [(None, "B", ["A"]), ("POINT (900 900)", "A", ["A"]), ("POINT (900 900)", "B", [])]
)
def test_a_plan_of_a_district_counts_where_it_holds_the_parcel_or_for_the_one_it_names(wkt, named, found):
    papers = [permit("1", "land_grant", "2010-01-01"), permit("3", "detailed_plan", "2011-01-01", named, wkt)]
    assert ids(judge("PB102", parcels=[HECTARE], approvals=papers)) == found


def test_two_dates_can_be_compared_and_one_cannot():
    plots = [
        HECTARE,
        HECTARE | {"id": "B", "start": None, "wkt": square(x=200)},
        HECTARE | {"id": "C", "finish": "2011-01-01", "wkt": square(x=400)},
    ]
    out = judge(
        "PB102",
        parcels=plots,
        approvals=[
            permit("1", "land_grant", "2010-01-01"),
            permit("2", "land_grant", "2010-01-01", "B", square(x=200)),
        ],
    )
    # A has two dates; B has a permit and no start, C a start and no permit: neither is known to be right or wrong.
    assert (ids(out), told(out), out.judged) == ([], [["C", "no_approval"], ["B", "no_start"]], 1)


@pytest.mark.parametrize(
    ("built", "bound", "word"),
    [
        ({"height": 201.0}, {"height_max": 200.0}, None),
        ({"height": 201.1}, {"height_max": 200.0}, "at most"),
        ({"height": 201.5}, {"height_max": 200.0}, "at most"),
        ({"green": 199.1}, {"green_min": 200.0}, None),
        ({"green": 198.5}, {"green_min": 200.0}, "at least"),
        ({"green": 5.0}, {"green_max": 0.0}, "at most"),
    ],
)
def test_half_a_per_cent_of_the_bound_is_rounding_and_more_is_a_breach(built, bound, word):
    with np.errstate(divide="raise"):
        rows = judge("PB103", parcels=[HECTARE | built | bound]).rows
    assert [a["bound"] for a in rows["args"]] == ([word] if word else [])


def test_the_worst_breach_is_told_with_its_direction_in_both_languages():
    # A ratio below its floor comes last: land used loosely is not land built against its plan.
    plot = HECTARE | {"far": 0.9, "far_min": 1.0, "green": 30.0, "green_max": 20.0}
    row = judge("PB103", parcels=[plot]).rows.iloc[0]
    assert (row["args"]["what"], row["args"]["bound_zh"], row["value"], row["limit"]) == (
        "green ratio",
        "不大于",
        30.0,
        20.0,
    )
    row = judge("PB103", parcels=[plot | {"green": 20.0}]).rows.iloc[0]
    assert (row["args"]["what"], row["args"]["bound_zh"], row["value"], row["limit"]) == (
        "floor-area ratio",
        "不小于",
        0.9,
        1.0,
    )


@pytest.mark.parametrize(
    "half",
    [
        {"far_max": 2.0},
        {"far": 2.0},
        {"code": "M1"},
        {"planned_code": "M1"},
        {"code": "Q7", "planned_code": "M1"},
        {"code": "M1", "planned_code": "Q7"},
    ],
)
def test_a_bound_without_a_built_value_is_unknown_and_so_is_the_reverse(half):
    whole = HECTARE | {"far": 1.0, "far_max": 2.0, "scheme": "gb50137"}
    out = judge("PB103", parcels=[whole, {"id": "H", "scheme": "gb50137", "wkt": square(x=200)} | half])
    assert (ids(out), out.judged, told(out)) == ([], 1, [["H", "no_attribute"]])


HALL = {"id": "H", "start": "2010-06-01", "wkt": square(w=50)}


@pytest.mark.parametrize(
    "paper",
    [
        {"kind": "land_grant", "start": "2010-01-01"},
        {"kind": "works_permit"},
        {"kind": "works_permit", "start": "2010-01-01", "wkt": "POLYGON EMPTY"},
    ],
)
def test_only_a_dated_permit_with_land_makes_a_building_lawful(paper):
    elsewhere = {"id": "X", "kind": "works_permit", "start": "2010-01-01", "wkt": square(x=500)}
    assert ids(judge("PB104", buildings=[HALL], approvals=[elsewhere, {"id": "Y", "wkt": square()} | paper])) == ["H"]


def test_papers_that_are_no_dated_permits_leave_nothing_to_judge_by():
    for paper in (
        {"kind": "land_grant", "start": "2010-01-01"},
        {"kind": "works_permit"},
        {"kind": "works_permit", "start": "2010-01-01", "wkt": "POLYGON EMPTY"},
    ):
        with pytest.raises(Skipped):
            judge("PB104", buildings=[HALL], approvals=[{"id": "Y", "wkt": square()} | paper])


@pytest.mark.parametrize(("bare", "found"), [(2.0, []), (2.5, ["H"]), (3.5, ["H"])])
def test_a_hundred_square_metres_without_a_permit_is_the_last_that_is_tolerated(bare, found):
    paper = {"id": "X", "kind": "works_permit", "start": "2010-06-01", "wkt": square(w=50 - bare, h=50)}
    assert ids(judge("PB104", buildings=[HALL], approvals=[paper])) == found


PARK = {"id": "K", "wkt": square(w=200)}


@pytest.mark.parametrize(
    ("out", "width", "height", "found"),
    [
        (0.125, 8, 8, []),
        (0.1875, 8, 8, ["A"]),
        (0.0625, 8, 8, []),  # 1, 1.5 and 0.5 m² of 64 m²: the limit is 1 m²
        (0.125, 125, 80, ["A"]),
        (0.015625, 125, 80, []),  # 10 m² of a hectare count, 1.25 m² in a strip of 16 mm do not: the limit is 20 mm
        (0.0234375, 125, 80, ["A"]),
        (64, 128, 8, ["A"]),
    ],
)
def test_a_parcel_may_cross_by_a_square_metre_or_by_a_sliver(out, width, height, found):
    assert (
        ids(judge("PB105", parks=[PARK], parcels=[{"id": "A", "wkt": square(200 + out - width, 0, width, height)}]))
        == found
    )


def test_a_parcel_is_judged_whatever_park_it_names():
    far = {"id": "A", "wkt": square(x=190)}
    out = judge(
        "PB105", parks=[PARK], parcels=[far, far | {"id": "B", "park": "K"}, {"id": "C", "park": "K", "wkt": square()}]
    )
    assert (ids(out), told(out), out.judged) == (["A", "B"], [], 3)


def test_land_of_no_known_use_today_or_in_the_plan_or_of_no_park_is_unknown():
    land = {"scheme": "gb50137", "planned_code": "M1", "code": "M1"}
    blank = [{"code": None}, {"planned_code": None}, {"code": "Q7"}, {"planned_code": "Q7"}]
    plots = [land | what | {"id": f"U{k}", "wkt": square(x=10 * k, w=10)} for k, what in enumerate(blank)]
    plots += [land | {"id": "A", "wkt": square(y=10, w=10)}, land | {"id": "U4", "code": "R2", "wkt": square(x=900)}]
    out = judge("PB106", parks=[{"id": "K", "wkt": square()}], parcels=plots)
    assert (ids(out), out.judged, out.unknown["id"].tolist()) == ([], 1, ["U0", "U1", "U2", "U3", "U4"])


def test_land_that_is_due_today_is_judged_and_land_that_is_due_tomorrow_is_not():
    plots = [
        {"id": name, "contract_start": day, "wkt": square()}
        for name, day in (("A", "2026-06-30"), ("B", "2026-07-01"), ("C", None))
    ]
    out = judge("PB107", as_of="2026-06-30", parcels=plots)
    assert (ids(out), told(out), out.judged) == ([], [], 1)


def test_granted_land_without_an_agreed_day_is_unknown_until_it_is_built_on():
    land = {"id": "A", "contract_start": "2020-01-01", "released": "2019-01-01", "built_share": 0.0, "wkt": square()}
    plots = [
        land,
        land | {"id": "B", "contract_start": None},
        land | {"id": "C", "contract_start": None, "start": "2020-05-01"},
        land | {"id": "D", "contract_start": None, "released": None},
    ]
    out = judge("PB107", as_of="2026-06-30", parcels=plots)
    assert (ids(out), told(out), out.judged) == (["A"], [["B", "no_contract"]], 1)
