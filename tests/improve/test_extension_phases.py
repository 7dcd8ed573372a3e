"""An extension with its streets, mains, days and permits, on land drawn by hand: two squares beside one street.

The park is 1 km square; its street runs along y = 500 to its eastern edge, water 3 m north and sewer 3 m south of it.
Farmland leaves free only x 1000–1400, y 400–600: two squares of 4 ha. The near one becomes homes, the far one works.
The tree sets out from (1000, 500), 100 m south to the corner (1000, 400) that touches the near square, then 200 m east
to (1200, 400), which touches the far one: 300 m. As-of day 2026-06-30; every day below is counted by hand from it.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import shapely

from geo_planner.algorithms.programs.program import Effort
from geo_planner.checks.contract import mini
from geo_planner.errors import ScenarioError
from geo_planner.improve.extension import Wanted, propose_extension
from geo_planner.improve.proposal import Proposal
from geo_planner.plan import Plan, Profile, Threshold, apply
from geo_planner.verdict import judge

CHINA = Profile(name="default")
BUILT = {"start": "2010-01-01", "finish": "2010-03-01"}
SQUARE = "POLYGON ((0 0, 1000 0, 1000 1000, 0 1000, 0 0))"
STREET = {"id": "R", "width": 20.0, "grade": "secondary", "wkt": "LINESTRING (0 500, 1000 500)", "walkable": True}
WATER = {
    "id": "W", "kind": "water", "diameter_mm": 300.0, "cover": 1.2, "material": "球墨铸铁管", "capacity": 9000.0,
    "wkt": "LINESTRING (0 503, 1000 503)",
}  # fmt: skip
SEWER = {"id": "S", "kind": "sewer", "diameter_mm": 400.0, "cover": 3.0, "wkt": "LINESTRING (1000 497, 0 497)"}
OLD = "POLYGON ((0 520, 100 520, 100 620, 0 620, 0 520))"
HOLES = "(0 0, 0 1000, 1000 1000, 1000 600, 1400 600, 1400 400, 1000 400, 1000 0, 0 0)"
FIELDS = f"POLYGON ((-9000 -9000, 9000 -9000, 9000 9000, -9000 9000, -9000 -9000), {HOLES})"


def _world(as_of: str | None = "2026-06-30", **layers: list[dict[str, object]]) -> Plan:
    given: dict[str, list[dict[str, object]]] = {
        "parks": [{"id": "K", "start": "2009-01-01", "wkt": SQUARE}],
        "parcels": [],
        "control_lines": [{"id": "F", "kind": "farmland", "wkt": FIELDS}],
        "roads": [STREET | BUILT],
        "pipes": [WATER | BUILT, SEWER | BUILT],
        "sources": [
            {"id": "SW", "kind": "water", "finish": "2010-01-01", "capacity": 90000.0, "wkt": "POINT (0 503)"},
            {"id": "SS", "kind": "sewer", "finish": "2010-01-01", "capacity": 90000.0, "wkt": "POINT (0 497)"},
        ],
    }
    old = {"id": "M", "code": "M1", "scheme": "gb50137", "park": "K", "start": "2010-06-01", "used": "2013-01-01"}
    given["parcels"] = [old | {"planned_code": "M1", "phase": "1", "district": "old", "wkt": OLD}]
    return mini(as_of=as_of, **(given | layers)).plan


def _extended(plan: Plan, profile: Profile = CHINA) -> tuple[Proposal, Plan]:
    found = propose_extension(plan, profile, Wanted(area_ha=8), Effort(gap=0.0))
    return found, apply(plan, found.edits)


def _row(plan: Plan, layer: str, name: str) -> pd.Series:
    return plan[layer].set_index("id").loc[name]


def test_streets_and_mains_set_out_from_the_end_of_the_old_street():
    found, new = _extended(_world())
    streets = new["roads"][new["roads"]["id"].str.startswith("K-EXT")]
    assert streets.geometry.to_wkt().tolist() == ["LINESTRING (1000 500, 1000 400, 1200 400)"]
    assert streets[["width", "grade", "corridor"]].iloc[0].tolist() == [20.0, "secondary", "给水;污水"]
    water, sewer = (_row(new, "pipes", f"K-EXT-{kind}-01") for kind in ("water", "sewer"))
    # 3 m to the left of the street in both axes; the sewer 3 m to the right, drawn towards the old one.
    assert water.geometry.wkt == "LINESTRING (1000 503, 997 403, 1197 403)"
    assert sewer.geometry.wkt == "LINESTRING (1203 397, 1003 397, 1000 497)"
    assert water[["diameter_mm", "cover", "material", "capacity"]].tolist() == [300.0, 1.2, "球墨铸铁管", 9000.0]
    assert sewer[["diameter_mm", "cover"]].tolist() == [400.0, 3.0]
    works = found.tables["works"].set_index("network")
    assert works.loc["road", "metres"] == 300.0 and found.tables["alternatives"]["laid_road"].tolist() == [300.0]
    assert works.loc["water", "metres"] == pytest.approx(300, abs=0.6)


def test_the_land_of_the_street_is_taken_from_the_parcels():
    """Near: 200 x 200 less 10 x 110 along its west and 10 x 190 along its south; far: less 10 x 10 of the end."""
    _, new = _extended(_world())
    near, far = (_row(new, "parcels", f"K-EXT-00{k}") for k in (1, 2))
    assert (near.geometry.area, far.geometry.area) == (37_000.0, 39_900.0)
    assert (near["area_declared"], far["area_declared"]) == (37_000.0, 39_900.0)


def test_plan_then_deep_mains_then_streets_then_works_then_homes():
    found, new = _extended(_world())
    day = {
        "plan": "2026-12-27",  # as-of day + 180
        "sewer": ("2027-01-26", "2027-02-25"),  # + 210, + 240: 3.0 m of cover
        "water": ("2027-02-25", "2027-03-27"),  # + 240, + 270: 1.2 m
        "street": ("2027-01-26", "2027-04-06", "2027-04-26"),  # + 210, paved + 280, open + 300
        "works": ("2027-04-26", "2027-09-03", "2029-02-04", "2029-04-05"),  # + 300, 430, 950, 1010
        "homes": ("2029-04-15", "2029-08-23", "2031-01-25", "2031-03-26"),  # + 1020, 1150, 1670, 1730
    }
    assert f"{_row(new, 'approvals', 'K-EXT')['start']:%F}" == day["plan"]
    for kind in ("sewer", "water"):
        row = _row(new, "pipes", f"K-EXT-{kind}-01")
        assert tuple(f"{row[c]:%F}" for c in ("start", "finish")) == day[kind]
    street = _row(new, "roads", "K-EXT-road-01")
    assert tuple(f"{street[c]:%F}" for c in ("start", "paved", "finish")) == day["street"]
    for name, what, code in (("K-EXT-001", "homes", "070102"), ("K-EXT-002", "works", "100101")):
        row = _row(new, "parcels", name)
        assert (row["code"], row["planned_code"]) == (code, code)
        assert tuple(f"{row[c]:%F}" for c in ("released", "start", "finish", "used")) == day[what]
    phases = found.tables["phases"]
    assert phases["phase"].tolist() == ["EXT-1", "EXT-2"] and phases["used"].tolist() == ["2029-04-05", "2031-03-26"]


def test_permits_are_those_the_profile_expects_dated_before_the_works():
    _, new = _extended(_world())
    papers = new["approvals"].query("parcel == 'K-EXT-002'").set_index("kind")["start"]
    assert {kind: f"{day:%F}" for kind, day in papers.items()} == {
        "land_grant": "2027-04-26",
        "land_permit": "2027-05-26",  # + 30
        "works_permit": "2027-07-25",  # + 90
        "construction_permit": "2027-08-24",  # + 120
        "acceptance": "2029-03-06",  # + 680
    }
    mute = Profile("own", {"PB108": {"land_grant": Threshold(("built", "never"), "land, state", "own")}})
    _, other = _extended(_world(), mute)
    assert "land_grant" not in set(other["approvals"]["kind"]) and "works_permit" in set(other["approvals"]["kind"])


ORDER = ("PB101", "PB102", "PB103", "PB105", "PB108", "UG201", "UG202", "UG203", "UG204", "IN302", "IN303")


def _new_land(plan: Plan) -> set[tuple[str, str]]:
    found = judge(plan, CHINA).findings
    mine = found[found["id"].astype(str).str.startswith("K-EXT") & found["code"].isin(ORDER)]
    return set(zip(mine["code"], mine["id"], strict=True))


def test_the_checks_of_order_find_nothing_and_would_find_a_main_that_comes_late():
    _, new = _extended(_world())
    assert _new_land(new) == set()
    pipes = new["pipes"].copy()
    pipes.loc[pipes["id"] == "K-EXT-water-01", "finish"] = pd.Timestamp("2027-10-03")  # a month after the works start
    late = _new_land(new.with_layer("pipes", pipes))
    assert {("UG201", "K-EXT-002"), ("UG204", "K-EXT-road-01")} <= late


NARROW = Profile(
    "own",
    {
        "UG201": {"kinds": Threshold(("water", "road"), "list", "own")},
        "UG202": {"kinds": Threshold(("water", "sewer", "road"), "list", "own")},
    },
)


def test_all_three_scores_stay_whole():
    """Before dates, permits and mains came with it, the extension was left out of S1 and S2 and took S3 to 0."""
    district = [{"id": "P", "kind": "detailed_plan", "start": "2009-06-01", "wkt": SQUARE}]
    steps = {"land_grant": "2009-07-01", "land_permit": "2009-08-01", "works_permit": "2009-09-01"}
    steps |= {"construction_permit": "2009-10-01", "acceptance": "2012-06-01"}
    papers = [{"id": f"M-{kind}", "kind": kind, "parcel": "M", "start": day, "wkt": OLD} for kind, day in steps.items()]
    plan = replace(_world(approvals=district + papers), complete=dict.fromkeys(("buildings", "excavations"), 0))
    _, new = _extended(plan, NARROW)
    before, after = judge(plan, NARROW).scores, judge(new, NARROW).scores
    assert (before.S1, before.S2, before.S3) == (1.0, 1.0, None)  # without homes S3 has nothing to compare
    assert (after.S1, after.S2, after.S3) == (1.0, 1.0, 1.0)
    assert after.parts["S1"][0].total == 86_900.0  # the plant's hectare, 37,000 and 39,900 m²


@pytest.mark.parametrize(("code", "uses"), [("M3", ["100101", "070102"]), ("M1", ["070102", "100101"])])
def test_homes_keep_their_distance_from_an_old_nuisance(code, uses):
    """A third-class plant 100 m from the near square and 300 m from the far one: ST701 used to find homes in reach."""
    plant = "POLYGON ((800 450, 900 450, 900 550, 800 550, 800 450))"
    old = {"id": "M", "code": code, "scheme": "gb50137", "park": "K", "start": "2010-06-01", "used": "2013-01-01"}
    _, new = _extended(_world(parcels=[old | {"wkt": plant}]))
    assert new["parcels"].set_index("id").loc[["K-EXT-001", "K-EXT-002"], "code"].tolist() == uses


def test_without_an_as_of_day_nothing_is_dated():
    """A detailed plan of 2000-01-01 used to be written, a day nobody had named."""
    found, _ = _extended(replace(_world(), as_of=None))
    dates = {"start", "paved", "finish", "released", "used"}
    assert [e.id for e in found.edits if dates & set(e.value)] == []
    assert (
        found.tables["phases"]["released"].tolist() == ["", ""] and found.tables["works"]["finish"].tolist() == [""] * 3
    )


def test_without_streets_and_mains_none_is_laid():
    bare = _world()
    kept = {name: layer for name, layer in bare.layers.items() if name not in {"roads", "pipes"}}
    found, _ = _extended(replace(bare, layers=kept))
    assert not len(found.tables["works"]) and {e.layer for e in found.edits} == {"parks", "approvals", "parcels"}
    parcels = [shapely.from_wkt(str(e.value["geometry"])).area for e in found.edits if e.layer == "parcels"]
    assert parcels == [40_000.0, 40_000.0]


def test_a_second_extension_has_ids_of_its_own_and_later_phases():
    _, once = _extended(_world())
    far = FIELDS.replace("1400", "1800")
    lines = once["control_lines"].copy()
    lines.loc[lines["id"] == "F", "geometry"] = shapely.from_wkt(far)
    found, twice = _extended(once.with_layer("control_lines", lines))
    assert found.tables["phases"]["phase"].tolist() == ["EXT2-1", "EXT2-2"]
    assert twice["parcels"]["id"].is_unique and "K-EXT2-001" in set(twice["parcels"]["id"])


@pytest.mark.parametrize("area", [0.0, -3.0, float("nan"), float("inf")])
def test_an_area_that_is_none_is_one_sentence(area):
    with pytest.raises(ScenarioError, match="the extension needs an area above 0 ha"):
        propose_extension(_world(), CHINA, Wanted(area_ha=area), Effort(gap=0.0))


def test_a_plan_without_parcels_has_no_park_to_extend():
    plan = _world()
    kept = {name: layer for name, layer in plan.layers.items() if name != "parcels"}
    with pytest.raises(ScenarioError, match="there is no park to extend"):
        propose_extension(replace(plan, layers=kept), CHINA, Wanted(area_ha=8), Effort(gap=0.0))


def test_a_street_in_parts_is_a_street_and_a_main_without_a_shape_is_no_model():
    roads = _world()["roads"].copy()
    roads["geometry"] = [shapely.multilinestrings([line]) for line in roads.geometry]
    pipes = _world()["pipes"].copy()
    pipes.loc[pipes["id"] == "S", "geometry"] = None
    found, _ = _extended(_world().with_layer("roads", roads).with_layer("pipes", pipes))
    assert found.tables["works"]["network"].tolist() == ["road", "water"]
