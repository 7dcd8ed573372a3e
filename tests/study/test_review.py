"""Reviews come back: a waiver stays visible, other data are refused, conflicts are listed."""

from __future__ import annotations

import json

import pytest

from geo_planner.checks import load
from geo_planner.errors import ReviewError
from geo_planner.study.review import FORMAT, merge_reviews, with_reviews
from geo_planner.verdict import judge as run


@pytest.fixture(scope="module")
def report():
    return run(load()["IN303"].fails.plan, only=["IN303"])


def write(path, digest, *marks):
    path.write_text(json.dumps({"format": FORMAT, "plan": digest, "marks": list(marks)}), encoding="utf-8")
    return path


def mark(report, verdict, **more):
    return {
        "fingerprint": report.findings["fingerprint"].iloc[0],
        "verdict": verdict,
        "reviewer": "王",
        "date": "2026-07-01",
        **more,
    }


def test_a_waived_finding_stays_and_no_longer_counts(report, tmp_path):
    review = write(tmp_path / "r.json", report.plan_digest, mark(report, "waived", reason="安置房"))
    after = with_reviews(report, [review])
    assert (report.count("error"), after.count("error"), len(after.findings)) == (1, 0, 1)


def test_a_review_of_other_data_is_refused(report, tmp_path):
    review = write(tmp_path / "r.json", "0" * 64, mark(report, "accepted"))
    with pytest.raises(ReviewError, match="made on plan 000000000000, this run is on"):
        with_reviews(report, [review])


def test_a_waiver_without_a_reason_is_refused(report, tmp_path):
    with pytest.raises(ReviewError, match="waived without a reason"):
        merge_reviews([write(tmp_path / "r.json", report.plan_digest, mark(report, "waived"))])


def test_where_reviewers_differ_the_latest_stands_and_the_conflict_is_listed(report, tmp_path):
    a = write(tmp_path / "a.json", report.plan_digest, mark(report, "accepted"))
    b = write(tmp_path / "b.json", report.plan_digest, mark(report, "rejected", reviewer="李", date="2026-07-02"))
    merged = merge_reviews([a, b])
    assert [m.verdict for m in merged.marks] == ["rejected"]
    assert [[m.reviewer for m in group] for group in merged.conflicts] == [["王", "李"]]


def test_reviews_of_different_runs_are_not_merged(report, tmp_path):
    a = write(tmp_path / "a.json", report.plan_digest)
    b = write(tmp_path / "b.json", "1" * 64)
    with pytest.raises(ReviewError, match="made on different data"):
        merge_reviews([a, b])


def test_a_file_that_is_no_review_is_said_so(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ReviewError, match="is no review of this program"):
        merge_reviews([path])
