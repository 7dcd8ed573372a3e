"""What `import geo_planner as gp` offers: every name is seen, one or many are taken, and values say what they are."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import geo_planner as gp
from geo_planner.checks import load
from geo_planner.errors import ProfileError
from geo_planner.plan import Scenario, scenario_text
from geo_planner.read.profile import read_profile
from geo_planner.read.scenario import read_scenario
from geo_planner.show import read_report
from geo_planner.study.run import Judged


def judged() -> Judged:
    mini = load()["IN301"].fails.plan
    moved = {k: f.set_geometry(f.translate(39_500_000, 3_700_000)) for k, f in mini.layers.items()}
    plan = replace(mini, layers=moved)
    return Judged(Scenario("s"), plan, gp.check(plan))


def test_dir_shows_every_public_name_and_each_is_there():
    assert dir(gp) == sorted(gp.__all__)
    assert all(getattr(gp, name) is not None for name in gp.__all__)


def test_one_path_is_taken_as_one_path(tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": ["A"], "code": ["M1"]},
        geometry=[shapely.box(39_500_000, 3_700_000, 39_500_090, 3_700_090)],
        crs="EPSG:4527",
    )
    frame.to_file(tmp_path / "parcels.gpkg")
    plans = [gp.read_plan(one) for one in (str(tmp_path), tmp_path, [tmp_path], tmp_path / "parcels.gpkg")]
    plans.append(gp.read_plan(("parcels", tmp_path / "parcels.gpkg")))
    assert [plan["parcels"]["code"].tolist() for plan in plans] == [["M1"]] * 5


def test_one_code_is_taken_as_one_code_and_a_profile_by_its_name():
    plan = load()["UG204"].fails.plan
    report = gp.check(plan, "china", only="UG204")
    assert ([r.code for r in report.runs], report.profile_name) == (["UG204"], "china")
    with pytest.raises(ProfileError, match="no profile"):
        gp.check(plan, "chima")


def test_an_edit_gives_a_scenario_judged_again_and_the_comparison_is_a_page(tmp_path):
    base = judged()
    name = base.plan["parcels"]["id"].iloc[0]
    late = base.edit("parcels", name, shift_days=400, reason="late")
    before, after = (one.plan["parcels"].set_index("id").loc[name, "start"] for one in (base, late))
    assert (after - before).days == 400
    assert [(e.id, e.reason) for e in late.scenario.edits] == [(name, "late")]
    assert late.report.plan_digest == late.plan.digest != base.plan.digest
    page = gp.compare(base, late).write(str(tmp_path / "compare.html"))
    assert page.stat().st_size > 10_000


def test_values_say_in_one_line_what_they_are():
    base = judged()
    late = base.edit("parcels", base.plan["parcels"]["id"], shift_days=1)
    assert repr(base.plan).startswith("Plan('example', EPSG:4527: parcels ")
    for value in (base.plan, base.report, base, gp.compare(base, late)):
        assert len(repr(value)) < 400
        assert value._repr_html_().startswith("<p>")


def test_edits_written_as_a_scenario_read_back_equal(tmp_path):
    exact = shapely.Point(1 / 3, 2e6 / 7).buffer(0.1, 1).wkt
    edits = (
        gp.Edit(
            "set", "parcels", "A", {"far": 1.5, "floors": 3, "resettle": True, "code": "07"}, "一", "solver", "safe"
        ),
        gp.Edit("retime", "parcels", "B", {"shift_days": -30}),
        gp.Edit("reshape", "parcels", "C", {"geometry": exact}),
        gp.Edit("retime", "roads", "D", {"start": "2020-01-02"}),
    )
    (tmp_path / "base.toml").write_text("", encoding="utf-8")
    (tmp_path / "new.toml").write_text(scenario_text(edits, name="new", base="base.toml"), encoding="utf-8")
    assert read_scenario(tmp_path / "new.toml").edits == edits


@pytest.mark.parametrize("code", ["BA401", "IN301", "IN303", "NW501", "ST701", "ST708"])
def test_a_report_that_was_written_reads_back_equal(code, tmp_path):
    mini = load()[code].fails.plan
    plan = replace(mini, layers={k: f.set_geometry(f.translate(39_500_000, 3_700_000)) for k, f in mini.layers.items()})
    report = gp.check(plan, read_profile("china"))
    gp.write_outputs(plan, report, tmp_path)
    again, told = read_report(tmp_path / "report.json")
    for name in ("findings", "unknown", "runs", "rules", "scores", "balance", "curves", "verdict", "causes"):
        one, other = getattr(report, name), getattr(told, name)
        assert one.equals(other) if hasattr(one, "equals") else one == other, name
    assert (again, told) == (plan, report)


def test_the_call_that_a_commands_help_ends_with_exists():
    commands = sorted((Path(gp.__file__).parent / "cli").glob("*.py"))
    calls = [c for f in commands for c in re.findall(r"In Python: (?:\W*)([\w.]+)", f.read_text(encoding="utf-8"))]
    assert len(calls) >= 15
    for call in calls:
        names = call.removesuffix(".").split(".")
        value = importlib.import_module(names[0])
        for depth, name in enumerate(names[1:], start=2):
            value = (
                value.__dict__.get(name)
                or getattr(value, name, None)
                or importlib.import_module(".".join(names[:depth]))
            )
        assert callable(value), call
