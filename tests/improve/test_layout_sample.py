"""Where a plan stands among lawful layouts: a town small enough for all of them to be counted by hand."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest

from geo_planner.cli import main
from geo_planner.errors import ScenarioError
from geo_planner.improve.layout import Wishes
from geo_planner.improve.layout_sample import Draws, propose_sample
from geo_planner.plan import Scenario
from geo_planner.show.documents.proposal import proposal_json, proposal_lines, write_proposal
from geo_planner.show.documents.sample_page import sample_page
from geo_planner.study.propose import Outcome
from tests.improve.test_layout_front import ROAD, SHOP, STREET, _served
from tests.improve.test_proposals import BUILT, CHINA, EXACT, WIDE, _box, _plan, _town

BANDS = (*WIDE[:2], ("ecology", 0, 25))


def _sample(plan, bands=BANDS, many=2000, seed=3):
    return propose_sample(plan, CHINA, Wishes(bands=bands), EXACT, Draws(many, seed))


@pytest.fixture(scope="module")
def drawn():
    return _sample(_served(roads=[ROAD, STREET], facilities=[SHOP]))


def test_the_figures_are_those_of_all_lawful_layouts_counted_one_by_one(drawn):
    """Three open parcels of 10, 10, 12 of 132; each is works, homes or green; green (10 built) is at most 33 of 132.

    The town has no nuisance of class 2 or 3 and its school reaches M alone, so R, b and c walk too far.
    """
    every = []
    for ways in product("wrg", repeat=3):
        area = {k: sum(a for a, way in zip((10, 10, 12), ways, strict=True) if way == k) for k in "wrg"}
        if area["g"] + 10 <= 33:
            every.append((50 + area["w"], 40 + area["r"], 10 + area["g"]))
    shares = np.array(every) / 1.32
    assert len(every) == 26  # all but three green
    table = drawn.tables["standing"].set_index("figure")
    now = np.array([60, 62, 10]) / 1.32
    for k, name in enumerate(("production", "living", "ecology")):
        below = 100 * ((shares[:, k] < now[k] - 1e-9).mean() + 0.5 * (np.abs(shares[:, k] - now[k]) < 1e-9).mean())
        row = table.loc[name]
        assert row["now"] == pytest.approx(now[k], abs=1e-3)
        assert row["below_low"] <= below <= row["below_high"]
        error = shares[:, k].std() / np.sqrt(row["worth"])
        assert drawn.tables["layouts"][name].mean() == pytest.approx(shares[:, k].mean(), abs=4 * error)
    assert table.loc["walking", "now"] == 0.0 and table.loc["nuisance", ["now", "below"]].tolist() == [0.0, 50.0]


def test_walks_from_both_ends_agree_and_say_what_they_are_worth(drawn):
    assert drawn.args["agreed"] and drawn.args["many"] == 2000 and drawn.args["broken"] == []
    assert drawn.tables["standing"]["worth"].between(500, 2000).all() and len(drawn.tables["layouts"]) == 2000


def test_nuisance_is_the_homes_within_reach_of_works_of_class_two_and_three():
    """From the middle of R to that of M, the only source, it is 900 m; F, a and b lie beyond the reach of 1,000 m."""
    parcels = [_box("R", "R2", 600, 100, **BUILT), _box("M", "M3", 1500, 100, **BUILT), _box("F", "R2", 3000, **BUILT)]
    found = _sample(_plan(*parcels, _box("G", "G1", 900, **BUILT), _box("a", "G1", 4000), _box("b", "G1", 4200)), WIDE)
    row = found.tables["standing"].set_index("figure").loc["nuisance"]
    assert row["now"] == 50.0  # R of R and F
    # a and b as homes lie beyond reach and make the share less: 1 of 2, of 3, of 4; so it is never above.
    assert found.tables["layouts"]["nuisance"].max() == 50.0 and row["below"] > 50.0


def test_what_the_plan_does_not_draw_is_unknown_and_never_a_place():
    found = _sample(_town())
    row = found.tables["standing"].set_index("figure").loc["walking"]
    assert row.drop("figure", errors="ignore").isna().all()
    page = sample_page(found, "t", "zh")
    assert page.count("<svg") == 4 and "图上缺资料，无法计算" in page
    assert proposal_json(Outcome(Scenario(name="s"), found))["tables"]["standing"][3]["below"] is None


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    plan = _town()
    folders = [tmp_path / name for name in ("one", "same", "other")]
    for folder, seed in zip(folders, (1, 1, 2), strict=True):
        found = Outcome(Scenario(name="s"), _sample(plan, many=200, seed=seed))
        write_proposal(found, folder, lang="en")
    one, same, other = ({p.name: p.read_bytes() for p in f.iterdir()} for f in folders)
    assert one == same and set(one) == {
        "s_sample.html", "s_sample_standing.csv", "s_sample_layouts.csv", "s_sample_tables.xlsx"
    }  # fmt: skip
    assert one["s_sample_layouts.csv"] != other["s_sample_layouts.csv"]


def test_a_plan_that_breaks_a_rule_is_told_so_and_stands_apart(drawn):
    """At least 20 % green: the town has 10 of 132, and every lawful layout has more."""
    found = Outcome(Scenario(name="s"), _sample(_town(), (*WIDE[:2], ("ecology", 15, 30)), many=200))
    zh, en = (proposal_lines(found, lang) for lang in ("zh", "en"))
    assert "现方案的生态用地占比低于至少 97.5% 的布局" in zh[0] and zh[1] == "  现方案本身不满足：生态用地不少于 15%。"
    assert "the plan lies below 97.5 % or more of them in ecological land" in en[0]
    inside = proposal_lines(Outcome(Scenario(name="s"), drawn), "en")[0]
    assert "in no figure does the plan stand apart" in inside
    told = json.loads(json.dumps(proposal_json(found)))["sample"]
    assert told["broken"] == ["ecology >= 15 %"] and told["agreed"] and told["sentences"]["zh"][1] == zh[1].strip()


def test_walks_that_do_not_agree_are_told_so(drawn):
    args = dict(drawn.args) | {"agreed": False, "worst": 1.31}
    made = type(drawn)(what="sample", edits=(), value=1, bound=1, unit="layouts", args=args, tables=drawn.tables)
    assert "Mixing fails: the 20 walks from different layouts do not tell the same story (split R-hat up to 1.310" in (
        "\n".join(proposal_lines(Outcome(Scenario(name="s"), made), "en"))
    )


def test_nothing_lawful_nothing_open_and_nothing_to_choose_are_one_sentence_each():
    none = _sample(_town(), (*WIDE[:2], ("ecology", 50, 60)))
    assert (
        none.reason == "conflict" and "生态用地不少于 50%" in proposal_lines(Outcome(Scenario(name="s"), none), "zh")[0]
    )
    built = _sample(_plan(_box("M", "M1", 0, **BUILT), _box("R", "R2", 900, **BUILT)))
    assert built.reason == "nothing_open"
    assert proposal_lines(Outcome(Scenario(name="s"), built), "en") == [
        "lawful layouts drawn: nothing is open to draw: every parcel has begun, is water or field, "
        "or lies inside a control line"
    ]
    one = _sample(_plan(_box("M", "M1", 0, **BUILT), _box("a", "G1", 900)), (*WIDE[:2], ("ecology", 50, 50)))
    assert one.reason == "one_layout"


@pytest.mark.parametrize("many", [99, 100_001])
def test_a_sample_too_small_or_too_large_is_one_clear_sentence(many):
    with pytest.raises(ScenarioError, match=f"--samples {many}: draw from 100 to 100000 layouts"):
        _sample(_town(), many=many)


def test_the_command_draws_and_writes_its_page(tmp_path, capsys):
    """Exit 0 with a sample, 1 where the bands leave none."""
    plan = _town()
    frame = plan["parcels"].dropna(axis="columns", how="all")
    moved = frame.set_geometry(frame.translate(500_000, 3_700_000)).set_crs("EPSG:4548", allow_override=True)
    moved.to_file(tmp_path / "parcels.gpkg")
    path = tmp_path / "town.toml"
    path.write_text('name = "town"\nas_of = 2026-06-30\nlayers = ["parcels.gpkg"]\n', encoding="utf-8")
    ask = ["propose", str(path), "--what", "sample", "--samples", "100", "-o", str(tmp_path / "out"), "-q"]
    wide = ["--band", "production=0-100", "--band", "living=0-100"]
    assert main([*ask, *wide, "--band", "ecology=0-40"]) == 0
    assert (tmp_path / "out" / "town_sample.html").exists() and "现方案的位置" in capsys.readouterr().out
    assert main([*ask, *wide, "--band", "ecology=50-60"]) == 1
    assert "相互冲突" in capsys.readouterr().out
