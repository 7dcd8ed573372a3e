"""Any number of a profile may have editions: a row is judged by the one in force on the day of its grant or start."""

from __future__ import annotations

from datetime import date

import pytest

from geo_planner.checks import load, reaches, run, waits_of
from geo_planner.checks.contract import mini
from geo_planner.checks.editions import of_each
from geo_planner.read.profile import profile_from
from geo_planner.show.exports.rows import sentences
from geo_planner.verdict import judge
from geo_planner.verdict.proof import proofs

BOX = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"


def _profile(code, key, *editions):
    rows = [{"unit": "%", "source": "example", **edition} for edition in editions]
    return profile_from({code: {key: rows}}, "dated")


def _days(**days):
    return {k: date.fromisoformat(v) if k.startswith("valid") else v for k, v in days.items()}


COVER = _profile(
    "PB101",
    "cover",
    _days(value=40.0, valid_from="2005-01-01", valid_to="2009-12-31"),
    _days(value=60.0, valid_from="2010-01-01"),
)


@pytest.mark.parametrize(
    ("start", "limit", "unknown"), [("2009-12-31", None, 0), ("2010-01-01", 60.0, 0), ("2004-12-31", None, 1)]
)
def test_a_parcel_half_covered_is_judged_by_the_edition_of_its_start(start, limit, unknown):
    """Half of the parcel is in the plan: enough under 40 %, too little under 60 %, no edition before 2005."""
    unit = {
        "id": "K",
        "kind": "detailed_plan",
        "start": "2001-01-01",
        "wkt": "POLYGON ((0 0, 50 0, 50 100, 0 100, 0 0))",
    }
    plan = mini(parcels=[{"id": "A", "start": start, "wkt": BOX}], approvals=[unit]).plan
    report = run(plan, COVER, only=["PB101"])
    assert report.findings["limit"].tolist() == ([] if limit is None else [limit])
    assert report.unknown["reason"].tolist() == ["no_edition"] * unknown
    assert report.runs[0].rows_judged == 1 - unknown


def test_works_to_come_are_judged_by_the_last_edition_a_grant_outranks_the_start_and_no_day_is_unknown():
    """DA906: 1 % before 2010, 10 % since. Declared 10,500 m² for 10,000: 4.8 % (of the declared) or 5 %."""
    dated = _profile(
        "DA906", "tolerance", _days(value=1.0, valid_to="2009-12-31"), _days(value=10.0, valid_from="2010-01-01")
    )
    parcels = [
        {"id": "old", "released": "2009-06-01", "start": "2011-01-01", "area_declared": 10_500.0, "wkt": BOX},
        {"id": "late", "released": "2010-06-01", "area_declared": 10_500.0, "wkt": BOX},
        {"id": "to come", "start": "2035-01-01", "area_declared": 10_500.0, "wkt": BOX},
        {"id": "undated", "area_declared": 10_500.0, "wkt": BOX},
    ]
    plan = mini(parcels=parcels).plan
    report = run(plan, dated, only=["DA906"])
    assert report.findings["id"].tolist() == ["old"]
    assert report.unknown[["id", "reason"]].to_numpy().tolist() == [["undated", "no_date"]]
    assert report.runs[0].rows_judged == 3


def test_a_sentence_tells_the_number_of_the_edition_that_judged_the_row():
    """DA906 prints its tolerance: 1 % for land of 2009, 3 % for land of 2012; 10,500 m² declared for 10,000 break both."""
    dated = _profile(
        "DA906", "tolerance", _days(value=1.0, valid_to="2009-12-31"), _days(value=3.0, valid_from="2010-01-01")
    )
    old = {"id": "old", "released": "2009-06-01", "area_declared": 10_500.0, "wkt": BOX}
    report = run(mini(parcels=[old, old | {"id": "new", "released": "2012-06-01"}]).plan, dated, only=["DA906"])
    told = dict(zip(report.findings["id"], sentences(report, "en"), strict=True))
    assert "(tolerance 1 %)" in told["old"]
    assert "(tolerance 3 %)" in told["new"]
    rows = report.findings.to_dict("records")
    assert [report.text(row, "en") for row in rows] == sentences(report, "en"), "both ways of saying it agree"


SERVED = [
    {"id": "A", "code": "M1", "scheme": "gb50137", "start": "2009-06-01", "wkt": "POLYGON ((0 10, 40 10, 40 50, 0 50, 0 10))"},
    {"id": "B", "code": "M1", "scheme": "gb50137", "start": "2012-06-01", "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))"},
]  # fmt: skip
ROAD = {"id": "R", "width": 12.0, "finish": "2014-12-01", "wkt": "LINESTRING (0 0, 200 0)"}
MAIN = {"id": "W", "kind": "water", "finish": "2005-12-01", "wkt": "LINESTRING (0 8, 200 8)"}
WORKS = {"id": "S", "kind": "water", "finish": "2005-01-01", "wkt": "POINT (0 8)"}
WORLD = {"roads": [ROAD], "pipes": [MAIN], "sources": [WORKS]}


def test_what_waits_keeps_the_edition_that_judges_it():
    """A road may come 100 days after the works begin until 2009, not a day later since: lags of 100 and 0 days."""
    dated = _profile(
        "UG201", "allowance", _days(value=100.0, valid_to="2009-12-31"), _days(value=0.0, valid_from="2010-01-01")
    )
    arcs, state = waits_of(mini(parcels=SERVED, **WORLD).plan, dated)
    road = arcs[(arcs["rule"] == "UG201") & (arcs["before_layer"] == "roads")]
    assert state["UG201"] == "kept"
    assert dict(zip(road["after_id"], road["lag"], strict=True)) == {"A": -100.0, "B": 0.0}


def test_what_has_no_edition_keeps_no_arc_and_says_so():
    """No number is in force before 2010: the works of 2009 wait for nothing that is known."""
    dated = _profile("UG201", "allowance", _days(value=0.0, valid_from="2010-01-01"))
    arcs, _ = waits_of(mini(parcels=SERVED, **WORLD).plan, dated)
    mine = arcs[(arcs["rule"] == "UG201") & (arcs["after_id"] == "A")]
    assert mine[["before_layer", "evidence"]].to_numpy().tolist() == [["", "no_edition"]]


def test_a_tile_reaches_as_far_as_the_farthest_edition():
    """ST702 looks 70 m far until 2009 and 50 m since (the tables ask for 50): a tile must hold 70 m."""
    dated = _profile(
        "ST702", "crowded", _days(value=70.0, valid_to="2009-12-31"), _days(value=20.0, valid_from="2010-01-01")
    )
    plan = load()["ST702"].fails.plan
    assert reaches(plan, dated, only=["ST702"]) == {"ST702": 70.0}


def test_the_proof_of_a_cause_reaches_as_far_as_the_edition_of_its_parcel():
    """Land 10 m from the axis of a road 12 m wide: the road serves the land of 2009 (30 m), not that of 2012 (3 m)."""
    dated = _profile(
        "UG201", "reach", _days(value=30.0, valid_to="2009-12-31"), _days(value=3.0, valid_from="2010-01-01")
    )
    plan = mini(parcels=SERVED, **WORLD).plan
    assert of_each(load()["UG201"], dated, plan, "parcels", "reach").tolist() == [30.0, 3.0]
    report = judge(plan, dated, only=["UG201"])
    roads = {
        made["parties"][0]["id"]: [
            event["key"] for one in made["parties"] if one["role"] == "road" for event in one["events"]
        ]
        for made in proofs(plan, report, dated)
    }
    assert roads == {"A": ["served"], "B": []}


def test_one_edition_that_has_ended_leaves_what_comes_after_it_unknown():
    """valid_to at a single number counts too: it was dropped in silence, and the number held for ever."""
    one = {"value": 40.0, "unit": "%", "source": "example", "valid_to": date(2009, 12, 31)}
    dated = profile_from({"PB101": {"cover": one}}, "dated")
    unit = {"id": "K", "kind": "detailed_plan", "start": "2001-01-01", "wkt": BOX}
    land = [{"id": name, "start": day, "wkt": BOX} for name, day in (("A", "2008-01-01"), ("B", "2012-01-01"))]
    report = run(mini(parcels=land, approvals=[unit]).plan, dated, only=["PB101"])
    assert report.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_edition"]]
