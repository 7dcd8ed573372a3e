"""The README tells the truth: its commands run, and every command and check code it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from geo_planner.checks import load
from geo_planner.cli import app, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_it_names_exists():
    commands = get_command(app).commands
    named = {tuple(m.split()[:2]) for m in re.findall(r"geo-planner ([a-z]+(?:-[a-z]+)*(?: [a-z]+)?)", README)}
    missing = [n for n in named if n[0] not in commands]
    assert missing == []
    for first, *rest in named:
        inner = getattr(commands[first], "commands", None)
        assert inner is None or not rest or rest[0] in inner, (first, rest)


def test_every_check_code_it_names_exists():
    named = set(re.findall(r"\b(?:PB|UG|IN|BA|NW|EC|ST|DA)\d{3}\b", README))
    assert named
    assert named <= set(load())


def test_every_file_it_names_exists():
    named = set(re.findall(r"\b(?:scenarios|layers|geo_planner)/[\w/.]+\.(?:toml|py|md)\b", README))
    assert [n for n in sorted(named) if not (ROOT / n).exists()] == []


def test_the_two_commands_are_the_two_of_the_issue_and_ci_calls_the_second():
    run = re.search(r"<!-- run -->\n```sh\n(.+)\n```", README)
    tests = re.search(r"<!-- tests -->\n```sh\n(.+)\n```", README)
    assert run
    assert run[1].startswith("pip install -c constraints.txt -e .")
    assert tests
    assert tests[1].endswith("python -m tests")
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_its_finding_is_what_the_program_says():
    report_zh = "K：地块 B 于 2010-06-01 供地，早于本片区首家企业 A 的投产日期 2011-01-01（早 214 天）"
    from geo_planner.verdict import judge as run

    report = run(load()["IN303"].fails.plan, only=["IN303"])
    assert report_zh in README
    assert report.text(report.findings.iloc[0].to_dict(), "zh") == report_zh
    assert report.text(report.findings.iloc[0].to_dict(), "en") in README


@pytest.mark.parametrize("line", ["geo-planner explain IN301", "geo-planner rules"])
def test_its_short_commands_run(line, capsys):
    assert line in README
    assert main(line.split()[1:]) == 0
    assert capsys.readouterr().out


def test_its_scenario_is_understood(tmp_path):
    from geo_planner.read.scenario import read_scenario

    text = re.search(r"```toml\n(.+?)```", README, re.DOTALL)
    assert text
    path = tmp_path / "mine.toml"
    path.write_text(text[1].replace("susu_base.toml", str(ROOT / "scenarios" / "susu_base.toml")), encoding="utf-8")
    scenario = read_scenario(path)
    assert scenario.edits[-1].value == {"shift_days": -900}
    assert scenario.rules.values["IN301"]["tolerance"].value == 5.0


def test_its_scenario_commands_run(tmp_path, capsys):
    assert main(["run", str(ROOT / "scenarios" / "early_housing.toml"), "-o", str(tmp_path / "out"), "-q"]) == 1
    assert {p.name for p in (tmp_path / "out").iterdir()} >= {"map.html", "findings.gpkg", "report.json"}
