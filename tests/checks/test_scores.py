"""A score never counts a check that did not run as passed."""

from __future__ import annotations

from geo_planner.checks.contract import mini
from geo_planner.verdict import judge as run
from tests.checks.judging import square

PARCEL = {"id": "A", "start": "2010-03-01", "wkt": square()}
UNIT = {"id": "KG", "kind": "detailed_plan", "start": "2009-12-01", "wkt": square()}
PERMIT = {"id": "X", "kind": "construction_permit", "parcel": "A", "start": "2010-02-01", "wkt": square()}


def test_without_one_of_its_two_main_checks_there_is_no_s1():
    """No detailed plan: PB101 is skipped, and PB102 alone once made S1 = 1."""
    scores = run(mini(parcels=[PARCEL], approvals=[PERMIT]).plan, only=["pb"]).scores
    assert (scores.S1, scores.reasons["S1"]) == (None, "no_column")


def test_a_score_over_fewer_checks_says_so():
    scores = run(mini(parcels=[PARCEL], approvals=[UNIT, PERMIT]).plan, only=["pb"]).scores
    assert (scores.S1, scores.upper["S1"], scores.reasons["S1"]) == (0.0, 1.0, "without_checks")
