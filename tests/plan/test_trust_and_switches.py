"""How far a number can be trusted, and checks that a profile switches off."""

from __future__ import annotations

import pytest

from geo_planner.checks import load, run
from geo_planner.checks.contract import mini
from geo_planner.errors import ProfileError
from geo_planner.plan import Profile, Threshold
from geo_planner.plan.trust import LEVELS, level_of
from geo_planner.read.profile import read_profile
from geo_planner.show.documents.rules import explained
from geo_planner.verdict import judge


@pytest.mark.parametrize(
    ("source", "verified", "level"),
    [
        ("project default, no standard", False, "ours"),
        ("project default; radii GB 50180-2018, from memory", False, "ours"),
        ("GB 50016-2014 (2018) table 3.4.1, two secondary sources", False, "two_secondary"),
        ("城市道路管理条例（国务院令第198号），经两处公开文本核对", True, "two_secondary"),
        ("自然资发〔2023〕72号, secondary source [R]", False, "secondary"),
        ("二手来源：苏政发〔2021〕20号", False, "secondary"),
        ("GB 50318-2017, from memory, shaky [M?]", False, "memory"),
        ("GB 50016-2014", False, "memory"),
        ("GB 50016-2014", True, "printed"),
    ],
)
def test_a_number_is_trusted_as_far_as_the_words_of_its_source_go(source, verified, level):
    assert level_of(source, verified=verified) == level
    assert Threshold(1.0, "m", source, verified=verified).level == level


def test_no_number_of_ours_claims_to_be_from_a_printed_standard():
    levels = {f"{c}.{k}": t.level for c, check in load().items() for k, t in check.thresholds(Profile("x")).items()}
    assert [name for name, level in levels.items() if level == "printed"] == []
    assert set(levels.values()) == {"ours", "two_secondary", "secondary", "memory"} & set(levels.values())


@pytest.fixture
def profile(tmp_path):
    def read(text: str) -> Profile:
        (tmp_path / "p.toml").write_text(text, encoding="utf-8")
        return read_profile("p.toml", base=tmp_path)

    return read


def test_a_profile_may_name_the_level_and_only_one_of_the_five(profile):
    text = '[IN301.tolerance]\nvalue = 5.0\nunit = "%"\nsource = "seen on paper"\nlevel = "{}"\n'
    assert profile(text.format("printed")).values["IN301"]["tolerance"].level == "printed"
    with pytest.raises(ProfileError, match="level = 'sure' is none of " + ", ".join(LEVELS)):
        profile(text.format("sure"))


def test_the_level_stands_at_the_number_in_both_languages():
    rule = load()["UG205"].rule(read_profile("china"))
    assert any("[两处独立二手来源]" in line for line in explained(rule, "zh"))
    assert any("[two secondary sources]" in line for line in explained(rule, "en"))


def test_a_check_that_is_switched_off_is_shown_so_and_never_passed(profile):
    off = profile('[IN303]\noff = "housing first by decree"\n')
    report = run(load()["IN303"].fails.plan, off, only=["IN303"])
    (row,) = report.runs
    assert (row.outcome, row.reason["en"]) == ("skipped", "switched off: housing first by decree")
    assert row.reason["zh"] == "已停用：housing first by decree"
    assert len(report.findings) == 0
    assert off.digest != Profile(name="p").digest


def test_a_narrower_profile_that_gives_a_number_switches_the_check_on_again(profile):
    wide = profile('[IN303]\noff = "none here"\n')
    number = {"IN303": {"allowance": Threshold(0.0, "d", "ours")}}
    assert wide.under(Profile("park", number)).off == {}
    assert wide.under(Profile("park")).off == {"IN303": "none here"}


@pytest.mark.parametrize(
    "text", ['off = ""', "off = true", 'off = "why"\n[IN303.allowance]\nvalue = 1.0\nunit = "d"\nsource = "x"']
)
def test_a_switch_needs_its_reason_and_nothing_else(profile, text):
    with pytest.raises(ProfileError, match=r"\[IN303\] off needs its reason"):
        profile(f"[IN303]\n{text}\n")


def test_only_a_check_that_exists_can_be_switched_off(profile):
    with pytest.raises(ProfileError, match="there is no check 'IN333' to switch off"):
        run(load()["IN303"].fails.plan, profile('[IN333]\noff = "why"\n'), only=["IN303"])


def test_the_worst_case_of_a_verdict_reads_trust_as_every_other_place_does():
    # The limit of 100 m² is PB104's only number of that value.
    land = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"
    far = "POLYGON ((500 0, 600 0, 600 100, 500 100, 500 0))"
    hall = {"id": "H", "start": "2010-01-01", "wkt": land}
    permit = {"id": "X", "kind": "works_permit", "start": "2009-01-01", "wkt": far}
    plan = mini(buildings=[hall], approvals=[permit]).plan
    for source, level in (("a secondary source", "secondary"), ("GB 1234", "memory"), ("project default", "ours")):
        profile = Profile("own", {"PB104": {"tolerance": Threshold(100.0, "m²", source)}})
        worst = [v.worst for v in judge(plan, profile, only=["PB104"]).verdict if v.worst]
        assert [w.trust for w in worst] == [level]
