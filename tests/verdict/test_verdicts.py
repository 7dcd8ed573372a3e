"""A verdict is a word with its grounds: a violation fails it, too little evidence leaves it open, only the rest passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.plan import Exemption, Profile, Threshold
from geo_planner.plan.verdict import NAMES
from geo_planner.verdict import judge
from geo_planner.verdict.verdicts import weighed
from tests.checks.judging import square

WRITTEN = Profile("own", {"IN303": {"history_from": Threshold("1900-01-01", "date", "the park's register")}})
"""Who was first can be told where the records are complete from a day on."""
PLANT = {"id": "A", "code": "M1", "scheme": "gb50137", "park": "K", "used": "2011-01-01", "released": "2009-01-01"}
HOMES = {"id": "B", "code": "R2", "scheme": "gb50137", "park": "K", "released": "2010-06-01"}
EARLY = [{**PLANT, "wkt": square()}, {**HOMES, "wkt": square(200)}]
LATE = [EARLY[0], {**EARLY[1], "released": "2011-06-01"}]


def verdict(name, rows, *, only=("in303",), as_of=None, **how):
    return judge(mini(parcels=rows, as_of=as_of).plan, WRITTEN, only=only, **how).verdict[name]


def test_every_check_belongs_to_exactly_one_of_the_seven():
    assert len(NAMES) == 7
    assert {check.verdict for check in load().values()} == set(NAMES)


def test_a_violation_fails_the_verdict_and_is_named_with_its_number_and_area():
    """One of two parcels is released 214 days before the first plant: one parcel of 100 x 100 m."""
    got = verdict("industry_first", EARLY)
    assert (got.state, got.errors, got.features, got.area, got.days) == ("fail", 1, 1, 10_000.0, 214.0)
    assert (got.worst.id, got.worst.value, got.worst.unit) == ("B", 214.0, "d")
    line = got.line("zh")
    assert line.startswith("先工业后商住：不合格。")
    assert "早 214 天" in line
    assert "违规 1 处，涉及 1 宗地块、1.0 公顷、最多 214 天" in line
    assert "1 parcel, 1.0 ha, up to 214 days" in got.line("en")


def test_the_overall_word_is_the_worst_and_printing_gives_the_lines():
    report = judge(mini(parcels=EARLY).plan, WRITTEN)
    lines = str(report.verdict).splitlines()
    assert report.verdict.overall == "fail"
    assert len(lines) == 8
    assert lines[0].startswith("总体结论：不合格（")
    assert report.verdict.text("en").startswith("Overall: fail (")


def test_a_verdict_whose_checks_were_not_all_asked_for_is_open_though_nothing_was_found():
    got = verdict("industry_first", LATE)
    assert (got.state, got.errors, got.share, got.settled) == ("unknown", 0, 1.0, True)
    assert {"IN301", "IN302"} <= set(got.not_asked)
    assert "另有 5 项检查本次未查" in got.line("zh")


def test_a_check_skipped_for_want_of_data_counts_as_not_judged_and_says_what_to_bring():
    got = judge(mini(parcels=EARLY).plan, only=["pb"]).verdict["plan_first"]
    assert (got.state, got.share) == ("unknown", 0.0)
    assert got.needs[0].what == "approvals"
    assert {"PB101", "PB102", "PB104"} <= set(got.needs[0].checks)
    assert "补充 规划与许可 approvals" in got.line("zh")


def test_the_share_judged_is_by_area():
    """Three homes of 1 ha, one without a date of grant, and one of 7 ha without: 2 of 10 ha are judged."""
    wide = "POLYGON ((1000 0, 1700 0, 1700 100, 1000 100, 1000 0))"
    rows = [*LATE, {**HOMES, "id": "C", "released": None, "wkt": square(400)}]
    rows += [
        {**HOMES, "id": "D", "released": None, "wkt": wide},
        {**HOMES, "id": "E", "wkt": square(600), "released": "2012-01-01"},
    ]
    assert verdict("industry_first", rows).share == pytest.approx(0.2)


def test_the_least_share_is_a_number_of_the_profile():
    rows = [*LATE, {**HOMES, "id": "C", "released": None, "wkt": square(400)}]
    assert verdict("industry_first", rows).settled is False
    assert judge(mini(parcels=rows).plan, _allowing(1, 0.1), only=["in303"]).verdict["industry_first"].settled is True


def _allowing(rows, share=0.8):
    own = {"judged_share": Threshold(share, "ratio", "minutes"), "undecided": Threshold(rows, "rows", "minutes")}
    return Profile("own", {**WRITTEN.values, "VERDICT": own})


MANY = [*LATE, *({**HOMES, "id": f"L{k}", "released": "2012-01-01", "wkt": square(200 * k)} for k in range(2, 12))]


def test_one_row_that_lacks_its_date_keeps_a_verdict_from_passing_however_much_was_judged():
    """Eleven homes after the plant pass; an early one among them fails; its date taken away leaves it open."""
    early, blank = ({**HOMES, "id": "C", "released": day, "wkt": square(3000)} for day in ("2010-06-01", None))
    whole, broken, open_ = (
        verdict("industry_first", rows, as_of="2020-01-01") for rows in (MANY, [*MANY, early], [*MANY, blank])
    )
    assert (whole.settled, whole.undecided) == (True, 0)
    assert (broken.state, broken.errors) == ("fail", 1)
    assert (open_.state, open_.settled, open_.share > 0.9) == ("unknown", False, True)
    assert "强制项另有" in open_.line("zh")
    assert "缺数据未判" in open_.brief("zh")
    assert "未发现违规" in open_.brief("zh")


def test_how_many_rows_may_stay_open_is_a_number_of_the_profile():
    rows = [*MANY, {**HOMES, "id": "C", "released": None, "wkt": square(3000)}]
    plan = mini(parcels=rows).plan
    none, one = (judge(plan, _allowing(n), only=["in303"]).verdict["industry_first"] for n in (0, 1))
    assert (none.undecided, none.settled) == (1, False)
    assert (one.undecided, one.settled) == (0, True)


PAPER = Exemption(
    code="IN303",
    id="B",
    number="苏宿管〔2010〕7号",
    approver="园区管委会",
    date=date(2010, 5, 1),
    expiry=date(2020, 1, 1),
)


def test_an_exemption_in_force_is_counted_apart_and_an_expired_one_counts_again():
    got = verdict("industry_first", EARLY, as_of="2015-01-01", exemptions=[PAPER])
    assert (got.errors, got.count("exempt"), got.breaches[0].note) == (
        0,
        1,
        "苏宿管〔2010〕7号 园区管委会 2010-05-01 – 2020-01-01",
    )
    assert "另计：依法豁免 1 处" in got.line("zh")
    assert verdict("industry_first", EARLY, as_of="2021-01-01", exemptions=[PAPER]).state == "fail"


def test_an_exemption_that_ends_does_not_hold_where_no_day_is_given():
    assert verdict("industry_first", EARLY, exemptions=[PAPER]).state == "fail"
    assert verdict("industry_first", EARLY, exemptions=[replace(PAPER, expiry=None)]).errors == 0


def test_a_waiver_of_a_reviewer_is_counted_apart_until_its_last_day():
    report = judge(mini(parcels=EARLY, as_of="2015-01-01").plan, WRITTEN, only=["in303"])
    name = report.findings["fingerprint"].iloc[0]
    for expiry, errors in (("", 0), ("2015-01-01", 0), ("2014-12-31", 1)):
        mark = {"verdict": "waived", "reason": "court order", "expiry": expiry}
        got = weighed(report.verdict["industry_first"], replace(report, reviews={name: mark}))
        assert (got.errors, got.count("waived")) == (errors, 1 - errors), expiry


def test_a_conflict_that_was_over_by_the_as_of_date_is_mended_but_a_broken_order_stays_broken():
    near = [
        {
            "id": "M",
            "code": "M3",
            "scheme": "gb50137",
            "buffer_eia": 300.0,
            "start": "2005-01-01",
            "removed": "2012-01-01",
            "wkt": square(),
        }
    ]
    near += [{"id": "H", "code": "R2", "scheme": "gb50137", "start": "2006-01-01", "wkt": square(110)}]
    got = verdict("safety", near, only=["st701"], as_of="2020-01-01")
    assert (got.errors, got.count("mended"), got.breaches[0].note) == (0, 1, "2012-01-01")
    assert verdict("safety", near, only=["st701"], as_of="2011-01-01").errors == 1
    assert verdict("industry_first", EARLY, as_of="2020-01-01").errors == 1


def test_a_layer_declared_complete_is_named_with_its_count_and_one_that_falls_short_leaves_the_verdict_open():
    plan = mini(parcels=LATE).plan
    held = judge(replace(plan, complete={"parcels": 2}), WRITTEN, only=["in303"]).verdict["industry_first"]
    assert (held.settled, held.rests_on) == (True, ())
    assert "地块 2 条，情景称其完整" in held.line("zh")
    short = judge(replace(plan, complete={"parcels": 3}), WRITTEN, only=["in303"]).verdict["industry_first"]
    assert short.settled is False
    assert "地块 称应有 3 条，实有 2 条" in short.line("zh")
    assert judge(plan, WRITTEN, only=["in303"]).verdict["industry_first"].rests_on == ("parcels",)


def test_a_layer_declared_to_hold_nothing_leaves_its_rule_out_and_one_that_is_only_missing_does_not():
    plan = mini(roads=[{"id": "R", "finish": "2010-01-01", "wkt": "LINESTRING (0 0, 100 0)"}]).plan
    missing = judge(plan, only=["ug205"]).verdict["underground_first"]
    assert (missing.share, missing.settled) == (0.0, False)
    none = judge(replace(plan, complete={"excavations": 0}), only=["ug205"]).verdict["underground_first"]
    assert (none.share, none.settled) == (1.0, True)


@pytest.mark.parametrize(("as_of", "state"), [("2026-06-30", "happened"), ("2009-06-30", "ahead"), (None, "ahead")])
def test_nobody_is_told_to_put_off_what_has_happened(as_of, state):
    """The land was released on 2010-06-01: in 2026 that is remedied, in 2009 it is prevented."""
    got = verdict("industry_first", EARLY, as_of=as_of)
    zh, en = load()["IN303"].remedy(state)
    assert (got.worst.advice["zh"], got.worst.advice["en"]) == (zh, en)
    assert zh.rstrip("。") in got.line("zh")
    assert load()["IN303"].remedy("happened") != load()["IN303"].remedy("ahead")
