"""The end of a process: everything is said and done, and nothing is taken apart for it."""

from __future__ import annotations

import subprocess
import sys

import pytest


def _ended(body: str) -> subprocess.CompletedProcess[str]:
    code = f"from geo_planner.cli.front import leave\n{body}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_command_leaves_with_its_code_after_everything_was_written_and_done() -> None:
    done = _ended("import atexit\natexit.register(print, 'last')\nprint('x' * 200_000)\nleave(5)")
    assert done.returncode == 5
    assert done.stdout == "x" * 200_000 + "\nlast\n"


def test_values_are_not_taken_apart_one_by_one_at_the_end() -> None:
    told = "class Value:\n    def __del__(self): print('taken apart')\nkept = Value()\n"
    assert "taken apart" not in _ended(f"{told}leave(0)").stdout
    assert "taken apart" in _ended(f"{told}raise SystemExit(0)").stdout  # as Python leaves by itself


def test_a_thread_that_still_works_is_waited_for() -> None:
    done = _ended("import threading, time\nthreading.Timer(0.3, print, ['done']).start()\nleave(4)")
    assert (done.returncode, done.stdout) == (4, "done\n")


def test_a_stream_that_cannot_be_written_is_no_success() -> None:
    try:
        full = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115, PTH123  (the device stays open for the child)
    except OSError:
        pytest.skip("no device that is always full")
    with full:
        code = "from geo_planner.cli.front import leave\nprint('x')\nleave(0)"
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode != 0


def test_the_module_is_the_command_line() -> None:
    command = [sys.executable, "-m", "geo_planner", "explain", "ZZ999", "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "ZZ999" in done.stderr
