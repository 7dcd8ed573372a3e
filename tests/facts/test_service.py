"""When parcels are served, and what they wait for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo_planner.checks.contract import mini
from geo_planner.facts.utilities import Service, Snap, network_graph, service
from geo_planner.facts.utilities.lateness import ranking

SOURCE = {"id": "S", "kind": "water", "finish": "2010-01-01", "wkt": "POINT (0 0)"}
PLOT = {"id": "P", "start": "2020-06-01", "wkt": "POLYGON ((190 10, 210 10, 210 30, 190 30, 190 10))"}
NEAR = {"id": "A", "kind": "water", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 100 0)"}
FAR = {"id": "B", "kind": "water", "finish": "2021-01-01", "wkt": "LINESTRING (100 0, 200 0)"}


def water(*pipes: dict[str, Any], plots: list[dict[str, Any]] | None = None, **more: Any) -> Service:
    return service(mini(pipes=list(pipes), sources=[SOURCE], parcels=plots or [PLOT], **more).plan, "water")


def served(found: Service) -> str | None:
    day = found.frame["served"].iloc[0]
    return None if pd.isna(day) else str(day.date())


def test_a_parcel_is_served_when_the_last_pipe_on_the_best_path_is_accepted() -> None:
    found = water(NEAR, FAR)
    assert served(found) == "2021-01-01"
    assert found.frame["bottleneck"].tolist() == ["B"]
    assert found.path("P") == ["B", "A"]


def test_the_bottleneck_may_be_far_upstream() -> None:
    found = water(NEAR | {"finish": "2022-03-01"}, FAR)
    assert served(found) == "2022-03-01"
    assert found.frame["bottleneck"].tolist() == ["A"]


def test_a_source_that_opens_last_is_the_bottleneck() -> None:
    late = SOURCE | {"finish": "2024-01-01"}
    found = service(mini(pipes=[NEAR, FAR], sources=[late], parcels=[PLOT]).plan, "water")
    assert served(found) == "2024-01-01"
    assert found.frame[["bottleneck_layer", "bottleneck"]].to_numpy().tolist() == [["sources", "S"]]


def test_a_second_path_that_is_ready_earlier_is_taken() -> None:
    around = {"id": "C", "kind": "water", "finish": "2020-03-01", "wkt": "LINESTRING (0 0, 0 50, 200 50, 200 0)"}
    assert served(water(NEAR, FAR, around)) == "2020-03-01"


def test_a_pipe_that_ends_on_another_pipes_middle_joins_it() -> None:
    branch = {"id": "T", "kind": "water", "finish": "2020-02-01", "wkt": "LINESTRING (50 0.3, 50 15, 200 15)"}
    assert served(water(NEAR, branch)) == "2020-02-01"


def test_pipes_that_only_cross_are_not_joined() -> None:
    across = {"id": "X", "kind": "water", "finish": "2020-02-01", "wkt": "LINESTRING (50 -20, 50 15, 200 15)"}
    assert served(water(NEAR, across)) is None


def test_crossing_pipes_are_joined_where_the_user_says_so() -> None:
    across = {"id": "X", "kind": "water", "finish": "2020-02-01", "wkt": "LINESTRING (50 -20, 50 15, 200 15)"}
    plan = mini(pipes=[NEAR, across], sources=[SOURCE], parcels=[PLOT]).plan
    assert served(service(plan, "water", snap=Snap(crossings=True))) == "2020-02-01"


def test_a_gap_wider_than_the_tolerance_cuts_the_parcel_off() -> None:
    assert served(water(NEAR, FAR | {"wkt": "LINESTRING (100.6 0, 200 0)"})) is None


def test_a_gap_within_the_tolerance_is_closed() -> None:
    assert served(water(NEAR, FAR | {"wkt": "LINESTRING (100.4 0, 200 0)"})) == "2021-01-01"


def test_pipes_of_another_kind_do_not_serve() -> None:
    assert served(water(NEAR, FAR | {"kind": "gas"})) is None


def test_a_parcel_beyond_reach_is_not_served() -> None:
    away = PLOT | {"wkt": "POLYGON ((190 31, 210 31, 210 50, 190 50, 190 31))"}
    assert served(water(NEAR, FAR, plots=[away])) is None


def test_a_pipe_on_the_far_side_of_a_fronting_road_serves() -> None:
    away = PLOT | {"wkt": "POLYGON ((190 50, 210 50, 210 70, 190 70, 190 50))"}
    road = {"id": "R", "width": 60.0, "wkt": "LINESTRING (0 25, 300 25)"}
    assert served(water(NEAR, FAR, plots=[away], roads=[road])) == "2021-01-01"


def test_an_undated_pipe_makes_the_parcel_unknown_where_it_would_matter() -> None:
    found = water(NEAR, {k: v for k, v in FAR.items() if k != "finish"})
    state = found.on(["2020-06-01"])
    assert (bool(state.served[0]), bool(state.unknown[0])) == (False, True)


def test_an_undated_pipe_does_not_excuse_a_late_one_behind_it() -> None:
    found = water(NEAR | {"finish": "2022-01-01"}, {k: v for k, v in FAR.items() if k != "finish"})
    state = found.on(["2020-06-01"])
    assert (bool(state.served[0]), bool(state.unknown[0])) == (False, False)


def test_a_parcel_is_cut_off_on_the_day_its_only_pipe_is_removed() -> None:
    found = water(NEAR | {"removed": "2025-01-01"}, FAR | {"finish": "2020-01-01"})
    assert str(found.frame["lost"].iloc[0].date()) == "2025-01-01"
    assert [bool(found.on([day]).served[0]) for day in ("2024-12-31", "2025-01-01")] == [True, False]


def test_a_later_pipe_takes_over_after_a_removal() -> None:
    again = {"id": "N", "kind": "water", "finish": "2026-05-01", "wkt": "LINESTRING (0 0, 50 5, 100 0)"}
    found = water(NEAR | {"removed": "2025-01-01"}, FAR | {"finish": "2020-01-01"}, again)
    state = found.on(["2025-06-01"])
    assert state.day[0] == (np.datetime64("2026-05-01") - np.datetime64("1970-01-01")).astype(int)
    assert found.bottleneck(state.span, state.pipe)[1].tolist() == ["N"]
    assert [str(found.network.ids[p]) for p in found.paths(np.array([0]), state)[0]] == ["B", "N"]


def test_a_road_serves_from_its_opening() -> None:
    road = {"id": "R", "finish": "2019-05-01", "width": 20.0, "wkt": "LINESTRING (0 0, 300 0)"}
    found = service(mini(roads=[road], parcels=[PLOT]).plan, "road")
    assert served(found) == "2019-05-01"


def test_the_ranking_counts_the_parcels_that_wait_for_a_pipe() -> None:
    more = [PLOT, PLOT | {"id": "Q"}, PLOT | {"id": "OK", "start": "2021-01-01"}]
    table = ranking(mini(pipes=[NEAR, FAR], sources=[SOURCE], parcels=more).plan)
    assert table[["id", "parcels", "days", "parcel_days"]].to_numpy().tolist() == [["B", 2, 214, 428]]


def test_the_networkx_graph_has_a_node_at_every_joint() -> None:
    branch = {"id": "T", "kind": "water", "wkt": "LINESTRING (50 0, 50 15)"}
    graph = network_graph(mini(pipes=[NEAR, branch], sources=[SOURCE], parcels=[PLOT]).plan, "water")
    assert graph.number_of_nodes() == 4
    assert sorted(d["length"] for _, _, d in graph.edges(data=True)) == [15.0, 50.0, 50.0]
    assert [d["source"] for _, d in graph.nodes(data=True) if "source" in d] == ["S"]


@pytest.mark.parametrize("kind", ["water", "gas"])
def test_row_order_changes_nothing(kind: str) -> None:
    branch = {"id": "T", "kind": "water", "finish": "2020-02-01", "wkt": "LINESTRING (50 0.3, 50 15, 200 15)"}
    pipes = [NEAR, FAR, branch, FAR | {"id": "E", "finish": "2020-02-01"}]
    tables = [
        service(mini(pipes=rows, sources=[SOURCE], parcels=[PLOT, PLOT | {"id": "Q"}]).plan, kind).frame
        for rows in (pipes, pipes[::-1])
    ]
    pd.testing.assert_frame_equal(*tables)


def test_a_pipe_shorter_than_the_tolerance_still_joins_both_its_neighbours() -> None:
    stub = NEAR | {"id": "X", "wkt": "LINESTRING (100 0, 102 0)"}
    plan = mini(pipes=[NEAR, stub, FAR | {"wkt": "LINESTRING (102 0, 200 0)"}], sources=[SOURCE], parcels=[PLOT]).plan
    assert served(service(plan, "water", snap=Snap(tolerance=3.0))) == "2021-01-01"
