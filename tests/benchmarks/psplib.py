"""The crew search against PSPLIB, RG300 and RCPSP/max: gap to the best known makespans, with an independent check.

    python -m tests.benchmarks.psplib DIR --seconds 10 [--limit N] [--sets j30,j60]

`DIR` holds one folder for each set and `best_known.csv`; `DIR/rcpsp_max/best_known.csv` lists instances whose
optimum is a number or `unsat`. Exit code 1 where a schedule is infeasible or missing, or a verdict is wrong.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo_planner.schedule.resources.exact import Effort
from geo_planner.schedule.resources.makespan import Answer, shortest
from geo_planner.schedule.resources.project import Project, violations


@dataclass(frozen=True)
class Result:
    """One instance: the answer, the best known values and what it cost."""

    file: str
    answer: Answer
    lower: int | None
    upper: int | None
    faults: int
    cpu: float

    @property
    def gap(self) -> float:
        """Length above the best known schedule in per cent."""
        if self.answer.value is None or self.upper is None:
            return float("nan")
        return 100.0 * (self.answer.value / self.upper - 1.0)


def project_of(duration: list[int], demand: list[list[int]], capacity: list[int], arcs: np.ndarray) -> Project:
    """A project from lists; `arcs` has the columns before, after, lag."""
    arcs = np.asarray(arcs, np.int64).reshape(-1, 3)
    return Project(
        duration=np.array(duration, np.int64),
        demand=np.array(demand, np.int64),
        capacity=np.array(capacity, np.int64),
        before=arcs[:, 0].copy(),
        after=arcs[:, 1].copy(),
        lag=arcs[:, 2].copy(),
    )


def read_sm(text: str) -> Project:
    """A ProGen `.sm` file."""
    lines = text.splitlines()

    def block(title: str, skip: int) -> list[list[int]]:
        at = next(k for k, line in enumerate(lines) if line.startswith(title)) + skip
        end = next(k for k in range(at, len(lines)) if lines[k].startswith("*"))
        return [[int(v) for v in line.split()] for line in lines[at:end]]

    rows = block("REQUESTS/DURATIONS", 3)
    duration = [r[2] for r in rows]
    links = [(r[0] - 1, j - 1, duration[r[0] - 1]) for r in block("PRECEDENCE RELATIONS", 2) for j in r[3 : 3 + r[2]]]
    return project_of(duration, [r[3:] for r in rows], block("RESOURCEAVAILABILITIES", 2)[0], np.array(links))


def read_rcp(text: str) -> Project:
    """A Patterson `.rcp` file."""
    numbers = iter([int(v) for v in text.split()])
    n, m = next(numbers), next(numbers)
    capacity = [next(numbers) for _ in range(m)]
    duration, demand, links = [], [], []
    for a in range(n):
        duration.append(next(numbers))
        demand.append([next(numbers) for _ in range(m)])
        links += [(a, next(numbers) - 1, duration[a]) for _ in range(next(numbers))]
    return project_of(duration, demand, capacity, np.array(links))


def read_sch(text: str) -> Project:
    """A ProGen/max `.sch` file: minimum and maximum distances between starts."""
    lines = [[int(v) for v in re.sub(r"[\[\]]", " ", line).split()] for line in text.splitlines() if line.strip()]
    n = lines[0][0] + 2
    links = [(r[0], j, lag) for r in lines[1 : n + 1] for j, lag in zip(r[3 : 3 + r[2]], r[3 + r[2] :], strict=True)]
    rows = lines[n + 1 : 2 * n + 1]
    return project_of([r[2] for r in rows], [r[3:] for r in rows], lines[2 * n + 1], np.array(links))


READERS = {".sm": read_sm, ".rcp": read_rcp, ".sch": read_sch}


def judge(folder: Path, row: dict[str, str], seconds: float) -> Result:
    """Solve one instance and check its schedule."""
    path = folder / row["file"]
    project = READERS[path.suffix](path.read_text(encoding="latin-1"))
    before = time.process_time()
    answer = shortest(project, Effort(seconds=seconds))
    cpu = time.process_time() - before
    faults = 0 if answer.start is None else sum(violations(project, answer.start).values())
    best = row.get("optimum", "")
    if best == "unsat":
        return Result(row["file"], answer, None, None, faults, cpu)
    return Result(row["file"], answer, int(best or row["lower_bound"]), int(best or row["upper_bound"]), faults, cpu)


def makespan_line(name: str, results: list[Result]) -> tuple[str, bool]:
    """One line for a set of projects, and whether it holds."""
    gaps = np.array([r.gap for r in results])
    met = int((gaps <= 0).sum())
    proved = sum(r.answer.proved for r in results)
    faults = sum(r.faults for r in results)
    none = sum(r.answer.start is None for r in results)
    contradiction = [
        r.file for r in results if r.answer.bound > (r.upper or 0) or (r.answer.value or 0) < (r.lower or 0)
    ]
    text = (
        f"{name}: {len(results)} instances, mean gap {gaps.mean():.2f} %, worst {gaps.max():.1f} %, best known met {met}, "
        f"proved {proved}, without a schedule {none}, infeasible {faults}, CPU {sum(r.cpu for r in results):.0f} s"
    )
    better = [f"{r.file} {r.answer.value} < {r.upper}" for r in results if r.gap < 0]
    text += "".join(f"\n  better than best known: {b}" for b in better)
    text += "".join(f"\n  contradicts the published bounds: {c}" for c in contradiction)
    return text, faults == 0 and none == 0 and not contradiction


def verdict(result: Result) -> str:
    """Return "right", "wrong" or "undecided" for an instance with maximum distances."""
    if result.faults or (result.answer.infeasible and result.upper is not None):
        return "wrong"
    if not result.answer.proved:
        return "undecided" if result.upper is not None or result.answer.value is None else "wrong"
    return "right" if result.answer.value == result.upper else "wrong"


def decision_line(name: str, results: list[Result]) -> tuple[str, bool]:
    """One line for the set with maximum distances, and whether it holds."""
    words = [verdict(r) for r in results]
    text = (
        f"{name}: {len(results)} instances, right {words.count('right')}, undecided {words.count('undecided')}, "
        f"wrong {words.count('wrong')}, CPU {sum(r.cpu for r in results):.0f} s"
    )
    text += "".join(
        f"\n  {w}: {r.file} ({r.answer.status})" for r, w in zip(results, words, strict=True) if w != "right"
    )
    return text, "wrong" not in words


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a best-known table, in the order of the file; none where it is absent."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def main(arguments: list[str] | None = None) -> int:
    """Run the sets and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--limit", type=int, default=None, help="instances of each set")
    parser.add_argument("--sets", default="", help="comma-separated; all by default")
    parser.add_argument("--each", action="store_true", help="print every instance, too")
    asked = parser.parse_args(arguments)
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(asked.folder / "best_known.csv"):
        groups.setdefault(row["set"], []).append(row)
    groups["rcpsp_max"] = rows_of(asked.folder / "rcpsp_max" / "best_known.csv")
    wanted = [s for s in asked.sets.split(",") if s] or [name for name, rows in groups.items() if rows]
    good = True
    for name in wanted:
        results = []
        for row in groups[name][: asked.limit]:
            results.append(judge(asked.folder, row, asked.seconds))
            if asked.each:
                r = results[-1]
                print(
                    f"  {r.file} {r.answer.value} bound {r.answer.bound} best {r.lower}..{r.upper} {r.answer.status}",
                    flush=True,
                )
        text, holds = (decision_line if name == "rcpsp_max" else makespan_line)(name, results)
        print(text, flush=True)
        good &= holds
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
