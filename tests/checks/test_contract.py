"""Every check file keeps the contract; a check that breaks it cannot land."""

from __future__ import annotations

import pytest

from geo_planner.checks import load
from geo_planner.testing import contract_breaches


@pytest.mark.parametrize("code", list(load()))
def test_every_check_keeps_the_contract(code):
    assert contract_breaches(load()[code]) == []
