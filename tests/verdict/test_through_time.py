"""Verdicts through time: a word follows the day, an order once broken stays broken, a state that ended is mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from geo_planner.lang import LANGS
from geo_planner.plan import Exemption, Verdict, Verdicts
from geo_planner.plan.verdict import Breach
from geo_planner.verdict.through_time import counts_through_time, through_time
from tests.show.parks import plan, report

DAYS = [date(2009, 12, 31), date(2012, 12, 31), date(2016, 12, 31), date(2020, 12, 31)]


def told(**how: object):
    """The toy's findings 0 (from 2012, P0) and 1 as breaches of plan_first and safety."""
    toy = report(plan())
    found = toy.findings.copy()
    found.loc[:, "from"] = pd.to_datetime(["2012-01-01", "2010-06-01", "2015-01-01"])
    found.loc[:, "to"] = pd.to_datetime([None, "2014-06-01", None])
    names = found["fingerprint"].tolist()
    items = (
        Verdict(
            name="plan_first",
            state="fail",
            checks=("PB101",),
            share=1.0,
            breaches=(Breach(names[0], found["code"][0], "parcels", "P0", 10_000.0),),
        ),
        Verdict(
            name="safety",
            state="fail",
            checks=("ST701",),
            share=0.5,
            breaches=(Breach(names[1], found["code"][1], "roads", "R1", 0.0, 500.0),),
        ),
    )
    return replace(toy, findings=found, verdict=Verdicts(items), **how)


def test_a_broken_order_stays_broken_and_a_state_that_ended_is_mended() -> None:
    seen = through_time(told(), DAYS)
    assert [(m.at, m.state, m.errors) for m in seen["plan_first"]] == [(0, "pass", 0), (1, "fail", 1)]
    assert [(m.at, m.state, m.errors) for m in seen["safety"]] == [(0, "unknown", 0), (1, "fail", 1), (2, "unknown", 0)]


def test_the_sentence_of_a_day_names_the_worst_place_and_the_sums() -> None:
    last = through_time(told(), DAYS)["plan_first"][-1]
    assert last.text["zh"].endswith("；共 1 处，涉及 1 宗地块、1.0 公顷。")
    assert last.text["en"].endswith("; 1 in all (1 parcel, 1.0 ha).")
    assert last.fingerprint == "000000000000"


def test_a_document_covers_a_violation_only_while_it_is_in_force() -> None:
    code = told().verdict["plan_first"].breaches[0].code
    paper = Exemption(code=code, id="P0", number="1", approver="a", date=date(2012, 6, 1), expiry=date(2017, 1, 1))
    seen = through_time(told(exemptions=(paper,)), DAYS)["plan_first"]
    assert [(m.at, m.state) for m in seen] == [(0, "pass"), (3, "fail")]


def test_the_counts_of_a_day_are_those_of_findings_that_are_so_on_it() -> None:
    # P0 from 2012 on, the second from mid 2010 to mid 2014, the third from 2015 on
    toy = told()
    counts = counts_through_time(toy, DAYS)
    assert [sum(n) for n in zip(*counts.values(), strict=True)] == [0, 2, 2, 2]


def test_a_brief_sentence_is_made_in_both_languages() -> None:
    clean = Verdict(name="balance", state="pass", checks=("BA401",), share=0.89, warnings=14)
    assert clean.brief("zh") == "未发现违规；可判 89%；提醒 14 条。"
    assert clean.brief("en") == "No violation found; 89% could be judged; warnings: 14."
    thin = replace(clean, state="unknown", share=0.5, least="BA411")
    assert all(thin.brief(x) for x in LANGS)
    assert thin.brief("zh").startswith("可判 50%，至少要 80%（BA411 最少）")
