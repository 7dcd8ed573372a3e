"""Any number of a profile may have editions: a row is judged by the one in force on the day of its grant or start."""

from __future__ import annotations

from datetime import date

import pytest

from geo_planner.checks import run
from geo_planner.checks.contract import mini
from geo_planner.read.profile import profile_from

BOX = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"


def _profile(code, key, *editions):
    rows = [{"unit": "%", "source": "example", **edition} for edition in editions]
    return profile_from({code: {key: rows}}, "dated")


def _days(**days):
    return {k: date.fromisoformat(v) if k.startswith("valid") else v for k, v in days.items()}


COVER = _profile(
    "PB101",
    "cover",
    _days(value=40.0, valid_from="2005-01-01", valid_to="2009-12-31"),
    _days(value=60.0, valid_from="2010-01-01"),
)


@pytest.mark.parametrize(
    ("start", "limit", "unknown"), [("2009-12-31", None, 0), ("2010-01-01", 60.0, 0), ("2004-12-31", None, 1)]
)
def test_a_parcel_half_covered_is_judged_by_the_edition_of_its_start(start, limit, unknown):
    """Half of the parcel is in the plan: enough under 40 %, too little under 60 %, no edition before 2005."""
    unit = {
        "id": "K",
        "kind": "detailed_plan",
        "start": "2001-01-01",
        "wkt": "POLYGON ((0 0, 50 0, 50 100, 0 100, 0 0))",
    }
    plan = mini(parcels=[{"id": "A", "start": start, "wkt": BOX}], approvals=[unit]).plan
    report = run(plan, COVER, only=["PB101"])
    assert report.findings["limit"].tolist() == ([] if limit is None else [limit])
    assert report.unknown["reason"].tolist() == ["no_edition"] * unknown
    assert report.runs[0].rows_judged == 1 - unknown


def test_works_to_come_are_judged_by_the_last_edition_a_grant_outranks_the_start_and_no_day_is_unknown():
    """DA906: 1 % before 2010, 10 % since. Declared 10,500 m² for 10,000: 4.8 % (of the declared) or 5 %."""
    dated = _profile(
        "DA906", "tolerance", _days(value=1.0, valid_to="2009-12-31"), _days(value=10.0, valid_from="2010-01-01")
    )
    parcels = [
        {"id": "old", "released": "2009-06-01", "start": "2011-01-01", "area_declared": 10_500.0, "wkt": BOX},
        {"id": "late", "released": "2010-06-01", "area_declared": 10_500.0, "wkt": BOX},
        {"id": "to come", "start": "2035-01-01", "area_declared": 10_500.0, "wkt": BOX},
        {"id": "undated", "area_declared": 10_500.0, "wkt": BOX},
    ]
    plan = mini(parcels=parcels).plan
    report = run(plan, dated, only=["DA906"])
    assert report.findings["id"].tolist() == ["old"]
    assert report.unknown[["id", "reason"]].to_numpy().tolist() == [["undated", "no_date"]]
    assert report.runs[0].rows_judged == 3
