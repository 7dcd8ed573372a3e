"""The curves of industry and housing, drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.facts.progress import curve, lead_excess, parties


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


def test_the_excess_is_summed_over_the_land_that_started_too_early():
    """Homes go from 0 to all while 3/4 of industry has started: the part above 0.75 + 0.10 is 0.15, a triangle."""
    plan = plan_of(("A", "M1", 3, "2010-01-01", {}), ("B", "M1", 1, "2012-01-01", {}), ("C", "R2", 2, "2011-01-01", {}))
    line = curve(parties(plan))
    assert lead_excess(line.industry, line.others, 0.10) == pytest.approx(0.15**2 / 2)


def test_years_in_which_nothing_starts_do_not_dilute_a_lead():
    """Half of the homes before any plant, the rest with it: 0.4 ** 2 / 2 = 0.08, whether the plant comes late or soon."""
    for year in (2001, 2040):
        rows = [
            ("A", "M1", 1, f"{year}-01-01", {}),
            ("B", "R2", 1, "2000-01-01", {}),
            ("C", "R2", 1, f"{year}-01-01", {}),
        ]
        line = curve(parties(plan_of(*rows)))
        assert lead_excess(line.industry, line.others, 0.10) == pytest.approx(0.08)


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
