"""Outside exams for siting and facilities: generalized assignment and p-median, against published bounds and optima.

    python -m tests.benchmarks.exams DIR --seconds 30 [--each] [--only gap,pmed] [--limit N]

`DIR` holds `gap/` and `pmed/`, each with its `best_known.csv`. The gap of an instance is the one its own bound proves.
`--seconds` is for each assignment; a p-median has four times as long. A line for each set: instances, mean and worst gap,
at the optimum, proved; the last line is a summary. Exit code 1 where an answer or a bound contradicts a published one.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import shortest_path

from geo_planner.algorithms.assignment.problem import Assignment
from geo_planner.algorithms.assignment.solve import assign
from geo_planner.algorithms.location.median import p_median
from geo_planner.algorithms.programs.program import sparse_rows, timed

_EPS = 1e-6
LARGE = 100
"""Items from which an assignment counts as large."""


@dataclass(frozen=True)
class Result:
    """One instance: what was claimed, recomputed from the numbers of the file, and what is published."""

    name: str
    value: float
    bound: float
    lower: float
    upper: float
    fault: str
    cpu: float
    wall: float

    @property
    def gap(self) -> float:
        """What the answer's own bound leaves open, in per cent of the answer."""
        return 100.0 * max(self.value - self.bound, 0.0) / abs(self.value) if np.isfinite(self.value) else float("inf")

    @property
    def proved(self) -> bool:
        """Whether the bound meets the value."""
        return self.value <= self.bound + _EPS

    @property
    def contradiction(self) -> str:
        """What contradicts the published numbers, or the numbers of the file; empty where nothing does."""
        if self.fault:
            return self.fault
        if self.bound > self.upper + _EPS:
            return f"bound {self.bound:g} lies above the published value {self.upper:g}"
        if self.value < self.lower - _EPS:
            return f"value {self.value:g} lies below the published bound {self.lower:g}"
        return ""


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a best-known table; none where it is absent."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def numbers(path: Path) -> np.ndarray:
    """All numbers of a file in reading order."""
    return np.array(path.read_text(encoding="latin-1").split(), dtype=float)


def gap_problem(values: np.ndarray) -> tuple[Assignment, int, int]:
    """An assignment from the OR-Library's order: agents, items, costs, weights, capacities."""
    agents, items = int(values[0]), int(values[1])
    many = agents * items
    cost, weight, room = values[2 : 2 + many], values[2 + many : 2 + 2 * many], values[2 + 2 * many :][:agents]
    agent, item = np.divmod(np.arange(many), items)
    use = sparse_rows(agent, np.arange(many), weight, (agents, many))
    return Assignment(item, cost, use, room), agents, items


def solve_gap(folder: Path, row: dict[str, str], seconds: float) -> Result:
    """Solve one generalized assignment instance and count its answer again."""
    values = numbers(folder / row["instance"])
    problem, agents, items = gap_problem(values)
    cpu, wall = time.process_time(), time.monotonic()
    answer = assign(problem, timed(seconds, time.monotonic, gap=0.0))
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    fault, value = "no answer" if answer.chosen is None else "", float("inf")
    if answer.chosen is not None:
        agent, item = np.divmod(answer.chosen, items)
        many = agents * items
        weight, room = values[2 + many : 2 + 2 * many], values[2 + 2 * many :][:agents]
        value = float(values[2 + answer.chosen].sum())
        over = np.bincount(agent, weight[answer.chosen], agents) > room + _EPS
        fault = "infeasible" if over.any() or sorted(item) != list(range(items)) else ""
    lower, upper = float(row["best_bound"]), float(row.get("optimum") or row["best_known"])
    return Result(row["instance"], value, answer.bound, lower, upper, fault, cpu, wall)


def pmed_distances(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Shortest distances and p; a later line for the same edge replaces an earlier one."""
    n, edges, p = (int(v) for v in values[:3])
    length = np.zeros((n, n))
    for i, j, cost in values[3 : 3 + 3 * edges].reshape(-1, 3).tolist():
        length[int(i) - 1, int(j) - 1] = length[int(j) - 1, int(i) - 1] = cost
    return shortest_path(length, directed=False), p


def solve_pmed(folder: Path, row: dict[str, str], seconds: float) -> Result:
    """Solve one p-median instance and count its answer again."""
    file = next(p for p in (folder / f"{row['instance']}.txt", folder / row["instance"]) if p.exists())
    distance, p = pmed_distances(numbers(file))
    cpu, wall = time.process_time(), time.monotonic()
    answer = p_median(distance, p, timed(4 * seconds, time.monotonic, gap=0.0))
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    value = float(distance[:, answer.chosen].min(axis=1).sum())
    fault = "" if len(set(answer.chosen.tolist())) == p else f"{len(answer.chosen)} sites instead of {p}"
    best = float(row["optimum"])
    return Result(row["instance"], value, answer.bound, best, best, fault, cpu, wall)


def line(name: str, results: list[Result]) -> str:
    """One line for a set, and one more for each contradiction."""
    gaps = np.array([r.gap for r in results])
    at = sum(r.value <= r.upper + _EPS for r in results)
    away = max(100.0 * (r.value / r.lower - 1.0) for r in results)
    text = (
        f"{name}: {len(results)} instances, mean gap {gaps.mean():.3f} %, worst gap {gaps.max():.3f} %, "
        f"at the optimum {at}, proved {sum(r.proved for r in results)}, "
        f"worst above the published bound {away:.3f} %, longest {max(r.wall for r in results):.0f} s, "
        f"CPU {sum(r.cpu for r in results):.0f} s"
    )
    return text + "".join(f"\n  contradiction: {r.name}: {r.contradiction}" for r in results if r.contradiction)


def sets_of(folder: Path) -> dict[str, tuple[Path, list[dict[str, str]]]]:
    """The sets of a folder: small and large assignments, p-medians."""
    gap, pmed = (rows_of(folder / name / "best_known.csv") for name in ("gap", "pmed"))
    return {
        "gap small": (folder / "gap", [r for r in gap if int(r["items"]) < LARGE]),
        "gap large": (folder / "gap", [r for r in gap if int(r["items"]) >= LARGE]),
        "pmed": (folder / "pmed", pmed),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the sets and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--limit", type=int, default=None, help="instances of each set")
    parser.add_argument("--only", default="", help="comma-separated: gap, pmed; all by default")
    parser.add_argument("--each", action="store_true", help="print every instance, too")
    wanted = parser.parse_args(arguments)
    everything: list[Result] = []
    for name, (folder, rows) in sets_of(wanted.folder).items():
        if not rows or (wanted.only and name.split()[0] not in wanted.only.split(",")):
            continue
        results = []
        for row in rows[: wanted.limit]:
            results.append((solve_pmed if name == "pmed" else solve_gap)(folder, row, wanted.seconds))
            if wanted.each:
                r = results[-1]
                print(
                    f"  {r.name} {r.value:g} bound {r.bound:g} published {r.lower:g}..{r.upper:g} gap {r.gap:.3f} % {r.wall:.1f} s",
                    flush=True,
                )
        print(line(name, results), flush=True)
        everything += results
    bad = sum(bool(r.contradiction) for r in everything)
    print(
        f"summary: {len(everything)} instances, worst gap {max((r.gap for r in everything), default=0.0):.3f} %, "
        f"proved {sum(r.proved for r in everything)}, contradictions {bad}"
    )
    return 1 if bad or not everything else 0


if __name__ == "__main__":
    sys.exit(main())
