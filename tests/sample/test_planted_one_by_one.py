"""Faults of the kinds a reviewer would plant, one at a time in the sample park: each is found at the right row.

They are chosen by rule, not by what our checks see; the sample's own faults are in `test_sample_faults`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.affinity import translate
from shapely.ops import substring

from geo_planner.checks import run
from geo_planner.plan import Edit, Plan, apply
from geo_planner.plan.report import Report
from geo_planner.read.scenario import read_scenario
from geo_planner.study.run import load_scenario

SCENARIO = read_scenario(Path(__file__).parents[2] / "scenarios" / "susu_base.toml")
PLANT, HOME, HALL, HOUSE = "SQ-01-02-01", "SQ-02-02-01", "JZ-01-02-01-1", "JZ-02-02-01-1"
GAS, SEWER, WATER = "RQ-EW01-01-1", "WS-EW01-01-2", "JS-EW01-01-1"
Fault = Callable[[Plan], list[Edit]]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_scenario(SCENARIO)


def row(plan: Plan, layer: str, name: str) -> Any:
    frame = plan[layer]
    return frame[frame["id"] == name].iloc[0]


def with_values(layer: str, name: str, **values: Any) -> Fault:
    return lambda _: [Edit("set", layer, name, values)]


def dated(layer: str, name: str, **days: str) -> Fault:
    return lambda _: [Edit("retime", layer, name, days)]


def reshaped(layer: str, name: str, change: Callable[[Any], Any]) -> Fault:
    def edits(plan: Plan) -> list[Edit]:
        shape = change(row(plan, layer, name).geometry)
        return [Edit("reshape", layer, name, {"geometry": shapely.to_wkt(shape, rounding_precision=3)})]

    return edits


def paper(kind: str, parcel: str, /, **change: Any) -> Fault:
    def edits(plan: Plan) -> list[Edit]:
        table = plan["approvals"]
        name = table.loc[(table["kind"] == kind) & (table["parcel"] == parcel), "id"].iloc[0]
        if not change:
            return [Edit("remove", "approvals", name)]
        return [Edit("retime" if "start" in change else "set", "approvals", name, change)]

    return edits


def all_papers_cut(plan: Plan) -> list[Edit]:
    table = plan["approvals"]
    west, south, east, north = row(plan, "parcels", PLANT).geometry.bounds
    left = shapely.box(west, south, west + 0.6 * (east - west), north)
    mine = table[table["parcel"] == PLANT]
    shapes = shapely.to_wkt(shapely.intersection(mine.geometry.to_numpy(), left), rounding_precision=3)
    return [Edit("reshape", "approvals", n, {"geometry": g}) for n, g in zip(mine["id"], shapes, strict=True)]


def new(layer: str, shape: Callable[[Plan], Any], **values: Any) -> Fault:
    return lambda plan: [Edit("add", layer, "NEW", {"geometry": shapely.to_wkt(shape(plan)), **values})]


def later(layer: str, name: str, days: int, *columns: str) -> Fault:
    def edits(plan: Plan) -> list[Edit]:
        old = row(plan, layer, name)
        return [Edit("retime", layer, name, {c: str((old[c] + pd.Timedelta(days=days)).date()) for c in columns})]

    return edits


def beside_the_house(plan: Plan) -> Any:
    _, south, east, _ = row(plan, "buildings", HOUSE).geometry.bounds
    return shapely.box(east + 8, south, east + 23, south + 15)


def in_the_plant(plan: Plan) -> Any:
    return row(plan, "parcels", PLANT).geometry.centroid.buffer(60)


def levels_swapped(plan: Plan) -> list[Edit]:
    sewer = row(plan, "pipes", SEWER)
    return [Edit("set", "pipes", SEWER, {"z_start": float(sewer.z_end), "z_end": float(sewer.z_start)})]


FAULTS: dict[str, tuple[Fault, str, str]] = {
    "a gas main loses half its length": (reshaped("pipes", GAS, lambda g: substring(g, 0, g.length / 2)), "NW503", GAS),
    "a gas main ends 40 m early": (reshaped("pipes", GAS, lambda g: substring(g, 0, g.length - 40)), "NW503", GAS),
    "a sewer is drawn 25 m short": (reshaped("pipes", SEWER, lambda g: substring(g, 0, g.length - 25)), "NW503", SEWER),
    "a sewer falls the wrong way": (levels_swapped, "NW502", SEWER),
    "a gas main hardly covered": (with_values("pipes", GAS, cover=0.2), "ST705", GAS),
    "a cover in centimetres": (with_values("pipes", GAS, cover=120.0), "DA908", GAS),
    "a works permit after the start": (paper("works_permit", PLANT, start="2012-01-01"), "PB102", PLANT),
    "a grant before the detailed plan": (paper("land_grant", PLANT, start="2003-01-01"), "PB102", PLANT),
    "an acceptance after the first use": (paper("acceptance", PLANT, start="2015-01-01"), "PB102", PLANT),
    "permits cut to three fifths": (all_papers_cut, "PB104", "JZ-01-02-01-2"),
    "a red line over a plant": (new("control_lines", in_the_plant, kind="redline", start="2005-01-01"), "EC601", PLANT),
    "a store of class jia beside homes": (
        new("buildings", beside_the_house, use="warehouse", hazard="jia", rating=2, start="2015-01-01", floors=1),
        "ST702", HOUSE,
    ),
    "a house of 180 m": (with_values("buildings", HOUSE, height=180.0), "PB103", HOME),
    "a floor-area ratio in per cent": (with_values("parcels", PLANT, far=150.0), "PB103", PLANT),
    "a density as a ratio": (with_values("parcels", PLANT, density=0.45), "DA908", PLANT),
    "the green of homes as a ratio": (with_values("parcels", HOME, green=0.35), "PB103", HOME),
    "an area in hectares": (with_values("parcels", PLANT, area_declared=4.2), "DA906", PLANT),
    "the year 2203": (dated("parcels", PLANT, finish="2203-05-01", used="2203-06-01"), "DA908", PLANT),
    "the dates of a plant swapped": (dated("parcels", PLANT, start="2012-01-01", finish="2009-01-01"), "DA907", PLANT),
    "an id that stands twice": (with_values("buildings", HALL, id=HOUSE), "DA901", HOUSE),
    "the coordinates of a parcel swapped": (
        reshaped("parcels", PLANT, lambda g: shapely.transform(g, lambda c: c[:, ::-1])), "PB105", PLANT,
    ),
    "a parcel shifted by 30 m": (reshaped("parcels", PLANT, lambda g: translate(g, 30, 30)), "DA903", PLANT),
    "a water main three years late": (later("pipes", WATER, 1100, "start", "finish"), "UG204", "EW01-01"),
    "a hall moved out of its parcel": (reshaped("buildings", HALL, lambda g: translate(g, 0, 600)), "PB104", HALL),
}  # fmt: skip
UNKNOWN: dict[str, tuple[Fault, str, str]] = {
    "a plant without a start": (with_values("parcels", PLANT, start=None), "PB101", PLANT),
    "a home in use without an acceptance": (paper("acceptance", HOME), "PB108", HOME),
    "a works permit that is a land permit": (paper("works_permit", PLANT, kind="land_permit"), "PB108", PLANT),
    "a land permit that is gone": (paper("land_permit", PLANT), "PB108", PLANT),
}


def judged(plan: Plan, code: str) -> Report:
    return run(plan, SCENARIO.rules, only=[code])


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_at_the_right_row(plan, name):
    fault, code, where = FAULTS[name]
    before = set(judged(plan, code).findings["fingerprint"])
    after = judged(apply(plan, fault(plan)), code).findings
    fresh = after[~after["fingerprint"].isin(before)]
    ends = np.r_[fresh["id"].to_numpy(dtype=object), fresh["other_id"].to_numpy(dtype=object)]
    assert any(where in str(end) for end in ends), fresh[["id", "other_id"]].to_numpy().tolist()


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_taken_away_is_unknown_at_the_right_row(plan, name):
    fault, code, where = UNKNOWN[name]
    assert where not in set(judged(plan, code).unknown["id"])
    assert where in set(judged(apply(plan, fault(plan)), code).unknown["id"])
