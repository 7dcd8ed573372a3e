"""Which test reaches which lines of ours: one run under coverage, told test by test, for the harness that breaks code.

    python -m tests.harness.reached tests/plan [tests/cli ...] [--folder .reached]

Every folder or file named leaves `NAME.coverage` (lines by test) and `NAME.json` (CPU seconds of each test, and the fixtures
shared between tests that it asks for: what such a fixture reaches counts for all of them, not for the first alone).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".reached"
PLAIN = [
    *("-W", "ignore::pytest.PytestAssertRewriteWarning", "-q", "--no-header", "--capture=no"),
    *("-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=", "-m", "not browser"),
]


def shared_fixtures(item: Any) -> list[str]:
    """Return the names of the fixtures an item shares with others."""
    return [_name(defs[-1]) for defs in item._fixtureinfo.name2fixturedefs.values() if defs[-1].scope != "function"]


def _name(fixture: Any) -> str:
    return f"fixture {fixture.baseid}:{fixture.argname}"


class Watch:
    """The plugin that tells coverage whose lines these are."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured, self.now = measured, "import"
        self.seconds: dict[str, float] = defaultdict(float)
        self.fixtures: dict[str, list[str]] = {}
        self.failed: set[str] = set()

    def _turn(self, name: str) -> str:
        before, self.now = self.now, name
        self.measured.switch_context(name)
        return before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Name the test, and time it."""
        before, began = self._turn(item.nodeid), time.process_time()
        self.fixtures[item.nodeid] = shared_fixtures(item)
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] += time.process_time() - began
            self._turn(before)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """Name a shared fixture while it is made; its time is not the first test's."""
        if fixturedef.scope == "function":
            return (yield)
        before, began = self._turn(_name(fixturedef)), time.process_time()
        try:
            return (yield)
        finally:
            self._turn(before)
            took = time.process_time() - began
            self.seconds[before] -= took
            self.seconds[_name(fixturedef)] += took

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the names of tests that fail or are skipped: they notice nothing."""
        if report.failed or report.skipped:
            self.failed.add(report.nodeid)


def run(place: str, folder: Path) -> None:
    """Run the tests of one place and write what they reached."""
    folder.mkdir(exist_ok=True)
    stem = folder / place.removeprefix("tests/").strip("/").replace("/", "-")
    stem.with_suffix(".coverage").unlink(missing_ok=True)
    ours = [str(ROOT / "geo_planner" / "*")]
    measured = coverage.Coverage(str(stem.with_suffix(".coverage")), data_suffix=True, config_file=False, include=ours)
    measured.start()
    measured.switch_context("import")
    watch = Watch(measured)
    _follow(measured)
    pytest.main([*PLAIN, str(ROOT / place)], plugins=[watch])
    measured.stop()
    measured.save()
    whole = coverage.Coverage(str(stem.with_suffix(".coverage")), config_file=False, include=ours)
    whole.combine([str(p) for p in folder.glob(f"{stem.name}.coverage.*")])
    whole.save()
    told = {"seconds": watch.seconds, "fixtures": watch.fixtures, "failed": sorted(watch.failed)}
    stem.with_suffix(".json").write_text(json.dumps(told, indent=0), encoding="utf-8")


def _follow(measured: coverage.Coverage) -> None:
    """Let forks of a test, such as those that read files, write what they reached before they leave."""
    own, leave = os.getpid(), os._exit

    def saved(code: int) -> None:
        if os.getpid() != own:
            with contextlib.suppress(Exception):
                measured.stop()
                measured.save()
        leave(code)

    os._exit = saved  # type: ignore[assignment]


def main() -> None:
    """One process a place, so that what one imports is not hidden from the next."""
    options = argparse.ArgumentParser()
    options.add_argument("places", nargs="+")
    options.add_argument("--folder", type=Path, default=FOLDER)
    given = options.parse_args()
    for place in given.places:
        child = os.fork()
        if not child:
            run(place, given.folder)
            os._exit(0)
        os.waitpid(child, 0)


class Reached:
    """What runs kept in a folder say: the tests that reach a line, fastest first."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.places = [p.with_suffix(".coverage") for p in sorted(folder.glob("*.json"))]
        self.seconds: dict[str, float] = {}
        self._fixtures: dict[str, list[str]] = {}
        self._failed: set[str] = set()
        for place in self.places:
            told = json.loads(place.with_suffix(".json").read_text(encoding="utf-8"))
            self.seconds |= told["seconds"]
            self._fixtures |= told["fixtures"]
            self._failed |= set(told["failed"])
        self._lines: dict[Path, dict[int, set[str]]] = {}

    def tests(self, path: Path, first: int, last: int) -> list[str]:
        """Return the tests that pass and run one of the lines, fastest first; none where only an import runs them."""
        seen = self._seen(path)
        names = {name for line in range(first, last + 1) for name in seen.get(line, ())}
        asks = {test for test, fixtures in self._fixtures.items() if names & set(fixtures)}
        tests = ((names & set(self._fixtures)) | asks) - self._failed
        return sorted(tests, key=lambda t: (self.cost(t), t))

    def cost(self, test: str) -> float:
        """Return the CPU seconds of a test that makes its fixtures itself."""
        return sum(self.seconds.get(name, 0.0) for name in (test, *self._fixtures.get(test, ())))

    def stale(self, path: Path) -> bool:
        """Return whether a file has changed since its lines were followed: then they are not where they were."""
        changed = path.stat().st_mtime
        return any(place.stat().st_mtime < changed for place in self.places)

    def imported(self, path: Path, first: int, last: int) -> bool:
        """Return whether importing the package runs one of the lines."""
        seen = self._seen(path)
        return any("import" in seen.get(line, ()) for line in range(first, last + 1))

    def _seen(self, path: Path) -> dict[int, set[str]]:
        if path not in self._lines:
            both: dict[int, set[str]] = defaultdict(set)
            for place in self.places:
                data = coverage.CoverageData(str(place))
                data.read()
                for line, names in data.contexts_by_lineno(str(path)).items():
                    both[line] |= set(names)
            self._lines[path] = both
        return self._lines[path]


if __name__ == "__main__":
    main()
