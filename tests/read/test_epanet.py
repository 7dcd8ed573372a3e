"""EPANET networks: read as pipes, sources and demands, judged as their file states them, and compared with EPANET."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from geo_planner.checks import run
from geo_planner.errors import NotALayerError
from geo_planner.facts.utilities.stated import stated_pressure
from geo_planner.plan import Profile, Threshold
from geo_planner.read import read_plan
from geo_planner.read.formats import epanet
from geo_planner.read.importer import ReadOptions, import_layers

INP = """[TITLE]
two pipes
[JUNCTIONS]
;ID Elev Demand
 J1  10   0
 J2  12   50   ;users
[RESERVOIRS]
 R   60
[PIPES]
 P1 R  J1 1000 300 100 0 Open
 P2 J1 J2 1000 300 100 0 Open
[OPTIONS]
 Units LPS
 Headloss H-W
[COORDINATES]
 R  39535000 3757000
 J1 39536000 3757000
 J2 39537000 3757000
[END]
"""


def written(folder: Path, text: str = INP) -> Path:
    path = folder / "net.inp"
    path.write_text(text, encoding="utf-8")
    return path


def pressures(text: str, folder: Path) -> dict[str, float]:
    sheets = {s.name: s.frame for s in epanet.read(written(folder, text))}
    nodes = sheets["epanet_nodes"]
    return dict(zip(nodes["id"], stated_pressure(nodes, sheets["epanet_links"]).pressure, strict=True))


def profile(head: float) -> Profile:
    return Profile(name="t", values={"NW504": {"min_head": Threshold(head, "m", "this test")}})


def test_pipes_sources_and_demands_are_layers_and_the_report_tells_what_there_is(tmp_path: Path):
    result = import_layers([written(tmp_path)], ReadOptions(crs="EPSG:4527"))
    plan = result.plan
    assert plan["pipes"][["id", "kind", "diameter_mm"]].to_numpy().tolist() == [
        ["P1", "water", 300.0],
        ["P2", "water", 300.0],
    ]
    assert plan["sources"][["id", "kind"]].to_numpy().tolist() == [["R", "water"]]
    nodes = plan["epanet_nodes"].set_index("id")
    assert nodes.loc["J2", ["elevation", "demand_m3d"]].tolist() == [12.0, 50 * 86.4]
    assert [n.args["pumps"] for n in result.notes if n.code == "IM127"] == [0]


def test_the_check_judges_the_network_as_its_file_states_it(tmp_path: Path):
    # 50 l/s lose 2.894 m in each kilometre (Hazen-Williams, by hand): 60 - 5.788 - 12 = 42.21 m at J2.
    plan = read_plan(written(tmp_path), crs="EPSG:4527")
    assert list(run(plan, profile(42.0), only=["NW504"]).findings["id"]) == []
    (row,) = run(plan, profile(43.0), only=["NW504"]).findings.to_dict("records")
    assert (row["layer"], row["id"], row["value"]) == ("epanet_nodes", "J2", pytest.approx(42.21, abs=0.01))


def test_a_reducing_valve_holds_the_head_behind_it(tmp_path: Path):
    text = INP.replace(" P2 J1 J2 1000 300 100 0 Open\n", "[VALVES]\n V J1 J2 300 PRV 25 0\n")
    assert pressures(text, tmp_path)["J2"] == pytest.approx(25.0, abs=1e-3)


def test_a_pump_lifts_by_its_curve_and_stands_where_a_tank_says_so(tmp_path: Path):
    # One point 50 l/s at 20 m: shutoff 26.67 m, and 20 m at 50 l/s. 60 + 20 - 2.894 - 12 = 65.11 m.
    pump = INP.replace(" P1 R  J1 1000 300 100 0 Open\n", "").replace(
        "[OPTIONS]", "[PUMPS]\n U R J1 HEAD 1\n[CURVES]\n 1 50 20\n[OPTIONS]"
    )
    assert pressures(pump, tmp_path)["J2"] == pytest.approx(65.106, abs=0.01)
    tank = pump.replace("[PUMPS]", "[TANKS]\n T 50 5 0 10 20 0\n[PUMPS]").replace(
        "[COORDINATES]", "[CONTROLS]\n LINK U CLOSED IF NODE T ABOVE 4\n[COORDINATES]\n T 39537000 3757100"
    )
    tank = tank.replace(" P2 J1", " P3 T J2 1000 300 100 0 Open\n P2 J1")
    # The pump stands: the tank at 55 m feeds J2 through one kilometre.
    assert pressures(tank, tmp_path)["J2"] == pytest.approx(55 - 2.894 - 12, abs=0.01)


def test_a_check_valve_lets_nothing_back(tmp_path: Path):
    text = INP.replace("[PIPES]\n", "[RESERVOIRS]\n S 70\n[PIPES]\n P3 J1 S 1000 300 100 0 CV\n").replace(
        "[COORDINATES]", "[COORDINATES]\n S 39536000 3757500"
    )
    # The higher reservoir S could only feed J1 against the valve: heads are those without it.
    assert pressures(text, tmp_path)["J2"] == pytest.approx(42.21, abs=0.01)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("Headloss H-W", "Headloss D-W", "head loss by D-W"),
        (" P2 J1 J2 1000 300 100 0 Open\n", "[VALVES]\n V J1 J2 300 GPV 1 0\n", "valve GPV"),
    ],
)
def test_what_is_not_modelled_is_told_and_unknown(tmp_path: Path, old: str, new: str, what: str):
    result = import_layers([written(tmp_path, INP.replace(old, new))], ReadOptions(crs="EPSG:4527"))
    assert [n.args["what"] for n in result.notes if n.code == "IM128"] == [what]
    (judged,) = run(result.plan, only=["NW504"]).runs
    assert (judged.outcome, judged.rows_judged) == ("skipped", 0)


def test_a_node_cut_off_by_a_closed_pipe_is_unknown(tmp_path: Path):
    text = INP.replace(" P2 J1 J2 1000 300 100 0 Open", " P2 J1 J2 1000 300 100 0 Closed")
    assert np.isnan(pressures(text, tmp_path)["J2"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[TITLE]\nx\n", "no EPANET network"),
        (INP.replace(" J2 39537000 3757000\n", ""), "nodes J2 have no place"),
        (INP.replace("P2 J1 J2", "P2 J1 J9"), "link P2 ends at node J9"),
    ],
)
def test_a_broken_file_names_what_is_missing(tmp_path: Path, text: str, words: str):
    with pytest.raises(NotALayerError, match=words):
        epanet.read(written(tmp_path, text))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "unknown"), [("Net1", 0), ("Net2", 0), ("Net3", 0), ("Net6", 0), ("ky4", 0), ("ky10", 4)]
)
def test_pressures_agree_with_epanet_on_its_library(name: str, unknown: int, tmp_path: Path):
    wntr = pytest.importorskip("wntr", reason="extra [hydraulics] is not installed")
    path = Path(wntr.__file__).parent / "library" / "networks" / f"{name}.inp"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = wntr.network.WaterNetworkModel(str(path))
        model.options.time.duration = 0
        theirs = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(tmp_path / "run")).node["pressure"].iloc[0]
    sheets = {s.name: s.frame for s in epanet.read(path)}
    nodes = sheets["epanet_nodes"]
    found = stated_pressure(nodes, sheets["epanet_links"])
    junction = (nodes["kind"] == "junction").to_numpy()
    known = junction & ~np.isnan(found.pressure)
    # Behind a pump of constant power that moves nothing EPANET itself leaves a head error of 25 m.
    assert int((junction & ~known).sum()) == unknown
    assert np.abs(found.pressure - theirs[nodes["id"]].to_numpy())[known].max() < 0.1
