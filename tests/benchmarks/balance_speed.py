"""Ratios of the balance and conflict work against the plain geopandas and networkx way, on the synthetic city.

    python tests/benchmarks/balance_speed.py [--parcels 100000] [--rounds 1] [--all]

Both ways run in one process on the same layers, the plain one first; processor seconds, so that a busy machine does not
decide. The plain way is what notes on performance measured: `gpd.overlay` of dissolved zones, homes buffered and joined,
networkx from all places of a kind at once. `--all` judges every balance and conflict check on the whole city, to which
buildings, noise zones, water, corridors and levels of pipes are added by rule, and prints seconds and the peak of memory.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

from geo_planner.algorithms import overlay, trapezoids
from geo_planner.algorithms.distances import near
from geo_planner.algorithms.kernels import loops
from geo_planner.algorithms.networks import walking as access
from geo_planner.checks import load
from geo_planner.checks.st703_pipes_too_close_side_by_side import Params as Clearance
from geo_planner.plan import Plan, Profile, Skipped

SHARED = Path(__file__).parents[3] / "shared"
KINDS = {"sewage": "sewer"}
ZONES = {"redline": "redline", "farmland": "farmland", "plan": "boundary"}
FACILITIES = {"park_gate": "park"}


def city(parcels: int) -> tuple[Any, Plan]:
    sys.path.insert(0, str(SHARED / "bench"))
    import city as bench

    made = bench.City(parcels)
    frames = {name: gpd.GeoDataFrame(frame, geometry="geometry", crs=bench.CRS) for name, frame in made.layers.items()}
    p = frames["parcels"].rename(columns={"start_date": "start", "finish_date": "finish"})
    p = p.assign(id=p["parcel_id"].astype(str), scheme="guide2023", park=p["park_id"].astype(str))
    p["people"] = np.where(p["code"].str.startswith("07"), p.area / 40.0, np.nan)
    p["jobs"] = np.where(p["code"].str.startswith("10"), p.area / 120.0, np.nan)
    u = frames["pipes"]
    u = u.assign(
        id=u["pipe_id"].astype(str), kind=u["utility"].replace(KINDS), diameter_mm=300.0, burial="direct", pressure="MA"
    )
    z = frames["zones"]
    z = z.assign(id=z["zone_id"].astype(str), kind=z["kind"].map(ZONES))
    r = frames["roads"]
    r = r.assign(id=r["road_id"].astype(str), width=20.0)
    f = frames["facilities"]
    kind = next(c for c in f.columns if f[c].isin(["clinic"]).any())
    f = f.assign(id=[f"F{k}" for k in range(len(f))], kind=f[kind].replace(FACILITIES), capacity=500.0)
    u["z_start"] = u["z_end"] = -1.0 - 0.45 * u["kind"].map(
        {"telecom": 0, "power": 1, "gas": 2, "water": 3, "storm": 4, "sewer": 5}
    )
    u["cover"] = -u["z_start"] - 0.3
    layers = {
        "parcels": p,
        "pipes": u[["id", "kind", "diameter_mm", "burial", "pressure", "z_start", "z_end", "cover", "geometry"]],
        "roads": r[["id", "width", "geometry"]],
        "control_lines": z[["id", "kind", "geometry"]],
        "facilities": f[["id", "kind", "capacity", "geometry"]],
    }
    keep = ["id", "code", "scheme", "park", "start", "people", "jobs", "far", "geometry"]
    return made, Plan("city", bench.CRS, layers | {"parcels": p[keep]})


def furnished(plan: Plan) -> Plan:
    """The city with what its generator leaves out: a building in each plot, noise zones, water and power corridors."""
    p, crs = plan["parcels"], plan.crs
    x0, y0, x1, y1 = p.geometry.bounds.to_numpy().T
    x, y, w, h = (x0 + x1) / 2, (y0 + y1) / 2, 0.34 * (x1 - x0), 0.34 * (y1 - y0)
    turn = np.arange(len(p))
    works, homes = p["code"].str.startswith(("10", "11")).to_numpy(), p["code"].str.startswith("07").to_numpy()
    built = works | homes | p["code"].str.startswith(("08", "09")).to_numpy()
    use = np.select([works, homes], ["factory", "house"], "office")
    buildings = gpd.GeoDataFrame(
        {
            "id": "B" + p["id"].astype("str"),
            "parcel": p["id"],
            "use": use,
            "rating": 1 + turn % 3,
            "floors": 1.0 + turn % 8,
            "height": 6.0 + 3.3 * (turn % 8),
            "hazard": np.where(works, np.array(["jia", "bing", "ding", "wu"])[turn % 4], None),
        },
        geometry=shapely.box(x - w, y - h, x + w, y + h),
        crs=crs,
    )[built]
    west, south, east, north = p.total_bounds
    gx, gy = np.meshgrid(np.arange(west, east, 1000.0), np.arange(south, north, 1000.0))
    gx, gy = gx.ravel(), gy.ravel()
    noise = gpd.GeoDataFrame(
        {"id": [f"N{k}" for k in range(len(gx))], "grade": np.array(["1", "2", "3"])[np.arange(len(gx)) % 3]},
        geometry=shapely.box(gx, gy, gx + 1000.0, gy + 1000.0),
        crs=crs,
    )
    lines = [
        shapely.LineString([(k, south), (k + 300, (south + north) / 2), (k, north)])
        for k in np.arange(west, east, 2500.0)
    ]
    kinds = np.array(["river", "power_corridor", "railway", "canal"])[np.arange(len(lines)) % 4]
    more = gpd.GeoDataFrame(
        {
            "id": [f"L{k}" for k in range(len(lines))],
            "kind": kinds,
            "voltage_kv": np.where(kinds == "power_corridor", 110.0, np.nan),
        },
        geometry=lines,
        crs=crs,
    )
    control = pd.concat([plan["control_lines"], more], ignore_index=True)
    return Plan(
        plan.name, crs, dict(plan.layers) | {"buildings": buildings, "noise_zones": noise, "control_lines": control}
    )


def clock(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    spent, out = [], None
    for _ in range(rounds):
        began = time.process_time()
        out = work()
        spent.append(time.process_time() - began)
    return float(np.median(spent)), out


def report(name: str, plain: float, ours: float, agreed: str) -> None:
    print(
        f"{name:38s} plain {plain:8.2f} s   ours {ours:7.3f} s   x {plain / max(ours, 1e-9):6.1f}   {agreed}",
        flush=True,
    )


def overlay_area(plan: Plan, rounds: int) -> None:
    parcels, zones = plan["parcels"], plan["control_lines"]
    merged = zones.dissolve("kind").explode(ignore_index=False).reset_index()
    plain, cut = clock(lambda: _plain_overlay(parcels[["id", "geometry"]], merged), 1)
    left, right = parcels.geometry.to_numpy(), merged.geometry.to_numpy()
    overlay.overlaps(left[:10], right[:2])
    for name, engine in (("with the compiled extra", lambda name, _: loops(name)), ("without it", lambda *_: None)):
        saved, trapezoids.loops_for = trapezoids.loops_for, engine
        ours, out = clock(lambda: overlay.overlaps(left, right), rounds)
        trapezoids.loops_for = saved
        report(f"control-line overlay, {name}", plain, ours, f"area differs by {abs(out[2].sum() - cut):.3g} m²")


def _plain_overlay(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> float:
    both = gpd.overlay(parcels, zones[["kind", "geometry"]], how="intersection", keep_geom_type=True)
    return float(both.assign(area=both.area).groupby(["id", "kind"])["area"].sum().sum())


def conflicts(plan: Plan, rounds: int) -> None:
    parcels = plan["parcels"]
    homes = parcels[parcels["code"].isin(["0701", "0702", "0804", "0806"])].reset_index(drop=True)
    works = parcels[parcels["code"].isin(["100102", "100103"])].reset_index(drop=True)
    ours, out = clock(lambda: near(homes.geometry.to_numpy(), works.geometry.to_numpy(), 100.0), rounds)
    for what, one, two in (("homes", homes, works), ("works, which are fewer", works, homes)):
        plain, pairs = clock(
            lambda a=one, b=two: gpd.sjoin(a[["geometry"]].set_geometry(a.buffer(100.0)), b[["geometry"]]), rounds
        )  # type: ignore[misc]
        report(
            f"conflicts, plain buffers {what}", plain, ours, f"pairs {len(pairs)} by buffers, {len(out[0])} by distance"
        )


LANE = 1.0
FOUR = {("water", "sewer"): 1.5, ("gas", "water"): 0.5, ("gas", "sewer"): 1.2, ("gas", "power"): 0.5}


def clearance(plan: Plan, rounds: int) -> None:
    """Pipes of the city meet in every junction; here each utility is moved a lane aside, so that they run side by side."""
    check = load()["ST703"]
    lane = (
        plan["pipes"]["kind"]
        .map({k: n * LANE for n, k in enumerate(("water", "gas", "sewer", "power", "storm", "telecom"))})
        .to_numpy()
    )
    shape = shapely.transform(plan["pipes"].geometry.to_numpy(), lambda xy: xy)
    xy, at = shapely.get_coordinates(shape, return_index=True)
    pipes = plan["pipes"].set_geometry(
        gpd.GeoSeries(shapely.set_coordinates(shape, xy + lane[at][:, None]), crs=plan.crs)
    )
    kinds = pipes.set_index("id")["kind"]
    check.run(Plan("warm", plan.crs, {"pipes": pipes[:50]}), Clearance())
    plain, count = clock(lambda: _plain_clearance(pipes, FOUR), 1)
    ours, out = clock(lambda: check.run(Plan("pipes", plan.crs, {"pipes": pipes}), Clearance()), rounds)
    pairs = zip(kinds.loc[out.rows["id"]], kinds.loc[out.rows["other_id"]], strict=True)
    same = sum((a, b) in FOUR or (b, a) in FOUR for a, b in pairs)
    report(
        "pipe clearance",
        plain,
        ours,
        f"four kinds of pairs: {count} plain, {same} ours; all kinds with evidence: {len(out.rows)}",
    )


def _plain_clearance(pipes: gpd.GeoDataFrame, table: dict[tuple[str, str], float]) -> int:
    """Four of the table's rows only, as a first version would have it: buffer, join, measure, look up each row."""
    wide = pipes.set_geometry(pipes.buffer(max(table.values()) + 0.3))
    pairs = gpd.sjoin(wide, pipes, how="inner", predicate="intersects")
    pairs = pairs[pairs["id_left"] < pairs["id_right"]]
    one = gpd.GeoSeries(pipes.geometry.loc[pairs.index].to_numpy(), crs=pipes.crs)
    two = gpd.GeoSeries(pipes.geometry.loc[pairs["index_right"]].to_numpy(), crs=pipes.crs)
    distance = one.distance(two).to_numpy()
    found = []
    for a, b, d in zip(pairs["kind_left"], pairs["kind_right"], distance, strict=True):
        limit = table.get((a, b), table.get((b, a)))
        found.append(limit is not None and d > 1e-6 and d - 0.3 < limit - 0.01)
    return int((~one[found].shortest_line(two[found]).is_empty).sum())


def walking(made: Any, plan: Plan, rounds: int) -> None:
    places = plan["facilities"]
    kinds = sorted(places["kind"].unique())
    nodes = np.column_stack([made.node_x, made.node_y])
    e = made.edges
    length = np.hypot(*(nodes[e[:, 0]] - nodes[e[:, 1]]).T)
    tree = shapely.STRtree(shapely.points(nodes))
    doors = {k: np.unique(tree.nearest(places.geometry[places["kind"] == k].to_numpy())) for k in kinds}
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(e[:, 0].tolist(), e[:, 1].tolist(), length.tolist(), strict=True))
    plain, slow = clock(
        lambda: sum(
            len(nx.multi_source_dijkstra_path_length(graph, set(doors[k].tolist()) & set(graph), cutoff=1500.0))
            for k in kinds
        ),
        1,
    )
    net = access.Network(nodes, e, length, np.arange(len(e)), shapely.GeometryCollection(), straight=False)
    access.spread(net.graph, doors[kinds[0]], np.zeros(len(doors[kinds[0]])), 1500.0)
    for name, engine in (("compiled", lambda name, _: loops(name)), ("scipy", lambda *_: None)):
        saved, access.loops_for = access.loops_for, engine
        ours, fast = clock(lambda: sum(_reached(net, doors[k]) for k in kinds), max(rounds, 5))
        access.loops_for = saved
        report(f"walking, search on the lattice, {name}", plain, ours, f"junctions {slow} and {fast}")
    origins = plan["parcels"].geometry.representative_point().to_numpy()
    spots = {k: places.geometry[places["kind"] == k].to_numpy() for k in kinds}
    whole, _ = clock(lambda: _whole(net, origins, spots), rounds)
    slow_whole, _ = clock(lambda: _plain_whole(plan, nodes, e, length, kinds), 1)
    report("walking, graph, doors and search", slow_whole, whole, "")
    _walking_of_the_plan(plan, spots, rounds)


def _walking_of_the_plan(plan: Plan, spots: dict[str, np.ndarray], rounds: int) -> None:
    """The network that the checks walk on, with a junction every 50 m."""
    net = access.walking(plan)
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(*net.ends.T.tolist(), net.length.tolist(), strict=True))
    doors = {k: np.unique(access.doors(net, s)[0]) for k, s in spots.items()}
    doors = {k: d[d >= 0] for k, d in doors.items()}
    plain, slow = clock(
        lambda: sum(
            len(nx.multi_source_dijkstra_path_length(graph, set(d.tolist()), cutoff=1500.0)) for d in doors.values()
        ),
        1,
    )
    ours, fast = clock(lambda: sum(_reached(net, d) for d in doors.values()), max(rounds, 5))
    report("walking, search on the plan's network", plain, ours, f"junctions {slow} and {fast} of {len(net.nodes)}")


def _reached(net: access.Network, sources: np.ndarray) -> int:
    return int(np.isfinite(access.spread(net.graph, sources, np.zeros(len(sources)), 1500.0)).sum())


def _whole(net: access.Network, origins: np.ndarray, targets: dict[str, np.ndarray]) -> None:
    net = access.Network(net.nodes, net.ends, net.length, net.road, net.barrier, straight=False)
    door = access.doors(net, origins)
    for spots in targets.values():
        access.reach(net, door, access.doors(net, spots), 1500.0)


def _plain_whole(plan: Plan, nodes: np.ndarray, e: np.ndarray, length: np.ndarray, kinds: list[str]) -> None:
    spots = gpd.GeoDataFrame({"node": np.arange(len(nodes))}, geometry=shapely.points(nodes), crs=plan.crs)
    parcels = plan["parcels"].set_geometry(plan["parcels"].geometry.representative_point())[["geometry"]]
    home = gpd.sjoin_nearest(parcels, spots)["node"]
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(e[:, 0].tolist(), e[:, 1].tolist(), length.tolist(), strict=True))
    places = plan["facilities"]
    for kind in kinds:
        there = gpd.sjoin_nearest(places.loc[places["kind"] == kind, ["geometry"]], spots)["node"]
        walk = nx.multi_source_dijkstra_path_length(graph, set(there.tolist()) & set(graph), cutoff=1500.0)
        home.map(walk)


def everything(plan: Plan, only: str) -> None:
    began, whole = time.process_time(), time.perf_counter()
    for code, check in load().items():
        if (
            code[:2] not in {"BA", "EC", "ST"}
            or not code.startswith(only)
            or not all(plan.has(name) for name in check.layers)
            or check.rasters
        ):
            continue
        at = time.process_time()
        try:
            out = check.run(plan, check.bind(Profile(name="bench")))
            words = f"judged {out.judged}, found {len(out.rows)}, unknown {len(out.unknown)}"
        except Skipped as why:
            words = f"skipped: {why.reason}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{code} {time.process_time() - at:7.1f} s   peak {peak:4.1f} GB   {words}", flush=True)
    spent = f"{time.process_time() - began:.0f} s of processor, {time.perf_counter() - whole:.0f} s wall"
    print(f"all balance and conflict checks: {spent}, {len(plan['parcels'])} parcels")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--parcels", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--all", action="store_true")
    options.add_argument("--only", default="")
    given = options.parse_args()
    warnings.simplefilter("ignore")
    made, plan = city(given.parcels)
    print(
        pd.Timestamp.now().strftime("%H:%M"),
        f"{given.parcels} parcels, {len(plan['pipes'])} pipes, {len(plan['roads'])} roads",
    )
    if given.all:
        everything(furnished(plan), given.only)
        return
    parts = {
        "walking": lambda: walking(made, plan, given.rounds),
        "conflicts": lambda: conflicts(plan, given.rounds),
        "clearance": lambda: clearance(plan, given.rounds),
        "overlay": lambda: overlay_area(plan, given.rounds),
    }
    for name, part in parts.items():
        if name.startswith(given.only):
            part()


if __name__ == "__main__":
    main()
