"""The seven networks are noded, fall, keep their clearances and are laid before the pavement."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.plan.layers import UTILITIES
from geo_planner.sample import utilities
from tests.shared import shared

LIMITS_BETWEEN = {  # the rows of GB 50289 table 4.1.9 that hold here: MA gas, direct heat, ducts for power and telecom
    ("power", "gas"): 1.0,
    ("gas", "heat"): 1.0,
    ("heat", "storm"): 1.5,
    ("storm", "sewer"): 0.0,
    ("sewer", "water"): 1.5,
    ("water", "telecom"): 1.0,
}


def _graph(pipes: pd.DataFrame) -> nx.DiGraph:
    ends = [[tuple(xy) for xy in shapely.get_coordinates(line)[[0, -1]]] for line in pipes.geometry]
    graph = nx.DiGraph()
    graph.add_edges_from((a, b) for a, b in ends)
    return graph


@pytest.mark.parametrize("kind", UTILITIES)
def test_a_network_is_one_piece_with_its_sources_on_its_nodes(sound, kind):
    graph = _graph(sound["pipes"].query("kind == @kind")).to_undirected()
    sources = {tuple(shapely.get_coordinates(s)[0]) for s in sound["sources"].query("kind == @kind").geometry}
    assert nx.is_connected(graph)
    assert sources
    assert sources <= set(graph.nodes)


@pytest.mark.parametrize("kind", utilities.GRAVITY)
def test_water_runs_downhill_from_every_node_to_an_outlet(sound, kind):
    pipes = sound["pipes"].query("kind == @kind")
    assert (pipes["z_start"] > pipes["z_end"]).all()
    outlets = {tuple(shapely.get_coordinates(s)[0]) for s in sound["sources"].query("kind == @kind").geometry}
    graph = _graph(pipes)
    reached = set.union(*(nx.ancestors(graph, o) | {o} for o in outlets))
    assert reached == set(graph.nodes)


def test_levels_agree_where_pipes_of_one_network_meet(sound):
    for _, pipes in sound["pipes"].query("kind != 'tunnel'").groupby("kind"):
        ends = np.concatenate([np.array([shapely.get_coordinates(s)[at] for s in pipes.geometry]) for at in (0, -1)])
        levels = np.concatenate([pipes["z_start"], pipes["z_end"]])
        spread = pd.Series(levels).groupby([*np.round(ends, 3).T]).agg(np.ptp)
        assert spread.max() <= 0.0011


def test_lanes_keep_the_horizontal_clearance_of_the_table():
    lanes = {k.kind: k for k in utilities.LANES}
    table = pd.read_csv(shared("domain", "pipe_horizontal_clearance_gb50289.csv"))
    assert table.query("a == 'water' and b == 'drain' and condition_a == 'd>200'")["min_m"].item() == 1.5
    for (a, b), least in LIMITS_BETWEEN.items():
        width = (max(lanes[a].sizes) + max(lanes[b].sizes)) / 2000
        assert abs(lanes[a].offset - lanes[b].offset) - width >= least, (a, b)


def test_bands_of_depth_never_touch():
    order = ("power", "telecom", "gas", "heat", "water", "storm", "sewer")
    lanes = {k.kind: k for k in utilities.LANES}
    room = {("power", "telecom"): 0.25, ("water", "storm"): 0.40}
    for upper, lower in pairwise(order):
        crown = lanes[lower].invert - max(lanes[lower].sizes) / 1000
        assert crown - lanes[upper].invert >= room.get((upper, lower), 0.15) - 1e-9, (upper, lower)


def test_every_pipe_along_a_road_is_accepted_a_month_before_it_is_paved(sound):
    pipes = sound["pipes"].dropna(subset="road")
    paved = pipes["road"].map(sound["roads"].set_index("id")["paved"])
    assert ((paved - pipes["finish"]).dt.days >= 30).all()


def test_trenches_close_from_deep_to_shallow(sound):
    pipes = sound["pipes"].query("kind != 'tunnel'").dropna(subset="road")
    dates = pipes.pivot_table(index="road", columns="kind", values=["start", "finish"], aggfunc="max")
    last, begun = dates["finish"], dates["start"]  # stubs belong to an earlier road, so the last of each counts
    order = ("sewer", "storm", "water", "heat", "gas", "telecom", "power")
    for deep, shallow in pairwise(order):
        assert (last[deep] <= begun[shallow]).all(), (deep, shallow)


def test_roads_open_after_their_pavement_and_one_row_stands_for_one_segment(sound):
    roads = sound["roads"]
    assert len(roads) == 12 * 10 + 11 * 11
    assert (roads["start"] < roads["paved"]).all()
    assert (roads["paved"] < roads["finish"]).all()
