"""The contract of facts: what a fact reads of a plan it has named, and what it did not name it does not depend on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.algorithms.overlay import overlaps
from geo_planner.checks import load
from geo_planner.checks.share import judged_share
from geo_planner.facts import registry
from geo_planner.facts.buildings import built_up
from geo_planner.facts.landuse import through_time
from geo_planner.facts.landuse.through_time import balance_through_time, in_hexagons
from geo_planner.facts.progress import cumulative
from geo_planner.facts.registry import FACTS, fact, recorded, with_work
from geo_planner.facts.sizes import first_rows
from geo_planner.facts.watched import Watched, unwatched
from geo_planner.plan import Edit, Plan, Profile, apply
from geo_planner.read.scenario import read_scenario
from geo_planner.study.run import load_scenario
from geo_planner.verdict import judge
from geo_planner.work import Memory, Work

CRS = "EPSG:4527"


def park() -> Plan:
    shapes = [shapely.box(100 * k, 0, 100 * k + 90, 90) for k in range(3)]
    frame = gpd.GeoDataFrame(
        {"id": list("ABC"), "code": ["M1", "R2", "G1"], "far": [1.0, 2.0, 3.0], "start": "2010-01-01"},
        geometry=shapes,
        crs=CRS,
    )
    return Plan("park", CRS, {"parcels": frame})


@pytest.fixture
def strange(monkeypatch) -> list[tuple[str, ...]]:
    """Reads that some fact made and had not named."""
    found: list[tuple[str, ...]] = []
    real = registry.unnamed

    def spy(done, reads):
        out = real(done, reads)
        found.extend(out)
        return out

    monkeypatch.setattr(registry, "unnamed", spy)
    monkeypatch.setattr(registry, "HERE", registry.HERE.__class__(Memory()))
    return found


def test_every_fact_names_what_it_reads(strange, monkeypatch):
    """The examples of all checks, with their curves and buildings, reach every fact; none reads more than it names."""
    reached = set()
    real = registry.Fact.reads

    def spy(self, args, kwargs):
        reached.add(self.name)
        return real(self, args, kwargs)

    monkeypatch.setattr(registry.Fact, "reads", spy)
    for check in load().values():
        for plan in (check.passes.plan, check.fails.plan):
            judged_share(plan, check.run(plan, check.bind(Profile("test"))))
            cumulative(plan) if plan.has("parcels") else None
    shapes = [shapely.box(10, 10, 40, 40), shapely.box(110, 10, 140, 40)]
    houses = gpd.GeoDataFrame({"id": ["H", "I"], "height": [9.0, None]}, geometry=shapes, crs=CRS)
    assert built_up(replace(park().with_layer("buildings", houses), as_of=date(2020, 1, 1)))["highest"].tolist() == [
        0,
        -1,
        -1,
    ]
    assert first_rows(park(), "parcels").of(np.array(["B", "X", "A"], dtype=object)).tolist() == [1, -1, 0]
    assert in_hexagons(park(), 500.0)[2].sum() == pytest.approx(3 * 8100)
    assert strange == []
    assert {name for name in FACTS if name.startswith("geo_planner.")} - reached == set()


def test_every_fact_names_what_it_reads_of_the_sample_park(strange):
    """A real park takes ways through the facts that examples of two rows do not."""
    judge(load_scenario(read_scenario(Path(__file__).parents[2] / "scenarios" / "susu_base.toml")))
    assert strange == []


@pytest.mark.parametrize(
    "read",
    [
        lambda plan: plan["parcels"]["far"].sum(),
        lambda plan: plan["parcels"].far.sum(),
        lambda plan: plan["parcels"].loc[:, "far"].sum(),
        lambda plan: plan["parcels"].loc[0, "far"],
        lambda plan: plan["parcels"][plan["parcels"]["id"] == "A"]["far"].sum(),
        lambda plan: plan["parcels"].iloc[[0]]["far"].sum(),
        lambda plan: plan.layers["parcels"].copy()["far"].sum(),
        lambda plan: plan["parcels"].assign(x=1)["far"].sum(),
        lambda plan: plan["parcels"].sort_values("far")["id"].tolist(),
        lambda plan: plan["parcels"].query("far > 1")["id"].tolist(),
        lambda plan: plan["parcels"].to_numpy().tolist(),
        lambda plan: plan["parcels"].drop(columns="geometry")["far"].sum(),
        lambda plan: plan["parcels"].iloc[0]["far"],
        lambda plan: pd.concat([plan["parcels"], plan["parcels"]])["far"].sum(),
        lambda plan: plan["parcels"].groupby("id")["far"].sum().to_dict(),
        lambda plan: plan["parcels"].merge(pd.DataFrame({"id": ["A"]}), on="id")["far"].sum(),
        lambda plan: plan["parcels"].reset_index()["far"].sum(),
        lambda plan: plan["parcels"].set_index("id")["far"].to_dict(),
        lambda plan: [row["far"] for row in plan["parcels"].to_dict("records")],
        lambda plan: plan["parcels"].dropna(subset=["far"])["id"].tolist(),
        lambda plan: pd.DataFrame(plan["parcels"])["far"].sum(),
        lambda plan: gpd.GeoDataFrame(plan["parcels"])["far"].sum(),
        lambda plan: plan["parcels"].values.tolist(),
        lambda plan: plan["parcels"].max(numeric_only=True).to_dict(),
        lambda plan: plan["parcels"].eval("far * 2").sum(),
        lambda plan: plan["parcels"].at[0, "far"],  # noqa: PD008
        lambda plan: plan["parcels"].iat[0, 6],  # noqa: PD009
        lambda plan: plan["parcels"].pop("far").sum(),
        lambda plan: plan["parcels"].get("far").sum(),
        lambda plan: {c: v.tolist() for c, v in plan["parcels"].items()}["far"],
        lambda plan: plan.with_layer("parcels", plan["parcels"].assign(y=2))["parcels"]["far"].sum(),
        lambda plan: plan.digest,
    ],
)
def test_whatever_way_a_column_is_read_the_read_is_noted(read):
    """A result that depends on a column is never handed out for a plan in which that column is another."""
    before, after = park(), apply(park(), [Edit("set", "parcels", "A", {"far": 2.5})])
    done: set[tuple[str, ...]] = set()
    read(Watched(before, done.add, Work()))
    assert done & {("column", "parcels", "far"), ("all", "parcels"), ("plan", "digest")}
    store, calls = Memory(), []

    def compute(plan: Plan) -> list[object]:
        calls.append(1)
        return [read(plan)]

    for plan in (before, after, before):
        recorded(Watched(plan, lambda _: None, Work(store)), compute, "read")
    assert len(calls) == 2


def test_choosing_rows_reads_no_column():
    done: set[tuple[str, ...]] = set()
    frame = Watched(park(), done.add, Work())["parcels"]
    assert frame[frame["id"] == "B"].iloc[[0]]["code"].tolist() == ["R2"]
    assert done == {("layer", "parcels"), ("column", "parcels", "id"), ("column", "parcels", "code")}


def test_a_fact_that_reads_what_it_did_not_name_is_not_kept(strange):
    calls = []

    @fact(needs={"parcels": ("far",)})
    def liar(plan: Plan) -> float:
        calls.append(1)
        return float(plan["parcels"]["far"].sum()) + len(plan["parcels"]["code"].dropna())

    try:
        assert [liar(park()), liar(park())] == [9.0, 9.0]
        assert (len(calls), strange) == (2, [("column", "parcels", "code")] * 2)
    finally:
        del FACTS[f"{__name__}.{liar.__qualname__}"]


def test_a_fact_is_computed_once_for_plans_that_agree_in_what_it_needs(strange):
    calls = []

    @fact(needs={"parcels": ("far",)})
    def total(plan: Plan, factor: float = 1.0) -> float:
        calls.append(1)
        return factor * float(plan["parcels"]["far"].sum())

    try:
        moved = apply(park(), [Edit("retime", "parcels", "A", {"shift_days": 5})])
        assert [total(park()), total(moved), total(park(), 2.0)] == [6.0, 6.0, 12.0]
        assert (len(calls), strange) == (2, [])
        assert total(apply(park(), [Edit("set", "parcels", "A", {"far": 4.0})])) == 9.0
    finally:
        del FACTS[f"{__name__}.{total.__qualname__}"]


def test_hexagons_cut_the_parcels_once_for_plans_that_differ_in_dates(monkeypatch):
    cuts = []
    monkeypatch.setattr(through_time, "overlaps", lambda *given: cuts.append(1) or overlaps(*given))
    later = apply(park(), [Edit("retime", "parcels", "A", {"shift_days": 30})])
    work = Work(Memory())
    for plan in (park(), later):
        balance_through_time(with_work(plan, work), "hexagon")
    assert cuts == [1]


def test_what_is_watched_can_be_changed_like_any_frame_and_the_plan_stands():
    plan = park()
    frame = Watched(plan, lambda _: None, Work())["parcels"]
    frame["far"] = 0.0
    frame.loc[0, "code"] = "E1"
    assert frame["code"].tolist() == ["E1", "R2", "G1"]
    assert plan["parcels"]["far"].tolist() == [1.0, 2.0, 3.0]
    assert type(unwatched(frame)) is gpd.GeoDataFrame
