"""A report compares by all it says, whatever machine it was made on."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import date

import pytest

from geo_planner.checks import load, run
from geo_planner.plan import Cause, Reach, Report, Scores
from geo_planner.show.exports.causes import causes_back, causes_json


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


def test_causes_come_back_from_their_json_as_they_went():
    reach = Reach(parcels=2, area=1.5, days=30.0, people=7.0)
    words = {"zh": "甲", "en": "a"}
    cause = Cause(
        key="k1",
        codes=("UG201", "UG202"),
        verdict="underground_first",
        severity="error",
        layer="sources",
        id="S1",
        state="ahead",
        title=words,
        place=words,
        remedy=words,
        bureau=words,
        fingerprints=("f1", "f2"),
        reach=reach,
        by_when=date(2026, 7, 1),
        needs=("pipes",),
        rows=3,
    )
    rows = json.loads(json.dumps(causes_json(replace(_empty(), causes=(cause, replace(cause, by_when=None))))))
    assert causes_back(rows) == (cause, replace(cause, by_when=None))


def _empty() -> Report:
    return run(load()["BA401"].fails.plan, only=["DA901"])
