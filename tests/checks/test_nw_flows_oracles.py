"""NW504 and NW505 with users along pipes and in loops: by hand, against EPANET and against power-grid-model."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .judging import judge, square

RNG = np.random.default_rng(12)
CORNERS = {"A": (0, 0), "B": (900, 0), "C": (900, 700), "D": (0, 700)}
SIDES = (("A", "B", 200.0, 900), ("B", "C", 150.0, 700), ("C", "D", 150.0, 900), ("D", "A", 200.0, 700))
"""A ring of four mains, then a stub C to E; the source stands at A."""
USERS = [
    (s, float(x), float(q))
    for s in range(4)
    for x, q in zip(RNG.uniform(60, 640, 5), RNG.uniform(60, 260, 5), strict=True)
]
"""By side: how far along it a user draws, and how much [m³/d, or 10 kW]."""


def place(side: int, along: float) -> tuple[float, float]:
    (x0, y0), (x1, y1), length = CORNERS[SIDES[side][0]], CORNERS[SIDES[side][1]], SIDES[side][3]
    return x0 + (x1 - x0) * along / length, y0 + (y1 - y0) * along / length


def plots(column: str, factor: float) -> list[dict[str, Any]]:
    """A plot of 4 m on the main of each user: the nearest point is the user's, to half the width of the plot."""
    rows = []
    for k, (side, along, need) in enumerate(USERS):
        x, y = place(side, along)
        dx, dy = (0, 2) if side % 2 == 0 else (2, 0)
        corners = ((x + dx, y + dy), (x + 3 * dx + 0.01, y + 3 * dy), (x + 3 * dx, y + 3 * dy + 0.01))
        wkt = "POLYGON ((" + ", ".join(f"{a} {b}" for a, b in (*corners, corners[0])) + "))"
        rows.append({"id": f"U{k:02}", "used": "2020-02-01", column: need * factor, "wkt": wkt})
    return rows


def mains(kind: str, **more: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"M{k}", "kind": kind, "finish": "2019-01-01", "wkt": f"LINESTRING ({CORNERS[a][0]} {CORNERS[a][1]}, {CORNERS[b][0]} {CORNERS[b][1]})"}
        | ({"diameter_mm": bore} if kind == "water" else {})
        | more
        for k, (a, b, bore, _) in enumerate(SIDES)
    ]  # fmt: skip


def pieces() -> list[tuple[str, str, int, float]]:
    """The mains cut at their users: both ends, the side and the length of each piece."""
    out = []
    for side, (a, b, _, length) in enumerate(SIDES):
        stops = sorted((along, f"U{k:02}") for k, (s, along, _) in enumerate(USERS) if s == side)
        stops = [(0.0, a), *stops, (float(length), b)]
        out += [(p[1], q[1], side, q[0] - p[0]) for p, q in pairwise(stops)]
    return out


def test_a_user_half_way_along_a_main_is_supplied_half_way() -> None:
    plot = {"id": "A", "used": "2020-02-01", "water_m3d": 2000.0, "wkt": square(490, 10, 20)}
    main = {"id": "W", "kind": "water", "finish": "2019-06-01", "diameter_mm": 150.0, "wkt": "LINESTRING (0 0, 1000 0)"}
    works = {"id": "S", "kind": "water", "finish": "2015-01-01", "head": 40.0, "wkt": "POINT (0 0)"}
    rows = judge(
        "NW504", parcels=[plot | {"wkt": "POLYGON ((500 10, 510 20, 490 20, 500 10))"}], pipes=[main], sources=[works]
    ).rows
    # 10.667 * 110^-1.852 * 0.15^-4.871 * 500 m * (2000 * 1.4 / 86400)^1.852 = 15.9 m
    assert rows["value"].tolist() == [pytest.approx(40 - 15.9, abs=0.05)]


def test_a_user_half_way_along_a_cable_loads_it() -> None:
    plot = {"id": "A", "used": "2020-02-01", "power_kw": 7200.0, "wkt": square(490, 10, 20)}
    cable = {
        "id": "C",
        "kind": "power",
        "finish": "2019-06-01",
        "voltage_kv": 10.0,
        "capacity": 6000.0,
        "wkt": "LINESTRING (0 0, 1000 0)",
    }
    station = {"id": "S", "kind": "power", "finish": "2015-01-01", "wkt": "POINT (0 0)"}
    plan = {"parcels": [plot], "pipes": [cable], "sources": [station]}
    rows = judge("NW505", {"coincidence": 1.0}, **plan).rows
    assert rows["id"].tolist() == ["C"]
    assert rows["value"].iloc[0] == pytest.approx(120.0, abs=1.0)
    # At a coincidence of 0.8 it is 96 % and some loss.
    assert not len(judge("NW505", **plan).rows)
    assert judge("NW505", {"max_loading": 96.0}, **plan).rows["value"].tolist() == [pytest.approx(96.5, abs=0.4)]


@pytest.mark.slow
def test_heads_of_users_in_a_loop_agree_with_epanet(tmp_path: Path) -> None:
    wntr = pytest.importorskip("wntr", reason="extra [hydraulics] is not installed")
    works = {"id": "S", "kind": "water", "finish": "2015-01-01", "head": 60.0, "wkt": "POINT (0 0)"}
    out = judge("NW504", {"min_head": 1000.0}, parcels=plots("water_m3d", 2.0), pipes=mains("water"), sources=[works])
    ours = dict(zip(out.rows["id"], out.rows["value"], strict=True))
    model = wntr.network.WaterNetworkModel()
    model.add_reservoir("A", base_head=60.0)
    for name in "BCD":
        model.add_junction(name, base_demand=0.0)
    for k, (_, _, need) in enumerate(USERS):
        model.add_junction(f"U{k:02}", base_demand=need * 2.0 * 1.4 / 86400)
    for k, (a, b, side, length) in enumerate(pieces()):
        model.add_pipe(f"p{k}", a, b, length=length, diameter=SIDES[side][2] / 1000, roughness=110.0)
    model.options.time.duration = 0
    model.options.hydraulic.accuracy = 1e-6
    theirs = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(tmp_path / "run")).node["head"].iloc[0]
    assert len(ours) == len(USERS)
    assert max(abs(ours[n] - theirs[n]) for n in ours) < 0.1
    assert min(ours.values()) < 50  # a network without losses would prove nothing


def powers(pgm: Any, links: list[tuple[str, str, int, float]]) -> dict[str, float]:
    """Voltages [p.u.] of the users by power-grid-model, with the lines given."""
    names = sorted({n for link in links for n in link[:2]})
    at = {n: k for k, n in enumerate(names)}
    node = pgm.initialize_array("input", "node", len(names))
    node["id"], node["u_rated"] = np.arange(len(names)), 1e4
    line = pgm.initialize_array("input", "line", len(links))
    line["id"] = 1000 + np.arange(len(links))
    line["from_node"], line["to_node"] = [at[link[0]] for link in links], [at[link[1]] for link in links]
    line["from_status"] = line["to_status"] = 1
    far = np.array([link[3] for link in links]) / 1000
    line["r1"], line["x1"], line["c1"], line["tan1"], line["i_n"] = 0.13 * far, 0.09 * far, 0.0, 0.0, 1e3
    load = pgm.initialize_array("input", "sym_load", len(USERS))
    load["id"], load["node"], load["status"], load["type"] = (
        2000 + np.arange(len(USERS)),
        [at[f"U{k:02}"] for k in range(len(USERS))],
        1,
        0,
    )
    load["p_specified"] = [need * 9.0 * 0.8 * 1000 for _, _, need in USERS]
    load["q_specified"] = load["p_specified"] * np.sqrt(1 / 0.95**2 - 1)
    source = pgm.initialize_array("input", "source", 1)
    source["id"], source["node"], source["status"], source["u_ref"], source["sk"] = 5000, at["A"], 1, 1.0, 1e20
    model = pgm.PowerGridModel({"node": node, "line": line, "sym_load": load, "source": source})
    volts = model.calculate_power_flow(error_tolerance=1e-10)["node"]["u_pu"]
    return {n: float(volts[k]) for n, k in at.items()}


@pytest.mark.parametrize("loops", ["open", "closed"])
def test_voltages_of_users_in_a_loop_agree_with_power_grid_model(loops: str) -> None:
    pgm = pytest.importorskip("power_grid_model", reason="extra [power] is not installed")
    station = {"id": "S", "kind": "power", "finish": "2015-01-01", "wkt": "POINT (0 0)"}
    lines = mains("power", voltage_kv=10.0, capacity=8000.0)
    numbers = {"max_deviation": 0.0, "max_loading": 1e9, "loops": loops}
    out = judge("NW505", numbers, parcels=plots("power_kw", 9.0), pipes=lines, sources=[station])
    ours = dict(zip(out.rows["id"], 1 - out.rows["value"] / 100, strict=True))
    links = pieces()
    if loops == "open":
        # The ring is open where the two ways round are equally long: 1600 m from A, within the piece that holds the place.
        gone = np.cumsum([link[3] for link in links])
        links = [link for link, end in zip(links, gone, strict=True) if not end - link[3] < 1600 <= end]
    theirs = powers(pgm, links)
    assert len(ours) == len(USERS)
    assert max(abs(ours[n] - theirs[n]) for n in ours) < 1e-5
    assert min(ours.values()) < 0.99
