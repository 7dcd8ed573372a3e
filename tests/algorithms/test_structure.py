"""Landscape measures and entropy weights against published and hand-computed numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.algorithms import patches as st

CIRCLE = shapely.Point(0, 0).buffer(100, quad_segs=2000)
SQUARE = shapely.box(0, 0, 100, 100)


def test_mix_and_simpson_give_the_published_values() -> None:
    assert st.mix(np.array([0.45, 0.25, 0.2, 0.1]), 4) == pytest.approx(0.9074899, abs=5e-8)
    assert st.simpson(np.array([0.5, 0.3, 0.2])) == pytest.approx(0.62)
    assert st.simpson(np.array([0.45, 0.25, 0.2, 0.1])) == pytest.approx(0.685)


def test_a_circle_is_compact_and_a_square_less_so() -> None:
    assert st.compactness(np.array([CIRCLE, SQUARE])) == pytest.approx([1.0, 0.785398], abs=1e-6)
    assert st.shape_index(np.array([CIRCLE]))[0] == pytest.approx(1.0, abs=1e-6)
    assert st.fractal(np.array([SQUARE])) == pytest.approx([1.0])


def test_a_third_of_the_land_would_have_to_change() -> None:
    assert st.balance_distance(np.array([0.8, 0.1, 0.1]), np.array([0.5, 0.3, 0.2])) == pytest.approx(0.3)
    assert st.aitchison(np.array([0.5, 0.3, 0.2]), np.array([0.5, 0.3, 0.2])) == 0.0
    assert st.aitchison(np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5])) == pytest.approx(
        np.log(2) * np.sqrt(2)
    )


def test_the_average_park_has_a_location_quotient_of_one() -> None:
    area = pd.DataFrame({"works": [30.0, 10.0], "homes": [10.0, 30.0]}, index=["A", "B"])
    assert st.location_quotient(area).to_numpy().tolist() == [[1.5, 0.5], [0.5, 1.5]]


def test_patch_measures_of_three_squares_in_a_row() -> None:
    shapes = shapely.box([0, 100, 200], [0, 0, 0], [100, 200, 300], [100, 100, 100])
    table = st.landscape(shapes, np.array(["a", "a", "b"], dtype=object)).set_index("class")
    assert table.loc["a", ["patches", "density"]].tolist() == [2, pytest.approx(2 / 3 * 100)]
    # Class a: two squares of 400 m less the border of 100 m on both sides, over 3 ha.
    assert table.loc["a", "edge"] == pytest.approx(600 / 3)
    assert table["largest"].tolist() == pytest.approx([100 / 3, 100 / 3])
    assert table.loc["a", "mesh"] == pytest.approx(2e8 / 3e4)
    assert table.loc["b", "split"] == pytest.approx(9.0)


def test_one_patch_has_the_mesh_size_of_the_land() -> None:
    assert st.landscape(np.array([SQUARE]), np.array(["a"], dtype=object))["mesh"].tolist() == [10000.0]


def test_an_indicator_that_is_the_same_everywhere_weighs_nothing() -> None:
    table = pd.DataFrame({"x": [1.0, 2.0, 9.0], "flat": [5.0, 5.0, 5.0]})
    assert st.entropy_weights(table).tolist() == [1.0, 0.0]


def test_entropy_weights_by_hand_for_two_units() -> None:
    table = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 1.0], "c": [1.0, 0.0]})
    assert st.entropy_weights(table).tolist() == pytest.approx([1 / 3] * 3)
    lopsided = pd.DataFrame({"a": [0.0, 0.0, 0.0, 1.0], "b": [0.0, 1.0, 1.0, 1.0]})
    weights = st.entropy_weights(lopsided, shift=1e-12)
    # e_a = 0; e_b = ln 3 / ln 4.
    assert weights["a"] == pytest.approx(1 / (2 - np.log(3) / np.log(4)), abs=1e-6)


def test_a_cost_turned_round_weighs_as_its_benefit() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0, 5.0], "b": [-1.0, -2.0, -5.0]})
    weights = st.entropy_weights(table, costs=("b",))
    assert weights["a"] == pytest.approx(weights["b"])


def test_one_park_alone_weighs_equally() -> None:
    assert st.entropy_weights(pd.DataFrame({"a": [1.0], "b": [9.0]})).tolist() == [0.5, 0.5]


def test_pylandstats_agrees_on_the_mesh_size() -> None:
    pls = pytest.importorskip("pylandstats", reason="pylandstats stands beside as an oracle only")
    grid = np.array([[1, 1, 2], [1, 1, 2], [2, 2, 2]], dtype=np.uint8)
    theirs = pls.Landscape(grid, res=(100, 100)).compute_landscape_metrics_df(metrics=["effective_mesh_size"])
    shapes = np.array(
        [shapely.box(0, 100, 200, 300), shapely.box(0, 0, 300, 300).difference(shapely.box(0, 100, 200, 300))]
    )
    ours = st.landscape(shapes, np.array(["1", "2"], dtype=object))["mesh"].sum() / 1e4
    assert ours == pytest.approx(float(theirs.iloc[0, 0]))
