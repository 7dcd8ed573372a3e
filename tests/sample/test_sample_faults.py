"""A run over the sample as it is sent finds every planted fault, and nothing else at error level."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo_planner.plan import Edit, apply
from geo_planner.sample import FAULTS, faults_text
from geo_planner.sample.faults import ALSO, edits
from geo_planner.study.run import Judged, run_scenario
from geo_planner.verdict import judge

ROOT = Path(__file__).parents[2]
IMPORTED = {"IM503"}
"""Faults that the import mends and notes, so that no check sees them."""


@pytest.fixture(scope="module")
def judged() -> Judged:
    return run_scenario(ROOT / "scenarios" / "susu_base.toml")


@pytest.fixture(scope="module")
def found(judged) -> pd.DataFrame:
    return pd.DataFrame(judged.report.findings.drop(columns="geometry"))


def _features(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return {*zip(rows["code"], rows["id"], strict=True), *zip(rows["code"], rows["other_id"], strict=True)}


def test_there_are_about_thirty_faults_of_every_family():
    assert len(FAULTS) == 40
    assert {f.code[:2] for f in FAULTS} == {"PB", "UG", "IN", "EC", "DA", "IM", "NW", "ST"}
    assert {code[:2] for codes in ALSO.values() for code in codes} == {"BA", "DA", "NW"}


@pytest.mark.slow
@pytest.mark.parametrize("fault", [f for f in FAULTS if f.code not in IMPORTED], ids=lambda f: f"{f.code}-{f.id}")
def test_the_run_finds_the_fault(fault, found):
    assert (fault.code, fault.id) in _features(found)


@pytest.mark.slow
def test_the_run_finds_nothing_else_at_error_level(found):
    errors = found[found["severity"] == "error"]
    known = [(f.code, f.id) for f in FAULTS]
    own, other = (pd.MultiIndex.from_frame(errors[["code", column]]).isin(known) for column in ("id", "other_id"))
    assert errors[~(own | other)][["code", "layer", "id", "other_id"]].to_numpy().tolist() == []


@pytest.mark.slow
def test_no_check_crashes_and_none_that_has_a_fault_is_skipped(judged):
    outcome = {r.code: r.outcome for r in judged.report.runs}
    assert [c for c, o in outcome.items() if o == "crashed"] == []
    assert [f.code for f in FAULTS if f.code not in IMPORTED and outcome[f.code] != "found"] == []


@pytest.mark.slow
def test_what_a_fault_sets_off_besides_is_found_too(found):
    for (_, name), codes in ALSO.items():
        assert set(codes) <= set(found["code"]), name


@pytest.mark.slow
def test_the_crossed_outline_is_mended_on_import_and_noted(judged):
    assert "IM503" in {n.code for n in judged.plan.notes}
    crossed = next(f.id for f in FAULTS if f.code == "IM503")
    lake = judged.plan["parcels"].set_index("id").geometry[crossed]
    assert lake.is_valid
    assert lake.geom_type == "MultiPolygon"


@pytest.mark.slow
def test_the_report_says_schematic(judged):
    assert judged.report.schematic


def test_every_planted_feature_exists_in_the_planted_park(planted):
    for fault in FAULTS:
        assert fault.id in set(planted[fault.layer]["id"]), fault.id


def test_the_committed_list_names_every_fault_in_both_languages():
    text = (ROOT / "layers" / "susu" / "FAULTS.md").read_text(encoding="utf-8")
    assert text == faults_text()
    for fault in FAULTS:
        assert fault.zh in text
        assert fault.en in text


def test_a_fault_is_planted_by_an_edit_with_a_reason():
    assert all(e.reason for e in edits())
    assert {e.kind for e in edits()} == {"set", "retime", "reshape", "add", "remove"}


@pytest.mark.slow
def test_its_findings_are_at_most_45_causes_and_each_is_in_one(judged):
    made = [cause for cause in judged.report.causes if cause.fingerprints]
    assert len(made) <= 45
    assert sorted(f for c in made for f in c.fingerprints) == sorted(judged.report.findings["fingerprint"])


@pytest.mark.slow
def test_a_sewage_works_two_years_late_is_one_cause_of_everything_it_holds_up(judged):
    """The only works comes on 2010-06-09; what waits for it in the base is nothing, so all that is new is its doing."""
    plan = judged.plan
    (works,) = plan["sources"].loc[plan["sources"]["kind"] == "sewer", "id"]
    late = apply(plan, [Edit("retime", "sources", works, {"shift_days": 730})])
    report = judge(late, only=["UG"])
    before = judged.report.findings
    old = set(before.loc[before["code"].str.startswith("UG"), "fingerprint"])
    (cause,) = [c for c in report.causes if (c.layer, c.id) == ("sources", works)]
    assert set(cause.fingerprints) == set(report.findings["fingerprint"]) - old
    assert len(cause.fingerprints) > 70
    assert cause.reach.parcels == len(cause.fingerprints)
