"""A score is what is proven good of all that is not proven exempt: a row turned unknown never raises it."""

from __future__ import annotations

import pytest

from geo_planner.checks.contract import mini
from geo_planner.cli import main
from geo_planner.plan import Profile, Threshold
from geo_planner.verdict import judge
from tests.checks.judging import square

PARK = {"id": "K", "wkt": "POLYGON ((-50 -50, 950 -50, 950 950, -50 950, -50 -50))"}
LINE = {"id": "L", "kind": "farmland", "start": "2000-01-01", "wkt": "POLYGON ((0 800, 10 800, 10 810, 0 810, 0 800))"}
WHOLE = "POLYGON ((-50 -50, 950 -50, 950 950, -50 950, -50 -50))"
UNIT = {"id": "KG", "kind": "detailed_plan", "start": "2005-01-01", "wkt": WHOLE}
PERMITS = [
    {
        "id": f"{k}-{p}",
        "kind": k,
        "parcel": p,
        "start": "2011-01-01" if k == "acceptance" else "2008-01-01",
        "wkt": square(x),
    }
    for p, x in (("A", 0), ("B", 200), ("C", 400), ("D", 600))
    for k in ("land_grant", "land_permit", "works_permit", "construction_permit", "acceptance")
]
LAND = [
    {"id": name, "code": code, "planned_code": code, "scheme": "gb50137", "start": "2010-01-01", "wkt": square(x)}
    for name, code, x in (("A", "M1", 0), ("B", "M1", 200), ("C", "R2", 400), ("D", "R2", 600))
]
HALL = {"id": "H", "parcel": "A", "start": "2010-06-01", "wkt": "POLYGON ((10 10, 60 10, 60 60, 10 60, 10 10))"}
GREEN = {"id": "G", "code": "G1", "planned_code": "G1", "scheme": "gb50137", "wkt": square(800)}
WRITTEN = Profile("own", {"IN303": {"history_from": Threshold("1900-01-01", "date", "the park's register")}})
"""Who was first can be told where the records are complete from a day on."""
S1 = ("pb101", "pb102", "pb103", "pb104", "pb105", "pb108", "ec601")


def first(land=(*LAND, GREEN), hall=HALL, approvals=(UNIT, *PERMITS), only=S1, **more):
    layers = {"parks": [PARK], "control_lines": [LINE], "buildings": [hall]} | more
    return judge(mini(parcels=list(land), approvals=list(approvals), **layers).plan, only=only).scores


def but(name, **values):
    return [row | values if row["id"] == name else row for row in (*LAND, GREEN)]


def test_four_sound_parcels_are_proven_good_and_green_land_is_not_asked():
    got = first()
    assert (got.S1, got.upper["S1"], got.reasons.get("S1")) == (1.0, 1.0, None)
    assert got.parts["S1"][0].total == 40_000.0


def test_a_row_that_turns_unknown_leaves_the_lower_end_and_stays_in_the_upper():
    got = first(but("B", start=None))
    assert (got.S1, got.upper["S1"]) == (0.75, 1.0)
    assert got.parts["S1"][0].left_out == ("B",)


def test_a_row_that_fails_and_turns_unknown_does_not_raise_the_score():
    bad = first(but("B", start="2004-01-01"))
    assert (bad.S1, bad.upper["S1"]) == (0.75, 0.75)
    assert first(but("B", start=None)).S1 <= bad.S1


def test_green_land_whose_code_is_lost_is_no_longer_exempt():
    got = first(but("G", code=None))
    assert (got.S1, got.upper["S1"]) == (0.8, 1.0)


def test_a_building_without_a_permit_fails_the_parcel_it_lies_on():
    far = {**HALL, "wkt": "POLYGON ((610 110, 660 110, 660 160, 610 160, 610 110))", "parcel": "D"}
    got = first(hall=far)
    assert (got.S1, got.parts["S1"][0].failed) == (0.75, ("D",))


def test_started_land_without_a_permit_on_record_is_not_proven_good():
    got = first(approvals=[UNIT, *[p for p in PERMITS if p["parcel"] != "C"]])
    assert (got.S1, got.upper["S1"]) == (0.75, 1.0)


def test_a_check_that_did_not_run_proves_nothing():
    got = first(only=[c for c in S1 if c != "ec601"])
    assert (got.S1, got.upper["S1"], got.reasons["S1"]) == (0.0, 1.0, "without_checks")


def test_land_without_a_shape_has_no_area_so_there_is_no_score():
    got = first(but("B", wkt="POLYGON EMPTY"))
    assert (got.S1, got.reasons["S1"]) == (None, "no_geometry")


def phase(name, code, day, x, **more):
    return {
        "id": name, "code": code, "scheme": "gb50137", "park": "K", "phase": "1", "district": "E", "released": day,
        "start": day, "used": day, "wkt": square(x),
    } | more  # fmt: skip


ORDER = [phase("M", "M1", "2010-01-01", 0), phase("R", "R2", "2012-01-01", 200), phase("N", "M1", "2011-01-01", 400)]


def third(rows, profile=None):
    return judge(mini(parcels=rows).plan, profile or WRITTEN, only=["in302", "in303"]).scores


def test_industry_before_homes_is_a_full_score():
    assert (third(ORDER).S3, third(ORDER).upper["S3"]) == (1.0, 1.0)


def test_homes_a_century_ahead_of_industry_are_not_diluted():
    """All homes before any plant: 1 - 2 * 0.9 ** 2 / 2 = 0.19 by the lead, and none of them passes IN302 and IN303."""
    got = third([phase("M", "M1", "2010-01-01", 0), phase("R", "R2", "1910-01-01", 200)])
    assert (got.S3, got.upper["S3"]) == (0.0, 0.0)
    assert got.lead == (("1910-01-01", 0.0, 1.0), ("2010-01-01", 1.0, 1.0))


def test_the_worst_district_counts():
    """In district E all is in order; in W the one home is released before the one plant works."""
    west = [phase("X", "M1", "2014-01-01", 600, district="W"), phase("Y", "R2", "2013-01-01", 800, district="W")]
    got = third([*ORDER, *west])
    assert (got.S3, got.lead_scope) == (0.0, "K / W")


@pytest.mark.parametrize(
    "blank", [{"start": None}, {"code": None}, {"released": None, "start": None}, {"district": None}]
)
@pytest.mark.parametrize("row", range(3))
def test_a_blank_never_raises_s3(row, blank):
    late = [ORDER[0], phase("R", "R2", "2010-06-01", 200), phase("N", "M1", "2015-01-01", 400)]
    before = third(late).S3
    after = third([r | blank if k == row else r for k, r in enumerate(late)])
    assert after.S3 is None or before + 1e-12 >= after.S3
    assert before < 1.0


def test_the_tolerance_of_s3_is_a_number_of_the_profile():
    """Homes reach 1 while half of industry has started: 1 - (0.5 - t) ** 2 = 0.84 at 0.1 and 1 at 0.5."""
    late = [ORDER[0], phase("R", "R2", "2010-06-01", 200), phase("N", "M1", "2015-01-01", 400)]
    own = Profile("own", {**WRITTEN.values, "S3": {"tolerance": Threshold(0.5, "ratio", "minutes")}})
    assert pytest.approx(0.84) == third(late).S3
    assert pytest.approx(1.0) == third(late, own).S3


def test_explain_prints_the_formula_of_a_score_with_its_reasons_and_numbers(capsys):
    assert main(["explain", "s3"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("S3 = ")
    assert "商住超前工业的容许值 (tolerance) = 0.1  [" in out
    assert main(["explain", "S1", "--lang", "en"]) == 0
    assert "proven good" in capsys.readouterr().out


def test_land_whose_release_is_lost_is_not_held_to_be_released_when_it_starts():
    """All releases blank: the starts pass, yet the land may have been released long before."""
    rows = [row | {"released": None, "start": "2012-01-01"} if row["id"] == "R" else row for row in ORDER]
    assert (third(ORDER).S3, third(rows).S3, third(rows).upper["S3"]) == (1.0, 0.0, 1.0)


def test_a_loose_ratio_is_a_finding_and_no_part_of_s1_so_that_its_floor_taken_away_cannot_raise_it():
    bound = {"far": 0.5, "far_min": 1.0, "far_max": 3.0}
    loose = judge(
        mini(
            parcels=but("A", **bound), approvals=[UNIT, *PERMITS], parks=[PARK], control_lines=[LINE], buildings=[HALL]
        ).plan,
        only=S1,
    )
    assert loose.findings[["code", "id"]].to_numpy().tolist() == [["PB103", "A"]]
    assert loose.scores.S1 == first(but("A", **bound | {"far_min": None})).S1 == 1.0
    assert first(but("A", far=3.5, far_min=1.0, far_max=3.0)).S1 == 0.75


def below(road=None, dig=None):
    """S2 of four parcels and a road; digs and a water main that serves nothing here but lies under it."""
    line = "LINESTRING (0 -100, 300 -100)"
    main_ = {"id": "P", "kind": "water", "finish": "2009-01-01", "wkt": line}
    street = {"id": "R", "width": 20.0, "paved": "2009-06-01", "finish": "2009-08-01", "wkt": line} | (road or {})
    hole = {"id": "E", "road": "R", "start": "2020-05-01", "wkt": "POINT (150 -100)"} | (dig or {})
    other = {
        "id": "Q",
        "width": 20.0,
        "paved": "2009-06-01",
        "finish": "2009-08-01",
        "wkt": "LINESTRING (0 -300, 100 -300)",
    }
    layers = {"roads": [street, other], "pipes": [main_], "excavations": [hole], "parks": [PARK]}
    got = judge(
        mini(
            parcels=[*LAND, GREEN],
            sources=[{"id": "S", "kind": "water", "finish": "2008-01-01", "wkt": "POINT (0 -100)"}],
            **layers,
        ).plan,
        only=["UG201", "UG202", "UG204", "UG205"],
    )
    return got, got.scores.parts["S2"][0]


def test_a_dig_after_an_overhaul_is_a_finding_and_no_part_of_s2_one_after_the_opening_is():
    report, roads = below({"overhauled": "2019-05-01"})
    assert "UG205" in set(report.findings["code"])
    assert (roads.failed, roads.good) == ((), 400.0)
    assert below(dig={"start": "2012-05-01"})[1].failed == ("R",)


def test_a_pipe_that_a_corridor_plans_and_nobody_drew_is_unknown_and_no_part_of_s2():
    report, roads = below({"corridor": "gas"})
    assert ["UG204", "R", "not_drawn"] in report.unknown[["code", "id", "reason"]].to_numpy().tolist()
    assert (roads.left_out, roads.good) == ((), 400.0)


def test_a_mark_of_resettlement_that_is_lost_never_raises_s3():
    """An early home drags S3 down; two late ones marked as resettlement must not lift it when the mark goes."""
    late = [phase("N", "R2", "2016-01-01", 400), phase("O", "R2", "2016-01-01", 600)]
    early = [phase("M", "M1", "2012-01-01", 0), phase("R", "R2", "2010-06-01", 200)]
    marked = third([*early, *({**row, "resettle": True} for row in late)]).S3
    assert marked >= third([*early, *late]).S3
