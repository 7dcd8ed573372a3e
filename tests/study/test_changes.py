"""What a comparison lists can be done: edits applied to A give B, and a change package is read back without loss."""

from __future__ import annotations

import math
from functools import cache

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_planner.checks.contract import mini
from geo_planner.errors import ReadError, ScenarioError
from geo_planner.plan import Edit, Scenario, apply
from geo_planner.read.changes import read_changes
from geo_planner.sample import park_layers
from geo_planner.show.exports.changes import write_changes
from geo_planner.study.changes import edits_between
from geo_planner.study.compare import compare
from geo_planner.study.run import Judged
from geo_planner.verdict import judge

SQUARE = "POLYGON (({x} 0, {r} 0, {r} {h}, {x} {h}, {x} 0))"


def square(x, wide=100.0, high=100.0):
    return SQUARE.format(x=x, r=x + wide, h=high)


def land(name, code, x, **more):
    return {"id": name, "code": code, "scheme": "gb50137", "park": "K", "wkt": square(x)} | more


@cache
def base():
    rows = [
        land(name, code, 100 * k, start=f"20{10 + k}-01-01")
        for k, (name, code) in enumerate(zip("ABCD", ("M1", "R2", "G1", "B1"), strict=True))
    ]
    roads = [
        {"id": "R1", "wkt": "LINESTRING (0 -10, 400 -10)", "width": 20.0, "start": "2009-01-01", "finish": "2010-01-01"}
    ]
    return mini(parcels=rows, roads=roads, as_of="2026-06-30").plan


def judged(plan, name="x"):
    return Judged(Scenario(name), plan, judge(plan, only=["ba4", "in", "da9", "pb1"]))


STEPS = st.one_of(
    st.builds(
        lambda i, c: Edit("set", "parcels", i, {"code": c}),
        st.sampled_from("ABCD"),
        st.sampled_from(["M1", "M3", "R2", "G1", None]),
    ),
    st.builds(
        lambda i, d: Edit("retime", "parcels", i, {"shift_days": d}), st.sampled_from("ABCD"), st.integers(-900, 900)
    ),
    st.builds(
        lambda i, d: Edit("retime", "parcels", i, {"released": d}),
        st.sampled_from("ABCD"),
        st.sampled_from(["2011-03-04", None]),
    ),
    st.builds(
        lambda i, w: Edit("reshape", "parcels", i, {"geometry": square(100 * "ABCD".index(i), w)}),
        st.sampled_from("ABCD"),
        st.floats(10, 100),
    ),
    st.builds(
        lambda k: Edit(
            "add",
            "parcels",
            f"N{k}",
            {
                "geometry": square(1000 + 200 * k, 1 / 3 + k + 1),
                "code": "R2",
                "scheme": "gb50137",
                "park": "K",
                "far": 0.1,
            },
        ),
        st.integers(0, 5),
    ),
    st.just(Edit("set", "roads", "R1", {"width": 33.3})),
    st.just(Edit("set", "parcels", "A", {"resettle": True})),
)


def made(plan, steps):
    seen = set()
    steps = [s for s in steps if s.kind != "add" or not (s.id in seen or seen.add(s.id))]
    return apply(plan, steps)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=6), st.lists(STEPS, max_size=6), st.sets(st.sampled_from("ABCD"), max_size=2))
def test_edits_between_two_plans_make_one_of_the_other(first, second, gone):
    a = made(base(), first)
    b = apply(made(base(), second), [Edit("remove", "parcels", name) for name in sorted(gone)])
    assert apply(a, edits_between(a, b)).digest == b.digest
    assert apply(b, edits_between(b, a)).digest == a.digest


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=5))
def test_the_parts_of_each_figure_add_up_and_the_mirror_has_the_opposite_sign(steps):
    a, b = judged(base(), "a"), judged(made(base(), steps), "b")
    there, back = compare(a, b), compare(b, a)
    sums, mirror = (c.contributions.groupby("indicator")["delta"].sum() for c in (there, back))
    for name, delta in there.indicators.set_index("name")["delta"].items():
        if not math.isnan(delta):
            assert sums.get(name, 0.0) == pytest.approx(delta, abs=1e-9), name
            assert mirror.get(name, 0.0) == pytest.approx(-delta, abs=1e-9), name
    each = [c.contributions.set_index(["indicator", "layer", "id"])["delta"].sort_index() for c in (there, back)]
    assert (each[0] + each[1]).abs().max() < 1e-9 or not len(each[0])
    flows = [
        c.transitions.set_index(list(k))["area"].sort_index()
        for c, k in ((there, ("from", "to")), (back, ("to", "from")))
    ]
    assert flows[0].to_dict() == pytest.approx(flows[1].to_dict())


def test_compare_of_a_plan_with_itself_is_empty_although_two_parcels_claim_the_same_land():
    rows = [land("A", "M1", 0), land("B", "R2", 50)]
    one = judged(mini(parcels=rows).plan)
    result = compare(one, one)
    assert result.empty
    assert result.transitions.to_numpy().tolist() == [["M1", "M1", 10_000.0], ["R2", "R2", 10_000.0]]


def test_a_feature_without_a_shape_is_not_reshaped():
    plan = base()
    frame = plan["parcels"]
    frame.loc[0, "geometry"] = None
    one = judged(plan.with_layer("parcels", frame))
    assert compare(one, one).empty


def test_a_hundred_renamed_parcels_are_found_one_by_one():
    rows = [land(f"A{k}", "M1", 100 * k) for k in range(100)]
    again = [r | {"id": r["id"].replace("A", "B")} for r in rows]
    result = compare(*(judged(mini(parcels=p).plan) for p in (rows, again)))
    names = result.features[["id", "change", "before", "after"]]
    assert set(names["change"]) == {"renamed"}
    assert names["after"].tolist() == [n.replace("A", "B") for n in names["id"]]


def test_of_two_parcels_that_overlap_one_the_more_alike_keeps_its_place():
    one = mini(parcels=[land("A", "M1", 0), land("B", "M1", 100)]).plan
    two = mini(
        parcels=[land("X", "M1", 0) | {"wkt": square(0, 130)}, land("Y", "M1", 0) | {"wkt": square(110, 90)}]
    ).plan
    result = compare(judged(one), judged(two)).features
    pairs = result[result["change"] == "renamed"][["before", "after"]].to_numpy().tolist()
    assert pairs == [["A", "X"], ["B", "Y"]]


def test_lines_and_points_are_matched_too():
    one = mini(
        pipes=[{"id": "P", "kind": "water", "wkt": "LINESTRING (0 0, 100 0)"}],
        sources=[{"id": "S", "kind": "water", "wkt": "POINT (0 0)"}],
    ).plan
    two = mini(
        pipes=[{"id": "Q", "kind": "water", "wkt": "LINESTRING (0 0, 90 0)"}],
        sources=[{"id": "T", "kind": "water", "wkt": "POINT (0 0)"}],
    ).plan
    result = compare(judged(one), judged(two)).features
    assert result.loc[result["change"] == "renamed", ["layer", "before", "after"]].to_numpy().tolist() == [
        ["pipes", "P", "Q"],
        ["sources", "S", "T"],
    ]


def test_works_are_moved_added_and_dropped():
    a = base()
    b = apply(
        a,
        [
            Edit("retime", "roads", "R1", {"shift_days": 30}),
            Edit("remove", "parcels", "D"),
            Edit("add", "parcels", "E", {"geometry": square(900)}),
        ],
    )
    works = compare(judged(a), judged(b)).works
    assert works[["layer", "id", "change"]].to_numpy().tolist() == [
        ["parcels", "D", "dropped"],
        ["parcels", "E", "added"],
        ["roads", "R1", "moved"],
    ]
    assert works["days"].iloc[2] == 30.0


def test_a_new_finding_names_the_change_behind_it():
    a = base()
    b = apply(a, [Edit("retime", "parcels", "A", {"finish": "2005-01-01"})])
    found = compare(judged(a), judged(b)).findings
    new = found[(found["state"] == "new") & (found["code"] == "DA907")]
    assert new[["code", "id", "because"]].to_numpy().tolist() == [["DA907", "A", "finish"]]


def test_features_that_share_an_id_cannot_be_named_by_an_edit():
    a = mini(parcels=[land("A", "M1", 0), land("A", "M1", 100)]).plan
    b = mini(parcels=[land("A", "M1", 0), land("A", "R2", 100)]).plan
    assert edits_between(a, a) == ()
    with pytest.raises(ScenarioError, match="without an id of their own"):
        edits_between(a, b)


def test_a_change_package_is_read_back_without_loss(tmp_path):
    from geo_planner.plan import Plan

    a = Plan("susu", "EPSG:4527", park_layers())
    frame = a["parcels"]
    ids = frame["id"][:4].tolist()
    bent = shapely.to_wkt(shapely.transform(frame.geometry.iloc[2], lambda xy: xy + 1 / 3), rounding_precision=-1)
    edits = [
        Edit("set", "parcels", ids[0], {"code": "R2", "far": 0.1, "resettle": True, "hazard": None}),
        Edit("remove", "parcels", ids[1]),
        Edit("reshape", "parcels", ids[2], {"geometry": bent}),
        Edit("retime", "pipes", a["pipes"]["id"].iloc[0], {"shift_days": 77}),
        Edit(
            "add", "sources", "NEW", {"geometry": "POINT (39612792.125 3757677.0625)", "kind": "water", "capacity": 0.3}
        ),
    ]
    b = apply(a, edits)
    one, two = (Judged(Scenario(p), plan, judge(plan, only=["da901"])) for p, plan in (("a", a), ("b", b)))
    write_changes(compare(one, two), tmp_path / "changes.gpkg")
    package = read_changes(tmp_path / "changes.gpkg")
    assert package.applied(a).digest == b.digest
    assert package.undone(b).digest == a.digest
    assert sorted(package.before["parcels"]["id"]) == sorted(ids[:3])
    kinds = package.changes["parcels"][["BSM", "WHLX"]].drop_duplicates().to_numpy().tolist()
    assert [ids[1], "灭失"] in kinds
    assert [ids[2], "图形变化"] in kinds
    with pytest.raises(ScenarioError, match="was made for a plan"):
        package.applied(b)


def test_a_file_that_is_no_change_package_is_told(tmp_path):
    (tmp_path / "x.gpkg").write_bytes(b"no")
    with pytest.raises(ReadError, match="no change package"):
        read_changes(tmp_path / "x.gpkg")
