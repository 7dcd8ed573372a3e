"""Findings of two scenarios joined by what they come from: a late main is one cause, however many parcels wait."""

from __future__ import annotations

from geo_planner.checks.contract import mini
from geo_planner.plan import Edit, Scenario, apply
from geo_planner.show.documents.comparison import causes_line
from geo_planner.show.page.compare import _causes
from geo_planner.study.cause_changes import cause_changes
from geo_planner.study.compare import compare
from geo_planner.study.run import Judged
from geo_planner.verdict import judge


def plot(name, x):
    shape = f"POLYGON (({x} 10, {x + 40} 10, {x + 40} 50, {x} 50, {x} 10))"
    return {"id": name, "code": "M1", "scheme": "gb50137", "start": "2020-01-01", "wkt": shape}


def pipe(name, day, left, right):
    return {"id": name, "kind": "water", "finish": day, "wkt": f"LINESTRING ({left} 0, {right} 0)"}


PLAN = mini(
    parcels=[plot("A", 10), plot("B", 60), plot("C", 110), plot("D", 410), plot("E", 460)],
    pipes=[pipe("M1", "2021-01-01", 0, 200), pipe("M2", "2019-01-01", 400, 600)],
    sources=[
        {"id": f"S{x}", "kind": "water", "finish": "2015-01-01", "wkt": f"POINT ({x} 0)"} for x in (0, 400)
    ],
).plan  # fmt: skip


def judged(name, *edits):
    plan = apply(PLAN, edits)
    return Judged(Scenario(name), plan, judge(plan, only=["UG201"]))


def late(table):
    rows = table[table["layer"] == "pipes"]
    return rows[["id", "state", "before", "after"]].to_numpy(dtype=object).tolist()


def test_one_main_in_time_and_another_late_are_a_cause_gone_and_a_cause_new():
    """M1 keeps A, B and C waiting in the first; in the second it is in time, and M2 keeps D and E waiting."""
    other = judged(
        "b",
        Edit("retime", "pipes", "M1", {"finish": "2019-06-01"}),
        Edit("retime", "pipes", "M2", {"finish": "2021-06-01"}),
    )
    pair = compare(judged("a"), other)
    assert late(pair.causes) == [["M2", "new", 0, 2], ["M1", "gone", 3, 0]]
    assert late(compare(other, judged("a")).causes) == [["M1", "new", 0, 3], ["M2", "gone", 2, 0]]
    assert "1 个、消除 1 个" in causes_line(pair, "zh")
    assert "M1" in causes_line(pair, "zh")


def test_a_cause_that_loses_a_parcel_is_shrunk_and_keeps_its_key():
    other = judged("b", Edit("retime", "parcels", "B", {"start": "2022-01-01"}))
    table = cause_changes(judged("a").report, other.report)
    assert late(table) == [["M1", "shrunk", 3, 2]]


def test_a_report_against_itself_keeps_every_cause():
    table = cause_changes(judged("a").report, judged("a").report)
    assert len(table) >= 1
    assert set(table["state"]) == {"same"}


def test_the_compare_page_knows_where_the_findings_of_a_changed_cause_are():
    """A new cause is found in the second scenario, one that is gone in the first."""
    edits = [
        Edit("retime", "pipes", "M1", {"finish": "2019-06-01"}),
        Edit("retime", "pipes", "M2", {"finish": "2021-06-01"}),
    ]
    pair = compare(judged("a"), judged("b", *edits))
    told = {
        row["state"]: {name for _, name in row["places"]} for row in _causes(pair) if row["state"] in {"new", "gone"}
    }
    assert told == {"new": {"D", "E"}, "gone": {"A", "B", "C"}}
