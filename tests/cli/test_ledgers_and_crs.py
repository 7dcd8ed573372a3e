"""Ledgers on `run`, in a scenario and in a contract; a declared coordinate system goes before --crs."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli import main
from geo_planner.errors import ReadError, ScenarioError
from geo_planner.read.contract import check_delivery, delivered, draft_text, placed, read_contract
from geo_planner.read.scenario import read_scenario
from geo_planner.study.run import run_scenario

LEDGER = "供地台账（内部）,,\n宗地编号,约定开工时间,土地用途\nSQ-01,2017年4月6日,工业用地\nSQ 9 号,2018.1.1,工业用地\n"
CONTRACT = """
name = "规划局"
[layers."地块"]
role = "parcels"
id = "id"
[layers."地块".fields."id"]
[layers."地块".fields."code"]
[ledgers."供地台账"]
layer = "地块"
columns = ["contract_start"]
"""


@pytest.fixture
def park(tmp_path):
    """Two parcels, SQ-1 and SQ-2; a ledger that knows SQ-1 and a parcel that is not drawn."""
    shapes = [shapely.box(39_500_000 + x, 3_750_000, 39_500_090 + x, 3_750_100) for x in (0, 100)]
    frame = gpd.GeoDataFrame({"id": ["SQ-1", "SQ-2"], "code": ["1001", "1001"]}, geometry=shapes, crs="EPSG:4527")
    (tmp_path / "layers").mkdir()
    frame.to_file(tmp_path / "layers" / "地块.gpkg")
    (tmp_path / "供地台账.csv").write_text(LEDGER, encoding="utf-8")
    (tmp_path / "s.toml").write_text('layers = "layers"\n', encoding="utf-8")
    (tmp_path / "c.toml").write_text(CONTRACT, encoding="utf-8")
    return tmp_path


def _joined(notes):
    return {n.code: (n.count, n.args.get("ids")) for n in notes if n.code.startswith("IM90")}


def test_a_scenario_joins_its_ledgers_and_lists_the_unmatched_on_both_sides(park):
    (park / "with.toml").write_text('base = "s.toml"\nledgers = ["供地台账.csv"]\n', encoding="utf-8")
    plan = run_scenario(park / "with.toml").plan
    assert plan["parcels"]["contract_start"].dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2017-04-06", ""]
    assert _joined(plan.notes) == {"IM901": (1, None), "IM902": (1, "SQ 9 号"), "IM903": (1, "SQ-2")}


def test_run_takes_a_ledger_and_its_report_carries_what_has_no_partner(park, capsys):
    words = [
        "run",
        str(park / "s.toml"),
        "--ledger",
        str(park / "供地台账.csv"),
        "-o",
        str(park / "out"),
        "--json",
        "-q",
    ]
    assert main(words) in {0, 1}
    told = json.dumps(json.loads(capsys.readouterr().out)["import"], ensure_ascii=False)
    assert "SQ 9 号" in told
    assert "IM903" in told


def test_two_scenarios_of_one_folder_keep_their_ledgers_apart(park):
    from geo_planner.study.batch import load_scenarios

    (park / "with.toml").write_text('base = "s.toml"\nledgers = "供地台账.csv"\n', encoding="utf-8")
    bare, full = load_scenarios([read_scenario(park / "s.toml"), read_scenario(park / "with.toml")])
    assert (_joined(bare.notes), len(_joined(full.notes))) == ({}, 3)


def test_two_scenarios_of_one_folder_keep_their_schemes_apart(park):
    from geo_planner.study.batch import load_scenarios

    (park / "ours.csv").write_text("code,zh,en,ple,sub,p,l,e,group\nZ1,厂,plant,P,,5,0,0,industry\n", encoding="utf-8")
    (park / "with.toml").write_text('base = "s.toml"\nschemes = ["ours.csv"]\n', encoding="utf-8")
    plans = load_scenarios([read_scenario(park / "s.toml"), read_scenario(park / "with.toml")])
    assert [list(plan.schemes) for plan in plans] == [[], ["ours"]]


@pytest.mark.parametrize("given", ['"/vsicurl/x.csv"', "3", "[1]"])
def test_a_ledger_that_is_no_file_name_is_refused(park, given):
    (park / "bad.toml").write_text(f'base = "s.toml"\nledgers = {given}\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="ledgers"):
        read_scenario(park / "bad.toml")


def _gate(park, contract="c.toml"):
    gate = check_delivery(read_contract(park / contract), delivered(park / "layers"))
    return [(d.kind, d.count, d.ids) for d in gate.differences if d.kind.startswith("ledger")]


def test_a_contract_names_a_ledger_that_is_missing_or_not_agreed(park):
    assert _gate(park) == [("ledger_missing", 1, ())]
    (park / "供地台账.csv").rename(park / "layers" / "别的.csv")
    assert _gate(park) == [("ledger_missing", 1, ()), ("ledger_new", 1, ())]


def test_a_contract_lists_the_unmatched_of_a_ledger_on_both_sides(park):
    (park / "供地台账.csv").rename(park / "layers" / "供地台账.csv")
    assert _gate(park) == [("ledger_alone", 1, ("SQ 9 号",)), ("ledger_bare", 1, ("SQ-2",))]
    assert main(["contract", "check", str(park / "c.toml"), str(park / "layers"), "-q"]) == 1


def test_a_ledger_without_the_agreed_column_or_without_numbers_is_told(park):
    path = park / "layers" / "供地台账.csv"
    path.write_text("宗地编号,土地用途\nSQ-1,工业用地\nSQ-2,工业用地\n", encoding="utf-8")
    assert _gate(park) == [("ledger_column", 1, ())]
    path.write_text("约定开工时间,土地用途\n2017-01-01,工业用地\n", encoding="utf-8")
    assert _gate(park) == [("ledger_number", 1, ())]


def test_a_run_under_a_contract_carries_what_its_ledger_breaks(park, capsys):
    words = ["--ledger", str(park / "供地台账.csv"), "--contract", str(park / "c.toml"), "-o", str(park / "o"), "-q"]
    assert main(["run", str(park / "s.toml"), *words, "--json"]) in {0, 1}
    assert "台账 供地台账：1 行在图层 地块 中没有对应要素" in capsys.readouterr().out
    assert main(["check", str(park / "layers"), *words, "--lang", "en"]) in {0, 1}
    assert "ledger 供地台账: 1 rows have no feature in 地块, as SQ 9 号" in capsys.readouterr().out


def test_a_draft_holds_the_ledgers_and_the_delivery_keeps_it_but_for_the_stranger(park):
    (park / "供地台账.csv").rename(park / "layers" / "供地台账.csv")
    delivery = delivered(park / "layers")
    (park / "d.toml").write_text(draft_text(delivery, placed(delivery), "局"), encoding="utf-8")
    terms = read_contract(park / "d.toml").ledgers["供地台账"]
    assert (terms.layer, terms.columns) == ("地块", ("code", "scheme", "code_name", "contract_start"))
    assert _gate(park, "d.toml")[0] == ("ledger_alone", 1, ("SQ 9 号",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[ledgers."a"]\nlayer = "b"\n', "must be a layer of this contract"),
        ('[ledgers."../a"]\nlayer = "地块"\n', "no slash"),
        ('[ledgers."a"]\nlayer = "地块"\npath = "/etc/passwd"\n', "unknown key"),
        ('[ledgers."a"]\nlayer = "地块"\ncolumns = ["stort"]\n', "no column of parcels"),
    ],
)
def test_hostile_ledger_terms_are_refused(park, text, said):
    (park / "bad.toml").write_text(CONTRACT + text, encoding="utf-8")
    with pytest.raises(ReadError, match=said):
        read_contract(park / "bad.toml")


def test_crs_does_not_override_what_a_file_declares_unless_it_is_forced(park, monkeypatch):
    import geo_planner.show

    drawn = []

    def south(plan, *_, **__):
        drawn.append(round(float(plan["parcels"].total_bounds[1])))

    monkeypatch.setattr(geo_planner.show, "write_map", south)
    words = ["map", str(park / "layers"), "-o", str(park / "m.html"), "--crs", "EPSG:2363", "-q"]
    assert main(words) == 0
    assert main([*words, "--force-crs"]) == 0
    assert drawn == [3_750_002, 3_750_000]  # carried over to the other ellipsoid; taken as if it lay on it


def test_a_scenario_forces_its_crs_only_where_it_says_so(park):
    (park / "kept.toml").write_text('base = "s.toml"\ncrs = "EPSG:2363"\n', encoding="utf-8")
    (park / "forced.toml").write_text('base = "kept.toml"\nforce_crs = true\n', encoding="utf-8")
    kept, forced = (run_scenario(park / name).plan for name in ("kept.toml", "forced.toml"))
    assert [round(float(p["parcels"].total_bounds[1])) for p in (kept, forced)] == [3_750_002, 3_750_000]


def test_two_scenarios_that_differ_by_a_forced_crs_are_read_apart(park):
    from geo_planner.study.batch import load_scenarios

    (park / "kept.toml").write_text('base = "s.toml"\ncrs = "EPSG:2363"\n', encoding="utf-8")
    (park / "forced.toml").write_text('base = "kept.toml"\nforce_crs = true\n', encoding="utf-8")
    plans = load_scenarios([read_scenario(park / name) for name in ("kept.toml", "forced.toml")])
    assert [round(float(p["parcels"].total_bounds[1])) for p in plans] == [3_750_002, 3_750_000]


def test_a_scenario_carries_what_its_layers_and_ledgers_break_of_its_contract(park):
    text = 'base = "s.toml"\nledgers = ["供地台账.csv"]\ncontract = "c.toml"\n'
    (park / "with.toml").write_text(text, encoding="utf-8")
    notes = run_scenario(park / "with.toml").plan.notes
    assert any("1 行在图层 地块 中没有对应要素" in str(n.args) for n in notes)
    (park / "without.toml").write_text('base = "s.toml"\ncontract = "c.toml"\n', encoding="utf-8")
    assert any("供地台账" in str(n.args) for n in run_scenario(park / "without.toml").plan.notes)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('force_crs = "yes"', "force_crs"),
        ("force_crs = true", "needs a crs"),
        ("contract = 3", "contract"),
        ('contract = ["c.toml"]', "contract"),
        ('contract = "/vsicurl/c.toml"', "connection"),
    ],
)
def test_a_scenario_whose_crs_or_contract_is_wrong_is_refused(park, line, word):
    (park / "bad.toml").write_text(f'base = "s.toml"\n{line}\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=word):
        read_scenario(park / "bad.toml")
