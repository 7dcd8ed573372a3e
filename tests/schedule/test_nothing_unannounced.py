"""Whatever is repaired: a plan judged anew by every check shows no finding that the answer did not announce."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.checks.contract import mini
from geo_planner.schedule import Options, schedule_plan
from geo_planner.show.documents.programme import schedule_lines
from geo_planner.verdict import judge

FIRST = date(2010, 1, 1)
DAY = st.integers(0, 900)
PLACES = {
    "works": "POLYGON ((0 10, 90 10, 90 90, 0 90, 0 10))",
    "homes": "POLYGON ((100 10, 190 10, 190 90, 100 90, 100 10))",
    "shops": "POLYGON ((200 10, 290 10, 290 90, 200 90, 200 10))",
}
CODES = {"works": "M1", "homes": "R2", "shops": "B1"}
PARTS = {"parcels": ("start", "finish", "used"), "pipes": ("start", "finish"), "roads": ("start", "paved", "finish")}


def dates(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, str]:
    """Return dates in their order; each may be missing but the last."""
    days = sorted(draw(st.lists(DAY, min_size=len(names), max_size=len(names))))
    row = {n: f"{FIRST + timedelta(days=d)}" for n, d in zip(names, days, strict=True)}
    return {n: v for n, v in row.items() if n == names[-1] or draw(st.integers(0, 4))}


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[dict[str, object]]]:
    """Return the layers of a small park in one phase: a works, homes, shops, a road, mains along it and a plan."""
    shape = "LINESTRING (0 {y}, 290 {y})"
    parcels = [
        {"id": k, "code": CODES[k], "scheme": "gb50137", "phase": draw(st.sampled_from(["1", "2"])), "wkt": v}
        | dates(draw, PARTS["parcels"])
        for k, v in PLACES.items()
    ]
    mains = [("water", 2), ("power", 4), ("gas", 6), ("sewer", 8)]
    pipes = [
        {"id": k.upper(), "kind": k, "diameter_mm": 300.0, "wkt": shape.format(y=y), **dates(draw, PARTS["pipes"])}
        for k, y in mains[: draw(st.integers(1, 4))]
    ]
    plant = [{"id": f"{p['id']}0", "kind": p["kind"], "finish": "2005-01-01", "head": 50.0} for p in pipes]
    sources = [s | {"wkt": f"POINT (0 {y})"} for s, (_, y) in zip(plant, mains, strict=False)]
    road = {"id": "R", "width": 24.0, "wkt": shape.format(y=0), **dates(draw, PARTS["roads"])}
    permits = [
        {"id": f"{kind}-{k}", "kind": kind, "start": f"{FIRST + timedelta(days=draw(DAY))}", "wkt": PLACES[k]}
        for k in PLACES
        for kind in draw(st.sampled_from([(), ("land_permit",), ("land_permit", "works_permit")]))
    ]
    layers = {"parcels": parcels, "pipes": pipes, "sources": sources, "roads": [road], "approvals": permits}
    return {name: rows for name, rows in layers.items() if rows}


def keys(layers: dict[str, list[dict[str, object]]]) -> set[tuple[str, ...]]:
    """Return what every check finds in a park, by code and features."""
    found = judge(mini(**layers).plan).findings
    return set(map(tuple, found[["code", "layer", "id", "other_layer", "other_id"]].astype(str).to_numpy().tolist()))


@settings(max_examples=8, deadline=None)
@given(
    layers=worlds(), today=st.sampled_from([None, "2010-06-01", "2011-03-01"]), mode=st.sampled_from(["least", "delay"])
)
def test_a_repaired_plan_shows_no_finding_that_was_not_announced(layers, today, mode):
    done = schedule_plan(mini(**layers).plan, options=Options(today=today, mode=mode))
    moved = {(e.layer, e.id): e.value for e in done.edits}
    again = {name: [row | dict(moved.get((name, row["id"]), {})) for row in rows] for name, rows in layers.items()}
    new = keys(again) - keys(layers)
    columns = ["code", "layer", "id", "other_layer", "other_id"]
    told = set() if done.judged is None else set(map(tuple, done.judged.new[columns].astype(str).to_numpy().tolist()))
    assert new <= told
    if done.judged is not None:
        assert any(f"{len(done.judged.new)} new" in line for line in schedule_lines(done, "en"))
