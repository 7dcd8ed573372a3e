"""Worked numbers on data that nobody in this project drew."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from geo_planner.algorithms.distances import near
from geo_planner.algorithms.networks.walking import nearest_walk
from geo_planner.algorithms.overlay import overlaps
from geo_planner.checks.ba418_unlike_city_structure import letters
from geo_planner.facts.access import walking
from geo_planner.facts.landuse.uses import uses
from geo_planner.facts.terrain import sample
from geo_planner.plan import Plan, Raster
from tests.shared import shared

pytestmark = pytest.mark.shared


def huizhou() -> Plan:
    land = gpd.read_file(shared("real-data", "cn-huizhou-kg-parcels", "land.shp"), encoding="gb18030")
    land = land.set_crs("EPSG:4547", allow_override=True)
    land["id"] = [f"P{k}" for k in range(len(land))]
    land["code"], land["scheme"] = land["Layer"], "gb50137"
    return Plan("huizhou", "EPSG:4547", {"parcels": land})


@pytest.fixture(scope="module")
def wuxi() -> Plan:
    path = shared("real-data", "assembled", "wuxi_1plus5.gpkg")
    zones, roads, transit = (gpd.read_file(path, layer=name) for name in ("zones", "roads", "transit"))
    zones["park"] = zones["park_id"]
    transit["id"], transit["kind"] = [f"T{k}" for k in range(len(transit))], "bus_stop"
    layers = {
        "parcels": zones[["id", "ple", "use_class", "park", "geometry"]],
        "facilities": transit[["id", "kind", "geometry"]],
    }
    return Plan("wuxi", "EPSG:32650", layers | {"roads": roads[["id", "walkable", "geometry"]]})


def test_the_79_parcels_of_huizhou_are_all_read_and_add_up() -> None:
    plan = huizhou()
    table = uses(plan)
    assert (len(table), int(table["reason"].notna().sum())) == (79, 0)
    assert table["area"].sum() / 1e4 == pytest.approx(288.8, abs=0.05)
    stated = plan["parcels"]["SHAPE_Area"].to_numpy(dtype=float)
    assert table["area"].to_numpy() == pytest.approx(stated, rel=1e-6)


def test_shares_of_huizhou_agree_with_the_areas_the_file_states() -> None:
    plan = huizhou()
    stated = plan["parcels"].assign(letter=plan["parcels"]["Layer"].str[:1]).groupby("letter")["SHAPE_Area"].sum()
    ours = uses(plan)["area"].groupby(letters(plan)).sum()
    assert ours.to_dict() == pytest.approx(stated.to_dict(), rel=1e-6)
    table = uses(plan)
    counted = table[table["counted"]].groupby("ple")["area"].sum()
    share = (100 * counted / counted.sum()).round(1).to_dict()
    assert share == HUIZHOU


def test_the_zones_of_wuxi_do_not_overlap_and_the_kernel_says_so(wuxi: Plan) -> None:
    shapes = wuxi["parcels"].geometry.to_numpy()
    i, j, area = overlaps(shapes, shapes)
    assert area[i == j] == pytest.approx(shapely.area(shapes), rel=1e-9)
    assert area[i != j].sum() < 1.0


def test_homes_near_works_in_wuxi_are_the_pairs_geopandas_finds(wuxi: Plan) -> None:
    parcels = wuxi["parcels"]
    homes = parcels[parcels["use_class"] == "residential"].reset_index(drop=True)
    works = parcels[parcels["use_class"] == "industrial"].reset_index(drop=True)
    theirs = gpd.sjoin(homes, works, predicate="dwithin", distance=100.0)
    i, _, distance = near(homes.geometry.to_numpy(), works.geometry.to_numpy(), 100.0)
    assert len(i) == len(theirs)
    assert len(set(i)) == theirs.index.nunique()
    assert distance.max() <= 100.0


def test_walking_in_wuxi_is_never_shorter_than_flying(wuxi: Plan) -> None:
    parcels = wuxi["parcels"]
    homes = shapely.point_on_surface(parcels.geometry.to_numpy()[(parcels["use_class"] == "residential").to_numpy()])
    stops = wuxi["facilities"].geometry.to_numpy()
    walk = nearest_walk(walking(wuxi), homes, stops, 1000.0)
    fly = shapely.distance(homes, shapely.union_all(stops))
    assert (walk[np.isfinite(walk)] >= fly[np.isfinite(walk)] - 0.1).all()
    shares = [round(100 * float((d <= 500).mean()), 1) for d in (walk, fly)]
    assert shares == WUXI


def test_walking_in_wuxi_agrees_with_networkx_on_the_same_pieces(wuxi: Plan) -> None:
    net = walking(wuxi)
    graph = nx.Graph()
    for (a, b), length in zip(net.ends.tolist(), net.length.tolist(), strict=True):
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > length:
            graph.add_edge(a, b, weight=length)
    rng = np.random.default_rng(1)
    start, goals = int(net.ends[7, 0]), rng.choice(np.unique(net.ends), 40, replace=False)
    slow = nx.single_source_dijkstra_path_length(graph, start, cutoff=4000.0)
    fast = nearest_walk(net, shapely.points(net.nodes[goals]), shapely.points(net.nodes[[start]]), 4000.0)
    # A goal that is a junction itself is its own door, so both walk the same way.
    assert fast == pytest.approx([slow.get(int(g), np.inf) for g in goals], abs=0.01)


def test_heights_of_ky4_are_those_of_its_junctions() -> None:
    import rasterio

    with rasterio.open(shared("real-data", "us-ky4-water-dem", "ky4_elevation.tif")) as file:
        t = file.transform
        grid = Raster("dem", file.read(1), (t.a, t.b, t.c, t.d, t.e, t.f), str(file.crs), file.nodata)
    junctions = gpd.read_file(shared("real-data", "us-ky4-water-dem", "ky4_junctions.geojson"))
    heights = sample(grid, junctions.geometry.to_numpy())
    gap = np.abs(heights - junctions["elevation"].to_numpy(dtype=float))
    assert np.isnan(heights).sum() == 0
    assert np.nanmedian(gap) == pytest.approx(KY4, abs=0.05)


HUIZHOU = {"ecology": 3.8, "living": 89.6, "production": 6.6}
WUXI = [69.9, 97.8]
KY4 = 0.754
"""Read off the first run, after the comparisons above held."""
