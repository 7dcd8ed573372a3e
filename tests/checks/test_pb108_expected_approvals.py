"""Approvals that land should have by its state: what is missing is unknown, or a violation where all are declared."""

from __future__ import annotations

import pytest

from geo_planner.checks import run, validate, waits_of
from geo_planner.checks.contract import mini
from geo_planner.plan import Profile, Threshold
from geo_planner.verdict import judge as judged
from tests.checks.judging import ids, judge, square

CHAIN = ("land_grant", "land_permit", "works_permit", "construction_permit")
PLANT = {"id": "A", "code": "M1", "scheme": "gb50137", "start": "2010-06-01", "finish": "2011-05-01", "wkt": square()}
ALL = {"approvals": None}


def paper(kind: str, day: str | None = "2010-05-01", **more):
    return {"id": kind, "kind": kind, "parcel": "A", "start": day, "wkt": square()} | more


def papers(*without: str, **more):
    return [paper(kind, **more) for kind in CHAIN if kind not in without]


def told(out):
    return out.unknown[["id", "reason"]].to_numpy().tolist()


def missing(out):
    return [args["missing"] for args in out.rows["args"]]


def test_a_permit_that_is_missing_is_unknown_and_a_violation_where_all_are_declared():
    open_layer = judge(
        "PB108", parcels=[PLANT | {"used": "2030-01-01"}], as_of="2012-01-01", approvals=papers("works_permit")
    )
    assert (ids(open_layer), open_layer.judged, told(open_layer)) == ([], 0, [["A", "no_approval"]])
    closed = judge(
        "PB108",
        complete=ALL,
        parcels=[PLANT | {"used": "2030-01-01"}],
        as_of="2012-01-01",
        approvals=papers("works_permit"),
    )
    assert (ids(closed), missing(closed), closed.rows["value"].tolist()) == (["A"], ["works permit"], [1.0])
    assert closed.rows["from"].dt.strftime("%Y-%m-%d").tolist() == ["2010-06-01"]


def test_all_missing_approvals_of_a_parcel_are_one_finding_in_the_order_of_the_law():
    out = judge(
        "PB108", complete=ALL, parcels=[PLANT | {"used": "2011-06-01"}], approvals=papers("land_permit", "works_permit")
    )
    assert missing(out) == ["land-use permit, no works permit, no record of acceptance"]
    assert (out.rows["value"].tolist(), out.rows["args"].iloc[0]["missing_zh"]) == (
        [3.0], "建设用地规划许可证、建设工程规划许可证、竣工验收备案",
    )  # fmt: skip


@pytest.mark.parametrize(("count", "found"), [(None, ["A"]), (3, ["A"]), (4, [])])
def test_a_count_that_does_not_fit_takes_the_word_of_completeness_back(count, found):
    # One of four permits was deleted: 3 rows are left. Where 4 were declared, the layer itself is short.
    land = PLANT | {"used": "2030-01-01"}
    out = judge(
        "PB108", complete={"approvals": count}, as_of="2012-01-01", parcels=[land], approvals=papers("land_grant")
    )
    assert ids(out) == found
    assert told(out) == ([] if found else [["A", "no_approval"]])


@pytest.mark.parametrize(("retyped", "lacks"), [("land_permit", "works permit"), ("acceptance", "works permit")])
def test_a_permit_counts_for_what_its_kind_allows(retyped, lacks):
    land = PLANT | {"used": "2030-01-01"}
    chain = [*papers("works_permit"), paper(retyped, id="R")]
    assert missing(judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[land], approvals=chain)) == [lacks]


@pytest.mark.parametrize(
    ("land", "as_of", "found"),
    [
        ({}, "2010-05-31", []),  # before its start nothing is due
        ({}, "2010-06-01", ["A"]),
        ({"code": "G1"}, "2020-01-01", []),  # green land needs none of them
        ({"code": "R2"}, "2020-01-01", ["A"]),
    ],
)
def test_an_approval_is_due_by_the_state_on_the_as_of_day_and_for_built_land(land, as_of, found):
    out = judge(
        "PB108",
        complete=ALL,
        as_of=as_of,
        parcels=[PLANT | {"used": "2030-01-01"} | land],
        approvals=[paper("land_grant")],
    )
    assert (ids(out), told(out)) == (found, [])


def test_acceptance_is_due_when_the_parcel_is_in_use():
    for used, lacks in (("2011-06-01", ["record of acceptance"]), ("2013-01-01", [])):
        land = PLANT | {"used": used}
        out = judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[land], approvals=papers())
        assert (missing(out), told(out)) == (lacks, [])
    # Nobody says whether it is in use: then nobody can say whether it lacks its acceptance.
    out = judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[PLANT], approvals=papers())
    assert (ids(out), told(out)) == ([], [["A", "no_used"]])
    whole = [*papers(), paper("acceptance", "2011-05-10")]
    out = judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[PLANT], approvals=whole)
    assert (ids(out), told(out), out.judged) == ([], [], 1)


@pytest.mark.parametrize(
    ("land", "why"),
    [({"start": None, "finish": None}, "no_start"), ({"code": None}, "no_code"), ({"code": "ZZ9"}, "no_code")],
)
def test_what_cannot_be_told_of_the_land_is_unknown_and_no_violation(land, why):
    rows = [PLANT | {"used": None} | land]
    out = judge("PB108", complete=ALL, as_of="2012-01-01", parcels=rows, approvals=[paper("land_grant")])
    assert (ids(out), told(out)) == ([], [["A", why]])


def test_a_permit_without_a_date_is_there_but_proves_nothing():
    land = PLANT | {"used": "2030-01-01"}
    chain = [*papers("works_permit"), paper("works_permit", None)]
    out = judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[land], approvals=chain)
    assert (ids(out), told(out)) == ([], [["A", "no_date"]])


@pytest.mark.parametrize(("lapses", "found"), [("2010-05-31", ["A"]), ("2010-06-01", []), (None, [])])
def test_a_permit_that_had_lapsed_before_the_start_is_none(lapses, found):
    land = PLANT | {"used": "2030-01-01"}
    chain = [*papers("works_permit"), paper("works_permit", finish=lapses)]
    assert ids(judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[land], approvals=chain)) == found


@pytest.mark.parametrize(("width", "found"), [(60, ["A"]), (89, ["A"]), (91, []), (100, [])])
def test_an_approval_of_land_must_hold_the_parcel_whatever_it_names(width, found):
    land = PLANT | {"used": "2030-01-01"}
    chain = [*papers("land_permit"), paper("land_permit", wkt=square(w=width, h=100))]
    assert ids(judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[land], approvals=chain)) == found
    both = [*chain, paper("land_permit", id="rest", parcel=None, wkt=square(x=width, w=101 - width, h=100))]
    assert ids(judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[land], approvals=both)) == []


def test_a_permit_drawn_around_the_works_alone_is_one_and_one_drawn_elsewhere_is_none():
    land = PLANT | {"used": "2030-01-01"}
    for wkt, found in ((square(10, 10, 30), []), (square(x=500), ["A"])):
        chain = [*papers("works_permit"), paper("works_permit", wkt=wkt)]
        assert ids(judge("PB108", complete=ALL, as_of="2012-01-01", parcels=[land], approvals=chain)) == found


def test_the_profile_says_which_approvals_are_expected_of_which_land():
    land = PLANT | {"used": "2030-01-01"}
    for rule, found in (
        (("built", "started"), ["A"]),
        (("industry", "housing", "started"), ["A"]),
        (("housing", "started"), []),
        (("built", "used"), []),
        (("built", "never"), []),
    ):
        out = judge(
            "PB108",
            {"works_permit": rule},
            complete=ALL,
            as_of="2012-01-01",
            parcels=[land],
            approvals=papers("works_permit"),
        )
        assert ids(out) == found


@pytest.mark.parametrize(
    ("rule", "word"), [(("bulit", "started"), "Did you mean built"), (("built", "use"), "Did you mean used")]
)
def test_a_meaning_or_a_state_that_does_not_exist_is_told_with_the_near_one(rule, word):
    profile = Profile("own", {"PB108": {"works_permit": Threshold(rule, "land, state", "own")}})
    report = run(mini(parcels=[PLANT], approvals=papers()).plan, profile, only=["PB108"])
    assert (report.runs[0].outcome, word in report.runs[0].reason["en"]) == ("skipped", True)


def test_what_the_profile_expects_under_pb108_holds_for_the_order_and_for_buildings_too():
    hall = {"id": "H", "start": "2010-06-01", "wkt": square(10, 10, 50)}
    plan = mini(
        as_of="2012-01-01", parcels=[PLANT | {"used": "2030-01-01"}], buildings=[hall], approvals=papers("works_permit")
    ).plan
    never = Profile("own", {"PB108": {"works_permit": Threshold(("built", "never"), "land, state", "own")}})
    validate(never)
    for profile, doubts in ((None, ["PB102", "PB104", "PB108"]), (never, [])):
        report = run(plan, profile, only=["PB102", "PB104", "PB108"])
        assert (sorted(report.unknown["code"]), len(report.findings)) == (doubts, 0)
    assert run(plan, never, only=["PB102"]).rules["PB102"].params["works_permit"].value == ("built", "never")


def test_a_building_with_a_construction_permit_alone_is_illegal_where_all_approvals_are_declared():
    hall = {"id": "H", "start": "2010-06-01", "wkt": square(10, 10, 50)}
    chain = papers("works_permit")
    out = judge("PB104", buildings=[hall], approvals=chain)
    assert (ids(out), told(out), out.judged) == ([], [["H", "no_approval"]], 0)
    out = judge("PB104", complete=ALL, buildings=[hall], approvals=chain)
    assert (ids(out), out.rows["value"].tolist(), told(out)) == (["H"], [2500.0], [])
    only_land = [paper("land_permit")]
    assert ids(judge("PB104", complete=ALL, buildings=[hall], approvals=only_land)) == ["H"]


def test_permits_cut_to_three_fifths_leave_the_halls_outside_found_and_the_land_unknown():
    # 55 x 100 m of halls stand on the 40 % that no permit holds.
    halls = [
        {"id": "H", "start": "2010-06-01", "wkt": square(w=45, h=100)},
        {"id": "I", "start": "2010-06-01", "wkt": square(45, 0, 55, 100)},
    ]
    cut = [paper(kind, wkt=square(w=45, h=100)) for kind in (*CHAIN, "acceptance")]
    land = PLANT | {"used": "2011-06-01"}
    out = judge("PB104", parcels=[land], buildings=halls, approvals=cut)
    assert (ids(out), out.rows["value"].tolist()) == (["I"], [5500.0])
    assert told(judge("PB108", parcels=[land], approvals=cut)) == [["A", "no_approval"]]


def _park(n: int = 10):
    land = [
        PLANT | {"id": f"P{k}", "planned_code": "M1", "used": "2011-06-01", "wkt": square(200 * k)} for k in range(n)
    ]
    chain = [paper(kind, id=f"{kind}{k}", parcel=f"P{k}", wkt=square(200 * k)) for k in range(n) for kind in CHAIN]
    chain += [paper("acceptance", "2011-05-10", id=f"a{k}", parcel=f"P{k}", wkt=square(200 * k)) for k in range(n)]
    frame = {"parks": [{"id": "K", "wkt": square(-50, -50, 5000)}]}
    unit = {"id": "KG", "kind": "detailed_plan", "start": "2005-01-01", "wkt": square(-50, -50, 5000)}
    line = {"id": "L", "kind": "farmland", "start": "2000-01-01", "wkt": square(0, 800, 10)}
    return frame | {"parcels": land, "buildings": [{"id": "H", "parcel": "P0", "start": "2010-06-01", "wkt": square(10, 10, 50)}],
                    "control_lines": [line]}, [unit, *chain]  # fmt: skip


@pytest.mark.parametrize(("complete", "failed"), [({}, ()), (ALL, ("P1", "P2", "P3"))])
def test_taking_permits_out_gives_unknowns_or_violations_and_never_raises_s1(complete, failed):
    world, chain = _park()
    codes = ["pb101", "pb102", "pb103", "pb104", "pb105", "pb108", "ec601"]
    before = judged(mini(complete=complete, **world, approvals=chain).plan, only=codes)
    gone = {f"{kind}{k}" for k in (1, 2, 3) for kind in ("land_permit", "works_permit", "construction_permit")}
    after = judged(
        mini(complete=complete, **world, approvals=[a for a in chain if a["id"] not in gone]).plan, only=codes
    )
    assert (before.scores.S1, before.scores.upper["S1"]) == (1.0, 1.0)
    assert (after.scores.S1, after.scores.upper["S1"]) == pytest.approx((0.7, 0.7 if failed else 1.0))
    assert after.scores.parts["S1"][0].failed == failed
    assert set(after.unknown["id"]) == {"P1", "P2", "P3"}  # their order is not known either way


def test_the_formula_of_s1_names_the_approvals_that_are_expected():
    from geo_planner.verdict.formulas import SCORES

    assert "PB108（应有审批齐备）" in SCORES["S1"]["zh"][2]
    assert "PB108 (has the approvals expected of it)" in SCORES["S1"]["en"][2]


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        ("2011-06-02", [["record of acceptance", "first use", 1.0]]),
        ("2011-06-01", []),
        ("2011-04-30", []),  # by stages, before the completion
        ("2010-05-31", []),
    ],
)
def test_land_is_not_used_before_its_acceptance(accepted, found):
    land = PLANT | {"used": "2011-06-01"}
    rows = judge("PB102", parcels=[land], approvals=[*papers(), paper("acceptance", accepted)]).rows
    assert [[a["earlier"], a["later"], v] for a, v in zip(rows["args"], rows["value"], strict=True)] == found


def test_the_first_use_waits_for_the_acceptance_and_the_completion_for_none():
    land = PLANT | {"used": "2011-06-01"}
    arcs, _ = waits_of(mini(parcels=[land], approvals=[paper("acceptance", "2011-05-10")]).plan)
    mine = arcs[arcs["rule"] == "PB102"][["before_id", "before_date", "after_id", "after_date"]]
    assert mine.to_numpy().tolist() == [
        ["A", "start", "A", "finish"],
        ["A", "finish", "A", "used"],
        ["acceptance", "start", "A", "used"],
    ]
