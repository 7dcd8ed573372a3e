"""Where the features of a layer stand by id."""

from __future__ import annotations

import numpy as np

from geo_planner.checks.contract import mini
from geo_planner.facts.sizes import areas, first_rows

BOX = "POLYGON ((0 0, {0} 0, {0} 10, 0 10, 0 0))"


def test_of_several_features_with_one_id_the_first_is_found_and_of_an_unknown_name_none():
    plan = mini(
        parcels=[{"id": name, "wkt": BOX.format(size)} for name, size in zip("ABA", (1, 2, 3), strict=True)]
    ).plan
    at = first_rows(plan, "parcels").of(np.array(["A", "B", "", "C", "A"], dtype=object))
    assert at.tolist() == [0, 1, -1, -1, 0]
    assert areas(plan, "parcels").to_numpy()[at[:2]].tolist() == [10.0, 20.0]


def test_of_a_layer_without_rows_nothing_is_found():
    plan = mini(parcels=[{"id": "A", "wkt": BOX.format(1)}]).plan
    empty = plan.with_layer("parcels", plan["parcels"].iloc[:0])
    assert first_rows(empty, "parcels").of(np.array(["A"], dtype=object)).tolist() == [-1]
