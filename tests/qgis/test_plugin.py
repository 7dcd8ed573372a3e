"""The plugin of QGIS: its zip, its child process, and its algorithms and dock in a real QGIS without a screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from geo_planner.cli import main
from geo_planner.qgis_plugin import command, marks
from geo_planner.show import write_outputs
from geo_planner.show.qgis.plugin_zip import write_plugin
from geo_planner.study.review import read_review, with_reviews
from geo_planner.verdict import judge

from ..show.parks import plan
from .test_project_opens import PYTHON, _qgis

ROOT = Path(__file__).parents[2]
needs_qgis = pytest.mark.skipif(not _qgis(), reason="no QGIS is installed (Debian: apt-get install qgis python3-qgis)")
posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in command is a script of POSIX")


def _script(path: Path, body: str) -> Path:
    path.write_text(f"#!{sys.executable}\n{body}", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_zip_holds_one_folder_and_the_same_bytes_each_time(tmp_path, capsys):
    assert main(["qgis-plugin", "-o", str(tmp_path / "a.zip")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "a.zip")
    write_plugin(tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        names = set(packed.namelist())
        metadata = packed.read("geo_planner_qgis/metadata.txt").decode("utf-8")
    wanted = {"__init__", "algorithms", "command", "dock", "marks", "plugin", "provider", "results"}
    assert names == {f"geo_planner_qgis/{w}.py" for w in wanted} | {"geo_planner_qgis/metadata.txt"}
    assert "qgisMinimumVersion=3.22" in metadata
    assert "@VERSION@" not in metadata


@pytest.mark.parametrize(
    "name", ["", "no-such-command", "echo; touch hit", "echo\0x", "$(touch hit)", '"echo" | touch hit']
)
def test_a_command_that_is_not_there_is_refused_and_nothing_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(command.CommandError, match="找不到命令"):
        command.run(name, ["x"], lambda: False)
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_batch_file_is_refused_because_a_shell_would_read_its_arguments(tmp_path):
    with pytest.raises(command.CommandError, match="批处理"):
        command.located(str(_script(tmp_path / "geo-planner.bat", "")))


@posix
def test_arguments_arrive_as_they_are_and_the_variables_of_qgis_do_not(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "")
    monkeypatch.setenv("PROJ_LIB", "of QGIS")
    echo = _script(
        tmp_path / "echo me",
        "import json, os, sys\nprint(json.dumps([sys.argv[1:], os.environ.get('PROJ_LIB')]))\nsys.exit(1)\n",
    )
    words = ["a'b\"c; touch hit", "$(touch hit)", "`x` & y | z", "园区 一"]
    code, out, _ = command.run(str(echo), words, lambda: False)
    assert (code, json.loads(out)) == (1, [words, None])


def _gone(pid: int) -> bool:
    """Whether a process is dead, or a zombie that nobody has waited for: the kernel takes its time on a busy machine."""
    for _ in range(3000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


@posix
def test_a_cancelled_command_is_killed_with_its_children(tmp_path):
    body = f"import subprocess, sys, os\nc = subprocess.Popen(['sleep', '300'])\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(c.pid))\nc.wait()\n"
    slow = _script(tmp_path / "slow", body)
    with pytest.raises(command.CommandError, match="已取消"):
        command.run(str(slow), [], lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text() != "")
    assert _gone(int((tmp_path / "pid").read_text()))


def test_each_exit_code_has_its_words():
    assert [command.exit_words(c).split(" / ")[1][:5] for c in (0, 1, 2, 3)] == ["clean", "findi", "wrong", "a fau"]
    assert "-9" in command.exit_words(-9)


def test_marks_come_back_by_review_and_a_waiver_needs_its_reason(tmp_path):
    toy = plan()
    report = judge(toy)
    write_outputs(toy, report, tmp_path)
    first = report.findings["fingerprint"].iloc[0]
    with pytest.raises(marks.MarkError, match="豁免"):
        marks.mark("waived", " ", "张", "2026-01-01")
    one = marks.mark("waived", "专题论证", "张", "2026-01-01")
    marks.save(tmp_path / "review.json", marks.plan_digest(tmp_path), {first: one})
    assert with_reviews(report, [tmp_path / "review.json"]).reviews[first]["reason"] == "专题论证"


def _in_qgis(tmp_path: Path, job: dict) -> dict:
    with zipfile.ZipFile(write_plugin(tmp_path / "plugin.zip")) as packed:
        packed.extractall(tmp_path / "plugins")
    (tmp_path / "job.json").write_text(json.dumps(job), encoding="utf-8")
    quiet = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA"):
        quiet.pop(name, None)
    words = [PYTHON, str(Path(__file__).with_name("plugged.py")), str(tmp_path / "plugins"), str(tmp_path / "job.json")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=180, check=False, env=quiet)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def _real(tmp_path: Path) -> str:
    body = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom geo_planner.cli import main\nsys.exit(main())\n"
    return str(_script(tmp_path / "geo-planner", body))


@needs_qgis
def test_check_runs_the_real_command_loads_styled_layers_and_the_dock_marks(tmp_path):
    toy = plan()
    write_outputs(toy, judge(toy), tmp_path / "in")
    source = tmp_path / 'it\'s $(touch hit) a "plan".gpkg'
    shutil.copy(tmp_path / "in" / "plan.gpkg", source)
    parameters = {"FILES": [str(source)], "OUTPUT": str(tmp_path / "out"), "COMMAND": _real(tmp_path)}
    seen = _in_qgis(tmp_path, {"algorithm": "check", "parameters": parameters, "review": str(tmp_path / "r.json")})
    assert seen["algorithms"] == ["check", "compare", "contractcheck", "read", "run"]
    assert seen.get("refused") is None
    assert seen["EXIT"] == 1
    filled = [n for n, f in toy.layers.items() if len(f)]
    assert seen["LOADED"] == len(filled) + 3  # findings as areas, lines and points
    assert "categorizedSymbol" in seen["layers"].values()
    assert "DA905" in seen["listed"]
    assert seen["zoomed"]
    assert seen["unreasoned"] == 0
    review = read_review(tmp_path / "r.json")
    told = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert review.plan_digest == told["plan"]["digest"]
    assert [(m.verdict, m.reason) for m in review.marks] == [("waived", "专题论证")]


@needs_qgis
def test_a_missing_command_and_a_refused_input_end_in_words(tmp_path):
    (tmp_path / "empty").mkdir()
    parameters = {"FOLDER": str(tmp_path / "empty"), "OUTPUT": str(tmp_path / "out")}
    seen = _in_qgis(tmp_path, {"algorithm": "check", "parameters": parameters | {"COMMAND": "no such; command"}})
    assert "找不到命令" in seen["refused"]
    seen = _in_qgis(tmp_path, {"algorithm": "check", "parameters": parameters | {"COMMAND": _real(tmp_path)}})
    assert "用法或输入有误" in seen["refused"]
    assert seen["layers"] == {}


@needs_qgis
def test_read_loads_the_layers_of_the_plan_it_wrote(tmp_path):
    toy = plan()
    write_outputs(toy, judge(toy), tmp_path / "in")
    parameters = {
        "FILES": [str(tmp_path / "in" / "plan.gpkg")],
        "OUTPUT": str(tmp_path / "p.gpkg"),
        "COMMAND": _real(tmp_path),
    }
    seen = _in_qgis(tmp_path, {"algorithm": "read", "parameters": parameters})
    assert seen.get("refused") is None
    assert (tmp_path / "p.gpkg").is_file()
    assert set(seen["layers"]) == {n for n, f in toy.layers.items() if len(f)}


@needs_qgis
@posix
def test_contract_check_hands_over_absolute_paths_and_tells_a_fault_of_ours(tmp_path):
    fake = _script(
        tmp_path / "fake", "import json, sys\nprint(json.dumps(sys.argv[1:]), file=sys.stderr)\nsys.exit(3)\n"
    )
    (tmp_path / "c.toml").write_text("", encoding="utf-8")
    parameters = {
        "CONTRACT": str(tmp_path / "c.toml"),
        "DELIVERY": str(tmp_path),
        "SINCE": str(tmp_path),
        "OUTPUT": str(tmp_path / "o"),
        "COMMAND": str(fake),
    }
    seen = _in_qgis(tmp_path, {"algorithm": "contractcheck", "parameters": parameters})
    first, words = seen["refused"].split("\n")
    assert "程序自身故障" in first
    wanted = [
        "contract",
        "check",
        "-o",
        str(tmp_path / "o"),
        f"--since={tmp_path}",
        "--",
        str(tmp_path / "c.toml"),
        str(tmp_path),
    ]
    assert json.loads(words) == wanted


def _scenario(folder: Path) -> Path:
    """A scenario of the toy plan, and one beside it that moves a parcel's start by a year."""
    toy = plan()
    write_outputs(toy, judge(toy), folder / "in")
    (folder / "a.toml").write_text('layers = "in/plan.gpkg"\n', encoding="utf-8")
    first = toy["parcels"].loc[toy["parcels"]["start"].notna(), "id"].iloc[0]
    edit = (
        f'[[edits]]\nkind = "retime"\nlayer = "parcels"\nid = "{first}"\nvalue = {{ shift_days = 365 }}\nreason = "x"\n'
    )
    (folder / "b.toml").write_text(f'base = "a.toml"\nname = "b"\n{edit}', encoding="utf-8")
    return folder / "a.toml"


@needs_qgis
def test_run_judges_a_scenario_inside_qgis_and_loads_its_results(tmp_path):
    scenario = _scenario(tmp_path)
    parameters = {"SCENARIO": str(scenario), "OUTPUT": str(tmp_path / "out"), "COMMAND": _real(tmp_path)}
    seen = _in_qgis(tmp_path, {"algorithm": "run", "parameters": parameters, "review": str(tmp_path / "r.json")})
    assert seen.get("refused") is None
    assert seen["EXIT"] == 1
    assert seen["LOADED"] == len([f for f in plan().layers.values() if len(f)]) + 3
    assert "DA905" in seen["listed"]
    assert (tmp_path / "out" / "map.html").is_file()


@needs_qgis
def test_compare_writes_its_page_inside_qgis(tmp_path):
    scenario = _scenario(tmp_path)
    parameters = {
        "FILES": [str(scenario), str(tmp_path / "b.toml")],
        "OUTPUT": str(tmp_path / "compare.html"),
        "COMMAND": _real(tmp_path),
    }
    seen = _in_qgis(tmp_path, {"algorithm": "compare", "parameters": parameters})
    assert seen.get("refused") is None
    assert seen["EXIT"] == 0
    assert "<html" in (tmp_path / "compare.html").read_text(encoding="utf-8")[:2000]


@needs_qgis
@posix
@pytest.mark.parametrize("name", ["check", "run"])
def test_ledgers_contract_and_a_forced_crs_reach_the_command(tmp_path, name):
    body = "import json, sys\nprint(json.dumps(sys.argv[1:]), file=sys.stderr)\nsys.exit(3)\n"
    for file in ("c.toml", "s.toml", "台账.csv"):
        (tmp_path / file).write_text("", encoding="utf-8")
    given = {"SCENARIO": str(tmp_path / "s.toml")} if name == "run" else {"FOLDER": str(tmp_path), "CRS": "EPSG:4527"}
    parameters = given | {
        "FORCE_CRS": True,
        "LEDGERS": [str(tmp_path / "台账.csv")],
        "CONTRACT": str(tmp_path / "c.toml"),
        "OUTPUT": str(tmp_path / "o"),
        "COMMAND": str(_script(tmp_path / "fake", body)),
    }
    told = json.dumps(_in_qgis(tmp_path, {"algorithm": name, "parameters": parameters}), ensure_ascii=False)
    assert "c.toml" in told
    assert "--ledger=" in told
    assert ("--force-crs" in told) is (name == "check")
