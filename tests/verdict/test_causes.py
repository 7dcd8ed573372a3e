"""Causes: every finding belongs to one, its state follows the as-of date, its reach and order are counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo_planner.checks import load, run, validate
from geo_planner.checks.blocks import Block
from geo_planner.checks.contract import mini
from geo_planner.errors import ProfileError
from geo_planner.plan import Edit, Profile, Threshold, apply
from geo_planner.verdict import cause_rows, judge
from geo_planner.verdict.causes import causes
from geo_planner.verdict.opening import opening
from tests.checks.judging import square

MAIN = {"id": "W", "kind": "water", "finish": "2011-06-01", "wkt": "LINESTRING (0 -5, 1000 -5)"}
WORKS = {"id": "S", "kind": "water", "finish": "2000-01-01", "wkt": "POINT (0 -5)"}
STARTS = (("A", 0, "2011-01-01"), ("B", 200, "2010-06-01"), ("C", 400, "2011-08-01"))


def park(*, as_of=None, pipe=MAIN):
    """Two of three parcels (1 ha each) start before the water main: A by 151 days, B by 365."""
    plots = [
        {"id": n, "code": "M1", "scheme": "gb50137", "district": "北片", "people": 10, "start": day, "wkt": square(x)}
        for n, x, day in STARTS
    ]
    return mini(as_of=as_of, parcels=plots, pipes=[pipe], sources=[WORKS]).plan


def found(plan, *only, profile=None):
    profile = profile or Profile(name="p", values={"UG201": {"kinds": Threshold(("water",), "list", "test")}})
    return judge(plan, profile, only=only).causes


def test_the_main_behind_two_late_parcels_is_one_cause_with_its_reach():
    (cause,) = found(park(as_of="2026-06-30"), "UG201")
    assert (cause.layer, cause.id, cause.codes, cause.verdict) == ("pipes", "W", ("UG201",), "underground_first")
    reach = cause.reach
    assert (reach.parcels, reach.area, reach.days, reach.people) == (2, 20_000.0, 365.0, 20.0)
    assert len(cause.fingerprints) == 2
    assert cause.place == {"zh": "北片", "en": "北片"}
    assert cause.title["zh"] == "管线 W 晚到：未通先建，涉及 2 宗地块，2.0 公顷，最多 365 天，共 2 处"
    assert cause.title["en"].startswith("Pipe W comes late: Started before its services, parcels concerned: 2, 2.0 ha")


@pytest.mark.parametrize(
    ("as_of", "state", "by_when"),
    [("2005-01-01", "ahead", date(2010, 6, 1)), ("2012-01-01", "happened", None), ("2026-06-30", "happened", None)],
)
def test_state_and_remedy_follow_the_as_of_date(as_of, state, by_when):
    (cause,) = found(park(as_of=as_of), "UG201")
    assert (cause.state, cause.by_when) == (state, by_when)
    assert ("推迟开工" in cause.remedy["zh"]) == (state == "ahead")


def test_what_happened_in_part_is_remedied_and_the_rest_prevented():
    """On 2010-12-01 parcel B has started and A has not: A can wait until the day before 2011-01-01."""
    (cause,) = found(park(as_of="2010-12-01"), "UG201")
    assert (cause.state, cause.by_when) == ("happened", date(2011, 1, 1))
    assert cause.remedy["zh"].endswith("尚未发生的 1 处可预防：推迟开工，或将所示管段提前验收")


def test_without_an_as_of_date_nothing_counts_as_happened():
    (cause,) = found(park(), "UG201")
    assert (cause.state, cause.by_when) == ("ahead", None)


def test_a_fault_in_the_data_is_to_be_checked_whatever_the_day():
    plan = mini(as_of="2026-06-30", parcels=[{"id": "A", "wkt": square()}, {"id": "A", "wkt": square(200)}]).plan
    (cause,) = found(plan, "DA901")
    assert (cause.state, cause.verdict, len(cause.fingerprints)) == ("data", "data", 2)


def test_a_missing_layer_is_one_cause_with_the_checks_that_wait_for_it():
    plan = mini(parcels=[{"id": "A", "start": "2010-01-01", "wkt": square()}]).plan
    made = {c.needs: c for c in found(plan, "PB101", "PB102", "UG204") if c.needs}
    assert made["approvals",].codes == ("PB101", "PB102")
    assert made["approvals",].state == "data"
    assert made["approvals",].bureau["zh"] == "自然资源和规划局"
    assert made["roads",].codes == ("UG204",)


def test_rows_that_stay_open_are_one_cause_a_layer_and_reason():
    plan = park(as_of="2026-06-30")
    plan = apply(plan, [Edit("set", "parcels", "C", {"start": None})])
    (gap,) = [c for c in found(plan, "UG201") if c.rows]
    assert (gap.layer, gap.rows, gap.codes, gap.fingerprints) == ("parcels", 1, ("UG201",), ())


@pytest.mark.parametrize("code", list(load()))
def test_every_finding_belongs_to_exactly_one_cause(code):
    plan = load()[code].fails.plan
    report = run(plan, only=[code])
    made = causes(plan, report, Profile(name="p"))
    assert sorted(f for c in made for f in c.fingerprints) == sorted(report.findings["fingerprint"])
    assert len({c.key for c in made}) == len(made)
    for cause in made:
        assert all(cause.title.values())
        assert all(cause.remedy.values())
        assert all(cause.bureau.values())


def test_the_key_stays_when_numbers_and_other_findings_change():
    (before,) = found(park(), "UG201")
    (after,) = found(park(pipe={**MAIN, "finish": "2013-01-01"}), "UG201")
    assert (before.key, len(before.fingerprints), len(after.fingerprints)) == (after.key, 2, 3)


def test_errors_come_before_warnings_and_wide_before_narrow():
    """The main holds up two parcels (error); the overlap of D and E is one (error, 100 m²); BA401 warns."""
    plan = park(as_of="2026-06-30")
    extra = [
        Edit("add", "parcels", n, {"geometry": square(x), "code": "G1", "scheme": "gb50137"})
        for n, x in (("D", 5000), ("E", 5099))
    ]
    made = found(apply(plan, extra), "UG201", "DA903", "BA403")
    assert [c.codes[0] for c in made if c.fingerprints][:2] == ["UG201", "DA903"]
    ranks = [("error", "warning", "info").index(c.severity) for c in made]
    assert ranks == sorted(ranks)


def test_beyond_the_limit_the_least_causes_are_gathered_and_none_is_lost():
    """Three pairs that are too near; with a limit of one, the two lesser pairs become one."""
    plan = load()["ST703"].fails.plan
    report = run(plan, only=["ST703"])
    twice = report.findings.iloc[[0, 0, 0]].reset_index(drop=True)
    twice["id"], twice["fingerprint"] = ["P1", "P2", "P3"], ["f1", "f2", "f3"]
    report = replace(report, findings=twice)
    assert len(causes(plan, report, Profile(name="p"))) == 3
    limit = Profile(name="p", values={"CAUSES": {"most": Threshold(1, "causes", "test")}})
    made = causes(plan, report, limit)
    assert [len(c.fingerprints) for c in made] == [2, 1]


def test_the_office_in_charge_is_that_of_the_utility_and_a_profile_may_name_another():
    plan = park(as_of="2026-06-30")
    assert found(plan, "UG201")[0].bureau == {"zh": "水务局", "en": "water bureau"}
    own = Threshold(("园区水司", "park waterworks"), "office", "test")
    profile = Profile(
        name="p", values={"BUREAU": {"UG201": own}, "UG201": {"kinds": Threshold(("water",), "list", "t")}}
    )
    validate(profile)
    assert found(plan, "UG201", profile=profile)[0].bureau == {"zh": "园区水司", "en": "park waterworks"}
    with pytest.raises(ProfileError, match="BUREAU"):
        validate(Profile(name="p", values={"BUREAU": {"UG2O1": own}}))


def test_the_sentence_of_a_verdict_names_the_worst_place_and_its_numbers():
    profile = Profile(name="p", values={"UG201": {"kinds": Threshold(("water",), "list", "test")}})
    report = judge(park(as_of="2026-06-30"), profile, only=["UG201", "BA403"])
    want = "先地下后地上：不合格。北片：管线 W 晚到：未通先建，涉及 2 宗地块，2.0 公顷，最多 365 天，共 2 处。"
    assert opening(report, "underground_first", "zh") == want
    assert opening(report, "plan_first", "en") == "plan before build: too little evidence."


def test_a_pair_is_named_in_the_singular_of_both_languages():
    plan = load()["EC601"].fails.plan
    made = found(plan, "EC601", profile=Profile(name="p"))
    pair = next(c for c in made if c.id == "P1" and "F1" in c.title["zh"])
    assert pair.title["zh"].startswith("地块 P1 与 控制线 F1：侵占三线")
    assert pair.title["en"].startswith("Parcel P1 and control line F1: Control line violated")


def test_fingerprints_sort_as_two_numbers_as_they_do_as_words():
    names = ["ffab00112233", "0", "00ab", "00aa99", "9f", "", "a" * 16]
    table = pd.DataFrame({"fingerprint": pd.Series(names, dtype="str")})
    keys = cause_rows._in_order(None, Block("X", table))
    assert np.lexsort((keys[:, 1], keys[:, 0])).tolist() == np.argsort(names).tolist()
