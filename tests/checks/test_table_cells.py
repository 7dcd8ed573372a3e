"""Numbers of tables are reached from a profile, cell by cell."""

from __future__ import annotations

import pytest

from geo_planner.checks import load, run
from geo_planner.checks.contract import mini
from geo_planner.errors import ProfileError
from geo_planner.read.profile import profile_from

LINE = {"id": "L", "kind": "power_corridor", "voltage_kv": 220, "wkt": "LINESTRING (0 0, 200 0)"}
HOUSE = {"id": "B", "wkt": "POLYGON ((0 14, 20 14, 20 30, 0 30, 0 14))"}


def _profile(*cells, code="ST706"):
    given = {"value": list(cells), "unit": "cells", "source": "grid company, 2024"}
    return profile_from({code: {"table": given}}, "own")


@pytest.mark.parametrize(
    ("cells", "limits"), [((), [15.0]), (("220.half_width = 20",), [20.0]), (("220.half_width = 14",), [])]
)
def test_a_house_at_14_m_is_judged_by_the_cell_of_the_profile(cells, limits):
    """The shipped strip of 220 kV is 15 m on each side; other cells stay as they are."""
    plan = mini(buildings=[HOUSE], control_lines=[LINE]).plan
    report = run(plan, _profile(*cells) if cells else None, only=["ST706"])
    assert report.findings["limit"].tolist() == limits
    assert run(plan, None, only=["ST706"]).findings["limit"].tolist() == [15.0], "the shipped table was written into"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("221.half_width = 20", "no row or column '221'"),
        ("220.width = 20", "no row or column 'width'"),
        ("220: 20", "is no cell"),
    ],
)
def test_a_cell_that_is_not_there_is_one_sentence(cell, words):
    with pytest.raises(ProfileError, match=words):
        run(load()["ST706"].fails.plan, _profile(cell), only=["ST706"])


def test_radii_and_needs_are_reached_too():
    assert load()["BA412"].bind(_profile("primary_school.radius = 800", code="BA412")).table == (
        "primary_school.radius = 800",
    )
    with pytest.raises(ProfileError, match="Did you mean primary_school"):
        run(load()["BA415"].fails.plan, _profile("primary_shool.per_thousand = 70", code="BA415"), only=["BA415"])
