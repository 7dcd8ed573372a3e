"""The compiled loops, their numpy twins and the slow obvious way say the same."""

from __future__ import annotations

import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
import shapely

from geo_planner.algorithms import overlay, trapezoids
from geo_planner.algorithms import segments as adjacency
from geo_planner.algorithms.distances import near
from geo_planner.algorithms.kernels import loops, loops_for
from geo_planner.algorithms.networks import walking as access
from geo_planner.algorithms.networks.walking import Network, doors, spread
from geo_planner.algorithms.segments import meetings, near_lines

numba = pytest.importorskip("numba")


def tangle(seed: int, count: int, size: float) -> np.ndarray:
    """Lines of four segments that wander over a square; some share their ends."""
    rng = np.random.default_rng(seed)
    start = np.round(rng.uniform(0, size, (count, 1, 2)) / 20) * 20
    steps = rng.normal(0, 15, (count, 4, 2))
    return shapely.linestrings(np.concatenate([start, start + np.cumsum(steps, axis=1)], axis=1))


@pytest.fixture(params=["compiled", "numpy"])
def engine(request, monkeypatch) -> None:
    compiled = request.param == "compiled"
    for module in (access, adjacency, trapezoids):  # however small the world
        monkeypatch.setattr(module, "loops_for", lambda name, _work: loops(name) if compiled else None)


def test_a_little_work_does_not_load_the_compiler() -> None:
    """Reading and judging a park of a thousand parcels loaded numba (0.7 s, 100 MB) to measure 1,339 pairs."""
    assert loops_for("areas", 1_339 * 4 * 256) is None  # edges of a parcel times edges of a tile of a zone
    assert loops_for("areas", 15_000 * 4 * 500) is loops("areas")
    script = (
        "import sys, numpy, shapely; from geo_planner.algorithms import overlay, segments;"
        "boxes = shapely.box([0, 5], [0, 5], [10, 20], [10, 20]); overlay.overlaps(boxes, boxes);"
        "segments.near_lines(shapely.linestrings([[(0, 0), (9, 0)], [(0, 1), (9, 1)]]), 2.0);"
        "assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(("count", "reach"), [(60, 3.0), (300, 0.5), (40, 80.0)])
def test_near_lines_are_those_that_geos_finds(engine, count, reach) -> None:
    lines = tangle(3, count, 200.0)
    i, j, distance = near_lines(lines, reach)
    apart = shapely.distance(lines[:, None], lines[None, :])
    left, right = np.nonzero(np.triu(apart <= reach, 1))
    assert (i.tolist(), j.tolist()) == (left.tolist(), right.tolist())
    assert distance == pytest.approx(apart[left, right], abs=1e-9)


def test_lines_of_several_parts_count_as_one(engine) -> None:
    lines = shapely.from_wkt(
        ["MULTILINESTRING ((0 0, 1 0), (100 0, 101 0))", "LINESTRING (100 2, 101 2)", "LINESTRING (0 5, 0 9)"]
    )
    i, j, distance = near_lines(lines, 5.0)
    assert (i.tolist(), j.tolist(), distance.tolist()) == ([0, 0], [1, 2], [2.0, 5.0])


def test_lines_that_cross_or_end_on_another_meet_and_lines_joined_end_to_end_do_not(engine) -> None:
    lines = shapely.from_wkt(
        [
            "LINESTRING (0 0, 100 0)",
            "LINESTRING (100 0, 200 0)",  # goes on from the first
            "LINESTRING (50 -10, 50 10)",  # crosses the first
            "LINESTRING (20 0, 20 30)",  # ends on the first
            "LINESTRING (100 0, 40 0)",  # starts at its end and runs back along it
        ]
    )
    assert [tuple(p) for p in np.column_stack(meetings(lines)).tolist()] == [(0, 2), (0, 3), (0, 4), (2, 4)]


def test_no_lines_are_no_pairs(engine) -> None:
    assert [len(x) for x in near_lines(np.array([], dtype=object), 1.0)] == [0, 0, 0]


@pytest.mark.parametrize("vertices", [4, 200])
def test_near_polygons_are_those_that_geos_finds_whatever_their_size(vertices) -> None:
    rng = np.random.default_rng(5)
    spots = shapely.points(rng.uniform(0, 400, (80, 2)))
    shapes = shapely.buffer(spots, rng.uniform(2, 15, 80), quad_segs=max(vertices // 4, 1))
    reach = rng.uniform(0, 40, 30)
    i, j, distance = near(shapes[:30], shapes[30:], reach)
    apart = shapely.distance(shapes[:30, None], shapes[None, 30:])
    left, right = np.nonzero(apart <= reach[:, None])
    assert (i.tolist(), j.tolist()) == (left.tolist(), right.tolist())
    assert distance == pytest.approx(apart[left, right])


def test_a_distance_of_exactly_the_reach_is_near_and_the_missing_are_not() -> None:
    left = np.array([shapely.Point(0, 0), None, shapely.Point()], dtype=object)
    i, j, _ = near(left, shapely.points([[3.0, 4.0], [0.0, 5.001]]), 5.0)
    assert (i.tolist(), j.tolist()) == ([0], [0])


def grid(n: int) -> tuple[Network, nx.Graph]:
    rng = np.random.default_rng(1)
    nodes = np.array([[x * 50.0, y * 50.0] for x in range(n) for y in range(n)])
    right = [(k, k + n) for k in range(n * n - n)]
    up = [(k, k + 1) for k in range(n * n) if (k + 1) % n]
    ends = np.array(right + up)
    length = rng.uniform(20, 90, len(ends))
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(*ends.T.tolist(), length.tolist(), strict=True))
    return Network(nodes, ends, length, np.arange(len(ends)), shapely.GeometryCollection(), straight=False), graph


@pytest.mark.parametrize("limit", [100.0, 400.0, 1e9])
def test_walks_are_those_that_networkx_finds(engine, limit) -> None:
    net, graph = grid(12)
    start, legs = np.array([0, 77, 143, 5]), np.array([30.0, 0.0, 250.0, 399.0])
    walk = spread(net.graph, start, legs, limit)
    graph.add_weighted_edges_from(("all", s, leg) for s, leg in zip(start.tolist(), legs.tolist(), strict=True))
    slow = nx.single_source_dijkstra_path_length(graph, "all", cutoff=limit)
    assert {k: v for k, v in enumerate(walk.tolist()) if np.isfinite(v)} == pytest.approx(
        {k: v for k, v in slow.items() if k != "all"}, abs=1e-6
    )


def test_a_door_behind_a_canal_is_the_nearest_that_a_straight_way_reaches() -> None:
    net, _ = grid(12)
    canal = shapely.LineString([(260, -100), (260, 700)])
    shapely.prepare(canal)
    cut = Network(net.nodes, net.ends, net.length, net.road, canal, straight=False)
    rng = np.random.default_rng(2)
    points = shapely.points(rng.uniform(200, 320, (200, 2)))
    node, leg = doors(cut, points)
    ways = shapely.linestrings(
        np.stack(
            [np.repeat(shapely.get_coordinates(points), len(net.nodes), axis=0), np.tile(net.nodes, (200, 1))], axis=1
        )
    )
    slow = np.where(
        shapely.crosses(ways, canal) | (shapely.length(ways) > access.LEG), np.inf, shapely.length(ways)
    ).reshape(200, -1)
    assert leg == pytest.approx(slow.min(axis=1))
    assert (node == slow.argmin(axis=1)).all()


def test_overlap_needs_no_turn_of_rings_and_knows_holes(engine) -> None:
    ring = [(0, 0), (10, 0), (10, 10), (0, 10)]
    hole = [(2, 2), (8, 2), (8, 8), (2, 8)]
    shapes = np.array([shapely.Polygon(a, [b]) for a in (ring, ring[::-1]) for b in (hole, hole[::-1])])
    i, _, area = overlay.overlaps(shapes, np.array([shapely.box(5, -5, 30, 30)]))
    assert (i.tolist(), area.tolist()) == ([0, 1, 2, 3], pytest.approx([32.0] * 4))


@pytest.mark.parametrize("vertices", [8, 32])
def test_cutting_keeps_every_square_metre_and_yields_valid_pieces(vertices) -> None:
    star = shapely.Polygon(
        [
            ((100 + 40 * (-1) ** k) * np.cos(t), (100 + 40 * (-1) ** k) * np.sin(t))
            for k, t in enumerate(np.linspace(0, 2 * np.pi, 120, endpoint=False))
        ]
    )
    comb = shapely.union_all(
        [shapely.box(0, 0, 200, 10), *[shapely.box(20 * k, 10, 20 * k + 10, 100) for k in range(10)]]
    )
    shapes = np.array([star, shapely.difference(star, shapely.box(-20, -20, 20, 20)), comb])
    pieces, owner = overlay.cut(shapes, vertices)
    assert np.bincount(owner, weights=shapely.area(pieces)) == pytest.approx(shapely.area(shapes))
    assert shapely.is_valid(pieces).all()
    assert shapely.get_num_coordinates(pieces).max() <= vertices


def test_who_shares_all_of_its_area_is_its_own_evidence() -> None:
    left = shapely.box([0, 8], [0, 0], [2, 12], [2, 2])
    tiled = overlay.cut(np.array([shapely.box(-1, -1, 10, 10)]))
    i, j, area = overlay.overlaps(left, np.array([shapely.box(-1, -1, 10, 10)]), tiled)
    shown = overlay.shared_shapes(left, tiled, i, j, area)
    assert shown[0].equals(left[0])
    assert shapely.area(shown).tolist() == [4.0, 4.0]


def test_all_walks_within_the_limit_are_found_whatever_searches(engine) -> None:
    net, graph = grid(8)
    rng = np.random.default_rng(4)
    homes, shops = shapely.points(rng.uniform(-20, 370, (60, 2))), shapely.points(rng.uniform(-20, 370, (9, 2)))
    i, j, d = access.walks(net, homes, shops, 300.0)
    (node, leg), (there, far) = doors(net, homes), doors(net, shops)
    slow = {}
    for t in range(len(shops)):
        walk = nx.single_source_dijkstra_path_length(graph, int(there[t]))
        for h in range(len(homes)):
            if (whole := far[t] + walk[int(node[h])] + leg[h]) <= 300.0:
                slow[(h, t)] = whole
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == sorted(slow)
    assert d.tolist() == pytest.approx([slow[key] for key in sorted(slow)])
