"""CPU seconds of an ensemble on the sample park: python -m tests.benchmarks.ensemble [MEMBERS] [PROCESSES] [--all].

With `--all` the study names no checks, so that every one which a draw can change is judged.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from geo_planner.study.ensemble import Options, run_ensemble

STUDY = Path(__file__).parents[2] / "scenarios" / "late_services.toml"


@contextmanager
def study(every: bool) -> Iterator[Path]:
    """Yield the study, or a copy of it beside its scenario without the line that names checks."""
    if not every:
        yield STUDY
        return
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".toml", dir=STUDY.parent) as copy:
        lines = STUDY.read_text(encoding="utf-8").splitlines(keepends=True)
        copy.writelines(line for line in lines if not line.startswith("checks ="))
        copy.flush()
        yield Path(copy.name)


def main() -> None:
    """Print wall and CPU seconds of the whole run, and CPU seconds a member."""
    given = [a for a in sys.argv[1:] if a != "--all"]
    members, processes = (int(a) for a in (given + ["100", "2"][len(given) :]))
    began = time.perf_counter()
    with study("--all" in sys.argv) as path:
        done = run_ensemble(path, Options(members=members, seed=7, processes=processes))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    here, there = (u.ru_utime + u.ru_stime for u in used)
    print(
        f"{members} members, {processes} processes: {time.perf_counter() - began:.1f} s wall, {here:.1f} s CPU here, "
    )
    print(
        f"{there:.1f} s CPU in processes, {there / members:.3f} s a member; state {done.state}, fault {len(done.outcomes.faults)}"
    )


if __name__ == "__main__":
    main()
