"""A plan pickles, copies, compares by what it holds, and shares with the next what an edit does not touch."""

from __future__ import annotations

import copy
import pickle
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.errors import ScenarioError, UnknownIdError
from geo_planner.plan import Edit, Plan, Raster, apply
from geo_planner.plan.landuse import LandUse, Scheme

CRS = "EPSG:4527"
FIELD = LandUse("X9", "试验田", "test field", "ecology", "", (0.0, 0.0, 5.0), "other")
OWN = Scheme("ours", "ours", "ours", "own", "ours.csv", verified=False, classes={"X9": FIELD})


def square(x: float) -> str:
    return f"POLYGON (({x} 0, {x + 10} 0, {x + 10} 10, {x} 10, {x} 0))"


def park(ids=("A", "B", "C"), **more) -> Plan:
    start = ["2010-01-01", None, "2012-05-06"][: len(ids)]
    parcels = gpd.GeoDataFrame(
        {"id": list(ids), "code": ["M1", None, ""][: len(ids)], "far": [1.0, 2.0, np.nan][: len(ids)], "start": start},
        geometry=shapely.from_wkt([square(20 * k) for k in range(len(ids))]),
        crs=CRS,
    )
    roads = gpd.GeoDataFrame({"id": ["R"]}, geometry=shapely.from_wkt(["LINESTRING (0 -5, 50 -5)"]), crs=CRS)
    grid = Raster("dem", np.array([[1.0, 2.0], [3.0, 4.0]]), (10.0, 0.0, 0.0, 0.0, -10.0, 20.0), CRS)
    return Plan("park", CRS, {"parcels": parcels, "roads": roads}, rasters={"dem": grid}, **more)


def test_a_plan_comes_back_from_a_pickle_and_from_a_copy_equal_and_read_only():
    plan = park(schemes={"ours": OWN}, as_of=date(2020, 1, 1), title={"zh": "园"})
    for other in (pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan)):
        assert (other, hash(other), other.digest) == (plan, hash(plan), plan.digest)
        assert (other.name, other.as_of, dict(other.title)) == ("park", date(2020, 1, 1), {"zh": "园"})
        assert other.schemes["ours"].classes["X9"].zh == "试验田"
        with pytest.raises(ValueError, match="read-only"):
            other.rasters["dem"].values[0, 0] = 9.0
        with pytest.raises(ValueError, match="read-only"):
            other["parcels"].geometry.array[0] = shapely.Point(0, 0)


def test_a_copied_raster_has_cells_of_its_own():
    plan = park()
    other = copy.deepcopy(plan).rasters["dem"]
    assert other == plan.rasters["dem"]
    assert not np.shares_memory(other.values, plan.rasters["dem"].values)


def test_the_digest_is_the_same_in_another_process(tmp_path):
    plan = park(schemes={"ours": OWN})
    (tmp_path / "plan").write_bytes(pickle.dumps(plan))
    code = f"import pickle, pathlib; print(pickle.loads(pathlib.Path({str(tmp_path / 'plan')!r}).read_bytes()).digest)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == plan.digest


@pytest.mark.parametrize(
    "other",
    [
        park(schemes={"ours": OWN}),
        park(as_of=date(2020, 1, 1)),
        replace(park(), crs="EPSG:4528"),
        replace(park(), rasters={}),
        replace(park(), rasters={"dem": replace(park().rasters["dem"], nodata=1.0)}),
        apply(park(), [Edit("set", "parcels", "B", {"code": ""})]),
        apply(park(), [Edit("set", "parcels", "A", {"far": 1.0000001})]),
    ],
    ids=["scheme", "day", "crs", "raster gone", "nodata", "empty word for none", "a number"],
)
def test_what_is_judged_tells_two_plans_apart(other):
    assert other != park()


def test_a_scheme_with_another_meaning_makes_another_plan():
    moved = replace(OWN, classes={"X9": replace(FIELD, ple="living")})
    assert park(schemes={"ours": OWN}) != park(schemes={"ours": moved})


def test_plans_serve_as_keys_by_what_they_hold():
    assert {park(): "one"}[park()] == "one"
    assert len({park(), park(), replace(park(), crs="EPSG:4528")}) == 2


def test_layers_that_an_edit_does_not_name_are_shared_and_their_rows_stand():
    plan = park()
    after = apply(plan, [Edit("retime", "parcels", "A", {"start": "2011-01-01"})])
    assert after.layers["roads"] is plan.layers["roads"]
    assert replace(plan, name="x").layers["parcels"] is plan.layers["parcels"]
    assert plan.with_layer("roads", plan["roads"]).layers["parcels"] is plan.layers["parcels"]


def test_one_edit_changes_the_digest_of_its_column_alone():
    plan = park()
    after = apply(plan, [Edit("retime", "parcels", "A", {"start": "2011-01-01"})])
    old, new = plan.layers.held["parcels"], after.layers.held["parcels"]
    changed = [c for c in [*old.frame.columns] if old.column_digest(c) != new.column_digest(c)]
    assert changed == ["start"]


def slowly(plan: Plan, edits: list[Edit]) -> Plan:
    for edit in edits:
        plan = apply(plan, [edit])
    return plan


def drawn(rng: random.Random, ids: list[str]) -> Edit:
    name = rng.choice(ids)
    kind = rng.choice(["retime", "shift", "set", "reshape", "remove", "add"])
    value = {
        "retime": {"start": f"20{rng.randint(10, 29)}-02-0{rng.randint(1, 9)}"},
        "shift": {"shift_days": rng.randint(-400, 400)},
        "set": {"far": rng.random() * 3, "resettle": rng.choice([True, False, None]), "code": rng.choice(["R2", None])},
        "reshape": {"geometry": square(rng.randint(0, 900))},
        "remove": {},
        "add": {"geometry": square(rng.randint(0, 900)), "finish": "2015-01-01"},
    }[kind]
    if kind == "remove":
        ids.remove(name)
    if kind == "add":
        name = f"N{len(ids)}-{rng.randint(0, 10**9)}"
        ids.append(name)
    return Edit("retime" if kind == "shift" else kind, "parcels", name, value)


@pytest.mark.parametrize("seed", range(20))
def test_a_batch_of_edits_is_the_edits_one_after_the_other(seed):
    rng, ids = random.Random(seed), [f"P{k}" for k in range(6)]
    shapes = shapely.from_wkt([square(20 * k) for k in range(6)])
    frame = gpd.GeoDataFrame({"id": ids.copy(), "start": "2010-01-01", "own": range(6)}, geometry=shapes, crs=CRS)
    plan = Plan("p", CRS, {"parcels": frame})
    edits = [drawn(rng, ids) for _ in range(25) if len(ids) > 1]
    one, other = apply(plan, edits), slowly(plan, edits)
    assert one["parcels"]["id"].tolist() == other["parcels"]["id"].tolist() == ids_of(plan, edits)
    pd.testing.assert_frame_equal(one["parcels"].drop(columns="geometry"), other["parcels"].drop(columns="geometry"))
    assert one.digest == other.digest == Plan("p", CRS, {"parcels": one["parcels"].copy()}).digest


def ids_of(plan: Plan, edits: list[Edit]) -> list[str]:
    """The ids that stand in the end, by the plainest of lists."""
    ids = plan["parcels"]["id"].tolist()
    for edit in edits:
        if edit.kind == "remove":
            ids.remove(edit.id)
        if edit.kind == "add":
            ids.append(edit.id)
    return ids


def test_the_later_of_two_edits_of_a_cell_stands_and_a_removed_feature_may_come_again():
    steps = [
        Edit("set", "parcels", "A", {"far": 5.0}),
        Edit("set", "parcels", "A", {"far": 7}),
        Edit("remove", "parcels", "B"),
        Edit("add", "parcels", "B", {"geometry": square(500), "start": date(2021, 3, 4)}),
        Edit("retime", "parcels", "B", {"shift_days": 1}),
    ]
    frame = apply(park(), steps)["parcels"].set_index("id")
    assert frame["far"].to_dict() == pytest.approx({"A": 7.0, "B": np.nan, "C": np.nan}, nan_ok=True)
    assert frame.loc["B", "start"] == pd.Timestamp("2021-03-05")
    assert frame.index.tolist() == ["A", "C", "B"]


def test_an_edit_may_name_what_an_earlier_one_added_or_renamed():
    steps = [
        Edit("set", "parcels", "A", {"id": "Z"}),
        Edit("set", "parcels", "Z", {"code": "R2"}),
        Edit("add", "parcels", "N", {"geometry": square(300)}),
        Edit("set", "parcels", "N", {"code": "G1"}),
    ]
    assert apply(park(), steps)["parcels"].set_index("id")["code"].loc[["Z", "N"]].tolist() == ["R2", "G1"]


@pytest.mark.parametrize(
    ("step", "error", "words"),
    [
        (Edit("set", "parcels", "A", {"far": "1.5"}), ScenarioError, "far = '1.5' does not fit"),
        (Edit("set", "parcels", "A", {"hazard": "dings"}), ScenarioError, "none of jia, yi, .*Did you mean ding"),
        (Edit("set", "parcels", "A", {"code": 7}), ScenarioError, "code = 7 does not fit"),
        (Edit("set", "parcels", "A", {"resettle": "maybe"}), ScenarioError, "does not fit"),
        (Edit("set", "parcels", "A", {"geometry": square(0)}), ScenarioError, "an edit 'reshape'"),
        (Edit("retime", "parcels", "A", {"shift_days": "soon"}), ScenarioError, "not a whole number"),
        (Edit("reshape", "parcels", "A", {}), ScenarioError, "needs geometry"),
        (Edit("add", "parcels", "A", {"geometry": square(0)}), ScenarioError, "already has a feature 'A'"),
        (Edit("remove", "parcels", "D"), UnknownIdError, "no feature 'D'"),
    ],
)
def test_a_step_that_cannot_be_made_says_why_and_leaves_the_plan(step, error, words):
    plan = park()
    digest = plan.digest
    with pytest.raises(error, match=words):
        apply(plan, [Edit("set", "parcels", "B", {"far": 3.0}), step])
    assert (plan.digest, Plan("park", CRS, dict(plan.layers), rasters=plan.rasters).digest) == (digest, digest)
