"""CPU seconds of an ensemble on the sample park: python -m tests.benchmarks.ensemble [MEMBERS] [PROCESSES]."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from geo_planner.study.ensemble import Options, run_ensemble

STUDY = Path(__file__).parents[2] / "scenarios" / "late_services.toml"


def main() -> None:
    """Print wall and CPU seconds of the whole run, and CPU seconds a member."""
    members, processes = (int(a) for a in (sys.argv[1:] + ["100", "2"][len(sys.argv) - 1 :]))
    began = time.perf_counter()
    done = run_ensemble(STUDY, Options(members=members, seed=7, processes=processes))
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
