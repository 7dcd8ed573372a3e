"""Shortages through time, the cut behind them and what relieves it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import mini
from geo_planner.checks.tables import table
from geo_planner.derive.flows.demand import demand
from geo_planner.plan import Findings, Profile

PLOT = {"id": "A", "used": "2020-02-01", "water_m3d": 300.0, "wkt": "POLYGON ((80 10, 90 10, 90 20, 80 20, 80 10))"}
NEXT = {
    "id": "B",
    "used": "2021-05-01",
    "water_m3d": 200.0,
    "wkt": "POLYGON ((180 10, 190 10, 190 20, 180 20, 180 10))",
}
FIRST = {"id": "V", "kind": "water", "finish": "2019-06-01", "capacity": 800.0, "wkt": "LINESTRING (0 0, 100 0)"}
SECOND = {"id": "W", "kind": "water", "finish": "2019-06-01", "capacity": 800.0, "wkt": "LINESTRING (100 0, 200 0)"}
WORKS = {"id": "S", "kind": "water", "finish": "2015-01-01", "capacity": 900.0, "wkt": "POINT (0 0)"}


def judge(**layers: list[dict[str, Any]]) -> Findings:
    layers = {"parcels": [PLOT, NEXT], "pipes": [FIRST, SECOND], "sources": [WORKS]} | layers
    check = load()["NW501"]
    return check.run(mini(**layers).plan, check.bind(Profile(name="test")))


def test_enough_everywhere_is_silent() -> None:
    out = judge()
    assert (len(out.rows), out.judged) == (0, 2)


def test_a_narrow_pipe_is_the_cut_and_its_relief_brings_what_is_missing() -> None:
    rows = judge(pipes=[FIRST | {"capacity": 450.0}, SECOND]).rows
    assert rows[["layer", "id", "value"]].to_numpy().tolist() == [["pipes", "V", 50.0]]
    assert rows["args"].iloc[0]["quarter"] == "2021Q2"
    assert rows["args"].iloc[0]["gain"] == pytest.approx(50.0, abs=0.01)
    assert rows.geometry.iloc[0].equals_exact(rows.geometry.iloc[0], 0) and rows.geometry.iloc[0].length == 100.0


def test_a_pipe_beyond_the_first_parcel_only_starves_the_second() -> None:
    rows = judge(pipes=[FIRST, SECOND | {"capacity": 150.0}]).rows
    assert rows["id"].tolist() == ["W"]
    assert rows["args"].iloc[0]["names"] == "B"


def test_a_shortage_ends_in_the_quarter_in_which_the_works_are_enlarged() -> None:
    more = WORKS | {"id": "T", "finish": "2022-08-01", "capacity": 100.0}
    rows = judge(sources=[WORKS | {"capacity": 400.0}, more]).rows
    assert [str(d.date()) for d in (*rows["from"], *rows["to"])] == ["2021-04-01", "2022-07-01"]


def test_a_pipe_without_a_capacity_is_unlimited() -> None:
    blank = {k: v for k, v in FIRST.items() if k != "capacity"}
    assert not len(judge(pipes=[blank, SECOND]).rows)


def test_works_without_a_capacity_are_unknown() -> None:
    gas = {"id": "G", "kind": "gas", "finish": "2015-01-01", "wkt": "POINT (0 0)"}
    out = judge(sources=[WORKS, gas], pipes=[FIRST, SECOND, FIRST | {"id": "P", "kind": "gas"}])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["G", "no_attribute"]]


@pytest.mark.parametrize(
    ("code", "scheme", "per_ha"),
    [("M2", "gb50137", 90.0), ("R21", "gb50137", 90.0), ("B2", "gb50137", 85.0), ("100102", "guide2023", 90.0),
     ("0803", "guide2023", 75.0), ("1401", "guide2023", 20.0)],
)  # fmt: skip
def test_demand_is_the_middle_of_the_range_of_the_land_use(code: str, scheme: str, per_ha: float) -> None:
    plot = {"id": "A", "code": code, "scheme": scheme, "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
    assert demand(mini(parcels=[plot]).plan, "water", table("demand"))["demand"].tolist() == [per_ha]


def test_land_without_a_figure_asks_for_nothing_known() -> None:
    plot = {"id": "A", "code": "E2", "scheme": "gb50137", "wkt": "POLYGON ((0 0, 1 0, 1 1, 0 0))"}
    assert np.isnan(demand(mini(parcels=[plot]).plan, "water", table("demand"))["demand"].iloc[0])


def test_every_figure_of_the_demand_table_is_marked_unverified() -> None:
    assert set(table("demand")["verified"]) == {"false"}
