"""An argument that is a list in each row is written as a list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_planner.show.exports.rows import _plain_args


def test_a_table_of_two_dimensions_gives_each_row_its_list():
    args = pd.Series([{"pair": np.array([[1, 2]])}], dtype=object)
    assert _plain_args(args) == [{"pair": [1, 2]}]
