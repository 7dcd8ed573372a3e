"""Voltages of radial feeders: by hand, and against power-grid-model."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.algorithms.flow.power import Feeder, Mesh, depths, meshed, nearest_tree, sweep


def test_one_load_drops_the_voltage_as_the_quadratic_says() -> None:
    # V^2 - V + r p = 0 for a purely resistive line: V = (1 + sqrt(1 - 4 * 0.05)) / 2 = 0.947214
    feeder = Feeder(parent=np.array([-1, 0]), z=np.array([0, 0.05]), load=np.array([0, 1.0]))
    assert abs(sweep(feeder).voltage[1]) == pytest.approx(0.947214, abs=1e-6)


def test_an_unloaded_feeder_keeps_the_voltage_of_its_source() -> None:
    feeder = Feeder(parent=np.array([-1, 0, 1]), z=np.full(3, 0.1), load=np.zeros(3), source_voltage=1.02)
    assert np.abs(sweep(feeder).voltage) == pytest.approx([1.02, 1.02, 1.02])


def test_a_load_beyond_what_the_line_can_carry_is_said_so() -> None:
    feeder = Feeder(parent=np.array([-1, 0]), z=np.array([0, 0.3]), load=np.array([0, 1.0]))
    assert not sweep(feeder).converged


def test_depth_counts_the_links_to_the_source() -> None:
    assert depths(np.array([-1, 0, 1, 0, -1])).tolist() == [0, 1, 2, 1, 0]


def test_voltages_agree_with_power_grid_model() -> None:
    pgm = pytest.importorskip("power_grid_model", reason="extra [power] is not installed")
    draw = np.random.default_rng(7)
    n, kv = 200, 10.0
    parent = np.array([-1, *(draw.integers(max(0, k - 6), k) for k in range(1, n))])
    ohm = np.append(0, draw.uniform(0.01, 0.04, n - 1)) + 1j * np.append(0, draw.uniform(0.005, 0.02, n - 1))
    mva = np.append(0, draw.uniform(0.005, 0.04, n - 1)) * (0.95 + 0.312j)
    ours = sweep(Feeder(parent=parent, z=ohm / kv**2, load=mva))
    node = pgm.initialize_array("input", "node", n)
    node["id"], node["u_rated"] = np.arange(n), kv * 1e3
    line = pgm.initialize_array("input", "line", n - 1)
    line["id"], line["from_node"], line["to_node"] = np.arange(n, 2 * n - 1), parent[1:], np.arange(1, n)
    line["from_status"] = line["to_status"] = 1
    line["r1"], line["x1"], line["c1"], line["tan1"], line["i_n"] = ohm.real[1:], ohm.imag[1:], 0.0, 0.0, 1e3
    load = pgm.initialize_array("input", "sym_load", n - 1)
    load["id"], load["node"], load["status"], load["type"] = np.arange(2 * n, 3 * n - 1), np.arange(1, n), 1, 0
    load["p_specified"], load["q_specified"] = mva.real[1:] * 1e6, mva.imag[1:] * 1e6
    source = pgm.initialize_array("input", "source", 1)
    # Without sk the source has 10 GVA of short-circuit power, a hidden drop that we do not model.
    source["id"], source["node"], source["status"], source["u_ref"], source["sk"] = 4 * n, 0, 1, 1.0, 1e20
    model = pgm.PowerGridModel({"node": node, "line": line, "sym_load": load, "source": source})
    theirs = model.calculate_power_flow(error_tolerance=1e-10)["node"]["u_pu"]
    assert ours.converged
    assert np.abs(np.abs(ours.voltage) - theirs).max() < 1e-8
    assert theirs.min() < 0.98  # a network without a drop would prove nothing


def test_two_equal_lines_side_by_side_halve_the_drop() -> None:
    # V^2 - V + r p = 0 with r = 0.1 / 2: as the one line of 0.05 above.
    two = Mesh(
        a=np.array([0, 1]), b=np.array([1, 0]), z=np.full(2, 0.1 + 0j), load=np.array([0, 1.0]), root=np.array([0])
    )
    found = meshed(two)
    assert (found.converged, abs(found.voltage[1])) == (True, pytest.approx(0.947214, abs=1e-6))
    assert found.current == pytest.approx([0.5 / 0.947214, -0.5 / 0.947214], abs=1e-6)


def test_a_load_beyond_what_a_mesh_can_carry_is_said_so() -> None:
    one = Mesh(a=np.array([0]), b=np.array([1]), z=np.array([0.3 + 0j]), load=np.array([0, 1.0]), root=np.array([0]))
    assert not meshed(one).converged


def test_a_ring_is_opened_where_both_ways_round_are_longest() -> None:
    # 0 -1- 1 -1- 2 -5- 3 -1- 0, and a longer line beside 0-1: 3 is reached from 0, 2 through 1; link 2 stays open.
    ends = (np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 0, 1]), np.array([1.0, 1.0, 5.0, 1.0, 3.0]))
    parent, via = nearest_tree(5, ends, np.array([0]))
    assert parent.tolist() == [-1, 0, 1, 0, -1]
    assert via.tolist() == [-1, 0, 1, 3, -1]
