"""Who is near whom: one large shape does not change what is found among the small ones."""

import numpy as np
import pytest
import shapely

from geo_planner.algorithms.distances import near


def _slow(left, right, reach):
    reach = np.broadcast_to(reach, len(left))
    pairs = [(i, j, a.distance(b)) for i, a in enumerate(left) for j, b in enumerate(right)]
    return [pair for pair in pairs if pair[2] <= reach[pair[0]]]


@pytest.mark.parametrize("reach", [12.0, "one each"])
def test_a_lake_of_many_corners_among_plots_is_near_what_a_loop_finds(reach):
    random = np.random.default_rng(4)
    x, y = random.uniform(0, 200, (2, 60))
    plots = shapely.box(x, y, x + 9, y + 9)
    plots[[7, 30]] = shapely.buffer(shapely.points([[60, 60], [150, 90]]), 25, quad_segs=40)
    pipes = shapely.linestrings(random.uniform(0, 200, (15, 3, 2)))
    how_far = random.uniform(0, 30, 60) if reach == "one each" else reach
    found = list(zip(*(side.tolist() for side in near(plots, pipes, how_far)), strict=True))
    assert found == _slow(plots, pipes, how_far)
    assert {7, 30} <= {i for i, _, _ in found}
