"""Distributions by value: what stands at a chance, and which numbers make none."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from geo_planner.errors import StudyError
from geo_planner.plan.uncertainty import Distribution, Uncertainty

U = np.array([0.0, 0.25, 0.5, 1.0])


def test_a_range_runs_from_low_to_high() -> None:
    assert Distribution("uniform", (10.0, 30.0)).at(U).tolist() == [10.0, 15.0, 20.0, 30.0]


def test_values_are_all_as_likely_and_the_last_holds_at_one() -> None:
    assert Distribution("values", values=("a", "b", "c")).at(np.array([0.0, 0.3, 0.34, 0.67, 1.0])).tolist() == [
        "a", "a", "b", "c", "c",
    ]  # fmt: skip


def test_a_triangle_is_cut_at_its_mode() -> None:
    """Low 0, mode 1, high 4: a quarter of the chance lies left of the mode; at 0.75 stands 4 - sqrt(0.25 * 4 * 3)."""
    told = Distribution("triangular", (0.0, 1.0, 4.0)).at(np.array([0.0, 0.0625, 0.25, 0.75, 1.0]))
    assert told == pytest.approx([0.0, 0.5, 1.0, 4 - 3**0.5, 4.0])
    assert Distribution("triangular", (2.0, 4.0, 6.0)).at(U) == pytest.approx([2.0, 2 + 2**0.5, 4.0, 6.0])


def test_a_triangle_without_width_is_one_number() -> None:
    assert Distribution("triangular", (7.0, 7.0, 7.0)).at(U).tolist() == [7.0] * 4


def test_a_normal_curve_is_one_width_off_at_84_percent() -> None:
    told = Distribution("normal", (100.0, 10.0)).at(np.array([0.5, 0.8413447460685429, 0.15865525393145707]))
    assert told == pytest.approx([100.0, 110.0, 90.0])
    ends = Distribution("normal", (0.0, 1.0)).at(np.array([0.0, 1.0]))
    assert ends == pytest.approx([-5.997807, 5.997807], abs=1e-5)


def test_a_lognormal_curve_multiplies_its_median() -> None:
    told = Distribution("lognormal", (20.0, 0.5)).at(np.array([0.5, 0.8413447460685429]))
    assert told == pytest.approx([20.0, 20.0 * exp(0.5)])


@pytest.mark.parametrize(
    ("shape", "numbers", "why"),
    [
        ("uniform", (1.0,), "needs low, high"),
        ("uniform", (1.0, float("nan")), "needs low, high"),
        ("triangular", (1.0, 2.0), "needs low, mode, high"),
        ("uniform", (3.0, 1.0), "from 3 to 1 has a negative width"),
        ("triangular", (1.0, 5.0, 4.0), "from 1 to 4 has a negative width"),
        ("normal", (0.0, -1.0), "width -1 has a negative width"),
        ("lognormal", (1.0, -0.5), "spread -0.5 has a negative width"),
        ("lognormal", (0.0, 0.5), "median above zero, not 0"),
        ("unifrom", (0.0, 1.0), "Did you mean uniform"),
        ("values", (), "list of values is empty"),
    ],
)
def test_numbers_that_make_no_distribution_are_refused(shape: str, numbers: tuple[float, ...], why: str) -> None:
    with pytest.raises(StudyError, match=why):
        Distribution(shape, numbers)


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [("uniform", (5.0, 5.0)), ("triangular", (1.0, 1.0, 1.0)), ("normal", (-3.0, 0.0)), ("lognormal", (0.1, 0.0))],
)
def test_no_width_at_all_is_a_distribution(shape: str, numbers: tuple[float, ...]) -> None:
    assert Distribution(shape, numbers).at(np.array([0.5]))[0] == pytest.approx(numbers[0])


def test_the_unit_goes_with_the_kind() -> None:
    one = Distribution("uniform", (0.0, 1.0))
    assert [Uncertainty("a", k, one).unit for k in ("date", "demand", "geometry")] == ["d", "×", "m"]
