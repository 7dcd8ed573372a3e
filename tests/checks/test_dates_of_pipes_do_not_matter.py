"""What lies in the ground one day is judged once, whenever it is laid: checks of layout read no date of a pipe."""

from __future__ import annotations

import pytest

from geo_planner.checks import found, load
from geo_planner.checks import run as judge_by
from geo_planner.checks.contract import mini
from geo_planner.facts.registry import with_work
from geo_planner.facts.watched import Watched
from geo_planner.plan import Edit, Profile, apply
from geo_planner.work import Memory, Work


@pytest.mark.parametrize("code", ["NW502", "NW503"])
def test_a_check_of_layout_reads_no_day_of_works(code):
    plan, reads = load()[code].fails.plan, set()
    (_, out), *_ = found(Watched(plan, reads.add, Work(Memory())), Profile(name="x"), [code]).values()
    assert len(out.rows) > 0
    assert not {("column", "pipes", c) for c in ("start", "finish")} & reads
    assert ("all", "pipes") not in reads


@pytest.mark.parametrize("code", ["DA907", "DA908"])
def test_a_layer_that_was_not_touched_is_not_looked_at_again(code, monkeypatch):
    """Its part is found where it was kept; the touched one is told anew."""
    shape = {"wkt": "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"}
    dated = {"start": "2010-05-01", "finish": "2012-05-01"}
    plan = mini(parcels=[{"id": "A", **dated, **shape}], buildings=[{"id": "H", **dated, **shape}]).plan
    module = __import__(load()[code].run.__module__, fromlist=["_of_layer"])
    looked, real = [], module._of_layer

    def of_layer(seen, name, params):
        looked.append(name)
        return real(seen, name, params)

    monkeypatch.setattr(module, "_of_layer", of_layer)
    work = Work(Memory())
    judge_by(with_work(plan, work), only=[code])
    assert sorted(looked) == ["buildings", "parcels"]
    looked.clear()
    late = apply(plan, [Edit("retime", "parcels", "A", {"start": "1910-01-01", "finish": "1909-01-01"})])
    found_late = judge_by(with_work(late, work), only=[code]).findings
    assert looked == ["parcels"]
    assert found_late["id"].unique().tolist() == ["A"]
