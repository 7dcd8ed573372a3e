"""What the sample's findings come from: one works two years late is one cause, however many parcels wait for it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo_planner.plan import Edit, Plan, apply
from geo_planner.plan.report import Report
from geo_planner.read.profile import read_profile
from geo_planner.read.scenario import read_scenario
from geo_planner.show.still.still import proven
from geo_planner.study.run import load_scenario
from geo_planner.verdict import judge

SCENARIO = read_scenario(Path(__file__).parents[2] / "scenarios" / "susu_base.toml")
WORKS = "YZ-01-01-01"


@pytest.fixture(scope="module")
def late() -> tuple[Plan, Report]:
    """The sewage works in service on 2010-06-09 in place of 2008-06-09."""
    plan = apply(load_scenario(SCENARIO), [Edit("retime", "sources", WORKS, {"shift_days": 730})])
    return plan, judge(plan, read_profile("china"), only=["UG201", "UG202"])


def test_a_sewage_works_two_years_late_is_one_cause_with_all_parcels_that_wait(late):
    plan, report = late
    waiting = report.findings[report.findings["other_id"] == WORKS]
    parcels = plan["parcels"]
    used = parcels[(parcels["used"] < pd.Timestamp("2010-06-09")) & parcels["used"].notna()]
    assert len(waiting) == len(set(waiting["id"])) == 76
    assert set(waiting["id"]) <= set(used["id"])
    causes = [c for c in report.causes if set(c.fingerprints) & set(waiting["fingerprint"])]
    assert [(c.layer, c.id, len(c.fingerprints)) for c in causes] == [("sources", WORKS, 76)]
    first = used[used["id"].isin(waiting["id"])]["used"].min()
    assert causes[0].reach.days == (pd.Timestamp("2010-06-09") - first).days == 604


def test_its_proof_draws_the_way_from_the_works_and_names_them_as_what_came_last(late):
    plan, report = late
    proof = next(p for c, p in proven(plan, report) if c.id == WORKS)
    (way,) = [party for party in proof["parties"] if party["way"]]
    assert (way["kind"], way["source"], way["of"]) == ("sewer", WORKS, {"layer": "sources", "id": WORKS})
    assert way["gap"]["to"] == "2010-06-09"
    assert len(proof["waiting"]) == 12
