"""A plan judged with what is remembered of others gives what a first run gives, finding by finding."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from shapely.affinity import translate

from geo_planner import checks
from geo_planner.checks import load
from geo_planner.facts import registry
from geo_planner.plan import Edit, Plan, Profile, Report, Threshold, apply
from geo_planner.verdict import judge
from geo_planner.work import Memory, Work


def cold(plan: Plan, profile: Profile | None = None) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "HERE", Work(Memory()))
        return judge(plan, profile)


def drawn(plan: Plan, rng: random.Random) -> Edit:
    layer, at = rng.choice([(n, k) for n, f in plan.layers.items() for k in range(len(f)) if f["id"].notna().iloc[k]])
    frame = plan.layers[layer]
    name = frame["id"].iloc[at]
    dated = [c for c, kind in frame.dtypes.items() if str(kind).startswith("datetime64")]
    kind = rng.choice(["shift", "date", "clear", "reshape", "number", "remove"])
    if kind == "shift" or not dated:
        return Edit("retime", layer, name, {"shift_days": rng.choice([-4000, -400, -30, 1, 30, 400, 4000])})
    if kind == "reshape":
        shape = frame.geometry.iloc[at]
        moved = translate(shape, rng.choice([-40, 7, 90]), rng.choice([0, 15]))
        return Edit("reshape", layer, name, {"geometry": moved.wkt})
    if kind == "number":
        column = rng.choice([c for c, kind in frame.dtypes.items() if str(kind) == "float64"] or [None])
        return Edit("set", layer, name, {column: rng.choice([None, 0.0, 3.5, 900.0])} if column else {})
    if kind == "remove" and len(frame) > 1:
        return Edit("remove", layer, name)
    return Edit(
        "retime", layer, name, {rng.choice(dated): None if kind == "clear" else f"20{rng.randint(10, 29)}-05-01"}
    )


@pytest.mark.parametrize("code", list(load()))
def test_an_edited_example_is_judged_warm_as_cold(code):
    """Every check, from its two examples on, over a chain of random edits of all kinds."""
    rng = random.Random(code)
    store = Work(Memory())
    for plan in (load()[code].passes.plan, load()[code].fails.plan):
        now = plan
        for _ in range(4):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(registry, "HERE", store)
                warm = judge(now, only=[code, "DA"])
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(registry, "HERE", Work(Memory()))
                assert warm == judge(now, only=[code, "DA"])
            if not any(frame["id"].notna().any() for frame in now.layers.values()):
                break
            now = apply(now, [drawn(now, rng)])


def test_the_same_plan_judged_twice_computes_nothing_twice(monkeypatch):
    monkeypatch.setattr(registry, "HERE", Work(Memory()))
    plan = load()["UG204"].fails.plan
    first = judge(plan)
    ran = []
    monkeypatch.setattr(checks, "sealed", lambda check, rows: (ran.append(check.code), rows)[1])
    assert judge(replace(plan, title={"en": "x"})).findings.equals(first.findings)
    assert ran == []


def test_another_threshold_is_another_result():
    plan = load()["BA401"].fails.plan
    wide = Profile("wide", {"BA401": {"production": Threshold((0.0, 100.0), "%", "test")}})
    assert cold(plan) == judge(plan) != judge(plan, wide) == cold(plan, wide)


def test_findings_that_a_caller_writes_into_are_not_those_of_the_next():
    plan = load()["BA401"].fails.plan
    report = judge(plan)
    digest = report.digest
    report.findings["value"] = -1.0
    report.unknown["reason"] = "x"
    report.balance.clear()
    assert judge(plan).digest == digest
