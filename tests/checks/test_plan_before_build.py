"""先规划后建设: where each rule turns, by hand."""

from __future__ import annotations

import pytest

from .judging import ids, judge, square

PARCEL = {"id": "A", "start": "2010-03-01", "wkt": square()}


def unit(start: str | None = "2009-12-01", width: float = 100, **more):
    return {"id": "KG", "kind": "detailed_plan", "start": start, "wkt": square(w=width, h=100)} | more


def test_a_plan_approved_on_the_day_of_start_is_in_time():
    assert ids(judge("PB101", parcels=[PARCEL], approvals=[unit("2010-03-01")])) == []
    assert ids(judge("PB101", parcels=[PARCEL], approvals=[unit("2010-03-02")])) == ["A"]


def test_cover_of_99_per_cent_is_enough_and_98_is_not():
    assert ids(judge("PB101", parcels=[PARCEL], approvals=[unit(width=99)])) == []
    out = judge("PB101", parcels=[PARCEL], approvals=[unit(width=98)])
    assert out.rows[["value", "limit"]].to_numpy().tolist() == [[pytest.approx(98.0), 99.0]]
    assert out.rows.geometry.area.tolist() == [pytest.approx(200.0)]


def test_two_plans_together_cover_a_parcel_once():
    other = unit() | {"id": "KG2", "wkt": square(x=50, w=50, h=100)}
    assert ids(judge("PB101", parcels=[PARCEL], approvals=[unit(width=50), other])) == []
    assert judge("PB101", parcels=[PARCEL], approvals=[unit(width=50), unit(width=50) | {"id": "KG2"}]).rows[
        "value"
    ].tolist() == [pytest.approx(50.0)]


def test_a_plan_that_had_lapsed_does_not_cover():
    assert ids(judge("PB101", parcels=[PARCEL], approvals=[unit(finish="2010-02-28")])) == ["A"]


def test_a_plan_without_a_date_leaves_the_parcel_unknown():
    out = judge("PB101", parcels=[PARCEL], approvals=[unit(None), unit() | {"id": "KG2", "wkt": square(x=500)}])
    assert (ids(out), out.unknown["reason"].tolist()) == ([], ["no_date"])


def test_a_parcel_without_a_start_is_unknown():
    out = judge("PB101", parcels=[PARCEL, {"id": "B", "wkt": square(x=200)}], approvals=[unit()])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_start"]]


def permit(name: str, kind: str, day: str):
    return {"id": name, "kind": kind, "parcel": "A", "start": day, "wkt": square()}


def test_equal_days_are_in_order():
    out = judge(
        "PB102",
        parcels=[PARCEL],
        approvals=[permit("1", "land_grant", "2010-03-01"), permit("2", "construction_permit", "2010-03-01")],
    )
    assert ids(out) == []


def test_the_first_broken_pair_is_told_with_its_days():
    approvals = [
        permit("1", "land_grant", "2010-02-01"),
        permit("2", "land_permit", "2010-01-02"),
        permit("3", "construction_permit", "2009-01-01"),
    ]
    row = judge("PB102", parcels=[PARCEL], approvals=approvals).rows.iloc[0]
    assert (row["value"], row["args"]["earlier"], row["args"]["later"]) == (30.0, "land grant", "land-use permit")


def test_a_wide_plan_applies_where_it_covers_the_inner_point():
    out = judge(
        "PB102", parcels=[PARCEL], approvals=[unit("2010-04-01"), permit("1", "construction_permit", "2010-02-01")]
    )
    assert out.rows["args"].iloc[0]["earlier"] == "detailed plan"


def test_a_started_parcel_without_a_permit_of_its_own_is_unknown_not_passed():
    far = PARCEL | {"id": "B", "wkt": square(x=500)}
    out = judge("PB102", parcels=[far], approvals=[permit("1", "land_grant", "2010-01-01")])
    assert (out.judged, out.unknown["reason"].tolist()) == (0, ["no_approval"])


@pytest.mark.parametrize(
    ("built", "bound", "found"),
    [
        ({"far": 1.8}, {"far_max": 1.8}, False),
        ({"far": 1.81}, {"far_max": 1.8}, True),
        ({"far": 0.99}, {"far_min": 1.0}, True),
        ({"far": 1.2}, {"far_min": 1.0}, False),
        ({"green": 25.0}, {"green_max": 20.0}, True),
        ({"green": 25.0}, {"green_min": 30.0}, True),
        ({"height": 24.0}, {"height_max": 24.0}, False),
        ({"density": 61.0}, {"density_max": 60.0}, True),
    ],
)
def test_each_bound_works_in_its_own_direction(built, bound, found):
    assert bool(ids(judge("PB103", parcels=[PARCEL | built | bound]))) is found


def test_a_finer_class_conforms_to_a_coarser_plan_and_another_class_does_not():
    land = PARCEL | {"scheme": "gb50137", "planned_code": "M"}
    assert ids(judge("PB103", parcels=[land | {"code": "M1"}])) == []
    row = judge("PB103", parcels=[land | {"code": "R2"}]).rows.iloc[0]
    assert row["args"]["built_zh"] == "R2 二类居住用地"
    assert row["args"]["built"].startswith("R2 residential")


def test_a_compatible_use_can_be_allowed():
    land = PARCEL | {"scheme": "gb50137", "planned_code": "R2", "code": "B1"}
    assert ids(judge("PB103", {"compatible": ("B1<R2",)}, parcels=[land])) == []


def test_a_hundred_square_metres_without_a_permit_are_tolerated():
    hall = {"id": "H", "start": "2010-06-01", "wkt": square(w=50)}
    paper = {"id": "X", "kind": "works_permit", "start": "2010-06-01"}
    assert ids(judge("PB104", buildings=[hall], approvals=[paper | {"wkt": square(w=48, h=50)}])) == []
    out = judge("PB104", buildings=[hall], approvals=[paper | {"wkt": square(w=47, h=50)}])
    assert out.rows["value"].tolist() == [pytest.approx(150.0)]


def test_a_permit_counts_with_the_shape_of_the_parcel_it_names():
    hall = {"id": "H", "start": "2010-06-01", "wkt": square(w=50)}
    paper = {"id": "X", "kind": "works_permit", "start": "2010-05-01", "parcel": "A", "wkt": "POINT (5 5)"}
    assert ids(judge("PB104", buildings=[hall], parcels=[PARCEL], approvals=[paper])) == []


def test_a_permit_after_the_start_of_the_building_does_not_count():
    hall = {"id": "H", "start": "2010-06-01", "wkt": square(w=50)}
    paper = {"id": "X", "kind": "works_permit", "start": "2010-06-02", "wkt": square()}
    assert ids(judge("PB104", buildings=[hall], approvals=[paper])) == ["H"]


def test_a_permit_cut_to_three_fifths_does_not_cover_the_parcel_it_names():
    halls = [
        {"id": "H", "start": "2010-06-01", "wkt": square(w=50)},
        {"id": "I", "start": "2010-06-01", "wkt": square(x=50, w=50)},
    ]
    paper = {"id": "X", "kind": "works_permit", "start": "2010-05-01", "parcel": "A", "wkt": square(w=60, h=100)}
    out = judge("PB104", buildings=halls, parcels=[PARCEL], approvals=[paper])
    assert (ids(out), out.rows["value"].tolist()) == (["I"], [2000.0])


def test_a_whole_construction_permit_does_not_make_up_for_a_works_permit_that_was_cut():
    halls = [{"id": n, "start": "2010-06-01", "wkt": square(x=x, w=50)} for n, x in (("H", 0), ("I", 50))]
    whole = {"id": "X", "kind": "construction_permit", "start": "2010-05-01", "wkt": square()}
    cut = {"id": "Y", "kind": "works_permit", "start": "2010-05-01", "wkt": square(w=60, h=100)}
    assert judge("PB104", buildings=halls, approvals=[whole, cut]).rows[["id", "value"]].to_numpy().tolist() == [
        ["I", 2000.0]
    ]
    # A kind on record for fewer than half of the buildings is asked of none.
    few = cut | {"wkt": square(x=500)}
    assert ids(judge("PB104", buildings=halls, approvals=[whole, few])) == []
    assert ids(judge("PB104", {"kept": 51.0}, buildings=halls, approvals=[whole, cut])) == []


def test_a_land_permit_makes_no_building_legal():
    hall = {"id": "H", "start": "2010-06-01", "wkt": square(w=50)}
    land = {"id": "X", "kind": "land_permit", "start": "2010-05-01", "wkt": square()}
    other = {"id": "Y", "kind": "works_permit", "start": "2010-05-01", "wkt": square(x=500)}
    assert ids(judge("PB104", buildings=[hall], approvals=[land, other])) == ["H"]
    assert ids(judge("PB104", buildings=[hall], approvals=[land | {"kind": "construction_permit"}, other])) == []


@pytest.mark.parametrize(("expiry", "found"), [("2010-05-31", ["H"]), ("2010-06-01", []), (None, [])])
def test_a_permit_that_has_expired_does_not_count(expiry, found):
    hall = {"id": "H", "start": "2010-06-01", "wkt": square(w=50)}
    paper = {"id": "X", "kind": "works_permit", "start": "2010-05-01", "finish": expiry, "wkt": square()}
    assert ids(judge("PB104", buildings=[hall], approvals=[paper])) == found


LIMITED = {"id": "A", "height_max": 36.0, "far_max": 2.0, "density_max": 40.0, "wkt": square()}


def tower(**more):
    return {"id": "T", "wkt": square(10, 10, 20)} | more


def test_a_building_higher_than_the_limit_breaks_the_plan_of_its_parcel():
    row = judge(
        "PB103", parcels=[LIMITED | {"height": 30.0}], buildings=[tower(height=72.0), tower(id="S", height=40.0)]
    ).rows.iloc[0]
    assert row[["id", "other_layer", "other_id", "value", "limit"]].tolist() == ["A", "buildings", "T", 72.0, 36.0]
    assert [row["args"][k] for k in ("what", "built", "built_zh", "planned_zh")] == ["height", "72 m", "72 米", "36 米"]
    for low in (
        tower(height=36.0),
        tower(height=72.0, removed="2020-01-01"),
        tower(height=72.0, wkt=square(500, 0, 9)),
    ):
        assert ids(judge("PB103", parcels=[LIMITED | {"height": 30.0}], buildings=[low])) == []
    named = tower(height=72.0, parcel="A", wkt=square(500, 0, 9))
    assert ids(judge("PB103", parcels=[LIMITED], buildings=[named])) == ["A"]


def test_the_higher_of_record_and_building_counts():
    row = judge("PB103", parcels=[LIMITED | {"height": 50.0}], buildings=[tower(height=40.0)]).rows.iloc[0]
    assert (row["value"], row["other_id"]) == (50.0, "")


def test_a_floor_area_on_record_outranks_a_lower_ratio():
    # 25,000 m² on a hectare are 2.5, whatever the column of the ratio says.
    row = judge("PB103", parcels=[LIMITED | {"far": 1.2, "floor_area": 25_000.0}]).rows.iloc[0]
    assert (row["args"]["what"], row["value"], row["limit"]) == ("floor-area ratio", 2.5, 2.0)
    assert ids(judge("PB103", parcels=[LIMITED | {"far": 1.2, "floor_area": 19_000.0}])) == []


def test_without_a_record_the_buildings_tell_the_least_ratio_and_density():
    # 25,000 m² of floors on a hectare are 2.5; 400 m² of ground are 4 %.
    heavy = tower(floor_area=25_000.0)
    row = judge("PB103", parcels=[LIMITED], buildings=[heavy]).rows.iloc[0]
    assert (row["args"]["what"], row["value"], row["limit"]) == ("floor-area ratio", 2.5, 2.0)
    # A record of 1.9 does not make them lawful; without a word that the buildings are complete, light ones prove nothing.
    assert ids(judge("PB103", parcels=[LIMITED | {"far": 1.9}], buildings=[heavy])) == ["A"]
    beside = {"id": "B", "far": 1.0, "far_max": 2.0, "wkt": square(200, 0)}
    light = judge("PB103", parcels=[LIMITED, beside], buildings=[tower(floor_area=10_000.0)])
    assert (len(light.rows), light.unknown["id"].tolist()) == (0, ["A"])
    wide = judge("PB103", parcels=[LIMITED], buildings=[tower(wkt=square(0, 0, 70))]).rows.iloc[0]
    assert (wide["args"]["what"], wide["value"]) == ("density", 49.0)
    floor = {"id": "A", "far_min": 1.0, "far_max": 9.0, "wkt": square()}
    assert (
        ids(judge("PB103", {"tolerance": 0.5}, parcels=[floor | {"far": 1.0}], buildings=[tower(floor_area=500.0)]))
        == []
    )


def test_a_square_metre_over_the_boundary_is_tolerated_and_a_strip_is_not():
    park = {"id": "K", "wkt": square(w=100, h=1000)}
    assert ids(judge("PB105", parks=[park], parcels=[{"id": "A", "wkt": square(x=0.001, w=100, h=900)}])) == []
    out = judge("PB105", parks=[park], parcels=[{"id": "A", "wkt": square(x=1, w=100, h=900)}])
    assert out.rows["value"].tolist() == [pytest.approx(900.0)]


def test_land_that_is_mostly_or_wholly_outside_is_outside():
    out = judge("PB105", parks=[{"id": "K", "wkt": square()}], parcels=[{"id": "A", "wkt": square(x=60)}])
    assert (ids(out), out.rows["value"].tolist(), len(out.unknown)) == (["A"], [6000.0], 0)
    out = judge("PB105", parks=[{"id": "K", "wkt": square()}], parcels=[{"id": "A", "wkt": square(x=600)}])
    assert (out.rows["value"].tolist(), out.rows["args"].iloc[0]["out_share"]) == ([10_000.0], 100.0)


def test_half_a_hectare_outside_a_huge_parcel_is_outside():
    # 5,431 m² of 600 ha are 0.09 %, which a limit by share let pass.
    park = {"id": "K", "wkt": square(w=3000, h=2000)}
    out = judge("PB105", parks=[park], parcels=[{"id": "A", "wkt": square(x=2.7155, w=3000, h=2000)}])
    assert out.rows["value"].tolist() == [pytest.approx(5431.0)]
    assert (
        ids(
            judge(
                "PB105",
                {"tolerance": 5432.0},
                parks=[park],
                parcels=[{"id": "A", "wkt": square(x=2.7155, w=3000, h=2000)}],
            )
        )
        == []
    )


def test_a_tenth_of_changed_land_is_tolerated():
    land = {"scheme": "gb50137", "planned_code": "M1", "park": "K"}
    rows = [land | {"id": f"A{i}", "code": "M1", "wkt": square(x=200 * i)} for i in range(9)]
    assert ids(judge("PB106", parcels=[*rows, land | {"id": "B", "code": "R2", "wkt": square(x=5000)}])) == []
    out = judge("PB106", parcels=[*rows[:8], land | {"id": "B", "code": "R2", "wkt": square(x=5000)}])
    assert out.rows["value"].tolist() == [pytest.approx(100 / 9)]


@pytest.mark.parametrize(
    ("agreed", "severity"),
    [("2025-07-01", None), ("2025-06-30", "warning"), ("2024-07-01", "warning"), ("2024-06-30", "error")],
)
def test_idle_land_is_warned_of_after_a_year_and_an_error_after_two(agreed, severity):
    out = judge(
        "PB107",
        as_of="2026-06-30",
        parcels=[{"id": "A", "contract_start": agreed, "built_share": 0.0, "wkt": square()}],
    )
    assert out.rows["severity"].tolist() == ([severity] if severity else [])


def test_a_start_that_is_only_missing_is_unknown_and_not_idle():
    land = {"id": "A", "contract_start": "2020-01-01", "wkt": square()}
    out = judge("PB107", as_of="2026-06-30", parcels=[land])
    assert (ids(out), out.judged, out.unknown[["id", "reason"]].to_numpy().tolist()) == ([], 0, [["A", "no_start"]])
    for proof in ({"start": "2026-07-01"}, {"built_share": 0.0}, {"invested_share": 0.0}):
        assert ids(judge("PB107", as_of="2026-06-30", parcels=[land | proof])) == ["A"]
    for begun in ({"finish": "2022-01-01"}, {"used": "2022-01-01"}, {"start": "2022-01-01"}):
        out = judge("PB107", as_of="2026-06-30", parcels=[land | begun])
        assert (ids(out), out.judged, len(out.unknown)) == ([], 1, 0)
    assert not len(judge("PB107", as_of="2020-12-30", parcels=[land]).unknown)


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        ({"built_share": 20.0}, ["A"]),
        ({"built_share": 0.0}, ["A"]),
        ({"invested_share": 24.9}, ["A"]),
        ({"built_share": 34.0, "invested_share": 25.0}, []),
        ({"built_share": 20.0, "finish": "2025-01-01"}, []),
        ({"built_share": 20.0, "start": "2025-07-01"}, []),
        ({"built_share": 20.0, "start": "2025-06-30"}, ["A"]),
    ],
)
def test_land_begun_with_little_done_may_have_stopped_and_is_unknown(change, unknown):
    """Begun in 2020 with a fiftieth of its investment made, it counted as judged and in order."""
    land = {"id": "A", "contract_start": "2020-01-01", "start": "2020-06-01", "wkt": square()}
    out = judge("PB107", as_of="2026-06-30", parcels=[land | change])
    assert (ids(out), out.unknown["id"].tolist()) == ([], unknown)
    assert out.judged == 1 - len(unknown)
    assert set(out.unknown["reason"]) <= {"may_have_stopped"}


def test_land_that_was_built_on_late_is_no_longer_idle():
    land = {"id": "A", "contract_start": "2020-01-01", "start": "2026-06-30", "wkt": square()}
    assert ids(judge("PB107", as_of="2026-06-30", parcels=[land])) == []


def test_a_plant_that_only_plans_to_start_is_unknown_where_a_day_is_lost():
    held = {"id": "A", "released": "2019-01-01", "finish": "2030-01-01", "wkt": square()}
    day = {"as_of": "2026-06-30"}
    planned = judge("PB107", parcels=[held | {"contract_start": "2020-01-01", "start": "2029-01-01"}], **day)
    assert ids(planned) == ["A"]
    for lost, reason in (({"contract_start": "2020-01-01"}, "no_start"), ({"start": "2029-01-01"}, "no_contract")):
        out = judge("PB107", parcels=[held | lost], **day)
        assert (ids(out), out.unknown[["id", "reason"]].to_numpy().tolist()) == ([], [["A", reason]])
