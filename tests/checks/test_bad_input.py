"""What does not fit is said in one sentence, and the rest is judged."""

from __future__ import annotations

import pytest

from geo_planner.checks.contract import grid
from geo_planner.plan import Profile, Threshold
from geo_planner.verdict import judge as run

from .judging import judge, mini, square

WORKS = {"id": "M", "code": "M1", "scheme": "gb50137", "park": "K", "wkt": square(0, 0, 100)}
HOMES = {"id": "R", "code": "R2", "scheme": "gb50137", "park": "K", "wkt": square(200, 0, 100)}
PARK = {"id": "K", "wkt": square(-100, -100, 1000)}


def runs(plan, profile=None, only=()):
    return {r.code: r for r in run(plan.plan, profile, only=only).runs}


def test_an_unknown_code_is_named_by_da905_and_the_other_parcels_are_judged():
    report = run(mini(parcels=[WORKS | {"code": "Q9"}, HOMES], parks=[PARK]).plan, only=["DA905", "BA401", "ST701"])
    assert report.findings.loc[report.findings["code"] == "DA905", "id"].tolist() == ["M"]
    by_code = {r.code: r for r in report.runs}
    assert by_code["BA401"].rows_judged == 1
    assert by_code["BA401"].rows_unknown == 1
    assert report.unknown.loc[report.unknown["code"] == "BA401", "reason"].tolist() == ["unknown_code"]


def test_codes_of_another_scheme_are_unknown_and_not_guessed():
    out = judge("BA401", parcels=[WORKS | {"scheme": "guide2023"}, HOMES])
    assert out.unknown["id"].tolist() == ["M"]
    assert out.judged == 1


def test_a_rose_that_does_not_sum_to_a_hundred_skips_its_check_alone():
    profile = Profile("p", {"ST709": {"rose": Threshold((5.0,) * 16, "%", "test")}})
    got = runs(mini(parcels=[WORKS | {"code": "M3"}, HOMES]), profile, ["ST709", "ST701"])
    assert got["ST709"].outcome == "skipped"
    assert "100 % (80.0–80.0 %)" in got["ST709"].reason["en"]
    assert got["ST701"].outcome == "found"


def test_a_raster_that_does_not_cover_the_park_leaves_its_parcels_unknown():
    flat = grid([[5.0] * 12 for _ in range(12)])
    out = judge("ST710", parcels=[WORKS, HOMES], rasters={"dem": flat})
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["R", "outside_raster"]]
    assert out.judged == 1


def test_a_raster_somewhere_else_skips_its_check_with_the_word():
    far = grid([[5.0] * 4 for _ in range(4)])
    away = type(far)(far.name, far.values, (10.0, 0.0, 9e5, 0.0, -10.0, 9e5), far.crs)
    got = runs(mini(parcels=[WORKS, HOMES], rasters={"dem": away}), only=["ST710", "BA401"])
    assert got["ST710"].outcome == "skipped"
    assert got["ST710"].reason["en"]
    assert got["BA401"].outcome == "found"


@pytest.mark.parametrize(("area", "found"), [(-5000.0, ["M"]), (0.0, [])])
def test_a_negative_area_is_found_and_an_area_of_nought_is_unknown(area, found):
    out = judge("DA906", parcels=[WORKS | {"area_declared": area}, HOMES | {"area_declared": 10_000.0}])
    assert out.rows["id"].tolist() == found
    assert out.unknown["id"].tolist() == ([] if found else ["M"])
