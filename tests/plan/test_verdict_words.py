"""What a verdict says in one sentence: each ground stands in it exactly when it holds."""

from __future__ import annotations

import datetime as dt

import pytest

from geo_planner.plan.verdict import (
    Breach,
    Declared,
    Exemption,
    Need,
    Sums,
    Verdict,
    Verdicts,
    Worst,
    brief_line,
    layer_called,
    need_name,
)

WORST = Worst(
    "f1", "PB105", "parcels", "p1", 5431.0, 100.0, "m²",
    {"zh": "p1 越界 5,431 m²。", "en": "p1 reaches 5,431 m² outside."}, {"zh": "收回。", "en": "Draw it back."}, "memory",
)  # fmt: skip
BROKEN = (
    Breach("f1", "PB105", "parcels", "p1", 5431.0),
    Breach("f2", "PB106", "parcels", "p1"),
    Breach("f3", "PB105", "parcels", "p2"),
    Breach("f4", "PB105", "facilities", "s1"),
    Breach("f5", "PB105", "parcels", "p3", standing="exempt"),
    Breach("f6", "PB105", "parcels", "p4", standing="mended"),
)


def passing(**more: object) -> Verdict:
    return Verdict(name="plan_first", state="pass", checks=("PB101",), share=1.0, **more)  # type: ignore[arg-type]


def failing(**more: object) -> Verdict:
    given = {"share": 1.0, "breaches": BROKEN, "worst": WORST, "area": 54_310.0, **more}
    return Verdict(name="plan_first", state="fail", checks=("PB105",), **given)  # type: ignore[arg-type]


def test_a_clean_verdict_names_what_could_be_judged_and_no_more() -> None:
    assert passing().line("zh") == "先规划后建设：合格。可判 100%。"
    assert passing().line("en") == "plan before build: pass. 100% could be judged."


def test_warnings_are_counted_where_there_are_any() -> None:
    assert passing(warnings=3).line("en") == "plan before build: pass. warnings: 3; 100% could be judged."


def test_a_broken_one_names_the_worst_the_count_the_trust_the_remedy_and_what_is_apart() -> None:
    assert failing().line("en").split("; ") == [
        "plan before build: fail. The worst: p1 reaches 5,431 m² outside",
        "violations: 4 (1 facility, 2 parcels, 5.4 ha)",
        "the limit is from memory and to be looked up",
        "remedy: Draw it back",
        "counted apart: 1 past and mended, 1 lawfully exempt",
        "100% could be judged.",
    ]


def test_what_is_all_exempt_has_no_worst_and_no_remedy() -> None:
    told = failing(breaches=BROKEN[4:]).line("en")
    assert told == "plan before build: fail. counted apart: 1 past and mended, 1 lawfully exempt; 100% could be judged."
    assert failing(worst=None).line("en").startswith("plan before build: fail. counted apart: 1 past")


def test_lengths_and_days_are_told_beside_the_area_in_both_languages() -> None:
    sums = Sums(4, {"parcels": 2}, 20_000.0, 1_500.0, 90.0)
    assert (
        brief_line(failing(), sums, "最重", "zh") == "最重；共 4 处，涉及 2 宗地块、2.0 公顷、1.50 公里、最多 90 天。"
    )
    assert brief_line(failing(), sums, "worst", "en") == "Worst; 4 in all (2 parcels, 2.0 ha, 1.50 km, up to 90 days)."


def test_a_brief_of_a_broken_one_says_how_far_it_was_judged_only_where_that_is_too_little() -> None:
    assert "judged" not in failing(not_asked=("PB101",)).brief("en")
    thin = failing(share=0.5, least="PB105", not_asked=("PB101",)).brief("en")
    assert thin.endswith("; 50% judged, 80% needed (least: PB105).")
    assert "not asked" not in thin


def test_a_share_at_the_limit_is_enough() -> None:
    enough = Verdict(name="data", state="pass", checks=("DA901",), share=0.8)
    assert enough.brief("en") == "No violation found; 80% could be judged."
    assert enough.line("en").endswith("80% could be judged.")


def test_a_brief_without_violations_says_clean_only_where_enough_was_judged() -> None:
    assert passing(warnings=2).brief("zh") == "未发现违规；可判 100%；提醒 2 条。"
    thin = Verdict(
        name="data", state="unknown", checks=("DA901",), share=0.5, least="DA901", needs=(Need("roads", ()),)
    )
    assert thin.brief("en") == "50% judged, 80% needed (least: DA901); to be decided by roads roads."


def test_without_a_check_nothing_is_clean_even_at_a_limit_of_nothing() -> None:
    empty = Verdict(name="data", state="unknown", limit=0.0)
    assert empty.brief("en") == "No check could be judged."


def test_needs_are_told_four_at_most_and_only_where_the_evidence_is_missing() -> None:
    needs = tuple(Need(w, ()) for w in ("one", "two", "three", "four", "five"))
    unknown = Verdict(name="data", state="unknown", share=0.1, checks=("DA901",), needs=needs)
    assert "to be decided by one, two, three, four." in unknown.line("en")
    assert "decided" not in passing(needs=needs).line("en")


def test_checks_left_out_or_switched_off_are_named() -> None:
    line = passing(not_asked=("PB102", "PB103"), off=("PB104", "PB106")).line("en")
    assert "checks not asked for: 2; switched off by the profile: PB104, PB106" in line


def test_layers_declared_complete_are_kept_short_or_absent() -> None:
    kept, short, absent = Declared("parcels", 5), Declared("parcels", 3, 5), Declared("parcels", 0)
    assert [one.kept for one in (kept, short, absent, Declared("parcels", 5, 5))] == [True, False, False, True]
    line = passing(declared=(kept, short, absent), rests_on=("approvals", "own")).line("zh")
    name, other = layer_called("parcels", "zh"), layer_called("approvals", "zh")
    assert f"{name} 5 条，情景称其完整；{name} 称应有 5 条，实有 3 条；{name} 称其完整，却没有数据" in line
    assert f"{other}、own 未声明完整" in line


def test_whose_word_it_was_is_told_as_written_where_it_is_no_scenario() -> None:
    assert "by the word of the bureau" in passing(declared=(Declared("parcels", 5, word="bureau"),)).line("en")


def test_what_is_settled_has_no_open_violation_enough_judged_and_what_was_declared() -> None:
    assert passing().settled
    assert not failing().settled
    assert failing(breaches=BROKEN[4:]).settled
    assert not passing(declared=(Declared("parcels", 0),)).settled
    assert not Verdict(name="data", state="unknown", checks=("DA901",), share=0.79).settled


def test_the_seven_together_are_as_bad_as_the_worst() -> None:
    nothing = Verdict(name="balance", state="unknown")
    assert Verdicts((passing(), failing(), nothing)).overall == "fail"
    assert Verdicts((passing(), nothing)).overall == "unknown"
    assert Verdicts((passing(),)).overall == "pass"
    assert Verdicts().overall == "unknown"
    assert Verdicts((passing(), nothing)).clean
    assert not Verdicts((nothing,)).clean
    assert not Verdicts((passing(), failing())).clean


def test_the_lines_begin_with_the_word_over_all_and_how_many_are_what() -> None:
    three = Verdicts((passing(), failing(), Verdict(name="balance", state="pass", checks=("BA401",), share=1.0)))
    assert three.lines("en")[0] == "Overall: fail (1 fail, 2 pass)"
    assert three.text("zh").splitlines() == three.lines("zh")
    assert str(three) == three.text("zh")
    assert len(three.lines()) == 4
    assert Verdicts().lines() == []
    assert len(three) == 3
    assert three["balance"].checks == ("BA401",)
    with pytest.raises(KeyError):
        three["safety"]


def test_a_document_holds_from_its_date_to_its_last_day() -> None:
    paper = Exemption(
        code="PB105", id="p1", number="1", approver="a", date=dt.date(2024, 1, 1), expiry=dt.date(2024, 12, 31)
    )
    days = (dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2024, 12, 31), dt.date(2025, 1, 1), None)
    assert [paper.holds_on(day) for day in days] == [False, True, True, False, False]
    endless = Exemption(code="PB105", id="p1", number="1", approver="a", date=dt.date(2024, 1, 1))
    assert [endless.holds_on(day) for day in days] == [False, True, True, True, True]


def test_a_need_is_named_by_layer_column_and_raster() -> None:
    assert need_name("parcels.far", "zh") == f"{layer_called('parcels', 'zh')}的{need_name('far', 'zh')}"
    assert need_name("parcels.far", "en") == f"{need_name('far', 'en')} of {layer_called('parcels', 'en')}"
    assert need_name("parcels", "zh") == f"{layer_called('parcels', 'zh')} parcels"
    assert need_name("parcels.nothing", "en") == f"{layer_called('parcels', 'en')} parcels.nothing"
    assert need_name("something", "zh") == need_name("something", "en") == "something"
    assert need_name("dem", "zh") != need_name("dem", "en") != "dem"
    assert layer_called("own_layer", "zh") == "own_layer"
    assert "(" not in layer_called("parcels", "en")
