"""Charts of proposals by value: round ticks, the bars of a sample and where the plan stands among them."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.show.documents.front_page import ticks
from geo_planner.show.documents.sample_page import _histogram


@pytest.mark.parametrize(
    ("low", "high", "many", "told"),
    [(0.0, 10.0, 5, [0, 2, 4, 6, 8, 10]), (3.0, 27.0, 6, [5, 10, 15, 20, 25]), (-1.0, 1.0, 4, [-1, -0.5, 0, 0.5, 1])],
)
def test_ticks_are_the_round_numbers_between_the_ends(low, high, many, told):
    assert ticks(low, high, many) == told


def test_a_sample_is_drawn_as_bars_with_the_plan_and_its_band():
    """Layouts at 0 and 10: the paper of 420 shows -0.6 to 10.6 in 30 bars of 14, of which the second and the 29th stand."""
    drawn = _histogram(np.array([0.0, 10.0]), 5.0, (0.0, 10.0))
    assert drawn.count('class="draw"') == 2
    assert '<rect x="14.0" y="14.0" width="13.2" height="114.0" class="draw"/>' in drawn
    assert '<rect x="392.0" y="14.0" width="13.2" height="114.0" class="draw"/>' in drawn
    assert '<rect x="22.5" y="0" width="375.0" height="128" class="band"/>' in drawn
    assert '<path class="limit" d="M210.0 0V128"/>' in drawn
    assert "band" not in _histogram(np.array([0.0, 10.0]), 5.0, None)
