"""What a fact tells by position is told of one plan, though another with its rows turned round is equal to it."""

from __future__ import annotations

from dataclasses import replace

from geo_planner.checks.contract import mini
from geo_planner.facts.landuse.uses import uses
from tests.checks.judging import square


def test_a_plan_with_its_rows_reversed_is_equal_and_has_its_facts_in_its_own_order():
    rows = [
        {"id": n, "code": c, "scheme": "gb50137", "wkt": square(x)} for n, c, x in (("A", "M1", 0), ("B", "R2", 200))
    ]
    plan = mini(parcels=rows).plan
    turned = replace(plan, layers={"parcels": plan["parcels"].iloc[::-1].reset_index(drop=True)})
    assert turned == plan
    assert uses(plan)["id"].tolist() == ["A", "B"]
    assert uses(turned)["id"].tolist() == ["B", "A"]
    assert uses(plan) is uses(plan)
