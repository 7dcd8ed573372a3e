"""Walking distances on hand-drawn networks, with barriers and bridges, against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely

from geo_planner.algorithms.networks.walking import components, doors, nearest_walk, noded, walks
from geo_planner.checks.contract import mini
from geo_planner.facts.access import walking
from geo_planner.plan import Plan

EAST_WEST = {"id": "A", "wkt": "LINESTRING (0 0, 1000 0)"}
NORTH = {"id": "B", "wkt": "LINESTRING (500 0, 500 400)"}


def plan_of(*roads: dict, lines: list[dict] | None = None) -> Plan:
    return mini(roads=list(roads), **({"control_lines": lines} if lines else {})).plan


def walk(plan: Plan, origin: tuple[float, float], target: tuple[float, float], limit: float = 5000.0) -> float:
    return float(nearest_walk(walking(plan), shapely.points([origin]), shapely.points([target]), limit)[0])


def test_a_road_that_ends_on_another_is_joined_to_it() -> None:
    assert walk(plan_of(EAST_WEST, NORTH), (0, 0), (500, 400)) == pytest.approx(900.0)


def test_crossing_roads_meet_where_they_cross() -> None:
    across = {"id": "B", "wkt": "LINESTRING (500 -100, 500 400)"}
    assert walk(plan_of(EAST_WEST, across), (0, 0), (500, 400)) == pytest.approx(900.0)


def test_a_bridge_over_a_road_is_joined_at_its_ends_only() -> None:
    bridge = {"id": "B", "bridge": True, "wkt": "LINESTRING (500 -100, 500 400)"}
    assert walk(plan_of(EAST_WEST, bridge), (0, 0), (500, 400)) == np.inf


def test_the_way_to_the_door_is_walked_too() -> None:
    assert walk(plan_of(EAST_WEST), (0, 30), (1000, -20)) == pytest.approx(1050.0)


def test_farther_than_the_limit_is_not_reached() -> None:
    assert walk(plan_of(EAST_WEST), (0, 0), (1000, 0), limit=999.0) == np.inf
    assert walk(plan_of(EAST_WEST), (0, 0), (1000, 0), limit=1000.0) == pytest.approx(1000.0)


def test_a_door_far_from_every_road_is_not_served() -> None:
    assert walk(plan_of(EAST_WEST), (0, 501), (1000, 0)) == np.inf


CANAL = [{"id": "K", "kind": "canal", "wkt": "LINESTRING (700 -500, 700 500)"}]
DETOUR = {"id": "C", "bridge": True, "wkt": "LINESTRING (600 0, 600 300, 800 300, 800 0)"}


def test_only_a_bridge_crosses_the_canal() -> None:
    roads = (EAST_WEST | {"bridge": False}, DETOUR)
    assert walk(plan_of(*roads), (0, 0), (1000, 0)) == pytest.approx(1000.0)
    assert walk(plan_of(*roads, lines=CANAL), (600, 0), (800, 0)) == pytest.approx(800.0)


def test_where_no_road_says_whether_it_is_a_bridge_the_drawing_is_trusted() -> None:
    assert walk(plan_of(EAST_WEST, lines=CANAL), (0, 0), (1000, 0)) == pytest.approx(1000.0)


def test_nobody_crosses_the_canal_to_reach_the_nearest_junction() -> None:
    roads = (
        {"id": "A", "bridge": False, "wkt": "LINESTRING (720 0, 720 300)"},
        {"id": "B", "wkt": "LINESTRING (600 0, 600 300)"},
    )
    net = walking(plan_of(*roads, lines=CANAL))
    node, leg = doors(net, shapely.points([[690.0, 0.0]]))
    assert net.nodes[node[0]].tolist() == [600.0, 0.0]
    assert leg.tolist() == [90.0]


def test_people_do_not_walk_on_motorways() -> None:
    assert walk(plan_of(EAST_WEST | {"grade": "motorway"}, NORTH), (-1, 0), (500, 400)) == np.inf


def test_without_roads_straight_lines_are_used_and_said_to_be() -> None:
    net = walking(mini(parcels=[{"id": "P", "wkt": "POLYGON ((0 0, 1 0, 1 1, 0 0))"}]).plan)
    assert net.straight
    assert nearest_walk(net, shapely.points([[0, 0]]), shapely.points([[3, 4]]), 10.0).tolist() == [5.0]


def test_every_pair_within_the_limit_is_listed() -> None:
    net = walking(plan_of(EAST_WEST, NORTH))
    i, j, d = walks(net, shapely.points([[0, 0], [1000, 0]]), shapely.points([[500, 400], [0, 0]]), 950.0)
    assert [(int(a), int(b), round(float(c), 6)) for a, b, c in zip(i, j, d, strict=True)] == [
        (0, 0, 900.0),
        (0, 1, 0.0),
        (1, 0, 900.0),
    ]


def test_parts_of_the_network_that_do_not_touch_are_two() -> None:
    far = {"id": "C", "wkt": "LINESTRING (0 900, 100 900)"}
    assert len(set(components(walking(plan_of(EAST_WEST, NORTH, far))))) == 2


def test_the_fast_way_agrees_with_networkx() -> None:
    rng = np.random.default_rng(4)
    side = 12
    spots = np.array([[x * 100.0, y * 100.0] for x in range(side) for y in range(side)])
    pairs = [(a, b) for a in range(side**2) for b in (a + 1, a + side) if b < side**2 and (b != a + 1 or b % side)]
    pairs = [p for p in pairs if rng.random() > 0.25]
    net = walking(
        plan_of(*[{"id": f"R{k}", "wkt": shapely.LineString(spots[list(p)]).wkt} for k, p in enumerate(pairs)])
    )
    origins, targets = shapely.points(spots), shapely.points(spots[rng.choice(side**2, 5, replace=False)])
    graph = nx.Graph()
    graph.add_weighted_edges_from((tuple(spots[a]), tuple(spots[b]), 100.0) for a, b in pairs)
    alone = [tuple(p) for p in shapely.get_coordinates(targets) if tuple(p) in graph]
    slow = nx.multi_source_dijkstra_path_length(graph, alone, cutoff=800.0)
    fast = nearest_walk(net, origins, targets, 800.0)
    on_net = [k for k, p in enumerate(spots) if tuple(p) in graph]
    assert [fast[k] for k in on_net] == pytest.approx([slow.get(tuple(spots[k]), np.inf) for k in on_net], abs=1e-6)


def test_noding_keeps_the_length_of_the_roads() -> None:
    lines = np.array([shapely.from_wkt(r["wkt"]) for r in (EAST_WEST, NORTH)])
    _, _, length, road = noded(lines, np.zeros(2, dtype=bool))
    assert np.bincount(road, weights=length).tolist() == [1000.0, 400.0]
