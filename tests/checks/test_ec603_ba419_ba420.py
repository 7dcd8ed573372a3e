"""EC603 corridors by year, BA419 what the rasters show, BA420 land consumed."""

from __future__ import annotations

import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import grid
from geo_planner.plan import Skipped
from tests.checks.one_rule import box, judge, mini, parcel


def strip(name, code, x, width=200, **more):
    return parcel(name, code, box(x, 0, x + width, 100), **more)


def test_the_year_and_parcel_that_cut_the_corridor_are_named():
    land = [
        strip("W", "E1", 0),
        strip("X", "M1", 200, start="2018-05-01"),
        strip("N", "G2", 400),
        strip("Y", "M1", 600, start="2015-01-01"),
    ]
    found = judge("EC603", mini(parcels=land)).rows.iloc[0]
    assert (found["id"], found["other_id"], found["args"]["year"]) == ("X", "N|W", "2018")
    # Before: a_i a_j p with p = 0.5^(cost/1000), after: the two alone; both patches 20,000 m².
    cost = 9 * 20 * 5 + 2 * 20 * 3
    assert found["value"] == pytest.approx(100 * (1 - 2 / (2 + 2 * 0.5 ** (cost / 1000))), abs=0.01)


def test_a_fall_up_to_the_limit_is_noise():
    whole = judge("EC603", load()["EC603"].fails.plan)
    fall = whole.rows["value"].iloc[0]
    assert (len(whole.rows), whole.rows["limit"].tolist()) == (1, [1.0])
    assert len(judge("EC603", load()["EC603"].fails.plan, drop=fall + 0.001).rows) == 0
    assert len(judge("EC603", load()["EC603"].fails.plan, drop=fall - 0.001).rows) == 1


def test_a_corridor_of_farmland_beside_the_works_is_kept():
    land = [
        strip("W", "E1", 0),
        strip("X", "M1", 200, start="2018-05-01"),
        strip("N", "G2", 400),
        parcel("F", "E2", box(0, 100, 600, 160)),
    ]
    assert not len(judge("EC603", mini(parcels=land)).rows)


def test_patches_out_of_reach_from_the_first_day_are_no_loss():
    land = [
        strip("W", "E1", 0),
        strip("F", "E2", 200, width=1500, start="2018-05-01"),
        strip("N", "G2", 1700),
        strip("M", "M1", 1900, start="2018-01-01"),
    ]
    assert not len(judge("EC603", mini(parcels=land)).rows)


def test_one_patch_alone_is_no_network():
    with pytest.raises(Skipped):
        judge("EC603", mini(parcels=[strip("W", "E1", 0)]))


def covers(*years):
    return {
        f"landcover_{y}": grid([[west] * 5 + [east] * 5 for _ in range(5)], name=f"landcover_{y}", year=y)
        for y, west, east in years
    }


def west(code="M1", **more):
    return parcel("A", code, box(10, 10, 40, 40), **more)


def east(code="M1", **more):
    return parcel("B", code, box(60, 10, 90, 40), **more)


def test_a_parcel_seen_built_years_before_its_start_is_found():
    rasters = covers((2008, 80, 10), (2012, 80, 10))
    found = judge("BA419", mini(parcels=[west(start="2010-03-01"), east(start="2010-03-01")], rasters=rasters)).rows
    assert found[["id", "value", "limit"]].to_numpy().tolist() == [["A", 2008.0, 2010.0]]


@pytest.mark.parametrize(("start", "found"), [("2009-12-31", 0), ("2010-01-01", 1)])
def test_one_year_of_slack_is_allowed(start, found):
    assert (
        len(judge("BA419", mini(parcels=[west(start=start)], rasters=covers((2008, 80, 10), (2012, 80, 10)))).rows)
        == found
    )


def test_a_parcel_reported_complete_and_still_unbuilt_is_found():
    found = judge(
        "BA419",
        mini(parcels=[west(finish="2010-06-01")], rasters=covers((2008, 10, 10), (2014, 10, 10), (2018, 80, 10))),
    ).rows
    assert found[["id", "value", "limit"]].to_numpy().tolist() == [["A", 2014.0, 2010.0]]


def test_housing_built_before_industry_is_seen_without_any_dates():
    found = judge("BA419", mini(parcels=[west("M1"), east("R2")], rasters=covers((2008, 10, 80), (2014, 80, 80)))).rows
    assert found[["id", "value", "limit"]].to_numpy().tolist() == [["2008", 100.0, 10.0]]
    assert not len(
        judge("BA419", mini(parcels=[west("M1"), east("R2")], rasters=covers((2008, 80, 10), (2014, 80, 80)))).rows
    )


def test_one_raster_alone_shows_no_change():
    with pytest.raises(Skipped):
        judge("BA419", mini(parcels=[west()], rasters=covers((2008, 10, 10))))


def test_land_lost_to_building_is_information_per_class():
    found = judge("BA420", mini(parcels=[west(), east()], rasters=covers((2010, 10, 20), (2020, 80, 80)))).rows
    assert found[["id", "value"]].to_numpy().tolist() == [["2010-2020-10", 0.12], ["2010-2020-20", 0.12]]
    assert found["args"][0]["per_year"] == pytest.approx(0.012)


@pytest.mark.parametrize(("people", "ratio"), [((2010, 1000, 2020, 2000), 1.0), ((2010, 1000, 2020, 4000), 0.5)])
def test_land_that_doubles_is_set_against_people(people, ratio):
    """Built land doubles: the western half is built in 2010, both halves in 2020. SDG 11.3.1 is ln 2 over ln of the people."""
    found = judge(
        "BA420", mini(parcels=[west(), east()], rasters=covers((2010, 80, 10), (2020, 80, 80))), people=people
    ).rows
    row = found[found["id"] == "sdg1131-2010-2020"]
    assert row["value"].tolist() == pytest.approx([ratio])


@pytest.mark.parametrize("people", [(2010, 1000, 2020), (2010, 0, 2020, 5)])
def test_people_that_do_not_fit_are_one_clear_word(people):
    with pytest.raises(Skipped) as why:
        judge("BA420", mini(parcels=[west(), east()], rasters=covers((2010, 80, 10), (2020, 80, 80))), people=people)
    assert why.value.reason == "bad_value"


def test_completion_has_a_year_of_slack_too():
    land = [west(finish="2013-06-01")]
    assert not len(
        judge("BA419", mini(parcels=land, rasters=covers((2008, 10, 10), (2014, 10, 10), (2018, 80, 10)))).rows
    )


def test_a_parcel_half_built_over_is_built():
    half = parcel("A", "M1", box(10, 10, 90, 40), start="2012-01-01")
    out = judge("BA419", mini(parcels=[half], rasters=covers((2008, 80, 10), (2012, 80, 10))))
    assert out.rows["id"].tolist() == ["A"]
    less = parcel("A", "M1", box(11, 10, 91, 40), start="2012-01-01")
    assert not len(judge("BA419", mini(parcels=[less], rasters=covers((2008, 80, 10), (2012, 80, 10)))).rows)


def test_ten_points_ahead_are_tolerated_in_the_rasters_too():
    assert not len(
        judge(
            "BA419", mini(parcels=[west("M1"), east("R2")], rasters=covers((2008, 10, 80), (2014, 80, 80))), ahead=100.0
        ).rows
    )


def test_the_evidence_of_an_early_town_is_its_built_homes():
    land = [west("M1"), east("R2"), parcel("C", "R2", box(10, 10, 40, 40))]
    found = judge("BA419", mini(parcels=land, rasters=covers((2008, 10, 80), (2014, 80, 80)))).rows.iloc[0]
    assert (found["value"], found.geometry.area) == (50.0, 900.0)


def test_land_below_a_tenth_of_a_hectare_is_not_told_and_exactly_a_tenth_is():
    """Cells of 10 m: ten cells are 0.1 ha."""

    def cover(year, built):
        rows = [[80 if 5 * r + c < built else 10 for c in range(5)] for r in range(5)]
        return grid(rows, name=f"landcover_{year}", year=year)

    def lost(cells):
        land = [parcel("A", "M1", box(0, 0, 50, 50))]
        return judge(
            "BA420",
            mini(parcels=land, rasters={"landcover_2010": cover(2010, 0), "landcover_2020": cover(2020, cells)}),
        ).rows

    assert lost(10)["value"].tolist() == [0.1]
    assert not len(lost(9))


def test_three_rasters_are_two_periods():
    found = judge(
        "BA420", mini(parcels=[west(), east()], rasters=covers((2010, 10, 20), (2015, 80, 20), (2020, 80, 80)))
    ).rows
    assert found["id"].tolist() == ["2010-2015-10", "2015-2020-20"]
