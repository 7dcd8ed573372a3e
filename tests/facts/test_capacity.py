"""Shortages through time, the cut behind them and what relieves it."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.checks import load, run
from geo_planner.checks.contract import mini
from geo_planner.checks.nw501_capacity_runs_short import FAILS
from geo_planner.checks.tables import table
from geo_planner.facts.utilities.demand import demand, own_share
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
    assert rows["args"].iloc[0]["since"] == "2021-05-01"
    assert rows["args"].iloc[0]["gain"] == pytest.approx(50.0, abs=0.01)
    assert rows.geometry.iloc[0].equals_exact(rows.geometry.iloc[0], 0) and rows.geometry.iloc[0].length == 100.0


def test_a_pipe_beyond_the_first_parcel_only_starves_the_second() -> None:
    rows = judge(pipes=[FIRST, SECOND | {"capacity": 150.0}]).rows
    assert rows["id"].tolist() == ["W"]
    assert rows["args"].iloc[0]["names"] == "B"


def test_a_shortage_ends_on_the_day_on_which_the_works_are_enlarged() -> None:
    more = WORKS | {"id": "T", "finish": "2022-08-01", "capacity": 100.0}
    rows = judge(sources=[WORKS | {"capacity": 400.0}, more]).rows
    assert [str(d.date()) for d in (*rows["from"], *rows["to"])] == ["2021-05-01", "2022-08-01"]


def test_a_pipe_without_a_capacity_is_unlimited() -> None:
    blank = {k: v for k, v in FIRST.items() if k != "capacity"}
    assert not len(judge(pipes=[blank, SECOND]).rows)


def test_works_without_a_capacity_are_unknown() -> None:
    gas = {"id": "G", "kind": "gas", "finish": "2015-01-01", "wkt": "POINT (0 0)"}
    out = judge(sources=[WORKS, gas], pipes=[FIRST, SECOND, FIRST | {"id": "P", "kind": "gas"}])
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["G", "no_attribute"]]


@pytest.mark.parametrize(
    ("code", "scheme", "per_ha"),
    [
        ("M2", "gb50137", 90.0),
        ("R21", "gb50137", 90.0),
        ("B2", "gb50137", 85.0),
        ("100102", "guide2023", 90.0),
        ("0803", "guide2023", 75.0),
        ("1401", "guide2023", 20.0),
    ],
)
def test_demand_is_the_middle_of_the_range_of_the_land_use(code: str, scheme: str, per_ha: float) -> None:
    plot = {"id": "A", "code": code, "scheme": scheme, "wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
    assert demand(mini(parcels=[plot]).plan, "water", table("demand"))["demand"].tolist() == [per_ha]


def test_land_without_a_figure_asks_for_nothing_known() -> None:
    plot = {"id": "A", "code": "E2", "scheme": "gb50137", "wkt": "POLYGON ((0 0, 1 0, 1 1, 0 0))"}
    assert np.isnan(demand(mini(parcels=[plot]).plan, "water", table("demand"))["demand"].iloc[0])


def test_every_figure_of_the_demand_table_is_marked_unverified() -> None:
    assert set(table("demand")["verified"]) == {"false"}


def test_the_last_to_come_goes_without() -> None:
    late = PLOT | {"id": "0", "used": "2020-09-01", "water_m3d": 100.0}
    rows = judge(parcels=[late, PLOT], sources=[WORKS | {"capacity": 350.0}]).rows
    assert rows["args"].iloc[0]["names"] == "0"


def test_a_shortage_within_one_quarter_is_found_from_day_to_day() -> None:
    gone = NEXT | {"removed": "2021-06-10"}
    rows = judge(parcels=[PLOT, gone], sources=[WORKS | {"capacity": 400.0}]).rows
    assert [str(d.date()) for d in (*rows["from"], *rows["to"])] == ["2021-05-01", "2021-06-10"]
    assert rows["value"].tolist() == [100.0]


def test_everyone_who_comes_later_is_named_and_the_worst_amount_told() -> None:
    third = NEXT | {"id": "C", "used": "2022-07-01", "water_m3d": 50.0}
    brief = NEXT | {"id": "D", "used": "2023-01-01", "water_m3d": 30.0, "removed": "2024-01-01"}
    row = judge(parcels=[PLOT, NEXT, third, brief], sources=[WORKS | {"capacity": 400.0}]).rows.iloc[0]
    assert (str(row["from"].date()), row["to"] is pd.NaT, row["value"]) == ("2021-05-01", True, 180.0)
    assert (row["args"]["short"], row["args"]["worst"]) == (["B", "C", "D"], "2023-01-01")


def test_those_who_came_first_go_without_when_a_source_is_closed() -> None:
    old = WORKS | {"id": "T", "capacity": 300.0, "removed": "2023-01-01"}
    third = NEXT | {"id": "C", "used": "2022-07-01", "water_m3d": 150.0}
    row = judge(parcels=[PLOT, NEXT, third], sources=[WORKS | {"capacity": 300.0}, old]).rows.iloc[0]
    # 650 of 600 from July 2022 on; 650 of 300 once T is closed: C and B make up the 350, A keeps its 300.
    assert (str(row["from"].date()), row["value"], row["args"]["short"]) == ("2022-07-01", 350.0, ["B", "C"])


PLACES = [(0, 0), (100, 0), (200, 0), (0, 100), (100, 100), (200, 100)]
LINKS = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
ROOM = st.one_of(st.none(), st.integers(0, 60))


@settings(max_examples=25, deadline=None)
@given(
    rooms=st.lists(ROOM, min_size=7, max_size=7),
    works=st.lists(st.integers(1, 90), min_size=1, max_size=2),
    needs=st.lists(st.integers(1, 40), min_size=7, max_size=7),
)
def test_what_is_missing_is_what_networkx_says(rooms: list[int | None], works: list[int], needs: list[int]) -> None:
    graph = nx.DiGraph()
    pipes, plots = [], []
    for k, ((a, b), room, need) in enumerate(zip(LINKS, rooms, needs, strict=True)):
        (x0, y0), (x1, y1) = PLACES[a], PLACES[b]
        pipes.append(
            {"id": f"P{k}", "kind": "water", "finish": "2010-01-01", "wkt": f"LINESTRING ({x0} {y0}, {x1} {y1})"}
            | ({} if room is None else {"capacity": float(room)})
        )
        plots.append(
            {
                "id": f"N{k}",
                "used": "2020-01-01",
                "water_m3d": float(need),
                "wkt": f"POINT ({(x0 + x1) / 2} {(y0 + y1) / 2})",
            }
        )
        limit = {} if room is None else {"capacity": room}
        for end in (a, b):
            graph.add_edge(end, f"m{k}", **limit)
            graph.add_edge(f"m{k}", end, **limit)
        graph.add_edge(f"m{k}", "sink", capacity=need)
    for k, much in enumerate(works):
        graph.add_edge("top", (0, 5)[k], capacity=much)
    sources = [
        {
            "id": f"S{k}",
            "kind": "water",
            "finish": "2010-01-01",
            "capacity": float(much),
            "wkt": f"POINT {PLACES[(0, 5)[k]]}".replace(",", ""),
        }
        for k, much in enumerate(works)
    ]
    rows = judge(parcels=plots, pipes=pipes, sources=sources).rows
    missing = sum(needs) - nx.maximum_flow_value(graph, "top", "sink")
    assert (rows["value"].sum() if len(rows) else 0.0) == pytest.approx(missing, abs=0.01)


def test_a_source_joined_at_several_places_gives_its_capacity_once() -> None:
    gate = WORKS | {"capacity": 400.0, "wkt": "POLYGON ((-5 -5, 5 -5, 5 5, -5 5, -5 -5))"}
    twin = FIRST | {"id": "U", "wkt": "LINESTRING (0 3, 100 0)"}
    rows = judge(sources=[gate], pipes=[FIRST, twin, SECOND]).rows
    assert rows[["id", "value"]].to_numpy().tolist() == [["S", 100.0]]


NW501_BLANKS = {
    "parcels.used": ([], [["parcels", "B", "no_used"]], "ok"),
    "pipes.kind": ([], [], "skipped"),
    "pipes.finish": ([], [["pipes", "W", "no_finish"]], "ok"),
    "sources.kind": ([], [], "skipped"),
    "sources.finish": ([], [["sources", "S", "no_finish"]], "ok"),
    "sources.capacity": ([], [], "skipped"),
    "pipes.capacity": ([["S", 100.0]], [], "found"),
}


@pytest.mark.parametrize("column", NW501_BLANKS)
def test_a_blank_never_turns_a_shortage_into_enough(column):
    """500 m³/d are needed and 400 to be had. What is blank is named as unknown, or the check did not run."""
    layers = {name: [dict(row) for row in rows] for name, rows in FAILS.layers.items()}
    layers["parcels"][1]["start"] = "2020-05-01"
    layer, _, name = column.partition(".")
    layers[layer][-1][name] = None
    report = run(mini(**layers).plan, None, only=["NW501"])
    found = report.findings[["id", "value"]].to_numpy().tolist()
    unknown = report.unknown[["layer", "id", "reason"]].to_numpy().tolist()
    assert (found, unknown, report.runs[0].outcome) == NW501_BLANKS[column]


def test_the_share_of_own_demand_is_told():
    """300 of 400 m³/d are the parcels' own figures; of no demand it is 0."""
    base = pd.DataFrame({"demand": [300.0, 100.0, 600.0], "own": [True, False, True]})
    assert own_share(base, np.array([True, True, False])) == 75.0
    assert own_share(base, np.zeros(3, bool)) == 0.0
