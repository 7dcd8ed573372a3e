"""The worked profile of a park abroad: its own numbers decide, what is switched off says so, and no shipped number decides."""

from __future__ import annotations

from pathlib import Path

import pytest

import geo_planner as gp
from geo_planner.checks import load
from geo_planner.checks.unstated import unstated
from geo_planner.errors import ProfileError
from geo_planner.lang import LANGS
from geo_planner.read.profile import profile_from, read_profile
from geo_planner.show.exports.results import off_lines, verdict_table
from geo_planner.show.exports.rows import sentences
from tests.one_language import chinese_in

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "abroad" / "northfield.toml"
OFF = ["BA418", "EC602", "IN302", "ST702", "ST708", "UG205"]


@pytest.fixture(scope="module")
def profile():
    return read_profile(SCENARIO.with_name("northfield_rules.toml"))


@pytest.fixture(scope="module")
def report():
    return gp.run_scenario(gp.read_scenario(SCENARIO)).report


def _limits(report, code):
    return report.findings.loc[report.findings["code"] == code, ["id", "limit"]].to_numpy().tolist()


def test_the_numbers_of_the_park_decide(report):
    """132 kV keeps 18 m (110 kV of the shipped table: 7.5), a main under a road 0.9 m (0.7), heavy works 300 m."""
    assert _limits(report, "ST706") == [["B3", 18.0]]
    assert _limits(report, "ST705") == [["W2", 0.9]]
    assert _limits(report, "ST701") == [["H1", 300.0]]
    circle = report.findings[report.findings["code"] == "BA412"]
    assert {row["id"]: row["args"]["radius"] for row in circle.to_dict("records")} == {
        "primary_school": 1600,
        "clinic": 1500,
    }


def test_land_is_read_by_the_parks_own_scheme(report):
    assert report.runs and not report.unknown["reason"].isin(["no_scheme", "unknown_code"]).any()
    assert _limits(report, "BA401") == [], "61 % works, 23 % homes and shops, 16 % open land lie in its own bands"


def test_no_number_of_a_standard_decides_that_the_profile_does_not_state(report, profile):
    for run in report.runs:
        if run.outcome == "skipped":
            continue
        assert unstated(load()[run.code], profile) == [], run.code
        shipped = {n: t for n, t in report.rules[run.code].params.items() if t.origin == "check" and t.unit != "yes/no"}
        assert {n for n, t in shipped.items() if t.level != "ours"} == set(), run.code


def test_what_is_switched_off_is_said_with_its_reason(report):
    assert sorted(run.code for run in report.runs if run.off) == OFF
    rows = {row[0]: row[2] for row in verdict_table(report, "en")}
    assert {rows[code] for code in OFF} == {"switched off"}
    assert any("no law here closes a new road to digging" in line for line in off_lines(report, "en"))
    assert "switched off by the profile: UG205" in report.verdict["underground_first"].line("en")
    assert "按参数文件停用 UG205" in report.verdict["underground_first"].line("zh")


def test_a_check_whose_number_is_not_stated_is_switched_off_and_names_it(report):
    """BA421 rests on 120 m of a Chinese standard, PB107 on the rules of idle land."""
    why = {run.code: run.reason for run in report.runs}
    assert why["BA421"]["en"] == "switched off: the profile takes no shipped numbers and does not state BA421.longest"
    assert why["PB107"]["zh"].startswith("已停用：参数文件不采用程序自带数值，又未给出 PB107.idle")
    assert report.verdict["plan_first"].state == "unknown", "what is not stated is not judged, and not forgiven"


def test_its_bureaus_are_in_charge(report):
    told = {cause.bureau["en"] for cause in report.causes}
    assert {"national power company", "water utility"} <= told


def test_its_english_sentences_hold_no_chinese(report):
    assert {t: w for t in sentences(report, "en") if (w := chinese_in(t))} == {}


def test_levels_of_trust_are_those_of_the_profile(report):
    told = {code: report.rules[code].params["table"].level for code in ("ST706", "ST705", "BA412")}
    assert told == {"ST706": "printed", "ST705": "secondary", "BA412": "printed"}
    assert report.verdict["safety"].worst.trust == "printed"


def _tables(*cells, defaults=False, code="ST705"):
    given = {"value": list(cells), "unit": "cells", "source": "design manual", "level": "printed"}
    factor = {"value": 1.0, "unit": "ratio", "source": "design manual", "level": "printed"}
    return profile_from({"defaults": defaults, code: {"table": given, "factor": factor}}, "own")


def test_a_table_of_which_one_cell_is_left_is_not_judged():
    plan = load()["ST705"].fails.plan
    whole = _tables("*.cover_motor = 0.9", "*.cover_nonmotor = 0.7")
    assert gp.check(plan, profile=whole, only=["ST705"]).findings["limit"].tolist() == [0.9]
    part = _tables("*.cover_motor = 0.9", "water.cover_nonmotor = 0.7")
    (run,) = gp.check(plan, profile=part, only=["ST705"]).runs
    assert run.outcome == "skipped"
    assert "ST705.table (drain.cover_nonmotor)" in run.reason["en"]


def test_a_star_holds_for_the_rows_that_no_cell_names():
    plan = load()["ST705"].fails.plan
    own = _tables("*.cover_motor = 0.9", "water.cover_motor = 0.8", "*.cover_nonmotor = 0.7")
    assert gp.check(plan, profile=own, only=["ST705"]).findings["limit"].tolist() == [0.8]


def test_a_row_is_struck_only_where_that_has_a_meaning():
    with pytest.raises(ProfileError, match="a row is struck in"):
        gp.check(load()["ST705"].fails.plan, profile=_tables("water.cover_motor = none"), only=["ST705"])


def test_a_verdict_all_of_whose_checks_are_switched_off_stays_open():
    codes = [code for code, check in load().items() if check.verdict == "networks"]
    own = profile_from({code: {"off": "no networks here"} for code in codes}, "own")
    report = gp.check(load()["ST705"].passes.plan, profile=own)
    assert report.verdict["networks"].state == "unknown"


@pytest.mark.parametrize("lang", LANGS)
def test_the_rules_say_who_they_are(profile, lang):
    assert profile.title[lang]
    assert profile.chain == ("northfield_rules",), "it stands on no Chinese profile"


def test_defaults_are_yes_or_no():
    with pytest.raises(ProfileError, match="must be true or false"):
        profile_from({"defaults": "off"}, "own")
