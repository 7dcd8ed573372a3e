"""Pressure and flow: by hand on small networks, against EPANET on published ones."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo_planner.algorithms.flow.pressure import Pumps, WaterGrid, resistance, solve

LIMIT = 0.1
"""m: how far our heads may be from EPANET's."""


def test_a_single_pipe_loses_what_hazen_williams_says() -> None:
    r = resistance(np.array([1000.0]), np.array([0.3]), 100.0)
    grid = WaterGrid(
        a=np.array([0]), b=np.array([1]), resistance=r, head=np.array([50.0, np.nan]), demand=np.array([0, 0.05])
    )
    # 10.667 * 100^-1.852 * 0.3^-4.871 * 1000 * 0.05^1.852 on a pocket calculator
    assert solve(grid).head[1] == pytest.approx(50 - 2.894, abs=1e-3)


def test_two_equal_pipes_share_the_flow() -> None:
    r = resistance(np.array([1000.0, 1000.0]), np.array([0.3, 0.3]), 100.0)
    grid = WaterGrid(
        a=np.array([0, 1]), b=np.array([1, 0]), resistance=r, head=np.array([50.0, np.nan]), demand=np.array([0, 0.1])
    )
    assert solve(grid).flow == pytest.approx([0.05, -0.05], abs=1e-9)


def test_a_network_without_demand_stands_still_at_the_head_of_its_source() -> None:
    r = resistance(np.full(2, 100.0), np.full(2, 0.2), 110.0)
    head = np.array([30.0, np.nan, np.nan])
    found = solve(WaterGrid(a=np.array([0, 1]), b=np.array([1, 2]), resistance=r, head=head, demand=np.zeros(3)))
    assert found.head == pytest.approx([30.0, 30.0, 30.0], abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Net3", "ky4"])
def test_heads_agree_with_epanet(name: str, tmp_path: Path) -> None:
    wntr = pytest.importorskip("wntr", reason="extra [hydraulics] is not installed")
    model = wntr.network.WaterNetworkModel(str(Path(wntr.__file__).parent / "library" / "networks" / f"{name}.inp"))
    model.options.time.duration = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(tmp_path / "run"))
        names, grid = _grid(model, theirs.node["head"].iloc[0], theirs.link["status"].iloc[0])
    heads = theirs.node["head"].iloc[0]
    ours = solve(grid)
    assert ours.converged
    assert np.abs(ours.head - heads[names].to_numpy()).max() < LIMIT


def _grid(model: Any, heads: Any, status: Any) -> tuple[list[str], WaterGrid]:
    """The open links of a wntr model at the start, with tanks and reservoirs as fixed heads."""
    names = list(model.node_name_list)
    place = {name: k for k, name in enumerate(names)}
    fixed = set(model.tank_name_list) | set(model.reservoir_name_list)
    head = np.array([heads[n] if n in fixed else np.nan for n in names])
    demand = np.array([0.0 if n in fixed else model.get_node(n).demand_timeseries_list.at(0) for n in names])
    links = [link for name, link in model.links() if status[name] != 0]
    r, pumps = [], []
    for k, link in enumerate(links):
        if link.link_type == "Pipe":
            r.append(float(resistance(np.array(link.length), np.array(link.diameter), link.roughness)))
            continue
        r.append(0.0)
        if link.pump_type == "POWER":
            pumps.append((k, 0.0, 0.0, 1.0, link.power))
        else:
            pumps.append((k, *link.get_head_curve_coefficients(), 0.0))
    table = np.array(pumps, dtype=float).reshape(-1, 5)
    # Nodes that closed links cut off keep EPANET's head: they are no part of the equations.
    ends = np.array([(place[link.start_node_name], place[link.end_node_name]) for link in links])
    lone = np.setdiff1d(np.arange(len(names)), ends.ravel())
    head[lone] = heads.to_numpy()[lone]
    grid = WaterGrid(
        a=ends[:, 0],
        b=ends[:, 1],
        resistance=np.array(r),
        head=head,
        demand=demand,
        pumps=Pumps(
            link=table[:, 0].astype(np.int64),
            shutoff=table[:, 1],
            slope=table[:, 2],
            power=table[:, 3],
            watts=table[:, 4],
        ),
    )
    return names, grid
