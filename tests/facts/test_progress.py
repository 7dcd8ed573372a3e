"""The curves of industry and housing, drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.facts.progress import curve, lead_score, parties


def plan_of(*rows):
    """Rows are (id, code, area in units of 100 m², start, extra)."""
    return mini(
        parcels=[
            {
                "id": name,
                "code": code,
                "scheme": "gb50137",
                "park": "K",
                "start": start,
                "wkt": f"POLYGON (({i * 1000} 0, {i * 1000 + size * 10} 0, {i * 1000 + size * 10} 10, {i * 1000} 10, {i * 1000} 0))",
                **extra,
            }
            for i, (name, code, size, start, extra) in enumerate(rows)
        ]
    ).plan


def test_the_curve_has_a_step_at_each_start():
    plan = plan_of(("A", "M1", 3, "2010-01-01", {}), ("B", "M1", 1, "2012-01-01", {}), ("C", "R2", 2, "2011-01-01", {}))
    line = curve(parties(plan))
    assert [str(d) for d in line.dates] == ["2010-01-01", "2011-01-01", "2012-01-01"]
    assert line.industry.tolist() == [0.75, 0.75, 1.0]
    assert line.others.tolist() == [0.0, 1.0, 1.0]


def test_the_score_is_one_less_twice_the_mean_lead_beyond_the_tolerance():
    """Housing is 25 points ahead for one of two years: 1 - 2 * (0.25 - 0.10) / 2 = 0.85 (365 of 730 days)."""
    plan = plan_of(("A", "M1", 3, "2010-01-01", {}), ("B", "M1", 1, "2012-01-01", {}), ("C", "R2", 2, "2011-01-01", {}))
    assert lead_score(curve(parties(plan)), 0.10) == pytest.approx(0.85)


def test_resettlement_housing_and_ancillary_land_take_no_part():
    plan = plan_of(
        ("A", "M1", 1, "2012-01-01", {}),
        ("B", "R2", 1, "2010-01-01", {"resettle": "是"}),
        ("C", "B1", 1, "2013-01-01", {}),
    )
    table = parties(plan)
    line = curve(table[~table["exempt"]])
    assert line.others_total == 100.0
    assert np.all(line.gap <= 0)


def test_without_industry_there_is_no_curve():
    assert curve(parties(plan_of(("C", "R2", 2, "2011-01-01", {})))) is None
