"""The data gate: where each rule turns, by hand."""

from __future__ import annotations

import pytest

from .judging import ids, judge, square


def test_an_empty_id_is_found():
    assert ids(judge("DA901", parcels=[{"id": None, "wkt": square()}, {"id": "A", "wkt": square(x=200)}])) == [""]


def test_the_same_id_in_two_layers_is_no_fault():
    assert ids(judge("DA901", parcels=[{"id": "A", "wkt": square()}], parks=[{"id": "A", "wkt": square()}])) == []


def test_an_empty_shape_is_unknown_and_a_bow_tie_is_found():
    out = judge(
        "DA902",
        parcels=[{"id": "A", "wkt": "POLYGON EMPTY"}, {"id": "B", "wkt": "POLYGON ((0 0, 9 9, 9 0, 0 9, 0 0))"}],
    )
    assert (ids(out), out.unknown["id"].tolist()) == (["B"], ["A"])


def test_parcels_that_share_a_border_do_not_overlap():
    assert ids(judge("DA903", parcels=[{"id": "A", "wkt": square()}, {"id": "B", "wkt": square(x=100)}])) == []


def test_one_square_metre_is_tolerated():
    rows = [{"id": "A", "wkt": square()}, {"id": "B", "wkt": square(x=99.995)}]
    assert ids(judge("DA903", parcels=rows)) == []
    assert judge("DA903", {"tolerance": 0.4}, parcels=rows).rows["value"].tolist() == [pytest.approx(0.5)]


def test_contained_and_identical_parcels_count_as_overlaps():
    rows = [{"id": "A", "wkt": square()}, {"id": "B", "wkt": square(10, 10, 20)}, {"id": "C", "wkt": square()}]
    out = judge("DA903", parcels=rows).rows
    assert list(zip(out["id"], out["other_id"], out["value"], strict=True)) == [
        ("A", "B", 400.0),
        ("A", "C", 10_000.0),
        ("B", "C", 400.0),
    ]


def test_an_overlap_lasts_from_the_later_start_to_the_first_removal():
    rows = [
        {"id": "A", "start": "2010-01-01", "removed": "2015-01-01", "wkt": square()},
        {"id": "B", "start": "2012-05-01", "wkt": square()},
    ]
    row = judge("DA903", parcels=rows).rows.iloc[0]
    assert (str(row["from"].date()), str(row["to"].date())) == ("2012-05-01", "2015-01-01")


def test_a_code_without_a_scheme_is_unknown_not_wrong():
    out = judge(
        "DA905",
        parcels=[
            {"id": "A", "code": "1001", "wkt": square()},
            {"id": "B", "code": "M1", "scheme": "gb50137", "wkt": square(x=200)},
        ],
    )
    assert (ids(out), out.judged, out.unknown["reason"].tolist()) == ([], 1, ["no_scheme"])


def test_an_unknown_code_can_be_made_a_warning():
    out = judge("DA905", {"warn_only": True}, parcels=[{"id": "A", "code": "Q7", "scheme": "gb50137", "wkt": square()}])
    assert out.rows["severity"].tolist() == ["warning"]


@pytest.mark.parametrize(
    ("declared", "found"), [(10_100.0, False), (9_900.0, False), (10_101.0, True), (9_899.0, True)]
)
def test_one_per_cent_of_difference_is_tolerated_both_ways(declared, found):
    assert bool(ids(judge("DA906", parcels=[{"id": "A", "area_declared": declared, "wkt": square()}]))) is found


def test_dates_are_compared_pair_by_pair():
    row = judge("DA907", parcels=[{"id": "A", "start": "2010-05-01", "used": "2010-04-01", "wkt": square()}]).rows.iloc[
        0
    ]
    assert (row["value"], row["args"]["first_day"], row["args"]["second_day"]) == (30.0, "2010-05-01", "2010-04-01")


def test_equal_dates_are_in_order():
    assert (
        ids(
            judge(
                "DA907",
                roads=[{"id": "R", "paved": "2010-05-01", "finish": "2010-05-01", "wkt": "LINESTRING (0 0, 9 0)"}],
            )
        )
        == []
    )


def test_an_overlap_of_exactly_the_tolerance_is_allowed_and_the_next_is_not():
    rows = [{"id": "A", "wkt": square()}, {"id": "B", "wkt": square(x=99)}]
    assert ids(judge("DA903", {"tolerance": 100.0}, parcels=rows)) == []
    assert ids(judge("DA903", {"tolerance": 99.99}, parcels=rows)) == ["A"]
    small = [{"id": "A", "wkt": square()}, {"id": "B", "wkt": square(x=99.985)}]
    assert judge("DA903", parcels=small).rows["value"].tolist() == [pytest.approx(1.5)]


def test_broken_and_empty_parcels_are_left_to_da902():
    bow = "POLYGON ((0 0, 90 90, 90 0, 0 90, 0 0))"
    rows = [{"id": "A", "wkt": square()}, {"id": "B", "wkt": bow}, {"id": "C", "wkt": "POLYGON EMPTY"}]
    assert ids(judge("DA903", parcels=rows)) == []


PARK = {"id": "K", "wkt": square(w=300, h=100)}


def test_a_gap_between_parcels_is_found_as_one_piece_each():
    rows = [
        {"id": "A", "wkt": square()},
        {"id": "B", "wkt": square(x=100.5)},
        {"id": "C", "wkt": square(x=201, w=98, h=100)},
    ]
    out = judge("DA904", parks=[PARK], parcels=rows)
    # Strips of 0.5, 0.5 and 1 m by 100 m.
    assert (ids(out), sorted(out.rows["value"].round(6))) == (["K"] * 3, [50.0, 50.0, 100.0])
    assert sorted(out.rows.geometry.area.round(6)) == [50.0, 50.0, 100.0]


@pytest.mark.parametrize(("gap", "height", "found"), [(0.03, 100, 1), (0.016, 100, 0), (0.03, 30, 0)])
def test_a_sliver_is_no_gap_by_its_width_or_by_its_area(gap, height, found):
    """3 m² by 3 cm count; 1.6 m² by 16 mm and 0.9 m² by 3 cm do not."""
    park = {"id": "K", "wkt": square(w=200, h=height)}
    rows = [{"id": "A", "wkt": square(h=height)}, {"id": "B", "wkt": square(x=100 + gap, w=100 - gap, h=height)}]
    assert len(judge("DA904", parks=[park], parcels=rows).rows) == found


def test_a_sliver_that_joins_two_gaps_does_not_make_them_one():
    rows = [{"id": "A", "wkt": "POLYGON ((0 0, 300 0, 300 90, 200 90, 200 99.99, 100 99.99, 100 90, 0 90, 0 0))"}]
    out = judge("DA904", parks=[PARK], parcels=rows)
    assert out.rows["value"].round(3).tolist() == [1000.0, 1000.0]


def test_roads_by_their_width_and_water_are_accounted_for_first():
    rows = [
        {"id": "A", "wkt": square()},
        {"id": "B", "wkt": square(x=120)},
        {"id": "C", "wkt": square(x=240, w=60, h=100)},
    ]
    road = {"id": "R", "width": 20.0, "wkt": "LINESTRING (110 0, 110 100)"}
    river = {"id": "W", "kind": "river", "wkt": square(x=220, w=20, h=100)}
    assert judge("DA904", parks=[PARK], parcels=rows).rows["value"].round(6).tolist() == [2000.0, 2000.0]
    assert ids(judge("DA904", parks=[PARK], parcels=rows, roads=[road], control_lines=[river])) == []
    canal = {"id": "W", "kind": "canal", "width": 10.0, "wkt": "LINESTRING (230 -10, 230 110)"}
    assert ids(judge("DA904", parks=[PARK], parcels=rows, roads=[road], control_lines=[canal])) == []
    other = judge("DA904", parks=[PARK], parcels=rows, roads=[road], control_lines=[canal | {"kind": "railway"}])
    assert other.rows["value"].round(6).tolist() == [2000.0]


def test_a_gap_with_a_road_of_unknown_width_in_it_is_unknown():
    rows = [
        {"id": "A", "wkt": square()},
        {"id": "B", "wkt": square(x=120)},
        {"id": "C", "wkt": square(x=240, w=60, h=100)},
    ]
    road = {"id": "R", "wkt": "LINESTRING (110 0, 110 100)"}
    out = judge("DA904", parks=[PARK], parcels=rows, roads=[road])
    assert (out.rows["value"].round(6).tolist(), out.unknown["id"].tolist()) == ([2000.0], ["R"])


def test_a_parcel_that_is_removed_covers_nothing_from_then_on():
    rows = [{"id": "A", "wkt": square(w=300, h=100), "removed": "2020-01-01"}]
    assert judge("DA904", parks=[PARK], parcels=rows).rows["value"].tolist() == [pytest.approx(30_000.0)]
    assert ids(judge("DA904", as_of="2019-12-31", parks=[PARK], parcels=rows)) == []
