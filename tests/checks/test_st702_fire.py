"""ST702: the fire table cell by cell, and what the layer cannot tell."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.st702_buildings_too_close_for_fire import Params, kinds
from geo_planner.checks.tables.fire import square
from tests.checks.one_rule import box, judge, mini

RATING = {"1": 0, "3": 2, "4": 4}


def building(name, x, use="factory", **more):
    return {"id": name, "use": use, "rating": 2, "wkt": box(x, 0, x + 20, 20)} | more


def test_the_closed_form_gives_every_cell_between_works_and_low_buildings():
    rows = ["jia", "yi", "low_1", "low_3", "low_4", "low_1", "low_3", "low_4", "high_1", "high_1"]
    columns = [*rows, "low_1", "low_3", "low_4"]
    limits = square()
    for a, row in enumerate(rows):
        for b, column in enumerate(columns):
            if b >= 10 and row in {"jia", "yi"}:
                assert limits[a, b] == 25
                continue
            A = 13 if "high" in row + column else 12 if "jia" in (row, column) else 10
            assert limits[a, b] == A + RATING.get(row[-1], 0) + RATING.get(column[-1], 0), (row, column)


def test_the_table_is_symmetric_between_works():
    limits = square()[:, :10]
    assert np.array_equal(limits, limits.T)


@pytest.mark.parametrize(
    ("other", "limit"),
    [
        ({"hazard": "bing"}, 10.0),
        ({"hazard": "jia"}, 12.0),
        ({"hazard": "ding", "rating": 3}, 12.0),
        ({"hazard": "bing", "rating": 4}, 14.0),
        ({"hazard": "wu", "height": 30, "floors": 6}, 13.0),
        ({"use": "house"}, 10.0),
        ({"use": "office", "rating": 4}, 14.0),
        ({"use": "house", "height": 30}, 15.0),
        ({"use": "house", "height": 60}, 20.0),
    ],
)
def test_a_class_bing_factory_keeps_the_distance_of_the_table(other, limit):
    use = other.get("use", "factory")
    plan = mini(buildings=[building("A", 0, hazard="bing"), building("B", 23, use) | other])
    assert judge("ST702", plan).rows["limit"].tolist() == [limit]


def test_a_school_is_fifty_metres_from_class_jia():
    plan = mini(buildings=[building("A", 0, hazard="jia"), building("S", 69, "school")])
    assert judge("ST702", plan).rows[["value", "limit"]].to_numpy().tolist() == [[49.0, 50.0]]
    assert not len(judge("ST702", mini(buildings=[building("A", 0, hazard="jia"), building("S", 70, "school")])).rows)


def test_two_class_wu_factories_may_be_two_metres_nearer():
    assert judge("ST702", mini(buildings=[building("A", 0, hazard="wu"), building("B", 25, hazard="wu")])).rows[
        "limit"
    ].tolist() == [8.0]


def test_a_class_wu_factory_and_a_house_count_as_two_civil_buildings():
    assert judge("ST702", mini(buildings=[building("A", 0, hazard="wu"), building("B", 23, "house", rating=4)])).rows[
        "limit"
    ].tolist() == [9.0]


def test_a_gap_that_a_fire_wall_could_mend_is_unknown():
    out = judge("ST702", mini(buildings=[building("A", 0, hazard="bing"), building("B", 28, hazard="bing")]))
    assert (len(out.rows), out.unknown["reason"].tolist()) == (0, ["no_attribute"])
    jia = judge("ST702", mini(buildings=[building("A", 0, hazard="jia"), building("B", 31, hazard="bing")]))
    assert jia.rows["value"].tolist() == [11.0]


def test_a_factory_without_its_hazard_class_is_unknown():
    out = judge("ST702", mini(buildings=[building("A", 0), building("B", 22, hazard="bing")]))
    assert ("A", "no_hazard") in list(zip(out.unknown["id"], out.unknown["reason"], strict=True))


@pytest.mark.parametrize(
    ("one", "other", "limit"),
    [
        ({}, {}, 6.0),
        ({}, {"rating": 3}, 7.0),
        ({"rating": 3}, {"rating": 3}, 8.0),
        ({}, {"rating": 4}, 9.0),
        ({"rating": 4}, {"rating": 3}, 10.0),
        ({"rating": 4}, {"rating": 4}, 12.0),
        ({"height": 30}, {"height": 60}, 13.0),
        ({"height": 30}, {}, 9.0),
        ({"rating": 3}, {"height": 60}, 11.0),
        ({"rating": 4}, {"height": 30}, 14.0),
        ({"use": "school"}, {"use": "office"}, 6.0),
        ({"use": "hospital"}, {"use": "house", "height": 30}, 9.0),
    ],
)
def test_two_civil_buildings_keep_the_distance_of_table_5_2_2(one, other, limit):
    def at(gap):
        pair = [{"use": "house"} | one, {"use": "house"} | other]
        rows = [building(n, x, **more) for n, x, more in zip("AB", (0, 20 + gap), pair, strict=True)]
        return judge("ST702", mini(buildings=rows))

    assert at(3.4).rows[["id", "other_id", "value", "limit"]].to_numpy().tolist() == [["A", "B", 3.4, limit]]
    assert (len(at(limit).rows), len(at(limit).unknown)) == (0, 0)
    high = "height" in one or "height" in other
    just = at(limit - 0.5)
    assert (len(just.rows), just.unknown["id"].tolist()) == ((1, []) if high else (0, ["A"]))


def test_houses_in_a_row_are_one_building_whatever_their_parcels():
    row = [building("A", 0, "house", parcel="P"), building("B", 20, "house", parcel="Q")]
    assert not len(judge("ST702", mini(buildings=row)).rows)


def test_houses_of_unknown_rating_are_found_below_the_least_and_unknown_up_to_the_most():
    def at(gap):
        rows = [building("A", 0, "house", rating=None), building("B", 20 + gap, "house", rating=None)]
        return judge("ST702", mini(buildings=rows))

    assert at(4.4).rows["limit"].tolist() == [6.0]
    for gap in (6.0, 11.9):
        assert (len(at(gap).rows), at(gap).unknown["id"].tolist()) == (0, ["A", "B"])
    assert (len(at(12.0).rows), len(at(12.0).unknown), at(12.0).judged) == (0, 0, 0)


@pytest.mark.parametrize(
    ("yi", "other", "limit"),
    [
        ({"rating": 3}, {"hazard": "bing"}, 12.0),
        ({"rating": 3}, {"hazard": "jia"}, 14.0),
        ({"rating": 3}, {"hazard": "bing", "rating": 4}, 16.0),
        ({"rating": 3}, {"hazard": "yi", "rating": 3}, 14.0),
        ({"rating": 3}, {"use": "house"}, 25.0),
        ({"height": 30, "floors": 5}, {"hazard": "bing"}, 13.0),
        ({"height": 30, "floors": 5}, {"hazard": "yi", "rating": 3}, 15.0),
        ({"height": 30, "floors": 5}, {"hazard": "yi", "height": 30, "floors": 5}, 13.0),
        ({"height": 30, "floors": 5}, {"use": "house", "height": 30}, 50.0),
        ({"height": 30, "floors": 5}, {"use": "school"}, 50.0),
        ({"rating": 3}, {"use": "school"}, 50.0),
        ({}, {"hazard": "bing", "height": 30, "floors": 5}, 13.0),
    ],
)
def test_class_yi_has_its_rows_for_rating_three_and_for_high_rise(yi, other, limit):
    for order in (0, 1):
        rows = [building("A", 0, **{"hazard": "yi"} | yi), building("B", 23, **other)]
        names = rows if not order else [rows[1] | {"id": "A"}, rows[0] | {"id": "B"}]
        assert judge("ST702", mini(buildings=names)).rows["limit"].tolist() == [limit]


def test_each_pair_is_named_once_whatever_the_order():
    pair = [building("A", 0, hazard="bing"), building("B", 25, hazard="yi")]
    for plan in (mini(buildings=pair), mini(buildings=pair[::-1])):
        assert judge("ST702", plan).rows[["id", "other_id", "value"]].to_numpy().tolist() == [["A", "B", 5.0]]


def test_wings_of_one_plant_that_touch_are_one_building():
    wings = [building("A", 0, hazard="bing", parcel="P"), building("B", 20, hazard="bing", parcel="P")]
    assert not len(judge("ST702", mini(buildings=wings)).rows)
    assert len(judge("ST702", mini(buildings=[wings[0], wings[1] | {"parcel": "Q"}])).rows) == 1


def test_a_hut_pulled_down_before_the_factory_stands_is_no_conflict():
    plan = mini(
        buildings=[
            building("A", 0, hazard="bing", start="2020-01-01"),
            building("B", 22, "house", removed="2019-12-31"),
        ]
    )
    assert not len(judge("ST702", plan).rows)


def test_a_high_one_storey_hall_is_not_a_high_rise():
    plan = mini(
        buildings=[
            building("A", 0, hazard="ding", height=30, floors=1),
            building("B", 0, hazard="ding", height=30, floors=5),
        ]
    ).plan
    assert kinds(plan, Params()).tolist() == [5, 9]


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        ({"hazard": "bing"}, 12, 20),
        ({"hazard": "bing", "rating": 3}, 15, 25),
        ({"hazard": "ding", "rating": 4}, 20, 30),
        ({"use": "house"}, 25, 40),
        ({"use": "house", "height": 30}, 50, 50),
        ({"use": "school"}, 50, 50),
        ({"use": "warehouse", "hazard": "jia"}, 20, 20),
    ],
)
def test_a_class_jia_store_is_found_below_the_least_and_unknown_up_to_the_most(other, least, most):
    def at(gap):
        store = building("A", 0, "warehouse", hazard="jia")
        return judge("ST702", mini(buildings=[store, building("B", 20 + gap, other.get("use", "factory")) | other]))

    assert at(least - 0.5).rows["limit"].tolist() == [least]
    assert not len(at(least).rows)
    assert len(at(most).unknown) == 0
    if least < most:
        assert at(most - 0.5).unknown["reason"].tolist() == ["no_attribute"]


@pytest.mark.parametrize(
    ("use", "more", "kind"),
    [
        ("factory", {"hazard": "bing", "height": 24.0, "floors": 5}, 2),
        ("factory", {"hazard": "bing", "height": 24.1, "floors": 5}, 8),
        ("factory", {"hazard": "bing", "height": 24.1, "floors": 1}, 2),
        ("factory", {"hazard": "bing", "height": 24.1, "floors": 2}, 8),
        ("factory", {"hazard": "bing", "height": 24.1}, 8),
        ("warehouse", {"hazard": "ding", "height": 24.1, "floors": 3}, 9),
        ("factory", {"hazard": "bing", "rating": 1}, 2),
        ("factory", {"hazard": "bing", "rating": 3}, 3),
        ("factory", {"hazard": "bing", "rating": 4}, 4),
        ("factory", {"hazard": "bing", "rating": 5}, -1),
        ("factory", {"hazard": "bing", "rating": 0}, -1),
        ("factory", {"hazard": "bing", "rating": None}, -1),
        ("factory", {"hazard": "ding", "rating": 3}, 6),
        ("factory", {"hazard": "wu", "rating": 4}, 7),
        ("factory", {"hazard": "wu", "rating": None}, -1),
        ("factory", {"hazard": "jia", "rating": None}, 0),
        ("factory", {"hazard": "yi", "rating": None}, 1),
        ("factory", {"rating": 2}, -1),
        ("factory", {"hazard": "bing", "rating": None, "height": 30, "floors": 6}, 8),
        ("factory", {"hazard": "jia", "height": 30, "floors": 6}, 0),
        ("house", {"height": 27.0}, 10),
        ("house", {"height": 27.1}, 14),
        ("dormitory", {"height": 54.0}, 14),
        ("house", {"height": 54.1}, 13),
        ("office", {"height": 24.0}, 10),
        ("office", {"height": 24.1}, 14),
        ("shop", {"height": 50.0}, 14),
        ("office", {"height": 50.1}, 13),
        ("house", {"rating": 3}, 11),
        ("house", {"rating": 4}, 12),
        ("house", {"rating": None}, -1),
        ("house", {"rating": None, "height": 30}, 14),
        ("school", {"rating": None}, 15),
        ("hospital", {}, 15),
    ],
)
def test_each_building_has_its_row_up_to_the_limit_of_height_and_rating(use, more, kind):
    plan = mini(
        buildings=[building("A", 0, use, **more), building("Z", 500, "factory", hazard="wu", height=1, floors=1)]
    ).plan
    assert kinds(plan, Params()).tolist() == [kind, 5]


def pair(one, other, gap):
    second = {"use": "factory"} | other
    return judge(
        "ST702", mini(buildings=[building("A", 0, **one), building("B", 20 + gap, second.pop("use"), **second)])
    )


@pytest.mark.parametrize(
    ("one", "other", "limit"),
    [
        ({"hazard": "wu"}, {"use": "house", "rating": 1}, 6.0),
        ({"hazard": "wu", "rating": 3}, {"use": "house", "rating": 1}, 7.0),
        ({"hazard": "wu", "rating": 4}, {"use": "house", "rating": 4}, 12.0),
        ({"hazard": "wu", "rating": 3}, {"use": "house", "rating": 3}, 8.0),
        ({"hazard": "wu", "height": 30, "floors": 6}, {"use": "house"}, 13.0),
        ({"hazard": "ding"}, {"use": "house"}, 10.0),
        ({"hazard": "wu"}, {"use": "house", "height": 30}, 13.0),
        ({"hazard": "wu"}, {"use": "school"}, 10.0),
        ({"hazard": "wu"}, {"hazard": "ding"}, 10.0),
        ({"hazard": "ding"}, {"hazard": "wu"}, 10.0),
        ({"hazard": "wu"}, {"hazard": "wu"}, 8.0),
        ({"hazard": "wu"}, {"hazard": "wu", "height": 30, "floors": 6}, 11.0),
        ({"hazard": "yi"}, {"use": "school"}, 50.0),
        ({"hazard": "bing"}, {"use": "school"}, 10.0),
    ],
)
def test_class_wu_counts_as_civil_only_where_it_is_low_and_faces_low_civil_buildings(one, other, limit):
    assert pair(one, other, 2.0).rows["limit"].tolist() == [limit]


def test_a_gap_of_exactly_the_reduced_limit_is_unknown_and_a_smaller_one_is_found():
    assert pair({"hazard": "bing"}, {"hazard": "bing"}, 7.5).unknown["id"].tolist() == ["A"]
    assert pair({"hazard": "bing"}, {"hazard": "bing"}, 7.4).rows["value"].tolist() == [7.4]
    assert len(pair({"hazard": "bing"}, {"hazard": "bing"}, 10.0).unknown) == 0


def test_class_yi_has_no_reduction_on_either_side():
    assert pair({"hazard": "bing"}, {"hazard": "yi"}, 9.0).rows["limit"].tolist() == [10.0]
    assert pair({"hazard": "yi"}, {"hazard": "bing"}, 9.0).rows["limit"].tolist() == [10.0]


@pytest.mark.parametrize(
    ("one", "most"),
    [({"hazard": "bing"}, 14.0), ({"hazard": "jia"}, 25.0), ({"use": "warehouse", "hazard": "jia"}, 40.0)],
)
def test_a_house_of_unknown_rating_is_unknown_up_to_the_most_that_could_be_asked(one, most):
    near, far = (pair(one, {"use": "house", "rating": None}, gap) for gap in (most - 0.5, most))
    assert near.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_hazard"]]
    assert (len(near.rows), len(far.rows), len(far.unknown)) == (0, 0, 0)


def test_a_factory_of_unknown_hazard_is_told_once_and_judged_by_nobody():
    out = pair({"hazard": "bing"}, {"hazard": None}, 2.0)
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_hazard"]]
    assert (len(out.rows), out.judged) == (0, 1)


def test_wings_that_do_not_touch_are_two_buildings_of_one_parcel():
    one = {"hazard": "bing", "parcel": "P"}
    assert pair(one, one, 3.0).rows["value"].tolist() == [3.0]
    none = {"hazard": "bing"}
    assert pair(none, none, 0.0).rows["value"].tolist() == [0.0]
