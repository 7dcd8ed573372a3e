"""A report compares by all it says, whatever machine it was made on."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from geo_planner.checks import load, run
from geo_planner.plan import Report, Scores


@pytest.fixture(scope="module")
def report() -> Report:
    return run(load()["BA401"].fails.plan, only=["BA", "DA"])


def test_a_report_comes_back_from_a_pickle_and_from_a_copy_equal(report):
    for other in (pickle.loads(pickle.dumps(report)), copy.deepcopy(report)):
        assert (other, hash(other)) == (report, hash(report))


def test_the_seconds_of_a_run_are_not_what_a_report_says(report):
    assert replace(report, runs=tuple(replace(r, seconds=9.0) for r in report.runs)) == report


@pytest.mark.parametrize(
    "change",
    [
        lambda r: {"findings": r.findings.assign(value=r.findings["value"] + 1e-9)},
        lambda r: {"findings": r.findings.set_geometry(r.findings.translate(1e-6))},
        lambda r: {"findings": r.findings.iloc[1:]},
        lambda r: {"unknown": r.unknown.iloc[:0] if len(r.unknown) else r.findings[["layer", "id"]]},
        lambda r: {"runs": r.runs[1:]},
        lambda _: {"scores": Scores(S1=0.5)},
        lambda _: {"as_of": "2020-01-01"},
        lambda _: {"curves": {"K": {"dates": ["2020-01-01"]}}},
    ],
    ids=["value", "evidence", "a finding", "unknown", "a run", "a score", "day", "curves"],
)
def test_whatever_a_report_says_tells_it_from_another(report, change):
    assert replace(report, **change(report)) != report
