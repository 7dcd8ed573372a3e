"""A folder of facts: the same report with it as without, whatever happens to its files."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_planner import checks
from geo_planner.checks import load
from geo_planner.cli import main
from geo_planner.errors import OutputError
from geo_planner.facts import registry
from geo_planner.facts.registry import with_work
from geo_planner.facts.utilities import service
from geo_planner.study.codec import decode, encode
from geo_planner.study.folder import FolderStore
from geo_planner.study.processes import Processes
from geo_planner.verdict import judge
from geo_planner.work import Memory, Work

CODES = ["UG204", "BA401", "NW501", "DA"]


@pytest.fixture
def plan():
    return load()["NW501"].fails.plan


@pytest.fixture
def fresh(monkeypatch, plan):
    """The report of a first run that nothing remembers."""
    monkeypatch.setattr(registry, "HERE", Work(Memory()))
    return judge(plan, only=CODES)


def from_folder(plan, folder: Path, tell=None):
    said: list[str] = []
    report = judge(with_work(plan, Work(FolderStore(folder, tell or said.append))), only=CODES)
    return report, said


def test_a_second_run_takes_what_the_first_kept_and_says_the_same(plan, fresh, tmp_path, monkeypatch):
    assert from_folder(plan, tmp_path) == (fresh, [])
    ran: list[str] = []
    monkeypatch.setattr(checks, "sealed", lambda check, rows: (ran.append(check.code), rows)[1])
    assert from_folder(plan, tmp_path) == (fresh, [])
    assert ran == []


@pytest.mark.parametrize("seed", range(6))
def test_damaged_files_are_told_and_computed_again(plan, fresh, tmp_path, seed):
    from_folder(plan, tmp_path)
    rng = random.Random(seed)
    files = sorted(tmp_path.rglob("*.fact"))
    for path in files:
        content = bytearray(path.read_bytes())
        if seed % 2:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        else:
            del content[rng.randrange(len(content)) :]
        path.write_bytes(bytes(content))
    report, said = from_folder(plan, tmp_path)
    assert report == fresh
    assert seed % 2 or (said and all("is damaged and is computed again" in line for line in said))


def test_what_another_version_kept_is_swept_and_other_files_stay(plan, fresh, tmp_path):
    old = tmp_path / "facts-0123456789abcdef" / "aa"
    old.mkdir(parents=True)
    (old / "x.fact").write_bytes(b"old")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert from_folder(plan, tmp_path)[0] == fresh
    assert not old.exists()
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path, capsys):
    (tmp_path / "f").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="this is a file"):
        FolderStore(tmp_path / "f")
    with pytest.raises(OutputError, match="or lies under one"):
        FolderStore(tmp_path / "f" / "inner")
    assert main(["run", "scenarios/susu_base.toml", "--cache", str(tmp_path / "f"), "-q"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_told_once_and_the_answer_is_right(plan, fresh, tmp_path, monkeypatch):
    def full(_self, _content):
        raise OSError(28, "No space left on device")

    store = FolderStore(tmp_path, (said := []).append)
    monkeypatch.setattr(Path, "write_bytes", full)
    assert judge(with_work(plan, Work(store)), only=CODES) == fresh
    assert said == [
        f"--cache {tmp_path}: nothing can be written (No space left on device); the run goes on without it."
    ]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_read_only_folder_is_told_once(plan, fresh, tmp_path):
    tmp_path.chmod(0o500)
    report, said = from_folder(plan, tmp_path / "in")
    tmp_path.chmod(0o700)
    assert (report, len(said)) == (fresh, 1)


def test_a_half_written_file_beside_its_place_is_never_read(plan, fresh, tmp_path):
    from_folder(plan, tmp_path)
    for path in tmp_path.rglob("*.fact"):
        path.rename(path.with_name(path.name + ".77.part"))
    assert from_folder(plan, tmp_path) == (fresh, [])


def test_facts_come_back_from_bytes_as_they_were(plan):
    found = service(plan, "water")
    back = decode(encode(found))
    assert encode(back) == encode(found)
    assert back.network.ids.tolist() == found.network.ids.tolist()
    assert [g.wkt for g in back.network.lines] == [g.wkt for g in found.network.lines]
    frame = pd.DataFrame(
        {"a": [1.5, np.nan], "b": pd.Series(["x", None], dtype="str"), "d": pd.to_datetime(["2020", None])}
    )
    pd.testing.assert_frame_equal(decode(encode(frame)), frame)


def test_what_no_file_can_hold_is_refused():
    with pytest.raises(TypeError, match="cannot be kept"):
        encode([lambda: 1])
    with pytest.raises(ValueError, match=r"."):
        decode(b"not ours")


def test_processes_and_the_serial_run_say_the_same(plan, fresh):
    assert judge(with_work(plan, Work(Memory(), Processes(2))), only=CODES).digest == fresh.digest
